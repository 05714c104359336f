"""The page for looking through examples in headless Chromium: ten thousand rows, hostile texts."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from curator.filters.leakage import LeakageSettings
from curator.filters.length import LengthFilter, LengthSettings
from curator.records.example import Example, Origin, Verdict
from curator.report.browse.page import browse_document
from curator.report.browse.rows import Known, row_of
from curator.report.browse.select import Selection
from tests.conftest import ANSWER, make_example
from tests.report.hostile import PAYLOADS
from tests.report.reading import CONTRASTS, Reader

pytestmark = pytest.mark.slow
MANY = 10_000
SEARCH = 300  # milliseconds that a search through all of them may take
FAULT = "answer, does_not_compile, line 9: E0382 borrow of moved value: `s`"
TOPICS = ("ownership", "borrowing", "lifetimes", "traits")
BAD = "Pourquoi ?\n\n```rust,compile_fail,E0384\nfn main() {\n    let x = 1;\n    x = 2;\n}\n```"
GOOD = ANSWER.replace("fn longueur", "fn main() {\n    let mut x = 1;\n    x = 2;\n}\nfn longueur")


def judged(number: int, draw: random.Random) -> Example:
    """An example as a batch has it: two in three pass every filter."""
    answer = f"{ANSWER}\n{'mot ' * draw.randrange(120)}"
    tokens = LengthFilter(LengthSettings()).judge([make_example(answer=answer)])[0]
    fate = draw.choice(("", "", "", "", "rust", "leakage"))
    verdicts = [tokens]
    if fate == "rust":
        verdicts.append(
            Verdict(filter="rust", passed=False, reason="does_not_compile", detail=FAULT, score=0.5)
        )
    elif fate == "leakage":
        reason, score = "resembles_prompt", draw.uniform(0.4, 0.9)
        verdicts.append(Verdict(filter="leakage", passed=False, reason=reason, score=score))
    else:
        verdicts.append(Verdict(filter="leakage", passed=True, score=draw.uniform(0, 0.4)))
    question = f"Question numéro {number} sur l'emprunt d'une chaîne ?"
    topic = draw.choice(TOPICS)
    return make_example(question, answer, topic=topic, verdicts=tuple(verdicts))


def opened(browser: Browser, path: Path, place: str = "", **options: object) -> Reader:
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 860}, **options})  # type: ignore[arg-type]
    reader = Reader(context.new_page(), path)
    if place:
        reader.page.evaluate("place => { location.hash = place; }", place)
    return reader


def page_of(examples: list[Example], folder: Path, name: str, lang: str = "fr") -> Path:
    known = Known(lang, texts={e.id: e for e in examples})  # type: ignore[arg-type]
    rows = [row_of(e, known) for e in examples]
    settings = [LengthSettings(), LeakageSettings()]
    path = folder / f"{name}.html"
    text = browse_document(Selection(name, "batch", rows, settings), lang)  # type: ignore[arg-type]
    path.write_bytes(text.encode("utf-8", "replace"))
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("browse")


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    draw = random.Random(7)
    return [judged(n, draw) for n in range(300)]


@pytest.fixture(scope="module")
def written(examples: list[Example], folder: Path) -> Path:
    return page_of(examples, folder, "lot")


@pytest.fixture
def reader(browser: Browser, written: Path) -> Iterator[Reader]:
    reader = opened(browser, written)
    yield reader
    assert reader.undisturbed()
    reader.page.context.close()


# Milliseconds of our own work for a jump of the list to rows not seen before, and for showing an
# example there: the median of some. How long the browser takes to change an address is its own.
PACE = """async () => {
  const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
  const jumps = [], steps = [];
  for (let n = 0; n < 20; n += 1) {
    const place = Math.floor((rows.length / 20) * n);
    let start = performance.now();
    lists[0].clear();
    document.getElementById("list").scrollTop = place * ROW;
    paint();
    jumps.push(performance.now() - start);
    history.replaceState(null, "", `#${rows[place].key}`);
    start = performance.now();
    await route();
    steps.push(performance.now() - start);
  }
  return [median(jumps), median(steps)];
}"""


def test_ten_thousand_rows_scroll_as_a_hundred_do(
    browser: Browser, examples: list[Example], folder: Path
) -> None:
    """Held against a short list in the same minute: the machine has other work too."""
    few = opened(browser, page_of(examples[:100], folder, "peu"))
    allowed = [2 * pace + 15 for pace in few.page.evaluate(PACE)]
    few.page.context.close()
    draw = random.Random(1)
    path = page_of([judged(n, draw) for n in range(MANY)], folder, "beaucoup")
    reader = opened(browser, path)
    page = reader.page
    expect(page.locator("#count")).to_have_text(re.compile(r"^10.000 sur 10.000$"))
    paces = page.evaluate(PACE)
    assert all(pace < most for pace, most in zip(paces, allowed, strict=True)), (paces, allowed)
    assert page.locator("#list li").count() < 60, "the list has elements for what is in sight only"
    assert page.locator("#list li").last.inner_text()
    page.locator("#search").fill('"numéro 9999 "')
    expect(page.locator("#count")).to_have_text(re.compile(r"^1 sur 10.000$"))
    again = page.evaluate(
        "async () => { const s = performance.now(); await apply(); return performance.now() - s; }"
    )
    assert again < SEARCH
    assert reader.undisturbed()
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_reads_well_in_both_schemes_on_desk_and_telephone(
    browser: Browser, written: Path, examples: list[Example], scheme: str, width: int
) -> None:
    fallen = next(e for e in examples if e.rejection and e.rejection.filter == "rust")
    size = {"width": width, "height": 844}
    reader = opened(browser, written, viewport=size, color_scheme=scheme)
    kept = next(e for e in examples if not e.rejection)
    for place in ("", "~", fallen.id, f"{kept.id}&{fallen.id}"):
        reader.page.evaluate("place => { location.hash = place; }", place)
        reader.page.wait_for_timeout(50)
        assert reader.sideways() == 0
        assert reader.page.evaluate(CONTRASTS) == []
    assert reader.undisturbed()
    reader.page.context.close()


def test_the_compilers_words_stand_below_their_line(
    reader: Reader, examples: list[Example]
) -> None:
    fallen = next(e for e in examples if e.rejection and e.rejection.filter == "rust")
    reader.page.evaluate("place => { location.hash = place; }", fallen.id)
    fault = reader.page.locator("pre .fault")
    expect(fault).to_contain_text("ligne 9")
    expect(fault).to_contain_text("E0382 borrow of moved value: `s`")
    before = fault.evaluate("node => node.previousSibling.previousSibling.data")
    assert before == fallen.answer.split("\n")[8], "the line that it is about"
    said = reader.page.locator(".verdicts li").first
    expect(said).to_contain_text("un bloc qui devrait compiler est refusé par rustc")


def test_filters_and_search_narrow_the_list(reader: Reader, examples: list[Example]) -> None:
    page = reader.page
    leaks = [e for e in examples if e.rejection and e.rejection.filter == "leakage"]
    page.get_by_label("Raison").select_option("leakage.resembles_prompt")
    expect(page.locator("#count")).to_have_text(f"{len(leaks)} sur 300")
    topic = [e for e in leaks if e.topic == "traits"]
    page.get_by_label("Thème").select_option("traits")
    expect(page.locator("#count")).to_have_text(f"{len(topic)} sur 300")
    other = sum(e.topic == "borrowing" for e in leaks)
    option = page.get_by_label("Thème").locator("option[value=borrowing]")
    assert option.inner_text() == f"emprunt ({other})", "what the other filters leave"
    page.get_by_role("button", name="Tout montrer").click()
    expect(page.locator("#count")).to_have_text("300 sur 300")
    page.locator("#search").fill('"NUMERO 17" chaine')
    shown = sum("numéro 17" in e.question for e in examples)
    expect(page.locator("#count")).to_have_text(f"{shown} sur 300")
    page.locator("#search").fill("nulle part")
    expect(page.locator("#list .note")).to_have_text("Rien ne correspond à ces filtres.")


def test_an_example_has_an_address(
    browser: Browser, written: Path, examples: list[Example]
) -> None:
    reader = opened(browser, written, examples[250].id)
    expect(reader.page.locator(".perma")).to_have_text(examples[250].id)
    row = reader.page.locator("#list [aria-current]")
    expect(row).to_be_in_viewport()
    expect(row).to_contain_text("Question numéro 250")
    reader.page.go_back()
    expect(reader.page.locator("#whatif")).to_be_visible()
    reader.page.evaluate("() => { location.hash = 'nulle-part%'; }")
    expect(reader.page.locator("#detail")).to_contain_text("Aucun exemple")
    assert reader.undisturbed()
    reader.page.context.close()


def test_keys_walk_search_and_help(reader: Reader, examples: list[Example]) -> None:
    page = reader.page
    for key, place in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(page.locator(".perma")).to_have_text(examples[place].id)
    page.keyboard.press("/")
    page.keyboard.type("j?")
    assert page.locator("#search").input_value() == "j?"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#whatif")).to_be_visible()


def test_the_telephone_shows_one_thing_at_a_time(browser: Browser, written: Path) -> None:
    reader = opened(browser, written, viewport={"width": 390, "height": 844})
    page = reader.page
    expect(page.locator("#detail")).to_be_hidden()
    page.locator("#list a").nth(2).click()
    expect(page.locator("#list")).to_be_hidden()
    expect(page.locator("#detail")).to_contain_text("Question numéro 2")
    page.get_by_role("link", name="Retour à la liste").click()
    expect(page.locator("#list")).to_be_visible()
    page.get_by_role("link", name="Vue d’ensemble").click()
    expect(page.locator("#whatif")).to_be_visible()
    page.context.close()


@pytest.mark.parametrize(("setting", "value"), [("max_tokens", 150), ("min_tokens", 140)])
def test_another_bound_rejects_what_the_filter_would(
    reader: Reader, examples: list[Example], setting: str, value: int
) -> None:
    """The page counts from scores what the filter itself would say of the accepted ones."""
    kept = [e for e in examples if not e.rejection]
    judge = LengthFilter(LengthSettings.model_validate({setting: value}))
    fallen = sum(not v.passed for v in judge.judge(kept))
    page = reader.page
    option = page.locator("#bound option", has_text=setting).get_attribute("value")
    page.locator("#bound").select_option(option)
    page.locator("#value").fill(str(value))
    assert 0 < fallen < len(kept)
    expect(page.locator("#outcome")).to_contain_text(f"{fallen} retenus seraient rejetés.")
    page.locator("#only").check()
    expect(page.locator("#count")).to_have_text(f"{fallen} sur 300")


def test_a_wider_bound_lets_pass(reader: Reader, examples: list[Example]) -> None:
    page = reader.page
    option = page.locator("#bound option", has_text="similarity").get_attribute("value")
    expect(page.locator("#bound")).to_have_value(option or "", timeout=1000)  # it rejects most
    page.locator("#value").fill("0.6")
    scores = [v.score or 0 for e in examples if (v := e.rejection) and v.filter == "leakage"]
    passing = sum(s < 0.6 for s in scores)
    said = f"{passing} rejetés par cette borne la passeraient, dont {passing} que rien"
    expect(page.locator("#outcome")).to_contain_text(said)


def test_changes_are_shown_word_by_word(browser: Browser, folder: Path) -> None:
    parent = make_example()
    origin = parent.provenance.model_copy(
        update={"origin": Origin.CORRECTED, "parents": (parent.id,)}
    )
    child = make_example(answer=ANSWER.replace("prêtez-la", "passez-la"), provenance=origin)
    lesson = make_example(BAD, GOOD)
    reader = opened(browser, page_of([parent, child, lesson], folder, "corrige"), child.id)
    changes = reader.page.locator("section", has_text="Ce qui a changé")
    expect(changes.locator("del")).to_have_text(["prêtez"])
    expect(changes.locator("ins")).to_have_text(["passez"])
    expect(changes.locator(".skipped")).to_contain_text("lignes sans changement")
    changes.get_by_role("link").click()
    expect(reader.page.locator(".perma")).to_have_text(parent.id)
    reader.page.evaluate("place => { location.hash = place; }", lesson.id)
    fix = reader.page.locator("section", has_text="Du code fautif")
    expect(fix.locator("ins").first).to_have_text("mut ")
    reader.page.context.close()


def test_hostile_texts_do_nothing(browser: Browser, folder: Path) -> None:
    def hostile(text: str) -> Example:
        detail = f"answer, does_not_compile, line 1: {text}"
        verdict = Verdict(filter="rust", passed=False, reason="does_not_compile", detail=detail)
        question = f"{text}\n\n```{text}\n{text}\n```"
        return make_example(question, f"> {text}\n\n| {text} |\n- {text}", verdicts=(verdict,))

    examples = [hostile(text) for text in PAYLOADS]
    reader = opened(browser, page_of(examples, folder, "<b>lot</b>".replace("/", "")))
    for example in examples:
        reader.page.evaluate("place => { location.hash = place; }", example.id)
        reader.page.wait_for_timeout(20)
        expect(reader.page.locator(".perma")).to_have_text(example.id)
        inside = reader.page.locator("#detail").locator("script, img, svg, iframe, style, b b")
        assert inside.count() == 0
        links = reader.page.locator("#detail a").evaluate_all("all => all.map(a => a.protocol)")
        assert set(links) == {"file:"}
    assert reader.page.evaluate("window.pwned") is None
    assert reader.undisturbed(), "nothing was fetched, and the policy had nothing to refuse"
    reader.page.context.close()


def test_the_policy_stops_what_would_get_in(browser: Browser, written: Path) -> None:
    reader = opened(browser, written)
    reader.page.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "window.pwned = 1";
      document.body.append(script);
      const image = document.createElement("img");
      image.src = "http://127.0.0.1:9/x.png";
      document.body.append(image);
    }""")
    assert reader.page.evaluate("window.pwned") is None
    assert any("Content Security Policy" in fault for fault in reader.faults)
    reader.page.context.close()


