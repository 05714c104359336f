"""The filters of a batch, which are made once and judge every wave."""

from collections.abc import Sequence
from functools import cached_property

from curator.filters.base import ComparingFilter, Filter, FilterStream
from curator.filters.registry import make_filters
from curator.generate.recipe import AugmentRecipe
from curator.records.example import Example
from curator.records.project import Project


class WaveJudge:
    """A recipe's filters over wave after wave, beside the examples `known` before the batch.

    What a wave brought is remembered for those after it. The filters are made when the first wave
    comes: that takes a while where much is known, and a batch may have been judged before.
    """

    def __init__(
        self,
        project: Project,
        recipe: AugmentRecipe,
        known: Sequence[Example],
        stream: FilterStream,
    ):
        self._project, self._recipe, self._known = project, recipe, known
        self._stream = stream
        self._remembered = 0  # candidates of this batch

    @cached_property
    def _filters(self) -> list[Filter]:
        return make_filters(self._recipe.filters, self._known, self._project.root)

    def __call__(self, wave: Sequence[Example], earlier: Sequence[Example]) -> list[Example]:
        """Return the candidates of a wave with their verdicts.

        `earlier` are all candidates accepted before, in order. Where an earlier process judged
        the first of them, the filters learn them now, so that the verdicts do not depend on it.
        """
        for one in self._filters:
            if isinstance(one, ComparingFilter):
                one.learn(earlier[self._remembered :])
        everything = self._stream(wave, self._filters, judge=self._recipe.judge, total=len(wave))
        judged = sorted(everything, key=lambda e: e.provenance.index or 0)
        self._remembered = len(earlier) + sum(e.rejection is None for e in judged)
        return judged
