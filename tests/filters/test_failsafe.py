"""A filter that breaks on an example costs that example, and nothing else."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import pytest

from curator.base.errors import CompilerError
from curator.cluster.verdicts import collect_verdicts
from curator.filters import structure
from curator.filters.base import FAILED, Filter, FilterSettings, Reasons, passing
from curator.filters.duplicates import DuplicateSettings
from curator.filters.length import LengthSettings
from curator.filters.near_duplicates import NearDuplicateSettings
from curator.filters.registry import make_filters, reason_fr
from curator.filters.run import run_filters, stream_filters
from curator.filters.structure import StructureSettings
from curator.records.example import Example, Verdict
from tests.conftest import first_49, make_example


class Breaking(Filter[FilterSettings]):
    """Breaks on questions that hold "casse", with `error`."""

    name = "breaking"
    settings_type = FilterSettings
    label_fr = "cassant"
    reasons: ClassVar[Reasons] = {}

    def __init__(self, error: Exception):
        super().__init__(FilterSettings(name="breaking"))
        self.error = error

    def judge(self, examples: Sequence[Example]) -> list[Verdict]:
        if any("casse" in e.question for e in examples):
            raise self.error
        return [passing(self.name) for _ in examples]


def some(count: int = 5) -> list[Example]:
    return [
        make_example(question="Question qui casse ?" if n == 2 else f"Question numéro {n} ?")
        for n in range(count)
    ]


@pytest.mark.parametrize("judge", ["first", "all"])
def test_the_others_are_judged(judge: Literal["first", "all"]) -> None:
    filters = [Breaking(IndexError("list index out of range")), *make_filters([LengthSettings()])]
    outcome = run_filters(some(), filters, judge=judge)
    assert (outcome.kept, outcome.reasons()) == (4, {"breaking.filter_failed": 1})
    [broken] = outcome.rejected
    assert broken.rejection is not None
    assert broken.rejection.detail.startswith("IndexError: list index out of range (test_failsafe")
    assert len(broken.verdicts) == (2 if judge == "all" else 1)
    assert list(stream_filters(some(), filters, judge=judge))[-1] == broken


def test_so_does_a_worker_of_a_cluster() -> None:
    filters = [Breaking(ValueError("?")), *make_filters([LengthSettings()])]
    verdicts = collect_verdicts(filters, some(), drop=True)
    assert [v[0].reason for v in verdicts] == ["", "", FAILED, "", ""]
    assert [len(v) for v in verdicts] == [2, 2, 1, 2, 2]


@pytest.mark.parametrize(
    "error",
    [CompilerError("no rustc"), OSError(28, "No space left"), MemoryError(), ImportError("x")],
)
def test_what_no_example_is_to_blame_for_is_raised(error: Exception) -> None:
    with pytest.raises(type(error)):
        run_filters(some(), [Breaking(error)])


def test_a_filter_of_ours_that_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    read = structure.blocks

    def broken(text: str) -> object:
        if "casse" in text:
            raise RecursionError("maximum recursion depth exceeded")
        return read(text)

    monkeypatch.setattr(structure, "blocks", broken)
    filters = make_filters([StructureSettings(), LengthSettings()])
    outcome = run_filters(some(), filters)
    assert outcome.reasons() == {"structure.filter_failed": 1}


def test_a_comparing_filter_that_breaks_forgets_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    from curator.filters import duplicates

    def broken(text: str) -> str:
        if "casse" in text:
            raise RuntimeError
        return text

    monkeypatch.setattr(duplicates, "normalised", broken)
    given = [e.model_copy(update={"answer": e.question}) for e in some()]
    outcome = run_filters(given, make_filters([DuplicateSettings()]))
    assert outcome.reasons() == {"duplicates.filter_failed": 1}


def test_the_reason_has_a_wording() -> None:
    assert "échoué" in reason_fr("rust.filter_failed")


@pytest.mark.parametrize("judge", ["first", "all"])
def test_a_comparison_that_breaks_on_one_compares_the_others(
    judge: Literal["first", "all"], monkeypatch: pytest.MonkeyPatch
) -> None:
    from curator.filters import near_duplicates

    read = near_duplicates.features

    def broken(example: Example) -> object:
        if "casse" in example.question:
            raise IndexError("string index out of range")
        return read(example)

    monkeypatch.setattr(near_duplicates, "features", broken)
    authored = first_49()[:4]
    near = make_example(authored[3].question, authored[3].answer + " Fin.")
    given = [*authored[:2], some()[2], *authored[2:], near]
    outcome = run_filters(given, make_filters([NearDuplicateSettings()]), judge=judge)
    assert outcome.kept == 4
    assert outcome.reasons() == {
        "near_duplicates.filter_failed": 1,
        "near_duplicates.near_prose": 1,
    }
    [_, repeated] = outcome.rejected
    assert repeated.verdicts[0].detail.endswith(authored[3].id)