def in_columns(examples: list[Example]) -> tuple[list[Example], list[Example]]:
    """What is accepted, and what is rejected."""
    kept = [e for e in examples if not e.rejection]
    return kept, [e for e in examples if e.rejection]


def test_accepted_and_rejected_stand_side_by_side(reader: Reader, examples: list[Example]) -> None:
    page, (kept, fallen) = reader.page, in_columns(examples)
    page.get_by_role("button", name="Côte à côte").click()
    expect(page.locator("#head0")).to_have_text(f"retenu ({len(kept)})")
    expect(page.locator("#head1")).to_have_text(f"rejeté ({len(fallen)})")
    left, right = page.locator("#list"), page.locator("#list1")
    boxes = [one.bounding_box() for one in (left, right)]
    assert all(boxes) and boxes[0]["y"] == boxes[1]["y"]  # type: ignore[index]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"] + 1  # type: ignore[index]
    left.locator("a").nth(1).click()
    right.locator("a").nth(2).click()
    expect(page.locator("#detail .perma")).to_have_text(kept[1].id)
    expect(page.locator("#detail1 .perma")).to_have_text(fallen[2].id)
    for pane, filters in (("#detail", kept[1]), ("#detail1", fallen[2])):
        said = page.locator(f"{pane} section").first
        expect(said.locator("h3")).to_have_text("Ce que disent les filtres")
        expect(said.locator(".badge").first).to_be_in_viewport()
        assert "longueur" in said.inner_text() and filters.verdicts
    assert page.url.endswith(f"#{kept[1].id}&{fallen[2].id}")
    page.reload()
    expect(page.locator("#detail1 .perma")).to_have_text(fallen[2].id)
    page.get_by_role("button", name="Côte à côte").click()
    expect(page.locator("#list1")).to_be_hidden()
    expect(page.locator("#count")).to_have_text("300 sur 300")


