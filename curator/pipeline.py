"""Runs the steps of a recipe in order: plan, generate, filter, write."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator import store
from curator.clock import now
from curator.coverage import Coverage, coverage
from curator.errors import DataError, NothingSurvived
from curator.example import Example
from curator.filters import make_filters, run_filters
from curator.filters.base import Outcome
from curator.generate import batch as batches
from curator.generate.batch import Batch, Plan, Progress
from curator.generate.plan import plan
from curator.models.base import TextModel
from curator.models.gguf import find_model
from curator.models.llama import LlamaModel
from curator.project import Project
from curator.recipe import AugmentRecipe, ModelSettings
from curator.rust.toolchain import installed_version
from curator.signals import signals


@dataclass(frozen=True)
class Generated:
    """A batch with its candidates; `before` is the coverage that it was planned from."""

    before: Coverage
    batch: Batch
    candidates: list[Example]


@dataclass(frozen=True)
class Augmented:
    """A batch that is done: what its filters let through, and its manifest."""

    generated: Generated
    outcome: Outcome
    manifest: dict[str, Any]


def load_model(settings: ModelSettings) -> TextModel:
    """The model of a recipe, loaded; raises ModelError."""
    return LlamaModel(find_model(settings.name), settings.context, settings.threads)


def trusted(project: Project) -> list[Example]:
    """Authored and imported examples; raises DataError where there are none to learn from."""
    found = list(store.read_examples(project.trusted_files()))
    if not found:
        hint = "write some, or `curator import FILE`"
        raise DataError("no authored or imported example", where=project.raw, hint=hint)
    return found


def generate(
    project: Project,
    recipe: AugmentRecipe,
    progress: Progress,
    load: Callable[[ModelSettings], TextModel] = load_model,
) -> Generated:
    """Plan a batch from what is missing and make its candidates, or go on with one."""
    examples = trusted(project)
    pending = list(store.read_examples(project.pending_files(recipe.output)))
    before = coverage([*examples, *pending], recipe.targets)
    model = load(recipe.model)
    settings = batches.settings_of(recipe, model, examples)
    created, rustc = now(), installed_version()

    def make_plan(seed: int) -> Plan:
        return Plan(settings, seed, created, rustc, tuple(plan(before, recipe, seed)))

    root = project.root / recipe.output
    batch = batches.open_batch(root, recipe.name, make_plan, recipe.seed)
    with batch.locked():
        made = batches.generate(batch, recipe, model, examples, progress)
    return Generated(before, batch, made)


def augment(
    project: Project,
    recipe: AugmentRecipe,
    progress: Progress,
    load: Callable[[ModelSettings], TextModel] = load_model,
) -> Augmented:
    """Plan, generate, filter, write. Raises NothingSurvived, with everything written, when no
    candidate is left and the recipe does not allow that.
    """
    generated = generate(project, recipe, progress, load)
    batch = generated.batch
    others = [p for p in project.pending_files(recipe.output) if p.parent != batch.folder]
    known = [*trusted(project), *store.read_examples(others)]
    with batch.locked():
        filters = make_filters(recipe.filters, known, project.root)
        outcome = run_filters(generated.candidates, filters, progress, recipe.judge)
        outcome.accepted = [e.measured(signals(e)) for e in outcome.accepted]
        manifest = batches.write_outcome(batch, recipe, outcome)
    done = Augmented(generated, outcome, manifest)
    if not outcome.accepted and not recipe.allow_empty:
        raise_nothing_survived(
            outcome,
            where=project.relative(batch.folder),
            hint="rejected.jsonl there says why for each; a larger model helps most",
        )
    return done


def raise_nothing_survived(outcome: Outcome, where: str, hint: str) -> None:
    """Raise NothingSurvived with the counts per reason."""
    counts = ", ".join(f"{reason} {n}" for reason, n in outcome.reasons().items())
    what = f"none of {outcome.total} candidates survived: {counts}"
    raise NothingSurvived(what, where=where, hint=hint)


def filter_file(
    project: Project,
    path: Path,
    recipe: AugmentRecipe,
    known: Sequence[Example],
    progress: Progress,
) -> Outcome:
    """Run a recipe's filters over the examples of a file or of the JSONL files of a folder."""
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    examples = list(store.read_examples(files))
    if not examples:
        raise DataError("there is no example to filter", where=path)
    filters = make_filters(recipe.filters, known, project.root)
    return run_filters(examples, filters, progress, recipe.judge)
