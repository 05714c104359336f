"""What the next batch of a recipe would do: `curator augment --dry-run`."""

import logging
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from curator.augment.inputs import BatchInputs, check_recipe, needs_model
from curator.augment.room import full_slots, without_room
from curator.base.errors import ModelError
from curator.base.progress import Progress, silent
from curator.generate.forecast import Forecast, forecast
from curator.generate.recipe import AugmentRecipe
from curator.generate.strategies.base import BatchState
from curator.generate.strategies.registry import make_strategies
from curator.models.load import model_sha256
from curator.records.coverage import Coverage
from curator.records.project import Project
from curator.records.taxonomy import Slot

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Preview:
    """What the next batch would do: the coverage, accepted candidates wanted, and the forecast.

    `room` is how many more examples each slot of the set would hold; None where none is known.
    """

    before: Coverage
    wanted: dict[Slot, float]
    forecast: Forecast
    room: dict[Slot, int] | None
    surplus: float

    @property
    def by_slot(self) -> dict[Slot, float]:
        """How many of the planned candidates should be accepted, by slot."""
        expected: defaultdict[Slot, float] = defaultdict(float)
        for pick in self.forecast.picks:
            expected[pick.slot] += self.forecast.expected(pick)
        return expected

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        count = round(without_room(self.by_slot, self.room, self.surplus), 1)
        return {"before": self.before.document(), **self.forecast.document(), "no_room": count}

    def full_slots(self) -> str:
        """Say how many of the planned candidates would find their slot full; "" for none."""
        return full_slots(self.by_slot, self.room, self.surplus)


def preview(project: Project, recipe: AugmentRecipe, progress: Progress = silent) -> Preview:
    """Plan the next batch, supposing that every strategy yields what is expected of it.

    Loads no model. Raises ModelError where the recipe needs one and names none, DataError where
    there is no example to learn from.
    """
    check_recipe(recipe)
    inputs = BatchInputs.read(project, recipe)
    sources = inputs.besides(None)
    yields = inputs.history(_model_sha256(recipe))
    wanted = inputs.wanted(sources)
    state = BatchState(sources.trusted, recipe.generate)
    state.take(sources.taken)
    strategies = make_strategies(recipe, sources.trusted, progress)
    planned = forecast(wanted, strategies, state, recipe, yields)
    return Preview(sources.before, wanted, planned, sources.room, recipe.targets.surplus)


def _model_sha256(recipe: AugmentRecipe) -> str | None:
    """Return the digest of the recipe's model, where it needs one that is at hand."""
    try:
        return model_sha256(recipe.model) if needs_model(recipe) else None
    except ModelError as error:
        log.warning("planned without what this model yielded before: %s", error)
        return None