def test_filters_and_search_hold_for_both_columns(reader: Reader, examples: list[Example]) -> None:
    page = reader.page
    page.keyboard.press("s")
    page.get_by_label("Thème").select_option("traits")
    kept, fallen = in_columns([e for e in examples if e.topic == "traits"])
    expect(page.locator("#count")).to_have_text(f"{len(kept) + len(fallen)} sur 300")
    expect(page.locator("#head0")).to_have_text(f"retenu ({len(kept)})")
    expect(page.locator("#head1")).to_have_text(f"rejeté ({len(fallen)})")
    page.locator("#search").fill(f'"numéro {number_of(fallen[0])} "')
    expect(page.locator("#head1")).to_have_text("rejeté (1)")
    expect(page.locator("#list .note")).to_have_text("Rien ne correspond à ces filtres.")
    expect(page.locator("#list1 a")).to_have_count(1)


def number_of(example: Example) -> str:
    found = re.search(r"numéro (\d+)", example.question)
    assert found
    return found[1]


def test_keys_walk_through_either_column(reader: Reader, examples: list[Example]) -> None:
    page, (kept, fallen) = reader.page, in_columns(examples)
    page.keyboard.press("s")
    expect(page.locator("#head0")).to_have_class("active")
    for key in "jj":
        page.keyboard.press(key)
    expect(page.locator("#detail .perma")).to_have_text(kept[1].id)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("j")
    expect(page.locator("#detail1 .perma")).to_have_text(fallen[0].id)
    expect(page.locator("#detail .perma")).to_have_text(kept[1].id)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("k")
    expect(page.locator("#detail .perma")).to_have_text(kept[0].id)
    page.keyboard.press("s")
    expect(page.locator("#list1")).to_be_hidden()
    expect(page.locator("#detail .perma")).to_have_text(kept[0].id)


