"""The evaluator's own prompts: what is asked, and that the reference answers are what they claim.

They are held to the same filters as what is trained on, and to being far from it.
"""

import re
from collections import Counter

import pytest

from curator.evaluation.prompts import EvalPrompt, read_prompts
from curator.filters.french import FrenchSettings
from curator.filters.leakage import DEFAULT, LeakageFilter, LeakageSettings
from curator.filters.near_duplicates import NearDuplicateFilter, NearDuplicateSettings
from curator.filters.registry import make_filters
from curator.filters.run import run_filters
from curator.filters.structure import StructureSettings
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.project import Project
from curator.records.taxonomy import topics
from curator.records.topic import Topic
from tests.conftest import ROOT, make_example

SEED = ("basics", "ownership", "borrowing", "lifetimes", "structs", "enums")


CELLS = 45  # fifteen topics at three difficulties


def as_example(prompt: EvalPrompt) -> Example:
    """The prompt and its reference as an example: the form that filters read."""
    category = "debug" if "compile_fail" in (prompt.reference or "") else "exercises"
    labels = {"topic": prompt.topic, "difficulty": prompt.difficulty, "category": category}
    return make_example(prompt.prompt, prompt.reference or "", **labels)


@pytest.fixture(scope="module")
def rows() -> list[EvalPrompt]:
    return read_prompts(ROOT / DEFAULT)


@pytest.fixture(scope="module")
def authored() -> list[Example]:
    return list(read_examples(*Project(ROOT).authored_files()))


def test_all_cells_are_asked_and_the_hard_topics_most(rows: list[EvalPrompt]) -> None:
    cells = Counter((r.topic, r.difficulty) for r in rows)
    by_topic = Counter(r.topic for r in rows)
    assert len(rows) >= 200
    assert len(cells) == CELLS
    assert min(cells.values()) >= 4
    assert min(by_topic[Topic("lifetimes")], by_topic[Topic("borrowing")]) >= 20
    assert set(SEED) <= {r.category for r in rows} <= {*SEED, *topics()}
    assert all(r.category in (r.topic, "basics") for r in rows)


def test_half_is_kept_for_promotion_in_each_topic(rows: list[EvalPrompt]) -> None:
    halves = Counter((r.topic, r.split) for r in rows)
    for topic in topics():
        assert abs(halves[topic, "dev"] - halves[topic, "test"]) <= 1, topic


def test_most_are_checked_by_running_something(rows: list[EvalPrompt]) -> None:
    checked = Counter(r.check.kind for r in rows if r.check)
    assert sum(checked.values()) >= 130
    assert checked["tests"] >= 100


def test_no_two_have_one_id_or_begin_alike(rows: list[EvalPrompt]) -> None:
    assert len({r.id for r in rows}) == len(rows)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", r.id) for r in rows)
    openings = Counter(" ".join(r.prompt.split()[:4]) for r in rows)
    assert [o for o, n in openings.items() if n > 2] == []


def test_a_learner_types_plain_fences(rows: list[EvalPrompt]) -> None:
    labelled = re.compile(r"^```rust[^\n]+$", re.MULTILINE)
    assert [r.id for r in rows if labelled.search(r.prompt)] == []


def test_the_reference_names_the_seed_documents_words(rows: list[EvalPrompt]) -> None:
    for row in rows:
        assert 3 <= len(row.expected_topics) <= 6, row.id
        text = (row.reference or "").lower()
        assert [t for t in row.expected_topics if t not in text] == [], row.id


@pytest.mark.slow
def test_references_have_the_form_length_and_language_of_a_lesson(rows: list[EvalPrompt]) -> None:
    words = [len((r.reference or "").split()) for r in rows]
    assert min(words) >= 60
    assert max(words) <= 400
    filters = make_filters([StructureSettings(), FrenchSettings()])
    outcome = run_filters([as_example(r) for r in rows], filters, judge="all")
    assert outcome.reasons() == {}
    assert len(outcome.accepted) == len(rows)


def test_no_two_of_them_are_nearly_one(rows: list[EvalPrompt]) -> None:
    verdicts = NearDuplicateFilter(NearDuplicateSettings()).judge([as_example(r) for r in rows])
    assert [(r.id, v.detail) for r, v in zip(rows, verdicts, strict=True) if not v.passed] == []


def test_none_is_near_an_authored_example(rows: list[EvalPrompt], authored: list[Example]) -> None:
    near = NearDuplicateFilter(NearDuplicateSettings(), known=authored)
    verdicts = near.judge([as_example(r) for r in rows])
    assert [(r.id, v.detail) for r, v in zip(rows, verdicts, strict=True) if not v.passed] == []


@pytest.mark.slow
def test_no_authored_example_leaks_them(authored: list[Example]) -> None:
    verdicts = LeakageFilter(LeakageSettings(), ROOT).judge(authored)
    assert [(e.id, v.detail) for e, v in zip(authored, verdicts, strict=True) if not v.passed] == []
