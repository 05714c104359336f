"""The contract of a filter, and the counts that a run of filters gives."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Generic, Literal, NamedTuple, Protocol, Self

from typing_extensions import TypeVar, override

from curator.base.disk_buffer import chunks
from curator.base.errors import NothingSurvived
from curator.base.settings import Settings
from curator.records.example import Example, ExampleId, Verdict

CHUNK = 64  # examples that a filter judges at a time


class FilterSettings(Settings):
    """Base of the settings of a filter, which a recipe finds by their `name`."""

    name: str


class Reason(NamedTuple):
    """What a reason code means, in English for the terminal and in French for the report."""

    en: str
    fr: str


Reasons = Mapping[str, Reason]


class Bound(NamedTuple):
    """A number of a filter's settings that its score is held against, for "what would pass if".

    An example whose score stands in `rejects` to the number `setting` is rejected for `reason`.
    What passed may have been scored by another measure than the one that `setting` bounds:
    `passing_score` tells whether a passing score says what a stricter number would reject
    ("exact"), at most what it would ("at_most"), or nothing ("unknown").
    """

    setting: str
    reason: str
    rejects: Literal["<", ">", ">="]
    passing_score: Literal["exact", "at_most", "unknown"] = "exact"


FAILED = "filter_failed"
# Reasons that every filter may give besides its own.
COMMON_REASONS: Reasons = {
    FAILED: Reason(
        "the filter itself failed on the example; its trace is in the verdict",
        "le filtre lui-même a échoué sur cet exemple",
    ),
}
S = TypeVar("S", bound=FilterSettings, default=Any)


class Filter(ABC, Generic[S]):
    """Judge examples without changing them.

    A filter is one module of this package, named like the filter and listed in `registry`. It
    holds the filter's settings, its reason codes with their wording, and what the report says:
    `label_fr` is its French name, `cure_fr` what to do when it rejects too much ("" for nothing).
    A filter that is not `by_default` runs only where a recipe names it. What a filter rejects that
    is not `about_text` cannot be mended by rewriting it: another text has its place. `bounds` are
    the settings that a recorded score can be held against anew.
    """

    name: ClassVar[str]
    settings_type: ClassVar[type[FilterSettings]]
    reasons: ClassVar[Reasons]
    label_fr: ClassVar[str]
    cure_fr: ClassVar[str] = ""
    by_default: ClassVar[bool] = False
    about_text: ClassVar[bool] = True
    bounds: ClassVar[tuple[Bound, ...]] = ()

    def __init__(self, settings: S):
        self.settings = settings

    @classmethod
    def from_settings(cls, settings: S, root: Path) -> Self:
        """Make the filter that a recipe describes; files named there lie below `root`."""
        return cls(settings)

    @abstractmethod
    def judge(self, examples: Sequence[Example]) -> list[Verdict]:
        """Return one verdict per example, in their order."""

    def check_ready(self) -> None:
        """Raise CuratorError where this machine lacks what the filter needs; it judges nothing."""

    def for_worker(self) -> "Filter":
        """Return the filter to send to a worker, which has one core of another machine."""
        return self


class Comparison(ABC):
    """Some examples beside those that a comparing filter remembers, judged one after the other.

    A row is an example's place among them. A verdict changes nothing: only what `remember` is
    called for is held against later rows and, after `close`, against later comparisons.
    """

    @abstractmethod
    def verdict(self, row: int, without: Collection[ExampleId] = ()) -> Verdict:
        """Judge an example against all that is remembered, but for the ids in `without`."""

    @abstractmethod
    def remember(self, row: int) -> None:
        """Hold an example against those that are judged after it."""

    def close(self) -> None:  # noqa: B027 - most have nothing to do
        """Make what was remembered known to later comparisons."""


class ComparingFilter(Filter[S]):
    """Compare each example with those that the filter remembers.

    What it remembers is for the caller to say, who knows what the other filters of the chain
    found: an example that another filter rejects must not stand in the way of a good one.
    """

    about_text = False

    @abstractmethod
    def compare(self, examples: Sequence[Example]) -> Comparison:
        """Prepare to judge examples; at most one comparison at a time may remember any."""

    def learn(self, known: Iterable[Example]) -> None:
        """Remember examples that none may repeat, without judging them."""
        for part in chunks(known, CHUNK):
            comparison = self.compare(part)
            for row in range(len(part)):
                comparison.remember(row)
            comparison.close()

    @override
    def judge(self, examples: Sequence[Example]) -> list[Verdict]:
        """Return the verdicts of a chain that has this filter alone: what passes is remembered."""
        verdicts = []
        for part in chunks(examples, CHUNK):
            comparison = self.compare(part)
            for row in range(len(part)):
                verdicts.append(comparison.verdict(row))
                if verdicts[-1].passed:
                    comparison.remember(row)
            comparison.close()
        return verdicts


class FilterStream(Protocol):
    """Pass a stream of examples through filters: `stream_filters`, or one on a cluster."""

    def __call__(
        self,
        examples: Iterable[Example],
        filters: Sequence[Filter],
        progress: Callable[[str, int, int], None] = ...,
        judge: Literal["first", "all"] = ...,
        total: int = ...,
    ) -> Iterator[Example]:
        """Yield the examples that pass, then those that are rejected."""
        ...


class FunnelStep(NamedTuple):
    """How many examples came to one filter of a run, and how many it kept.

    `alone` is how many of all the examples it passes whatever the other filters say, where all
    were judged.
    """

    filter: str
    seen: int
    kept: int
    alone: int | None = None


@dataclass
class Tally:
    """The counts of a run of filters: total = kept + dropped, whatever happened.

    `filters` are the names, in their order; with `every`, each example was judged by each filter,
    whatever an earlier one said. `shown` has the first example with each fault, and the verdict.
    """

    filters: Sequence[str]
    every: bool
    total: int = 0
    kept: int = 0
    shown: dict[str, tuple[Example, Verdict]] = field(default_factory=dict)
    _dropped_by: Counter[str] = field(default_factory=Counter)
    _passed: Counter[str] = field(default_factory=Counter)
    _reasons: Counter[str] = field(default_factory=Counter)
    _faults: Counter[str] = field(default_factory=Counter)

    @property
    def dropped(self) -> int:
        """How many were rejected."""
        return self.total - self.kept

    def add(self, example: Example) -> None:
        """Count an example that the filters have judged."""
        self.total += 1
        rejection = example.rejection
        if rejection is None:
            self.kept += 1
        else:
            self._dropped_by[rejection.filter] += 1
            self._reasons[_fault(rejection)] += 1
        for verdict in example.verdicts:
            if verdict.passed:
                self._passed[verdict.filter] += 1
            else:
                self._faults[_fault(verdict)] += 1
                self.shown.setdefault(_fault(verdict), (example, verdict))

    @property
    def steps(self) -> list[FunnelStep]:
        """The funnel, filter by filter."""
        steps, seen = [], self.total
        for name in self.filters:
            kept = seen - self._dropped_by[name]
            steps.append(FunnelStep(name, seen, kept, self._passed[name] if self.every else None))
            seen = kept
        return steps

    def reasons(self) -> dict[str, int]:
        """Count the rejected examples for each "filter.reason", the most frequent first.

        The reason of an example is that of the first verdict against it.
        """
        return _ordered(self._reasons)

    def faults(self) -> dict[str, int]:
        """Count the examples with each fault that was looked for, decisive or not."""
        return _ordered(self._faults)

    def document(self) -> dict[str, Any]:
        """Return the counts as a JSON object."""
        return {
            "total": self.total,
            "accepted": self.kept,
            "rejected": self.dropped,
            "funnel": [
                {"filter": s.filter, "in": s.seen, "kept": s.kept, "dropped": s.seen - s.kept}
                | ({} if s.alone is None else {"alone": s.alone})
                for s in self.steps
            ],
            "reasons": self.reasons(),
            "faults": self.faults(),
        }


@dataclass
class Outcome(Tally):
    """The counts of a run of filters with the examples, for runs that fit into memory."""

    accepted: list[Example] = field(default_factory=list)
    rejected: list[Example] = field(default_factory=list)

    @override
    def add(self, example: Example) -> None:
        super().add(example)
        (self.rejected if example.rejection else self.accepted).append(example)


def outcome_of(judged: Iterable[Example], filters: Sequence[str], every: bool) -> Outcome:
    """Gather judged examples into an Outcome; see Tally for the other arguments."""
    outcome = Outcome(filters, every)
    for example in judged:
        outcome.add(example)
    return outcome


def _fault(verdict: Verdict) -> str:
    return f"{verdict.filter}.{verdict.reason}"


def _ordered(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def passing(name: str, score: float | None = None, detail: str = "") -> Verdict:
    """Return the verdict of filter `name` on an example that passes."""
    return Verdict(filter=name, passed=True, score=score, detail=detail)


def failing(name: str, reason: str, detail: str, score: float | None = None) -> Verdict:
    """Return the verdict of filter `name` on an example that it rejects."""
    return Verdict(filter=name, passed=False, reason=reason, score=score, detail=detail)


def raise_nothing_survived(
    outcome: Tally, where: str, hint: str, judged: str = "candidate"
) -> None:
    """Raise NothingSurvived with the counts per reason; `judged` is the word for one example."""
    counts = ", ".join(f"{reason} {n}" for reason, n in outcome.reasons().items())
    none = f"the only {judged} did not survive" if outcome.total == 1 else ""
    what = f"{none or f'none of {outcome.total} {judged}s survived'}: {counts}"
    raise NothingSurvived(what, where=where, hint=hint)