def test_keys_that_come_faster_than_the_address_changes_lose_no_step(
    reader: Reader, examples: list[Example]
) -> None:
    page, (kept, _) = reader.page, in_columns(examples)
    press = """keys => {
      const event = (key) => new KeyboardEvent("keydown", { key, bubbles: true });
      for (const key of keys) document.body.dispatchEvent(event(key));
    }"""
    page.keyboard.press("s")
    expect(page.locator("#head0")).to_have_class("active")
    page.evaluate(press, "jjj")
    expect(page.locator("#detail .perma")).to_have_text(kept[2].id)
    page.evaluate(press, "kk")
    expect(page.locator("#detail .perma")).to_have_text(kept[0].id)


def test_a_telephone_has_one_column(
    browser: Browser, written: Path, examples: list[Example]
) -> None:
    kept, fallen = in_columns(examples)
    reader = opened(browser, written, viewport={"width": 390, "height": 844})
    page = reader.page
    expect(page.locator("#sides")).to_be_hidden()
    page.evaluate("place => { location.hash = place; }", f"{kept[0].id}&{fallen[0].id}")
    expect(page.locator("#detail .perma")).to_have_text(kept[0].id)
    expect(page.locator("#detail1")).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 844})
    expect(page.locator("#detail1 .perma")).to_have_text(fallen[0].id)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("#list1")).to_be_hidden()
    assert reader.sideways() == 0 and reader.undisturbed()
    page.context.close()


