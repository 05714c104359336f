"""What the page for looking through examples has, before a browser reads it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from curator.base.errors import DataError
from curator.cli.views.browse import browse_view
from curator.filters.base import Filter
from curator.filters.length import LengthSettings
from curator.filters.registry import FILTERS
from curator.records.example import Example, Origin, Verdict
from curator.records.project import Project
from curator.report.browse.page import Content, browse_document, document
from curator.report.browse.rows import Known, Row, badge, distinct, faults_of, row_of
from curator.report.browse.select import Selection, known_of, select
from curator.report.browse.wording import DIFF, FACETS, FACTS, PAGE, TITLES, VALUES, value_label
from curator.report.browse.write import WrittenPage, write_page
from curator.review.decisions.state import read_state
from tests.conftest import make_example
from tests.report.hostile import PAYLOADS
from tests.review.conftest import (  # noqa: F401 - fixtures
    Desk,
    candidates,
    desk,
    recipe_with,
    reviewed,
)

DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)
DETAIL = (
    "question, should_not_compile, line 4: the block compiles; odd; "
    "answer, does_not_compile, line 9: E0382 borrow of moved value: `s`"
)


def data_of(page: str) -> dict[str, Any]:
    [found] = DATA.findall(page)
    loaded = json.loads(found)
    assert isinstance(loaded, dict)
    return loaded


def rejected(detail: str = DETAIL) -> Example:
    verdict = Verdict(filter="rust", passed=False, reason="does_not_compile", detail=detail)
    return make_example(verdicts=(Verdict(filter="length", passed=True, score=97), verdict))


def test_rustc_is_quoted_at_its_lines() -> None:
    faults = [(f.role, f.line, f.reason, f.message) for f in faults_of(rejected())]
    assert faults == [
        ("question", 4, "rust.should_not_compile", "the block compiles; odd"),
        ("answer", 9, "rust.does_not_compile", "E0382 borrow of moved value: `s`"),
    ]
    assert faults_of(rejected("the answer shows no Rust code")) == []


def test_a_row_says_who_was_not_asked() -> None:
    example = rejected()
    origin = example.provenance.model_copy(update={"batch": "b-s0001-0"})
    known = Known("fr", chains={"b-s0001-0": ["length", "rust", "leakage"]})
    row = row_of(example.model_copy(update={"provenance": origin}), known)
    assert row.rest == ["leakage"]
    assert row.facets["reason"] == "rust.does_not_compile"


def test_a_correction_stands_beside_what_it_replaces() -> None:
    parent = make_example()
    origin = parent.provenance.model_copy(
        update={"origin": Origin.CORRECTED, "parents": (parent.id,)}
    )
    child = make_example(answer="Autre réponse.", provenance=origin)
    row = row_of(child, Known("fr", texts={parent.id: parent}))
    assert row.before and row.before.answer == parent.answer
    assert ("l'exemple dont il vient", parent.id) in row.links
    assert row_of(child, Known("fr")).before is None


def rows_of(desk: Desk) -> list[Row]:  # noqa: F811
    """The candidates and their corrections, as a page shows them."""
    examples = list(read_state(desk.project, desk.recipe).examples.values())
    known = known_of(desk.project, examples, (), "fr")
    return [row_of(e, known) for e in examples]


def test_the_badge_is_what_people_decided(desk: Desk, candidates: list[Example]) -> None:  # noqa: F811
    """Rejected by two, corrected in two ways, accepted by two: none of them is just "retenu"."""
    desk.push()
    one, two, three = candidates
    for name, end in (("anna", "Merci."), ("benoit", "Au revoir.")):
        desk.say(name, one.id, "rejeter", reason="autre", comment="Faux.")
        desk.say(name, two.id, "corriger", corrected_answer=f"{two.answer}\n\n{end}")
        desk.say(name, three.id, "accepter")
    desk.pull()
    rows = rows_of(desk)
    shown = {row.key: row.document() for row in rows}
    words = {k: value_label(d["badge"], d["facets"][d["badge"]], "fr") for k, d in shown.items()}
    assert words[one.id] == "rejeté en relecture"
    assert words[two.id] == "remplacé par sa correction"
    assert words[three.id] == "accepté en relecture"
    ends = {row.answer.split("\n")[-1]: words[row.key] for row in rows}
    assert ends["Merci."] == "correction non retenue"
    winner = next(row for row in rows if row.answer.endswith("Au revoir."))
    assert winner.facets["review"] == "pending" and winner.document()["badge"] == "status"


def test_the_badge_of_an_open_proposal_is_no_decision(
    desk: Desk,  # noqa: F811
    candidates: list[Example],  # noqa: F811
) -> None:
    desk.push()
    better = f"{candidates[0].answer}\n\nMerci."
    desk.say("anna", candidates[0].id, "corriger", corrected_answer=better)
    desk.pull()
    [row] = [row for row in rows_of(desk) if row.answer == better]
    assert (row.facets["review"], row.document()["badge"]) == ("pending", "status")


def test_a_change_goes_before_people_and_the_set_before_them() -> None:
    assert badge({"change": "came", "review": "rejected", "status": "accepted"}) == "change"
    assert badge({"status": "left_out", "review": "accepted"}) == "status"
    assert badge({"status": "accepted", "review": "disputed"}) == "status"


def test_a_full_slot_and_a_strategy_have_words() -> None:
    full = "slot full: traits/debutant/debug"
    assert value_label("reason", full, "en") == "slot full: traits, beginner, debugging"
    assert value_label("reason", full, "fr").startswith("case pleine : trait, débutant")
    assert value_label("strategy", "mutate", "fr") == "mutation prouvée par rustc"
    assert value_label("strategy", "mutate", "en") == "mutation proven by rustc"


def test_a_page_counts_its_parts(tmp_path: Path) -> None:
    def line(*counts: int) -> str:
        page = WrittenPage(tmp_path / "p.html", "x", counts[0], "example", *counts[1:])
        [said] = browse_view(page, Project(tmp_path), False)
        return said.partition(" (")[2]

    assert line(49) == "49 examples)"
    assert line(390, 9) == "390 examples: 381 in the set, 9 left out)"
    assert line(18, 0, 2) == "18 examples: 16 candidates, 2 corrections)"


def test_both_languages_say_the_same_things() -> None:
    tables = [PAGE, FACETS, FACTS, TITLES, DIFF, *VALUES.values()]
    for french, english in (pair for table in tables for pair in table.values()):
        assert french and english
        holes = [set(re.findall(r"\{(\w+)", text)) for text in (french, english)]
        assert holes[0] == holes[1]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_reasons_are_in_words(lang: Any) -> None:
    rows = [row_of(rejected(), Known(lang))]
    found = data_of(browse_document(Selection("x", "batch", rows), lang))
    reason = FILTERS["rust"].reasons["does_not_compile"]
    assert found["reasons"]["rust.does_not_compile"] == (reason.fr if lang == "fr" else reason.en)
    labels = {f["name"]: f["values"] for f in found["facets"]}
    assert labels["status"] == {"rejected": "rejeté" if lang == "fr" else "rejected"}
    assert labels["topic"] == {"ownership": "propriété" if lang == "fr" else "ownership"}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_leaves_the_data(payload: str) -> None:
    verdict = Verdict(filter=payload, passed=False, reason=payload, detail=payload)
    example = make_example(payload, payload, verdicts=(verdict,))
    row = row_of(example, Known("fr"))
    page = document(Content(payload, [row], lead=payload), "fr")
    assert data_of(page)["rows"][0]["question"] == example.question
    assert page.count("</script") == 2
    assert payload not in page or not re.search(r"[<&]", payload)


def test_rows_of_one_text_have_keys_of_their_own() -> None:
    row = row_of(make_example(), Known("fr"))
    keys = [r.key for r in distinct([row, row, row])]
    assert keys == [row.key, f"{row.key}~2", f"{row.key}~3"]


def declared() -> list[tuple[str, type[Filter], Any]]:
    return [(f"{n}.{b.setting}", f, b) for n, f in FILTERS.items() for b in f.bounds]


@pytest.mark.parametrize(("name", "kind", "bound"), declared())
def test_a_bound_names_a_number_and_a_reason_of_its_filter(
    name: str, kind: type[Filter], bound: Any
) -> None:
    assert isinstance(getattr(kind.settings_type.model_validate({}), bound.setting), int | float)
    assert bound.reason in kind.reasons


def test_bounds_have_the_value_of_the_recipe() -> None:
    rows = [row_of(rejected(), Known("fr"))]
    settings = LengthSettings(min_tokens=120)
    found = data_of(browse_document(Selection("x", "batch", rows, [settings]), "fr"))["bounds"]
    assert [(b["name"], b["value"], b["rejects"]) for b in found] == [
        ("length.min_tokens", 120, "<"),
        ("length.max_tokens", 800, ">"),
    ]


@pytest.mark.slow
def test_what_a_project_has_is_found_by_name(showcase: Project, tmp_path: Path) -> None:
    batch = next((showcase.raw / "generated").iterdir())
    found = select(showcase, batch.name, "fr")
    assert len(found.rows) == 60 and {r.facets["source"] for r in found.rows} == {batch.name}
    assert {r.facets["status"] for r in found.rows} == {"accepted", "rejected"}
    everything = select(showcase, None, "fr")
    assert len(everything.rows) > 160
    curated = select(showcase, "curated", "fr")
    assert {r.document()["facets"]["split"] for r in curated.rows if "split" in r.extra} >= {
        "train"
    }
    answers = select(showcase, "evaluation", "fr")
    assert len(answers.rows) == 96 and {r.facets["arm"] for r in answers.rows} >= {"base", "tuned"}
    assert any(f.message.startswith("error[E0382]") for r in answers.rows for f in r.faults)
    written = write_page(showcase, str(batch / "rejected.jsonl"), "en", tmp_path / "p.html")
    assert written.rows == sum(r.facets["status"] == "rejected" for r in found.rows)
    assert '<html lang="en">' in written.path.read_text("utf-8")


def test_a_name_that_nothing_has_is_one_clear_line(showcase: Project) -> None:
    batch = next((showcase.raw / "generated").iterdir()).name
    with pytest.raises(DataError, match=f"did you mean {batch}"):
        select(showcase, batch[1:], "fr")  # a beginning of its name would do


def test_a_project_without_answers_or_a_set_says_so(project: Project) -> None:
    with pytest.raises(DataError, match="no answers"):
        select(project, "evaluation", "fr")
    with pytest.raises(DataError, match="no curated set"):
        select(project, "curated", "fr")
    assert len(select(project, None, "fr").rows) == 49
