"""Runs the steps of a recipe in order: plan, generate, filter, write."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from curator import __version__
from curator.augment.inputs import Sources, history, needs_model, sources_of
from curator.base.clock import now
from curator.base.errors import CuratorError, NothingMissing, NothingSurvived
from curator.base.plural import plural
from curator.base.settings import digest
from curator.filters.base import FilterStream, Outcome, outcome_of, raise_nothing_survived
from curator.filters.registry import make_filters
from curator.filters.run import stream_filters
from curator.filters.signals import signals
from curator.generate import batch as batches
from curator.generate.batch import Batch, Plan
from curator.generate.planner import needs
from curator.generate.prompting import texts_sha256
from curator.generate.recipe import AugmentRecipe
from curator.generate.runner import BatchRunner, BatchTools, Judge, Progress
from curator.generate.strategies.base import BatchState
from curator.generate.strategies.registry import make_strategies, taxonomy_sha256
from curator.generate.yields import Yields
from curator.models.base import TextModel
from curator.models.load import load_model
from curator.models.settings import ModelSettings
from curator.records.coverage import Coverage
from curator.records.example import Example
from curator.records.project import RECIPE, Project
from curator.rust.toolchain import installed_version

Load = Callable[[ModelSettings], TextModel]


@dataclass(frozen=True)
class Augmented:
    """A batch that is done; `outcome` is None where its candidates were not filtered."""

    before: Coverage
    batch: Batch
    candidates: list[Example]
    outcome: Outcome | None
    manifest: dict[str, Any]


def _settings(
    recipe: AugmentRecipe, model: TextModel | None, sources: Sources, judged: bool
) -> dict[str, Any]:
    """All that the candidates of a batch depend on, but for its seed."""
    known = sorted(e.id for e in [*sources.trusted, *sources.pending])
    taken = sorted(e.id for e in sources.taken)
    return {
        "recipe": recipe.name,
        "toolkit": __version__,
        "model": model.ref.model_dump(mode="json") if model else None,
        "rustc": installed_version(),
        "judged": judged,
        **recipe.model_dump(mode="json", include={"generate", "stop", "targets"}),
        "filters_sha256": digest([f.model_dump(mode="json") for f in recipe.filters]),
        "texts_sha256": texts_sha256(),
        "taxonomy_sha256": taxonomy_sha256(recipe),
        "examples_sha256": digest(known, taken),
    }


def augment(
    project: Project,
    recipe: AugmentRecipe,
    progress: Progress,
    load: Load = load_model,
    judged: bool = True,
    stream: FilterStream = stream_filters,
) -> Augmented:
    """Plan, generate, filter, write; or go on with a batch that was broken off.

    `load` and `stream` say where the model and the filters run, and change no file.

    Without `judged`, candidates only. Raises NothingMissing where the targets are met. Where the
    recipe does not allow an empty batch, raises NothingSurvived when no candidate is left, with
    everything written, and when none could be made, with nothing written.
    """
    project.open()
    _refuse_nothing(project, recipe)
    model = load(recipe.model) if needs_model(recipe) else None
    batch = _open(project, recipe, model, judged)
    with batch.locked():
        sources = sources_of(project, recipe, batch)
        if batch.complete:
            return _read_back(batch, recipe, sources)
        judge = _judge(project, recipe, [*sources.trusted, *sources.pending], stream)
        strategies = make_strategies(recipe, sources.trusted, progress)
        tools = BatchTools(strategies, model, judge if judged else None, progress)
        state = BatchState(sources.trusted, recipe.generate)
        state.take(sources.taken)
        result = BatchRunner(batch, recipe, tools, state).run()
        if not (result.candidates or recipe.allow_empty):
            batch.discard()
            raise _nothing_made(recipe, sources, result.stopped)
        outcome = outcome_of(result.judged, _names(recipe), _every(recipe)) if judged else None
        if outcome:
            scorer = model if recipe.generate.likelihood else None
            outcome.accepted = [e.measured(signals(e, scorer)) for e in outcome.accepted]
        own = Yields()
        own.learn(result.judged)
        facts: dict[str, Any] = {"stopped": result.stopped, "recipe_sha256": digest(recipe)}
        facts |= {"taxonomy_sha256": project.taxonomy.sha256, "texts_sha256": texts_sha256()}
        facts |= {"yields": own.document()}
        manifest = batches.finish(batch, result.candidates, outcome, facts)
    if outcome and not outcome.accepted and not recipe.allow_empty:
        raise_nothing_survived(
            outcome,
            where=project.relative(batch.folder),
            hint="rejected.jsonl there says why for each; a larger model helps most",
        )
    return Augmented(sources.before, batch, result.candidates, outcome, manifest)


def _refuse_nothing(project: Project, recipe: AugmentRecipe) -> None:
    """Raise NothingMissing where a new batch would have nothing to make."""
    begun = batches.existing(project.root / recipe.output, recipe.name)
    if recipe.seed is not None or not all(b.complete for b in begun):
        return
    sources = sources_of(project, recipe, None)
    if not needs(sources.before, recipe.targets):
        raise NothingMissing(_enough(sources), hint=f"raise `targets` in {RECIPE} for more")


def _enough(sources: Sources) -> str:
    waiting = " and candidates" if sources.pending else ""
    return f"nothing is missing: {plural(sources.before.total, 'example')}{waiting}"


def _nothing_made(recipe: AugmentRecipe, sources: Sources, stopped: str) -> CuratorError:
    """The error of a batch without a candidate; `stopped` is why it ended."""
    if stopped == "targets_met":
        return NothingMissing(_enough(sources))
    if stopped != "nothing_left":
        return NothingSurvived(f"no candidate was made: the batch ended by its limit of {stopped}")
    lacking = Counter[str]()
    for slot, count in sources.before.lacking.items():
        lacking[slot.topic] += count
    topics = ", ".join(f"{topic} {n}" for topic, n in lacking.most_common() if n)
    names = " and ".join(recipe.generate.strategies)
    what = f"no candidate could be made for what is missing ({topics}): nothing is left to {names}"
    hint = "name another strategy in `generate.strategies`, or write examples of your own"
    return NothingSurvived(what, hint=hint)


def _open(project: Project, recipe: AugmentRecipe, model: TextModel | None, judged: bool) -> Batch:
    root = project.root / recipe.output
    created, rustc = now(), installed_version()
    past = history(project, recipe, model.ref.sha256 if model else None).document()

    def make_plan(seed: int) -> Plan:
        mine = next((b for b in batches.existing(root, recipe.name) if b.seed == seed), None)
        sources = sources_of(project, recipe, mine)
        settings = _settings(recipe, model, sources, judged)
        return Plan(settings, seed, created, rustc, needs(sources.before, recipe.targets), past)

    return batches.open_batch(root, recipe.name, make_plan, recipe.seed)


def _names(recipe: AugmentRecipe) -> list[str]:
    return [f.name for f in recipe.filters]


def _every(recipe: AugmentRecipe) -> bool:
    return recipe.judge == "all"


def _judge(
    project: Project, recipe: AugmentRecipe, known: Sequence[Example], stream: FilterStream
) -> Judge:
    """The recipe's filters, which hold a wave against what is known and was accepted before."""

    def judge(wave: Sequence[Example], earlier: Sequence[Example]) -> list[Example]:
        filters = make_filters(recipe.filters, [*known, *earlier], project.root)
        everything = stream(wave, filters, judge=recipe.judge, total=len(wave))
        return sorted(everything, key=lambda e: e.provenance.index or 0)

    return judge


def _read_back(batch: Batch, recipe: AugmentRecipe, sources: Sources) -> Augmented:
    """A batch that was finished before."""
    manifest = batch.manifest()
    judged = [*batch.read("accepted.jsonl"), *batch.read("rejected.jsonl")]
    outcome = outcome_of(judged, _names(recipe), _every(recipe)) if manifest["outcome"] else None
    return Augmented(sources.before, batch, batch.read("candidates.jsonl"), outcome, manifest)
