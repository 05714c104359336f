"""The batches of a project: what state each is in, what comes next, and how one is discarded.

    running       a process holds its lock
    complete      its manifest is there
    interrupted   it has candidates, and the command in `next` resumes it
    stale         it has candidates, and something that they depend on has changed: no command
                  resumes it
    empty         it was begun, and has no candidate yet
    unreadable    its plan, a wave or its manifest cannot be read

A batch is listed by what is written down: no model is loaded, and no filter runs.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from curator.augment.handed import HandedOver, HandOvers, throwaway
from curator.augment.inputs import BatchInputs
from curator.augment.resume import RecipeFile, changes_since, resume_command
from curator.base.errors import CuratorError, DataError, RecipeError
from curator.generate.batch import Batch, existing
from curator.generate.recipe import AugmentRecipe, load_recipe
from curator.records.project import Project

log = logging.getLogger(__name__)


class BatchStatus(StrEnum):
    """What state a batch is in; see the module's text."""

    RUNNING = "running"
    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    STALE = "stale"
    EMPTY = "empty"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class BatchSummary:
    """One batch as `curator batches` lists it.

    `candidates` were made, `judged` of them by the filters, which `accepted` some (None: none was
    judged). `changed` names what a stale batch's candidates depend on and that has changed since,
    or says why a batch cannot be read. `next` is the command to type, "" for none. `handed` says
    where a complete batch's candidates are with people; `throwaway` that it is a demo's.
    """

    batch: Batch
    state: BatchStatus
    created: datetime | None = None
    strategies: tuple[str, ...] = ()
    model: str | None = None
    candidates: int = 0
    judged: int = 0
    accepted: int | None = None
    stopped: str | None = None
    changed: tuple[str, ...] = ()
    next: str = ""
    handed: HandedOver | None = None
    throwaway: bool = False

    @property
    def name(self) -> str:
        """The name of the batch."""
        return self.batch.name

    @property
    def running(self) -> bool:
        """Whether a process works on it."""
        return self.state is BatchStatus.RUNNING

    def document(self) -> dict[str, Any]:
        """Everything as a JSON object."""
        return {
            "batch": self.name,
            "state": self.state.value,
            "created": self.created.isoformat() if self.created else None,
            "recipe": self.batch.recipe,
            "strategies": list(self.strategies),
            "model": self.model,
            "candidates": self.candidates,
            "judged": self.judged,
            "accepted": self.accepted,
            "stopped": self.stopped,
            "changed": list(self.changed),
            "next": self.next,
            "review": self.handed.document() if self.handed else None,
            "throwaway": self.throwaway,
        }


def list_batches(
    project: Project, outputs: Iterable[str] | None = None, *, digests: bool = False
) -> list[BatchSummary]:
    """List the batches below `outputs`, by name; None stands for those of all recipes.

    With `digests`, model files are read to say whether they have changed since.
    """
    lister = _Lister(project, digests)
    folders = lister.outputs if outputs is None else outputs
    return [lister.summary(b) for o in dict.fromkeys(folders) for b in existing(project.root / o)]


class _Lister:
    """Summaries of batches; recipes and examples are read when a batch first asks for them."""

    def __init__(self, project: Project, digests: bool):
        self._project, self._digests = project, digests
        self._inputs: dict[str, BatchInputs] = {}
        self._hand_overs = HandOvers(project)

    @cached_property
    def recipes(self) -> list[RecipeFile]:
        """The augmentation recipes of the project's pipelines/, with their paths."""
        paths = sorted((self._project.root / "pipelines").glob("*.yaml"))
        return [RecipeFile(path, found) for path in paths for found in _augmenting(path)]

    @property
    def outputs(self) -> list[str]:
        """The folders that the recipes write batches into."""
        return [file.recipe.output for file in self.recipes]

    def summary(self, batch: Batch) -> BatchSummary:
        """What is known of one batch."""
        try:
            try:
                return self._summary(batch)
            except (CuratorError, OSError):
                return self._summary(batch)  # a batch that was completed while it was looked at
        except (CuratorError, OSError, AttributeError, KeyError, TypeError, ValueError) as error:
            # The last ones of a plan or manifest that is JSON of another shape.
            fault = str(error) if isinstance(error, CuratorError) else f"not as written: {error!r}"
            next_step = f"curator batches discard {batch.name}"
            return BatchSummary(batch, BatchStatus.UNREADABLE, changed=(fault,), next=next_step)

    def _summary(self, batch: Batch) -> BatchSummary:
        plan = batch.plan()
        model = plan.settings.get("model")
        known: dict[str, Any] = {
            "created": plan.created,
            "strategies": tuple(plan.settings.get("generate", {}).get("strategies", ())),
            "model": model["name"] if model else None,
            "throwaway": throwaway(self._project, batch),
        }
        if batch.complete:
            return BatchSummary(batch, BatchStatus.COMPLETE, **known, **self._complete(batch))
        verdicts = [e.rejection is None for e in batch.judged_waves()]
        made, judged = batch.wave_count(), len(verdicts)
        accepted = sum(verdicts) if judged else None
        known |= {"candidates": made, "judged": judged, "accepted": accepted}
        if batch.running:
            return BatchSummary(batch, BatchStatus.RUNNING, **known)
        discard = f"curator batches discard {batch.name}"
        file = self._recipe_of(batch)
        changed = self._changed(batch, file) if file else ()
        if changed:
            state = BatchStatus.STALE if made else BatchStatus.EMPTY
            return BatchSummary(batch, state, **known, changed=changed, next=discard)
        command = resume_command(self._project, plan, file)
        state = BatchStatus.INTERRUPTED if made else BatchStatus.EMPTY
        return BatchSummary(batch, state, **known, next=command)

    def _complete(self, batch: Batch) -> dict[str, Any]:
        manifest = batch.manifest()
        outcome = manifest["outcome"]
        if outcome is None:
            path = batch.path("candidates.jsonl")
            following = f"curator filter {self._project.relative(path)}"
            counts = {"candidates": batch.count("candidates.jsonl"), "next": following}
        else:
            handed = self._hand_overs.of(batch) if outcome["accepted"] else None
            counts = {"candidates": outcome["total"], "judged": outcome["total"]}
            counts |= {"accepted": outcome["accepted"], "handed": handed}
            counts["next"] = handed.next if handed else ""
        return {**counts, "stopped": manifest.get("stopped")}

    def _recipe_of(self, batch: Batch) -> RecipeFile | None:
        """The recipe of the project that made the batch; None where it is none of pipelines/."""
        here = batch.folder.parent
        return next(
            (
                o
                for o in self.recipes
                if o.recipe.name == batch.recipe and self._project.root / o.recipe.output == here
            ),
            None,
        )

    def _changed(self, batch: Batch, file: RecipeFile) -> tuple[str, ...]:
        recipe = file.recipe
        if recipe.name not in self._inputs:
            try:
                self._inputs[recipe.name] = BatchInputs.read(self._project, recipe)
            except DataError as error:  # no example is left to learn from
                return (error.what,)
        sources = self._inputs[recipe.name].besides(batch)
        return tuple(changes_since(batch.plan(), recipe, sources, digests=self._digests))


def _augmenting(path: Path) -> Iterator[AugmentRecipe]:
    """The recipe in a file, if it is one for augmentation that can be read."""
    try:
        yield load_recipe(path)
    except RecipeError as error:
        if "another kind of recipe" not in error.what:
            log.warning("%s", error)
