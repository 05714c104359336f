"""rapport.html in headless Chromium, as a person uses it: nothing is fetched, nothing complains."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

pytestmark = pytest.mark.slow
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MISSING = "no Chromium: install it (Debian: apt install chromium; macOS: brew install chromium)"
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
def written(page: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "rapport.html"
    path.write_text(page, "utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_reads_well_in_both_schemes_on_desk_and_telephone(
    browser: Browser, written: Path, tmp_path: Path, scheme: str, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    reader = Reader(context.new_page(), written)
    reader.page.locator(".fold summary").first.click()
    reader.page.locator(".answers summary").first.click()
    assert reader.sideways() == 0
    assert reader.page.evaluate(CONTRASTS) == []
    charts = reader.page.locator("figure svg:visible")
    assert charts.count() == reader.page.locator("figure").count() > 4
    reader.page.screenshot(path=tmp_path / f"rapport-{scheme}-{width}.png")
    assert reader.undisturbed()
    context.close()


def test_answers_are_filtered(browser: Browser, written: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    reader = Reader(context.new_page(), written)
    shown = reader.page.locator(".answers > li:visible")
    box = reader.page.get_by_role("search", name="Filtrer les réponses")
    count = box.get_by_role("status")
    assert (shown.count(), count.inner_text()) == (96, "96 sur 96")
    box.get_by_label("Bras").select_option("tuned")
    box.get_by_label("Catégorie").select_option("durée de vie")
    assert (shown.count(), count.inner_text()) == (4, "4 sur 96")
    box.get_by_label("Catégorie").select_option("")
    box.get_by_label("Verdict").select_option("en-echec")
    failed = shown.count()
    assert 0 < failed < 24
    box.get_by_label("Texte").fill("BORROW OF MOVED")
    assert shown.count() == failed
    box.get_by_label("Texte").fill("nulle part")
    assert (shown.count(), count.inner_text()) == (0, "0 sur 96")
    assert reader.undisturbed()
    context.close()


def test_without_scripts_everything_is_there(browser: Browser, written: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    reader = Reader(context.new_page(), written)
    assert reader.page.locator(".answers > li:visible").count() == 96
    assert reader.page.locator(".filters").is_hidden()
    reader.page.locator(".answers summary").first.click()
    assert reader.page.locator(".answers .body").first.is_visible()
    assert reader.undisturbed()
    context.close()


def test_it_prints(browser: Browser, written: Path, tmp_path: Path) -> None:
    context = browser.new_context()
    reader = Reader(context.new_page(), written)
    made = reader.page.pdf(path=tmp_path / "rapport.pdf", format="A4")
    assert made.startswith(b"%PDF")
    reader.page.emulate_media(media="print")
    assert reader.page.locator("nav").is_hidden()
    assert reader.page.locator(".answers > li:visible").count() == 0
    assert reader.page.locator(".fold table").first.is_visible()
    assert reader.undisturbed()
    context.close()


def test_the_keyboard_reaches_everything(browser: Browser, written: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    reader = Reader(context.new_page(), written)
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