def test_a_page_of_one_kind_has_one_column(
    browser: Browser, examples: list[Example], folder: Path
) -> None:
    kept, _ = in_columns(examples)
    reader = opened(browser, page_of(kept, folder, "retenus"))
    expect(reader.page.locator("#count")).to_have_text(f"{len(kept)} sur {len(kept)}")
    expect(reader.page.locator("#sides")).to_be_hidden()
    reader.page.keyboard.press("s")
    expect(reader.page.locator("#list1")).to_be_hidden()
    reader.page.context.close()


def test_it_speaks_english(browser: Browser, examples: list[Example], folder: Path) -> None:
    reader = opened(browser, page_of(examples, folder, "english", "en"))
    page = reader.page
    expect(page.locator("#count")).to_have_text("300 of 300")
    page.get_by_label("Reason").select_option("leakage.resembles_prompt")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("#detail")).to_contain_text("What the filters say")
    expect(page.locator("#detail")).to_contain_text(
        "the question is like a prompt, or the answer like a reference"
    )
    page.context.close()


COUNTED = [
    ("fr", 0, "Au plus 0 retenu serait rejeté"),
    ("fr", 1, "Au plus 1 retenu serait rejeté"),
    ("fr", 2, "Au plus 2 retenus seraient rejetés"),
    ("en", 0, "At most 0 accepted ones"),
    ("en", 1, "At most 1 accepted one would"),
]


@pytest.mark.parametrize(("lang", "many", "said"), COUNTED)
def test_nouns_follow_their_numbers(
    browser: Browser, examples: list[Example], folder: Path, lang: str, many: int, said: str
) -> None:
    reader = opened(browser, page_of(examples[:3], folder, f"nombres-{lang}", lang))
    assert reader.page.evaluate(f"fill(say.fall_at_most, {many})").startswith(said)
    passing = reader.page.evaluate(f"fill(say.pass, {many}, 7)")
    assert passing.startswith(f"{many} ") and "7" in passing
    assert ("passeraient" in passing) == (lang == "fr" and many > 1)
    reader.page.context.close()
