"""The authored set: its distribution, and what can be computed of its quality bar."""

import re
from collections import Counter

import pytest

from curator.filters.registry import make_filters
from curator.filters.run import run_filters
from curator.filters.rust import RustFilter, RustSettings, document_of
from curator.generate.recipe import load_recipe
from curator.records.coverage import coverage
from curator.records.example import Example, Origin
from curator.records.files import read_examples
from curator.records.project import RECIPE, Project
from curator.records.targets import Targets
from curator.rust.engine import check_documents
from curator.text.markdown import blocks
from tests.conftest import ROOT

PROJECT = Project(ROOT)


@pytest.fixture(scope="module")
def authored() -> list[Example]:
    return list(read_examples(*PROJECT.authored_files()))


def test_the_first_49_have_the_distribution_of_the_seed_document(authored: list[Example]) -> None:
    first = [e for e in authored if (e.provenance.source or "").startswith("seed.jsonl:")]
    axes = coverage(first, Targets()).axes
    assert axes["category"] == {"debug": 19, "concepts": 18, "exercises": 12}
    assert axes["difficulty"] == {"debutant": 23, "intermediaire": 20, "avance": 6}
    assert axes["topic"] == {
        "ownership": 5, "borrowing": 3, "lifetimes": 3, "traits": 5, "generics": 4,
        "error_handling": 5, "pattern_matching": 3, "iterators": 3, "structs": 3, "enums": 3,
        "modules": 3, "closures": 3, "testing": 3, "unsafe": 2, "async": 1,
    }  # fmt: skip


def test_every_cell_reaches_its_target(authored: list[Example]) -> None:
    covered = coverage(authored, Targets())
    assert covered.missing == 0
    assert min(covered.axes["topic"][t] for t in ("lifetimes", "borrowing")) >= 25
    shares = {c: n / covered.total for c, n in covered.axes["category"].items()}
    for category, share in Targets().categories.items():
        assert abs(shares[category] - share) < 0.03


@pytest.mark.slow
def test_every_example_passes_every_filter(authored: list[Example]) -> None:
    filters = make_filters(load_recipe(ROOT / RECIPE).filters)
    outcome = run_filters(authored, filters)
    assert outcome.reasons() == {}
    assert len(outcome.accepted) == len(authored) >= 225


def test_each_file_holds_its_topic(authored: list[Example]) -> None:
    for path in PROJECT.authored_files():
        assert {e.topic for e in read_examples(path)} == {path.stem}


def test_provenance_says_who_wrote_them(authored: list[Example]) -> None:
    assert {e.provenance.origin for e in authored} == {Origin.AUTHORED}
    assert all(e.provenance.author and e.provenance.licence for e in authored)
    assert not any(e.reviews for e in authored)


def test_a_debug_question_shows_the_failing_code(authored: list[Example]) -> None:
    for example in (e for e in authored if e.category == "debug"):
        shown = blocks(example.question)
        failing = [b for b in shown if b.has("compile_fail") or b.has("should_panic")]
        assert failing, example.id
        named = {code for b in failing for code in b.error_codes}
        told = set(re.findall(r"E\d{4}", example.question + example.answer))
        assert not named or named & told, example.id


def test_a_failing_block_names_its_one_error_or_rustc_has_no_code_for_it(
    authored: list[Example],
) -> None:
    for example in authored:
        for text in (example.question, example.answer):
            for block in (b for b in blocks(text) if b.has("compile_fail")):
                assert len(block.error_codes) <= 1, example.id
                # Lints and a few other errors have no code: then rustc's words are shown.
                said = "\n".join(b.code for b in blocks(example.question + "\n" + example.answer))
                assert block.error_codes or re.search(r"^error: ", said, re.M), example.id


@pytest.mark.slow
def test_every_program_and_test_runs_and_prints_what_the_text_says(
    authored: list[Example],
) -> None:
    judge = RustFilter(RustSettings(run=True))
    lessons = [document_of(e) for e in authored]
    results = check_documents(lessons, judge.compiler, judge.options(authored))
    wrong = [r.short() for part in results for r in part if not r.passed]
    assert wrong == []


def test_an_exercise_gives_hints_before_a_solution_that_is_tested(authored: list[Example]) -> None:
    for example in (e for e in authored if e.category == "exercises"):
        before = example.answer.split("## Solution")[0]
        assert len(re.findall(r"^(?:-|\d\.) ", before, re.MULTILINE)) >= 2, example.id
        code = "".join(b.code for b in blocks(example.answer))
        # A stated output is a test too: it is compared when the program runs.
        assert "assert" in code or "affiche" in example.answer, example.id


def _prose(example: Example) -> str:
    return re.sub(r"```.*?```", "", f"{example.question}\n\n{example.answer}", flags=re.DOTALL)


def test_the_set_and_the_mutants_keep_one_word_for_ownership(authored: list[Example]) -> None:
    texts = {e.id: _prose(e) for e in authored}
    pages = (ROOT / "curator" / "generate" / "mutate" / "texts").glob("*.yaml")
    texts |= {page.name: page.read_text("utf-8") for page in pages}
    assert len(texts) > len(authored)
    said = {
        name: re.findall(r"possessions?\b|possesseur", text, re.I) for name, text in texts.items()
    }
    assert {name: words for name, words in said.items() if words} == {}


def test_no_count_is_of_a_quotation_that_typography_may_change(authored: list[Example]) -> None:
    """A no-break space and ’ are longer than what they replace: such a count would become wrong."""
    counts = re.compile(r"\blen\b|\boctets?\b|\bcaractères?\b|\blettres?\b")
    quoted = re.compile(r"«[^»]*['!?:;][^»]*»")
    found = [
        (e.id, sentence)
        for e in authored
        for sentence in re.split(r"(?<=[.?!])\s+(?![»])", _prose(e))
        if counts.search(sentence) and quoted.search(sentence)
    ]
    assert found == []


def test_no_two_questions_begin_alike(authored: list[Example]) -> None:
    openings = Counter(" ".join(e.question.split()[:4]) for e in authored)
    assert [o for o, n in openings.items() if n > 1] == []
