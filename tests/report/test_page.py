"""Both pages in headless Chromium, as a person uses them: nothing is fetched, nothing complains."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from curator.report.gather import Report
from curator.report.write import write

pytestmark = pytest.mark.slow
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MISSING = "no Chromium: install it (Debian: apt install chromium; macOS: brew install chromium)"
LONGEST = 3000  # pixels of rapport.html, 1280 wide, before anything is opened
LEAST = 4.5  # WCAG 2.2, 1.4.3: contrast of text, level AA
# The contrast of each text with the first opaque ground below it, where it is too small.
CONTRASTS = """() => {
  const parse = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const light = ({ r, g, b }) => [r, g, b]
    .map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const found = parse(getComputedStyle(one).backgroundColor);
      if (found.a === 1) return found;
    }
    return { r: 255, g: 255, b: 255 };
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const words = [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!words || !node.checkVisibility() || node.closest("script")) continue;
    const style = getComputedStyle(node);
    const ink = parse(node.closest("svg") ? style.fill : style.color);
    const [a, b] = [light(ink), light(ground(node))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < LEAST) poor.push(`${contrast.toFixed(2)} ${node.outerHTML.slice(0, 90)}`);
  }
  return poor.slice(0, 10);
}""".replace("LEAST", str(LEAST))


class Reader:
    """The page before a reader, with what the browser complains of and asks for."""

    def __init__(self, page: Page, path: Path):
        self.page, self.faults, self.asked = page, list[str](), list[str]()
        page.on("console", lambda message: self.faults.append(message.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(path.as_uri())
        self.own = path.as_uri()

    def undisturbed(self) -> bool:
        """No complaint, and nothing asked for but the page itself (its icon is empty data)."""
        asked = {url for url in self.asked if not url.startswith("data:")}
        return not self.faults and asked == {self.own}

    def sideways(self) -> int:
        """By how many pixels the page is wider than the window."""
        wide: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wide


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folder(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    write(report, folder)
    return folder


@pytest.fixture(scope="module")
def written(folder: Path) -> Path:
    return folder / "rapport.html"


@pytest.fixture(scope="module")
def answered(folder: Path) -> Path:
    return folder / "reponses.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_reads_well_in_both_schemes_on_desk_and_telephone(
    browser: Browser, written: Path, answered: Path, tmp_path: Path, scheme: str, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    list_of_answers = Reader(context.new_page(), answered)
    list_of_answers.page.locator(".answers summary").first.click()
    reader = Reader(context.new_page(), written)
    for fold in reader.page.locator(".fold > summary").all():
        fold.click()
    for one in (reader, list_of_answers):
        assert one.sideways() == 0
        assert one.page.evaluate(CONTRASTS) == []
    charts = reader.page.locator("figure svg:visible")
    assert charts.count() == reader.page.locator("figure").count() > 4
    reader.page.screenshot(path=tmp_path / f"rapport-{scheme}-{width}.png")
    assert reader.undisturbed() and list_of_answers.undisturbed()
    context.close()


def test_the_report_is_a_few_screens_long(browser: Browser, written: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    reader = Reader(context.new_page(), written)
    length = reader.page.evaluate("document.documentElement.scrollHeight")
    assert length < LONGEST
    for name in ("Limitations", "Recommandations"):
        assert reader.page.get_by_role("heading", name=name, exact=True).is_visible()
    assert reader.page.locator(".warning").first.is_visible(), "a fold leaves its warnings out"
    context.close()


def test_differences_are_seen_on_a_telephone(browser: Browser, written: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 900})
    reader = Reader(context.new_page(), written)
    table = reader.page.locator("#avant-apres .scroll").first
    headings = table.locator("thead th").all_inner_texts()
    row = table.locator("tbody tr").first.locator("th, td")
    for name in ("Delta", "Intervalle\u202f95\u202f%"):
        cell = row.nth(next(n for n, h in enumerate(headings) if plain(h) == plain(name)))
        box = cell.bounding_box()
        assert box and box["width"] > 0 and box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert table.evaluate("box => box.scrollWidth - box.clientWidth") == 0
    below = table.locator("tr.under").first
    assert below.is_visible() and "amélioration" in below.inner_text()
    for fold in reader.page.locator(".fold > summary").all():
        fold.click()
    compared = reader.page.locator(".scroll:has(.minor)")
    assert compared.count() > 4
    over = "boxes => boxes.map(box => box.scrollWidth - box.clientWidth)"
    assert set(compared.evaluate_all(over)) == {0}, "no other comparison scrolls sideways either"
    reader.page.set_viewport_size({"width": 1280, "height": 900})
    expect(below).to_be_hidden()
    assert row.last.inner_text() == "amélioration"
    context.close()


def plain(text: str) -> str:
    return " ".join(text.split())


def test_the_pages_lead_to_each_other(browser: Browser, written: Path, answered: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = Reader(context.new_page(), written).page
    page.get_by_role("link", name="96 réponses de 4 bras").click()
    page.wait_for_url(answered.as_uri())
    page.get_by_role("link", name="Retour au rapport").click()
    page.wait_for_url(written.as_uri())
    page.get_by_role("navigation").get_by_role("link", name="Réponses").click()
    page.wait_for_url(answered.as_uri())
    page.get_by_role("link", name="Traçabilité").click()
    expect(page.locator("#origine table"), "the section of the address is open").to_be_visible()
    expect(page.locator("#dataset .fold table").first).to_be_hidden()
    page.get_by_role("navigation").get_by_role("link", name="Dataset").click()
    expect(page.locator("#dataset .fold table").first).to_be_visible()
    context.close()


def test_answers_are_filtered(browser: Browser, answered: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    reader = Reader(context.new_page(), answered)
    shown = reader.page.locator(".answers > li:visible")
    box = reader.page.get_by_role("search", name="Filtrer les réponses")
    count = box.get_by_role("status")
    expect(count).to_have_text("96 sur 96")
    expect(shown).to_have_count(96)
    box.get_by_label("Bras").select_option("tuned")
    box.get_by_label("Catégorie").select_option("durée de vie")
    expect(count).to_have_text("4 sur 96")
    expect(shown).to_have_count(4)
    box.get_by_label("Catégorie").select_option("")
    box.get_by_label("Verdict").select_option("en-echec")
    failed = shown.count()
    assert 0 < failed < 24
    box.get_by_label("Texte").fill("BORROW OF MOVED")
    expect(shown).to_have_count(failed)
    box.get_by_label("Texte").fill("nulle part")
    expect(count).to_have_text("0 sur 96")
    expect(shown).to_have_count(0)
    assert reader.undisturbed()
    context.close()


def test_without_scripts_everything_is_there(
    browser: Browser, written: Path, answered: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    report = Reader(context.new_page(), written)
    report.page.locator("#dataset summary").first.click()
    expect(report.page.locator("#dataset table").first).to_be_visible()
    assert report.undisturbed()
    reader = Reader(context.new_page(), answered)
    assert reader.page.locator(".answers > li:visible").count() == 96
    assert reader.page.locator(".filters").is_hidden()
    reader.page.locator(".answers summary").first.click()
    expect(reader.page.locator(".answers .body").first).to_be_visible()
    assert reader.undisturbed()
    context.close()


def test_it_prints(browser: Browser, written: Path, answered: Path, tmp_path: Path) -> None:
    context = browser.new_context()
    reader = Reader(context.new_page(), written)
    made = reader.page.pdf(path=tmp_path / "rapport.pdf", format="A4")
    assert made.startswith(b"%PDF")
    reader.page.emulate_media(media="print")
    expect(reader.page.locator("nav")).to_be_hidden()
    expect(reader.page.locator(".fold table").first).to_be_visible()
    assert reader.undisturbed()
    list_of_answers = Reader(context.new_page(), answered)
    list_of_answers.page.emulate_media(media="print")
    expect(list_of_answers.page.locator(".answers > li:visible")).to_have_count(0)
    context.close()


def test_the_keyboard_reaches_everything(browser: Browser, answered: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    reader = Reader(context.new_page(), answered)
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    reader.page.keyboard.press("Enter")
    assert reader.page.evaluate("document.activeElement.id") == "contenu"
    summary = reader.page.locator(".answers summary").first
    summary.focus()
    reader.page.keyboard.press("Enter")
    assert reader.page.locator(".answers details").first.get_attribute("open") == ""
    assert reader.undisturbed()
    context.close()
