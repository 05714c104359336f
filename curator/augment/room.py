"""Room in the curated set: what of a batch would find its slot full, and be left out.

A slot of the set holds its target times `build.excess`. A batch that is asked for `more` may go
beyond that, and what people then accept is lost on the set until its targets are raised.
"""

import logging
from collections.abc import Mapping

from curator.base.errors import RecipeError
from curator.base.plural import plural
from curator.dataset.gather import augment_recipe
from curator.dataset.recipe import RECIPE, RetrainRecipe, load_retrain
from curator.dataset.select import quotas
from curator.generate.planner import needs
from curator.generate.recipe import AugmentRecipe
from curator.records.coverage import Coverage
from curator.records.project import Project
from curator.records.taxonomy import Slot
from curator.review.recipe import ReviewRecipe

log = logging.getLogger(__name__)

MORE_ROOM = "targets.per_cell (or targets.topics) in pipelines/augment.yaml"
Room = Mapping[Slot, int]


def limits(project: Project, recipe: AugmentRecipe) -> dict[Slot, int] | None:
    """Return how many examples each slot of the project's set may hold.

    None where a batch of the recipe enters no set, as the demo's, or where what the set is made of
    cannot be read, with a warning. Without a retrain recipe its defaults hold.
    """
    try:
        return _limits(project, recipe)
    except RecipeError as error:
        log.warning("planned without the room in the set: %s", error)
        return None


def _limits(project: Project, recipe: AugmentRecipe) -> dict[Slot, int] | None:
    if recipe.output != ReviewRecipe().input:
        return None
    rules, targets = RetrainRecipe(), recipe.targets
    if (project.root / RECIPE).is_file():
        rules = load_retrain(project)
        targets = augment_recipe(project, rules).targets
    return quotas(targets, rules.build.excess, project.taxonomy)


def room_of(limit: Room | None, before: Coverage) -> dict[Slot, int] | None:
    """Return how many more examples each slot would hold; None where no limit is known."""
    if limit is None:
        return None
    return {slot: max(0, most - before.slots.get(slot, 0)) for slot, most in limit.items()}


def wanted(recipe: AugmentRecipe, before: Coverage, room: Room | None) -> dict[Slot, float]:
    """Return how many accepted candidates each slot needs.

    Where the slots with room need as many as the batch may make, full ones are left alone.
    """
    found = needs(before, recipe.targets, recipe.more, room)
    if room is None:
        return found
    surplus = recipe.targets.surplus
    fitting = {slot: min(n, room[slot] * surplus) for slot, n in found.items() if room[slot]}
    return fitting if sum(fitting.values()) >= recipe.stop.candidates else found


def without_room(accepted: Mapping[Slot, float], room: Room | None, surplus: float) -> float:
    """Return how many of the accepted candidates of each slot the set would leave out as full.

    Reviewers reject some: for each example that a slot has room for, `surplus` may come.
    """
    if room is None:
        return 0.0
    return sum(max(0.0, n - room[slot] * surplus) for slot, n in accepted.items())


def full_slots(accepted: Mapping[Slot, float], room: Room | None, surplus: float) -> str:
    """Say how many of the accepted candidates of each slot have no room; "" where all have some."""
    count, total = round(without_room(accepted, room, surplus)), round(sum(accepted.values()))
    if not count:
        return ""
    return (
        f"about {count} of {plural(total, 'accepted candidate')} would have no room: their slots "
        "(topic/difficulty/category) are full in the set, and curator build leaves them out even "
        f"where people accept them; for more room raise {MORE_ROOM}"
    )
