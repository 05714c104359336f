"""Run a batch whose requests are planned before it begins, whatever its verdicts will be.

So two runs have the same slots and seeds, where the planner of a batch follows its verdicts.
"""

from collections.abc import Iterator, Mapping, Sequence

from typing_extensions import override

from curator.base.seeds import derive_seed
from curator.generate.batch import Batch
from curator.generate.planner import Planner, prompt_size
from curator.generate.recipe import AugmentRecipe
from curator.generate.request import Request
from curator.generate.runner import BatchRunner, BatchTools, offers_for, requests_for
from curator.generate.strategies.base import BatchState, Strategy
from curator.generate.yields import Yields
from curator.records.taxonomy import Slot


def plan_waves(
    wanted: Mapping[Slot, float],
    strategies: Mapping[str, Strategy],
    state: BatchState,
    recipe: AugmentRecipe,
    seed: int,
) -> list[list[Request]]:
    """Plan waves of as many requests as the recipe's limit, the same number for each strategy.

    A wave has one strategy. Slots come as the planner of a batch has them where nothing is known
    of yields; when all have had what they want, they begin anew. There are fewer requests where a
    strategy has nothing left. `state` then counts them as taken.
    """
    waves: list[list[Request]] = []
    made = 0
    for number, strategy in enumerate(strategies.values(), 1):
        limit = recipe.stop.candidates * number // len(strategies)
        for requests in _waves_of(strategy, wanted, state, recipe, (seed, made, limit)):
            waves.append(requests)
            made += len(requests)
    return waves


def _waves_of(
    strategy: Strategy,
    wanted: Mapping[Slot, float],
    state: BatchState,
    recipe: AugmentRecipe,
    part: tuple[int, int, int],
) -> Iterator[list[Request]]:
    """Yield the waves of one strategy; `part` is the seed, and the first index and the limit."""
    seed, made, limit = part
    nothing, group = Yields(), prompt_size(wanted, recipe)
    left, fresh = dict(wanted), True
    while made < limit:
        size = min(recipe.generate.wave, limit - made)
        offers = offers_for(left, [strategy], state, group)
        picks = Planner(wanted, nothing, 0).picks(left, offers, size, derive_seed(seed, made))
        requests = requests_for(picks, {strategy.name: strategy}, state, seed, made)
        if requests:
            yield requests
            made += len(requests)
            for one in requests:
                left[one.slot] -= nothing.rate(strategy.name, one.slot.cell)
            left, fresh = {slot: n for slot, n in left.items() if n > 0}, False
        elif fresh:
            return
        else:
            left, fresh = dict(wanted), True


class FixedRunner(BatchRunner):
    """Make the waves of requests that were planned before."""

    def __init__(
        self,
        batch: Batch,
        recipe: AugmentRecipe,
        tools: BatchTools,
        state: BatchState,
        planned: Sequence[Sequence[Request]],
    ):
        super().__init__(batch, recipe, tools, state)
        self._planned = planned

    @override
    def _reason_to_stop(self, left: Mapping[Slot, float]) -> str | None:
        return None if len(self.waves) < len(self._planned) else "candidates"

    @override
    def _requests(self, left: Mapping[Slot, float]) -> list[Request]:
        return list(self._planned[len(self.waves)])
