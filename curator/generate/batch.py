"""A batch: one folder that holds a plan, its candidates, what filters said, and a manifest.

    plan.json          settings, seed, requests; written first, never changed
    candidates.jsonl   one example per request that was answered, appended as they come
    accepted.jsonl, rejected.jsonl   the candidates with their verdicts
    manifest.json      counts and digests of all of these; written last

A batch that was broken off goes on with the requests that have no candidate yet. Since every
request has its own seed, the files are those of an unbroken run.
"""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from curator import __version__, store
from curator.errors import DataError
from curator.example import Example, ModelRef, Origin, Provenance
from curator.filters.base import Outcome
from curator.generate import few_shot
from curator.generate.plan import Request
from curator.models.base import Ask, Completion, TextModel
from curator.recipe import AugmentRecipe, digest

Progress = Callable[[str, int, int], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """What a batch was asked to make. `settings` are those that its candidates depend on.

    `rustc` is the compiler of the time, which will judge them.
    """

    settings: dict[str, Any]
    seed: int
    created: datetime
    rustc: str | None
    requests: tuple[Request, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of everything that the candidates depend on."""
        return digest(self.settings, self.seed, [r.model_dump(mode="json") for r in self.requests])

    def document(self) -> dict[str, Any]:
        """The plan as one JSON document."""
        return {
            "settings": self.settings,
            "seed": self.seed,
            "created": self.created.isoformat(),
            "rustc": self.rustc,
            "requests": [r.model_dump(mode="json") for r in self.requests],
        }


def settings_of(
    recipe: AugmentRecipe, model: TextModel, shots: Sequence[Example]
) -> dict[str, Any]:
    """The settings that a batch's candidates depend on, and nothing else."""
    return {
        "recipe": recipe.name,
        "toolkit": __version__,
        "model": model.ref.model_dump(mode="json"),
        "generate": recipe.generate.model_dump(mode="json"),
        "targets": recipe.targets.model_dump(mode="json"),
        "prompts_sha256": few_shot.templates_sha256(),
        "shots_sha256": digest(sorted(e.id for e in shots)),
    }


@dataclass(frozen=True)
class Batch:
    """The folder of one batch."""

    folder: Path

    @property
    def name(self) -> str:
        """The name by which provenance refers to the batch."""
        return self.folder.name

    def path(self, name: str) -> Path:
        """A file of the batch."""
        return self.folder / name

    @property
    def complete(self) -> bool:
        """Whether the manifest, which is written last, is there."""
        return self.path("manifest.json").is_file()

    def plan(self) -> Plan:
        """The plan that the batch was begun with; raises DataError if it cannot be read."""
        path = self.path("plan.json")
        data = store.read_json(path)
        try:
            requests = tuple(Request.model_validate(r) for r in data["requests"])
            created = datetime.fromisoformat(data["created"])
            return Plan(data["settings"], data["seed"], created, data.get("rustc"), requests)
        except (KeyError, TypeError, ValueError) as error:
            hint = "delete the batch folder and run again"
            raise DataError(f"not a plan: {error!r}", where=path, hint=hint) from error

    def candidates(self) -> list[Example]:
        """The candidates made so far, in the order of the plan."""
        path = self.path("candidates.jsonl")
        found = list(store.read(path, Example)) if path.exists() else []
        return sorted(found, key=lambda e: e.provenance.index or 0)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the batch for this process; raises StoreError where another one holds it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        fd = os.open(self.path(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            store.lock(fd, self.folder, wait=0, doing="works on this batch")
            yield
        finally:
            os.close(fd)


def existing(root: Path, name: str) -> list[Batch]:
    """The batches of a recipe, by their number."""
    return [Batch(p.parent) for p in sorted(root.glob(f"{name}-s[0-9]*/plan.json"))]


def open_batch(root: Path, name: str, make_plan: Callable[[int], Plan], seed: int | None) -> Batch:
    """The batch to work on: an unfinished one of the same settings, else a new one.

    A given `seed` means exactly the batch of that seed. None takes an unfinished batch whose
    plan is still the one that `make_plan` gives, or the first unused seed.
    """
    if seed is None:
        batches = existing(root, name)
        for batch in (b for b in batches if not b.complete):
            begun = batch.plan()
            if begun.settings == make_plan(begun.seed).settings:
                return batch
            log.warning("%s: unfinished, with other settings; left as it is", batch.folder)
        seed = max((b.plan().seed for b in batches), default=0) + 1
    plan = make_plan(seed)
    batch = Batch(root / f"{name}-s{seed:04d}-{digest(plan.settings)[:8]}")
    if not batch.path("plan.json").exists():
        store.write_json(batch.path("plan.json"), plan.document())
    return batch


def candidate(
    request: Request, batch: Batch, plan: Plan, written: Completion, model: ModelRef
) -> Example:
    """The example that a model's text is, with the provenance to make it again."""
    question, answer = few_shot.read_back(written.text)
    provenance = Provenance(
        origin=Origin.GENERATED,
        created=plan.created,
        toolkit=__version__,
        batch=batch.name,
        index=request.index,
        strategy=few_shot.STRATEGY,
        model=model,
        prompt_sha256=few_shot.templates_sha256(),
        sampling=plan.settings["generate"]["sampling"],
        seed=request.seed,
        truncated=not written.finished,
        rustc=plan.rustc,
    )
    return Example(
        category=request.category,
        topic=request.topic,
        difficulty=request.difficulty,
        question=question,
        answer=answer,
        provenance=provenance,
    )


def generate(
    batch: Batch,
    recipe: AugmentRecipe,
    model: TextModel,
    shots: Sequence[Example],
    progress: Progress,
) -> list[Example]:
    """Make the candidates that the batch still lacks; returns all of them in the plan's order."""
    plan = batch.plan()
    total = len(plan.requests)
    with store.Appender(batch.path("candidates.jsonl")) as appender:
        done = {e.provenance.index for e in batch.candidates()}
        progress("generate", len(done), total)
        for request in plan.requests:
            if request.index in done:
                continue
            chosen = few_shot.choose_shots(shots, request, recipe.generate.shots)
            turns = few_shot.messages(request, chosen)
            ask = Ask(tuple(turns), recipe.generate.sampling, request.seed)
            written = model.complete([ask])[0]
            made = candidate(request, batch, plan, written, model.ref)
            appender.append(made)
            done.add(request.index)
            progress("generate", len(done), total)
    return batch.candidates()


def write_outcome(batch: Batch, recipe: AugmentRecipe, outcome: Outcome) -> dict[str, Any]:
    """Write accepted and rejected candidates, then the manifest, which it returns."""
    store.write_atomic(batch.path("accepted.jsonl"), outcome.accepted)
    store.write_atomic(batch.path("rejected.jsonl"), outcome.rejected)
    names = ("plan.json", "candidates.jsonl", "accepted.jsonl", "rejected.jsonl")
    plan = batch.plan()
    manifest = {
        "batch": batch.name,
        "plan_sha256": plan.digest,
        "recipe_sha256": digest(recipe),
        "model": plan.settings["model"],
        "rustc": plan.rustc,
        "toolkit": __version__,
        "outcome": outcome.document(),
        "files": {name: store.sha256_of(batch.path(name)) for name in names},
    }
    store.write_json(batch.path("manifest.json"), manifest)
    return manifest
