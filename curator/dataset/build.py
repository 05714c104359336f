"""What `curator build` and `curator gate` do: make the curated set, write it, weigh it."""

from dataclasses import dataclass
from typing import Any

from curator.base import store
from curator.base.clock import now
from curator.base.progress import Progress, silent
from curator.dataset.curate import CuratedSet, curate
from curator.dataset.gate import Check, checks, last_training, ready
from curator.dataset.hub import publish
from curator.dataset.recipe import RetrainRecipe
from curator.dataset.write import write
from curator.records.project import Project


@dataclass(frozen=True)
class BuildResult:
    """The curated set, the manifest that was written with it, and its address if published.

    `targets_in` names the recipe, below pipelines/, whose targets hold for the set.
    """

    curated: CuratedSet
    manifest: dict[str, Any]
    published: str | None = None
    targets_in: str = "augment.yaml"

    def document(self) -> dict[str, Any]:
        """Return the manifest, with the count of what awaits review, what changed its split, and
        the address.
        """
        waiting = {"waiting_for_review": self.curated.gathered.waiting}
        counts = {**self.manifest["counts"], **waiting}
        moved = {i: {"from": a, "to": b} for i, (a, b) in self.curated.moved.items()}
        return {**self.manifest, "counts": counts, "moved": moved, "published": self.published}


def build(
    project: Project,
    recipe: RetrainRecipe,
    progress: Progress = silent,
    publish_as: str | None = None,
    resplit: bool = False,
) -> BuildResult:
    """Make the curated set by a recipe and write it into the project's `curated/`.

    `publish_as` names a dataset of the hub (org/name) to which it is uploaded too. The same
    project, its last set included, gives the same bytes; with `resplit`, examples are split from
    scratch. Raises CuratorError where the hub refuses, StoreError where another process builds for
    more than a minute.
    """
    progress("waiting for another build to end", 0, 0)
    with store.locked(project.build_lock, "builds the set"):
        curated = curate(project, recipe, progress, resplit)
        progress("writing curated/", 0, 0)
        manifest = write(curated, recipe, project.curated)
    if publish_as:
        progress(f"publishing as {publish_as}", 0, 0)
    address = publish(project.curated, publish_as) if publish_as else None
    return BuildResult(curated, manifest, address, recipe.augment)


@dataclass(frozen=True)
class GateResult:
    """The checks of the gate, each with what closes it."""

    checks: list[Check]

    @property
    def ready(self) -> bool:
        """Whether every check passed."""
        return ready(self.checks)

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        return {"ready": self.ready, "checks": [c.document() for c in self.checks]}


def check_gate(project: Project, recipe: RetrainRecipe, progress: Progress = silent) -> GateResult:
    """Say whether the set that could be built today is worth a training; writes nothing."""
    curated = curate(project, recipe, progress)
    return GateResult(checks(curated, recipe.gate, last_training(project.root), now()))
