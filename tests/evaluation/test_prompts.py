"""The evaluator's own prompts: what is asked, and that the reference answers are what they claim.

They are held to the same filters as what is trained on, and to being far from it.
"""

import re
from collections import Counter

import pytest
from pydantic import BaseModel, ConfigDict

from curator.base import store
from curator.filters.french import FrenchSettings
from curator.filters.leakage import DEFAULT, LeakageFilter, LeakageSettings
from curator.filters.near_duplicates import NearDuplicateFilter, NearDuplicateSettings
from curator.filters.registry import make_filters
from curator.filters.run import run_filters
from curator.filters.rust import RustFilter, RustSettings
from curator.filters.structure import StructureSettings
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.project import Project
from curator.records.taxonomy import Difficulty, topics
from curator.records.topic import Topic
from curator.text.markdown import blocks
from tests.conftest import ROOT, make_example

SEED = ("basics", "ownership", "borrowing", "lifetimes", "structs", "enums")


class Row(BaseModel):
    """A line of the file, with exactly these keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    category: str
    topic: Topic
    difficulty: Difficulty
    prompt: str
    expected_topics: tuple[str, ...]
    reference: str

    def example(self) -> Example:
        """The prompt and its reference as an example: the form that filters read."""
        fails = {"compile_fail", "should_panic"}
        shown = [b for b in blocks(self.prompt) if fails & set(b.attributes)]
        labels = {"topic": self.topic, "difficulty": self.difficulty}
        category = "debug" if shown else "concepts"
        return make_example(self.prompt, self.reference, category=category, **labels)

    def covered(self, text: str) -> list[str]:
        """The expected topics that a text names."""
        return [t for t in self.expected_topics if t in text.lower()]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return list(store.read(ROOT / DEFAULT, Row))


@pytest.fixture(scope="module")
def authored() -> list[Example]:
    return list(read_examples(*Project(ROOT).authored_files()))


def test_there_are_twenty_of_the_seed_document_and_three_of_each_other_topic(
    rows: list[Row],
) -> None:
    counted = Counter(r.category for r in rows)
    others = set(topics()) - set(SEED)
    assert set(counted) == {*SEED, *others}
    assert len(rows) == 50
    assert sum(counted[c] for c in SEED) == 20
    assert min(counted[c] for c in SEED) >= 3
    assert {counted[c] for c in others} == {3}
    assert all(r.category in (r.topic, "basics") for r in rows)


def test_difficulties_are_balanced_and_mixed(rows: list[Row]) -> None:
    counted = Counter(r.difficulty for r in rows)
    assert all(16 <= counted[d] <= 18 for d in Difficulty)
    for category in {r.category for r in rows}:
        assert len({r.difficulty for r in rows if r.category == category}) >= 2, category


def test_no_two_have_one_id_or_begin_alike(rows: list[Row]) -> None:
    assert len({r.id for r in rows}) == len(rows)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", r.id) for r in rows)
    openings = Counter(" ".join(r.prompt.split()[:4]) for r in rows)
    assert [o for o, n in openings.items() if n > 1] == []


def test_the_reference_names_what_is_expected_and_an_echo_of_the_prompt_does_not(
    rows: list[Row],
) -> None:
    for row in rows:
        assert 3 <= len(row.expected_topics) <= 6, row.id
        assert row.covered(row.reference) == list(row.expected_topics), row.id
        assert row.covered(row.prompt) == [], row.id
        assert all(t == t.lower() for t in row.expected_topics), row.id


def test_no_answer_to_another_prompt_names_all_that_is_expected(rows: list[Row]) -> None:
    for row in rows:
        full = list(row.expected_topics)
        others = [r.id for r in rows if r is not row and row.covered(r.reference) == full]
        assert others == [], row.id


def test_references_have_the_form_length_and_language_of_a_lesson(rows: list[Row]) -> None:
    assert all(100 <= len(r.reference.split()) <= 350 for r in rows)
    filters = make_filters([StructureSettings(), FrenchSettings()])
    outcome = run_filters([r.example() for r in rows], filters, judge="all")
    assert outcome.reasons() == {}
    assert len(outcome.accepted) == len(rows)


def test_no_two_of_them_are_nearly_one(rows: list[Row]) -> None:
    verdicts = NearDuplicateFilter(NearDuplicateSettings()).judge([r.example() for r in rows])
    assert [(r.id, v.detail) for r, v in zip(rows, verdicts, strict=True) if not v.passed] == []


def test_none_is_near_an_authored_example(rows: list[Row], authored: list[Example]) -> None:
    near = NearDuplicateFilter(NearDuplicateSettings(), known=authored)
    verdicts = near.judge([r.example() for r in rows])
    assert [(r.id, v.detail) for r, v in zip(rows, verdicts, strict=True) if not v.passed] == []


@pytest.mark.slow
def test_every_block_does_what_it_says_in_the_sandbox(rows: list[Row]) -> None:
    examples = [r.example() for r in rows]
    judge = RustFilter(RustSettings(run=True))
    verdicts = judge.judge(examples)
    assert [(r.id, v.detail) for r, v in zip(rows, verdicts, strict=True) if not v.passed] == []


@pytest.mark.slow
def test_no_authored_example_leaks_them(authored: list[Example]) -> None:
    verdicts = LeakageFilter(LeakageSettings(), ROOT).judge(authored)
    assert [(e.id, v.detail) for e, v in zip(authored, verdicts, strict=True) if not v.passed] == []
