"""A batch from plan to hand-over: plan, generate, filter, write; or resume what was interrupted."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from curator.augment.adviser import Adviser
from curator.augment.inputs import BatchInputs, Sources, needs_model
from curator.augment.judge import WaveJudge
from curator.augment.resume import settings_of
from curator.augment.room import full_slots
from curator.base import store
from curator.base.clock import now
from curator.base.errors import CuratorError, NothingMissing, NothingSurvived
from curator.base.plural import plural
from curator.base.progress import Progress
from curator.base.settings import digest
from curator.filters.base import FilterStream, Outcome, outcome_of, raise_nothing_survived
from curator.filters.registry import check_filters
from curator.filters.run import stream_filters
from curator.filters.signals import signals
from curator.generate import batch as batches
from curator.generate.batch import Batch, Plan
from curator.generate.funnel import funnel_of
from curator.generate.prompting import texts_sha256
from curator.generate.recipe import AugmentRecipe
from curator.generate.runner import BatchRunner, BatchTools
from curator.generate.strategies.base import BatchState
from curator.generate.strategies.registry import make_strategies
from curator.generate.yields import Yields, tokens_document
from curator.models.base import TextModel
from curator.models.load import load_model
from curator.models.settings import ModelSettings
from curator.records.coverage import Coverage
from curator.records.example import Example
from curator.records.project import RECIPE, Project
from curator.rust.unsandboxed import judging_version

log = logging.getLogger(__name__)

Load = Callable[[ModelSettings], TextModel]


@dataclass(frozen=True)
class AugmentResult:
    """A complete batch; `outcome` is None where its candidates were not filtered."""

    before: Coverage
    batch: Batch
    candidates: Sequence[Example]
    outcome: Outcome | None
    manifest: dict[str, Any]

    def judged_outcome(self) -> Outcome:
        """Return what the filters said; raises CuratorError for a batch of candidates only."""
        if self.outcome is None:
            hint = "curator filter judges it"
            raise CuratorError(f"batch {self.batch.name} has candidates only", hint=hint)
        return self.outcome

    def document(self) -> dict[str, Any]:
        """Return the coverage before and the manifest as one JSON document."""
        return {"before": self.before.document(), **self.manifest}


def augment(
    project: Project,
    recipe: AugmentRecipe,
    progress: Progress,
    load: Load = load_model,
    judged: bool = True,
    stream: FilterStream = stream_filters,
) -> AugmentResult:
    """Plan, generate, filter, write; or resume the batch that was interrupted.

    `load` and `stream` say where the model and the filters run, and change no file. Without
    `judged`, candidates only. Raises NothingMissing where the targets are met. Where the recipe
    does not allow an empty batch, raises NothingSurvived when no candidate is left, with
    everything written, and when none could be made, with nothing written. One batch of a project
    is made at a time, since each takes what the others left: raises StoreError where another
    process makes one. What fails before there is a candidate leaves nothing behind.
    """
    with _alone(project):
        return _augment(project, recipe, progress, load, judged, stream)


def _augment(
    project: Project,
    recipe: AugmentRecipe,
    progress: Progress,
    load: Load,
    judged: bool,
    stream: FilterStream,
) -> AugmentResult:
    progress("reading the project", 0, 0)
    inputs = BatchInputs.read(project, recipe)
    _refuse_nothing(inputs)
    if judged and stream is stream_filters:
        check_filters(recipe.filters, project.root)
    progress("loading the model", 0, 0)
    model = load(recipe.model) if needs_model(recipe) else None
    adviser = Adviser.of(recipe, load) if judged else None
    batch, plan = _choose(project, inputs, model, judged, adviser)
    with batch.locked(), batch.discarded_if_it_fails_empty():
        batch.begin(plan)
        sources = inputs.besides(batch)
        if batch.complete:
            return _read_back(inputs, batch, sources)
        if full := full_slots(batch.plan().wanted, sources.room, recipe.targets.surplus):
            log.warning("%s", full)
        known = [*sources.trusted, *sources.pending]
        judge = WaveJudge(project, recipe, known, stream)
        strategies = make_strategies(recipe, sources.trusted, progress)
        tools = BatchTools(strategies, model, judge if judged else None, progress)
        state = BatchState(sources.trusted, recipe.generate)
        state.take(sources.taken)
        result = BatchRunner(batch, recipe, tools, state).run()
        if not (result.candidates or recipe.allow_empty):
            raise _nothing_made(inputs, sources, result.stopped)
        outcome = outcome_of(result.judged, _names(recipe), _every(recipe)) if judged else None
        if outcome:
            scorer = model if recipe.generate.likelihood else None
            outcome.accepted = [e.measured(signals(e, scorer)) for e in outcome.accepted]
        if outcome and adviser:
            outcome.accepted = adviser.advise(batch, outcome.accepted, progress)
        own = Yields()
        own.learn(result.judged)
        facts: dict[str, Any] = {"stopped": result.stopped, "recipe_sha256": digest(recipe)}
        facts |= {"taxonomy_sha256": project.taxonomy.sha256, "texts_sha256": texts_sha256()}
        facts |= {"yields": own.document(), "tokens": tokens_document(own)}
        facts |= {"stages": funnel_of(result.judged or result.candidates).document()}
        facts |= {"opinion": adviser.document()} if adviser else {}
        manifest = batches.finish(batch, result.candidates, outcome, facts)
    if outcome and not outcome.accepted and not recipe.allow_empty:
        raise_nothing_survived(
            outcome,
            where=project.relative(batch.folder),
            hint="rejected.jsonl there says why for each; a larger model helps most",
        )
    return AugmentResult(sources.before, batch, result.candidates, outcome, manifest)


@contextmanager
def _alone(project: Project) -> Iterator[None]:
    """Keep other processes from making a batch; a project without examples is left as it is."""
    if not project.raw.is_dir():
        yield
        return
    with store.locked(project.augment_lock, "makes a batch here", wait=batches.PATIENCE):
        yield


def _refuse_nothing(inputs: BatchInputs) -> None:
    """Raise NothingMissing where a new batch would have nothing to make."""
    if inputs.recipe.seed is not None or any(b.manifest is None for b in inputs.own()):
        return
    sources = inputs.besides(None)
    if not inputs.wanted(sources):
        hint = f"curator augment --more 2 makes two more of each cell; targets are in {RECIPE}"
        raise NothingMissing(_enough(sources), hint=hint)


def _enough(sources: Sources) -> str:
    waiting = " and candidates" if sources.pending else ""
    return f"nothing is missing: {plural(sources.before.total, 'example')}{waiting}"


def _nothing_made(inputs: BatchInputs, sources: Sources, stopped: str) -> CuratorError:
    """Make the error of a batch without a candidate; `stopped` is why it ended."""
    if stopped == "targets_met":
        return NothingMissing(_enough(sources))
    if stopped != "nothing_left":
        return NothingSurvived(f"no candidate was made: the batch ended by its limit of {stopped}")
    recipe, lacking = inputs.recipe, Counter[str]()
    for slot, count in inputs.wanted(sources).items():
        lacking[slot.topic] += round(count / recipe.targets.surplus)
    topics = ", ".join(f"{topic} {n}" for topic, n in lacking.most_common() if n)
    names = " and ".join(recipe.generate.strategies)
    what = f"no candidate could be made for what is missing ({topics}): nothing is left to {names}"
    hint = "name another strategy in `generate.strategies`, or write examples of your own"
    return NothingSurvived(what, hint=hint)


def _choose(
    project: Project,
    inputs: BatchInputs,
    model: TextModel | None,
    judged: bool,
    adviser: Adviser | None,
) -> tuple[Batch, Plan]:
    recipe = inputs.recipe
    created, rustc = now(), judging_version()
    ref = model.ref.model_dump(mode="json") if model else None
    opinion = adviser.document() if adviser else None
    past = inputs.history(model.ref.sha256 if model else None).document()
    begun = [b.batch for b in inputs.own()]

    def make_plan(seed: int) -> Plan:
        sources = inputs.besides(next((b for b in begun if b.seed == seed), None))
        settings = settings_of(recipe, ref, sources, judged, opinion)
        return Plan(settings, seed, created, rustc, inputs.wanted(sources), past)

    root = project.root / recipe.output
    return batches.choose_batch(root, recipe.name, make_plan, recipe.seed, begun)


def _names(recipe: AugmentRecipe) -> list[str]:
    return [f.name for f in recipe.filters]


def _every(recipe: AugmentRecipe) -> bool:
    return recipe.judge == "all"


def _read_back(inputs: BatchInputs, batch: Batch, sources: Sources) -> AugmentResult:
    """Read the result of a batch that was complete before, or has been completed meanwhile."""
    recipe, earlier = inputs.recipe, inputs.find(batch)
    if earlier and earlier.manifest:
        accepted, candidates = earlier.accepted, earlier.candidates
        manifest = earlier.manifest
    else:
        accepted, candidates = batch.read("accepted.jsonl"), batch.read("candidates.jsonl")
        manifest = batch.manifest()
    judged = [*accepted, *batch.read("rejected.jsonl")]
    outcome = outcome_of(judged, _names(recipe), _every(recipe)) if manifest["outcome"] else None
    return AugmentResult(sources.before, batch, candidates, outcome, manifest)
