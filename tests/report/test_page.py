"""Both pages in headless Chromium, as a person uses them: nothing is fetched, nothing complains."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from curator.report.gather import Report
from curator.report.language import Lang
from curator.report.write import write
from tests.report.reading import CONTRASTS, Reader

pytestmark = pytest.mark.slow
LONGEST = 3100  # pixels of rapport.html, 1280 wide, before anything is opened


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


@pytest.mark.parametrize(
    ("lang", "headings"),
    [("fr", ("Limitations", "Recommandations")), ("en", ("Limitations", "Recommendations"))],
)
def test_the_report_is_a_few_screens_long(
    browser: Browser, report: Report, tmp_path: Path, lang: Lang, headings: tuple[str, ...]
) -> None:
    write(report, tmp_path, lang)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    reader = Reader(context.new_page(), tmp_path / "rapport.html")
    length = reader.page.evaluate("document.documentElement.scrollHeight")
    assert length < LONGEST
    for name in headings:
        assert reader.page.get_by_role("heading", name=name, exact=True).is_visible()
    assert reader.page.locator(".warning").first.is_visible(), "a fold leaves its warnings out"
    for place in (".lead", ".next"):
        expect(reader.page.locator(place), "what to know, and the next step").to_be_in_viewport()
    assert reader.undisturbed()
    context.close()


def test_differences_are_seen_on_a_telephone(browser: Browser, written: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 900})
    reader = Reader(context.new_page(), written)
    table = reader.page.locator("#avant-apres .scroll").first
    headings = table.locator("thead th").all_inner_texts()
    card = reader.page.locator(".card").first
    expect(card).to_contain_text("Score")
    assert re.search(r"\+0,\d+ .*\[\+0,\d+\s;\s\+0,\d+\]", card.inner_text())
    expect(card).to_be_in_viewport(ratio=1)
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
