"""What a batch starts from, read once: examples, earlier batches and their yields, decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from curator.augment.room import limits, room_of, wanted
from curator.base.errors import DataError
from curator.generate.batch import Batch, existing
from curator.generate.recipe import AugmentRecipe
from curator.generate.strategies.registry import strategy_type
from curator.generate.yields import Yields
from curator.models.load import check_model
from curator.records.coverage import Coverage, coverage
from curator.records.example import Example
from curator.records.files import ReadOnce
from curator.records.project import Project
from curator.records.rejections import LastBuildRejections
from curator.records.taxonomy import Slot, Taxonomy
from curator.review.decisions.state import Changes, read_changes


@dataclass(frozen=True)
class EarlierBatch:
    """A batch as it was found; `manifest` is None while it is not complete."""

    batch: Batch
    accepted: Sequence[Example]
    candidates: Sequence[Example]
    manifest: dict[str, Any] | None


@dataclass(frozen=True)
class Sources:
    """What one batch may draw on: all inputs but its own candidates.

    `trusted` are authored and imported examples, `pending` the accepted candidates of other
    batches, `taken` all candidates of other batches, `before` the coverage without this batch,
    `room` how many more examples each slot of the set would hold; None where none is known.
    """

    trusted: Sequence[Example]
    pending: Sequence[Example]
    taken: Sequence[Example]
    before: Coverage
    room: dict[Slot, int] | None


@dataclass(frozen=True)
class BatchInputs:
    """Everything that a project holds when a batch is planned, made or resumed.

    It is read once, when the command begins, and every question is answered from it: a batch that
    another process finishes meanwhile counts from the next command on.
    """

    recipe: AugmentRecipe
    taxonomy: Taxonomy
    trusted: Sequence[Example]
    batches: Sequence[EarlierBatch]
    changes: Changes
    rejections: LastBuildRejections
    limits: dict[Slot, int] | None

    @classmethod
    def read(cls, project: Project, recipe: AugmentRecipe) -> "BatchInputs":
        """Open a project and read its inputs.

        Raises DataError where there is no example to learn from.
        """
        project.open()
        read = ReadOnce()
        trusted = list(read(*project.trusted_files()))
        if not trusted:
            hint = (
                "candidates are made after a few: `curator import FILE --authored`, or begin with "
                "ours in a new folder: `curator init DIR --with-examples`"
            )
            raise DataError("no authored or imported example", where=project.raw, hint=hint)
        batches = [_read_batch(b, read) for b in existing(project.root / recipe.output)]
        changes = read_changes(project, read)
        rejections = LastBuildRejections.of(project)
        room = limits(project, recipe)
        return cls(recipe, project.taxonomy, trusted, batches, changes, rejections, room)

    def own(self) -> list[EarlierBatch]:
        """List the batches that the recipe made, by name."""
        return [b for b in self.batches if b.batch.recipe == self.recipe.name]

    def find(self, batch: Batch) -> EarlierBatch | None:
        """Find a batch as it was when the inputs were read; None for one that was not there."""
        return next((b for b in self.batches if b.batch == batch), None)

    def besides(self, batch: Batch | None) -> Sources:
        """Collect what a batch may draw on; None stands for a new one."""
        others = [b for b in self.batches if b.batch != batch]
        pending = [e for b in others for e in b.accepted]
        taken = [e for b in others for e in b.candidates]
        counted = self.rejections.without([*self.trusted, *self.changes.applied(pending)])
        before = coverage(counted, self.recipe.targets, self.taxonomy)
        return Sources(self.trusted, pending, taken, before, room_of(self.limits, before))

    def wanted(self, sources: Sources) -> dict[Slot, float]:
        """Return how many accepted candidates of each slot a batch is to bring."""
        return wanted(self.recipe, sources.before, sources.room)

    def history(self, model: str | None) -> Yields:
        """Add up the yields of complete batches that used this model (its digest), or none."""
        yields = Yields()
        judged = (b.manifest for b in self.batches if b.manifest and b.manifest["outcome"])
        for manifest in judged:
            if (manifest["model"] or {}).get("sha256") in (model, None):
                yields.recall(manifest.get("yields", {}))
        return yields


def _read_batch(batch: Batch, read: ReadOnce) -> EarlierBatch:
    accepted, candidates = (
        list(read(path)) if path.exists() else []
        for path in (batch.path("accepted.jsonl"), batch.path("candidates.jsonl"))
    )
    manifest = batch.manifest() if batch.complete else None
    return EarlierBatch(batch, accepted, candidates, manifest)


def needs_model(recipe: AugmentRecipe) -> bool:
    """Tell whether any of the recipe's strategies, or its signals, ask a model."""
    wanted = recipe.generate
    asking = any(strategy_type(name).tokens for name in wanted.strategies)
    return bool(asking or wanted.rephrase or wanted.likelihood)


def check_recipe(recipe: AugmentRecipe) -> None:
    """Raise ModelError where the recipe needs a model and names none; costs next to nothing."""
    if needs_model(recipe):
        check_model(recipe.model)
    if recipe.opinion:
        check_model(recipe.opinion)
