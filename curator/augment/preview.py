"""What the next batch of a recipe would do: `curator augment --dry-run`."""

import logging
from dataclasses import dataclass
from typing import Any

from curator.augment.inputs import BatchInputs, check_recipe, needs_model
from curator.base.errors import ModelError
from curator.base.progress import Progress, silent
from curator.generate.forecast import Forecast, forecast
from curator.generate.planner import needs
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
    """What the next batch would do: the coverage, accepted candidates wanted, and the forecast."""

    before: Coverage
    wanted: dict[Slot, float]
    forecast: Forecast

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        return {"before": self.before.document(), **self.forecast.document()}


def preview(project: Project, recipe: AugmentRecipe, progress: Progress = silent) -> Preview:
    """Plan the next batch, supposing that every strategy yields what is expected of it.

    Loads no model. Raises ModelError where the recipe needs one and names none, DataError where
    there is no example to learn from.
    """
    check_recipe(recipe)
    inputs = BatchInputs.read(project, recipe)
    sources = inputs.besides(None)
    yields = inputs.history(_model_sha256(recipe))
    wanted = needs(sources.before, recipe.targets, recipe.more)
    state = BatchState(sources.trusted, recipe.generate)
    state.take(sources.taken)
    strategies = make_strategies(recipe, sources.trusted, progress)
    return Preview(sources.before, wanted, forecast(wanted, strategies, state, recipe, yields))


def _model_sha256(recipe: AugmentRecipe) -> str | None:
    """Return the digest of the recipe's model, where it needs one that is at hand."""
    try:
        return model_sha256(recipe.model) if needs_model(recipe) else None
    except ModelError as error:
        log.warning("planned without what this model yielded before: %s", error)
        return None
