"""A chain of filters: what it keeps, and what its comparing filters remember.

Examples are judged in their order. One is kept when every filter passes it, and a comparing filter
compares it with the examples known before and with the earlier ones that were kept. Nothing else is
remembered: an example that rustc rejects must not stand in the way of a good one that resembles it.

That is a rule for one example at a time, while rustc is only fast with many. So filters that judge
an example by itself run first, over as many as there are, and comparing filters afterwards, example
by example (`Chain.settle`). The verdicts depend on neither how many are judged at a time nor where.
Where an example's first failure is its last verdict, rustc need not see what a comparing filter
rejects anyway: `Chain.screen` leaves that out, as far as it can be told beforehand.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, takewhile

from curator.filters.base import ComparingFilter, Comparison, Filter
from curator.filters.failsafe import compare_safely
from curator.records.example import Example, ExampleId, Verdict

Comparisons = Mapping[int, Comparison]  # by the place of the filter
Judge = Callable[[Filter, Sequence[Example]], list[Verdict]]
Without = Callable[[Example], Collection[ExampleId]]


@dataclass
class Entry:
    """An example on its way: the verdicts of filters that judge it by itself, by their place.

    One that is `screened` will be rejected by a comparing filter, as far as can be told.
    """

    example: Example
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    screened: bool = False

    @property
    def passing(self) -> bool:
        """Whether no filter has rejected it so far."""
        return not self.screened and all(v.passed for v in self.verdicts.values())


def compared_with_all(example: Example) -> Collection[ExampleId]:
    """Leave out no example of a comparison; see `Chain`."""
    return ()


class Chain:
    """The filters of one run, in the order of the recipe.

    With `every`, a rejected example gets the verdicts of all filters, else those up to the first
    that rejects it. `without` names the examples that one may resemble. Without `remember`, each
    example is compared only with what was known before.

    `early` are the filters, with their places, that judge examples by themselves first; `late`
    those whose work `screen` can save.
    """

    def __init__(
        self,
        filters: Sequence[Filter],
        every: bool,
        without: Without = compared_with_all,
        remember: bool = True,
    ):
        self.filters, self.every = filters, every
        self._without, self._remember = without, remember
        self.comparing = {n: f for n, f in enumerate(filters) if isinstance(f, ComparingFilter)}
        self._first = min(self.comparing, default=len(filters))
        alone = {n: f for n, f in enumerate(filters) if n not in self.comparing}
        self.early = {n: f for n, f in alone.items() if every or n < self._first}
        self.late = {n: f for n, f in alone.items() if n not in self.early}

    def entries(self, examples: Sequence[Example]) -> list[Entry]:
        """Take examples in, without the verdicts that they had."""
        return [Entry(e.judged(())) for e in examples]

    def divide(self, entries: Sequence[Entry]) -> tuple[list[Entry], list[Example]]:
        """Part those that go on from those that the early filters have finally rejected."""
        going = [e for e in entries if self.every or e.passing]
        ended = (e for e in entries if not (self.every or e.passing))
        return going, [e.example.judged(e.verdicts[n] for n in sorted(e.verdicts)) for e in ended]

    def compare(self, entries: Sequence[Entry]) -> Comparisons:
        """Prepare the comparing filters to judge entries."""
        examples = [e.example for e in entries]
        return {place: compare_safely(f, examples) for place, f in self.comparing.items()}

    def screen(self, entries: Sequence[Entry], comparisons: Comparisons) -> None:
        """Mark what the first comparing filters reject already, for what is remembered so far.

        `settle` judges it again, when all before it are judged. That finds it rejected once more,
        by the same filter or one before it, so that no late filter is asked, but for one case: an
        earlier example that was undecided here tells which versions the example replaces, so
        that it may resemble them. Then `settle` asks the late filters, about this one alone.
        """
        first = list(takewhile(self.comparing.__contains__, count(self._first)))
        for row, entry in enumerate(entries):
            without = self._without(entry.example)
            entry.screened = any(not comparisons[n].verdict(row, without).passed for n in first)

    def settle(
        self, entries: Sequence[Entry], comparisons: Comparisons, judge: Judge
    ) -> list[Example]:
        """Judge entries one after the other, and remember those that every filter passes.

        `judge` asks a filter for a verdict that is lacking; see `screen`.
        """
        settled = []
        for row, entry in enumerate(entries):
            verdicts = self._verdicts(row, entry, comparisons, judge)
            if self._remember and all(v.passed for v in verdicts):
                for comparison in comparisons.values():
                    comparison.remember(row)
            settled.append(entry.example.judged(verdicts))
        for comparison in comparisons.values():
            comparison.close()
        return settled

    def _verdicts(
        self, row: int, entry: Entry, comparisons: Comparisons, judge: Judge
    ) -> list[Verdict]:
        """Return the verdicts on one example, in the order of the filters."""
        verdicts: list[Verdict] = []
        for place, one in enumerate(self.filters):
            if place in comparisons:
                without = self._without(entry.example)
                verdicts.append(comparisons[place].verdict(row, without))
            elif place in entry.verdicts:
                verdicts.append(entry.verdicts[place])
            else:
                verdicts += judge(one, [entry.example])
            if not (self.every or verdicts[-1].passed):
                break
        return verdicts


def rejected_at(example: Example) -> int | None:
    """Return the place of the filter that rejects an example; None where it is accepted."""
    return next((n for n, v in enumerate(example.verdicts) if not v.passed), None)
