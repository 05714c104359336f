"""What the page for looking through examples has, before a browser reads it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from curator.base.errors import DataError
from curator.filters.base import Filter
from curator.filters.length import LengthSettings
from curator.filters.registry import FILTERS
from curator.records.example import Example, Origin, Verdict
from curator.records.project import Project
from curator.report.browse.page import Content, browse_document, document
from curator.report.browse.rows import Known, distinct, faults_of, row_of
from curator.report.browse.select import Selection, select
from curator.report.browse.wording import DIFF, FACETS, FACTS, PAGE, TITLES, VALUES
from curator.report.browse.write import write_page
from tests.conftest import make_example
from tests.report.hostile import PAYLOADS

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
        select(showcase, batch[1:], "fr")


def test_a_project_without_answers_or_a_set_says_so(project: Project) -> None:
    with pytest.raises(DataError, match="no answers"):
        select(project, "evaluation", "fr")
    with pytest.raises(DataError, match="no curated set"):
        select(project, "curated", "fr")
    assert len(select(project, None, "fr").rows) == 49
