"""Is a new model better than the one in use? Both answer the prompts, and the rule decides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from curator import __version__
from curator.base.clock import now
from curator.evaluation.arms import leaks
from curator.evaluation.comparable import Incomparable
from curator.evaluation.compare import Comparison, compare
from curator.evaluation.evaluate import run as answer_all
from curator.evaluation.job import TOOLS, Job, Tools, prepare
from curator.evaluation.promotion import Decision, Entry, current, decide
from curator.evaluation.recipe import ArmSetting, EvaluateRecipe
from curator.evaluation.records import Scored
from curator.evaluation.stale import changed
from curator.training.artefacts import MODELS
from curator.training.export import base_gguf
from curator.training.rundir import RunDir


@dataclass(frozen=True)
class Bench:
    """Where and how models are judged, and who hears of it: steps, and counts of a step."""

    root: Path
    recipe: EvaluateRecipe
    step: Callable[[str], None]
    count: Callable[[str, int, int], None]
    tools: Tools = TOOLS


class Rival(NamedTuple):
    """A model under the name of its arm."""

    name: str
    model: Path


def judge(bench: Bench, run: RunDir, model: Path) -> Entry:
    """The ledger's entry for a run's GGUF against the model in use, or the base where none is."""
    rivals = _in_use(bench, run), Rival(run.name, model)
    jobs = [_job(bench, rival) for rival in rivals]
    before, after = scored = [_scored(bench, job) for job in jobs]
    comparison, decision = _decided(bench, jobs, scored)
    return Entry(
        time=now(),
        run=run.name,
        before=before.arm.name,
        before_sha256=before.arm.model.sha256,
        after=after.arm.name,
        after_sha256=after.arm.model.sha256,
        dataset_sha256=run.request().dataset.get("examples_sha256"),
        rule=bench.recipe.promotion,
        decision=decision,
        comparison=comparison,
        toolkit=__version__,
    )


def _in_use(bench: Bench, run: RunDir) -> Rival:
    found = current(bench.root)
    if found:
        return Rival(found.run, bench.root / found.file)
    made = base_gguf(Path(run.request().folder), bench.root / MODELS, bench.step)
    return Rival(f"base-{made.sha256[:12]}", made.path)


def _job(bench: Bench, rival: Rival) -> Job:
    setting = ArmSetting(name=rival.name, model=str(rival.model))
    return prepare(bench.root, bench.recipe, setting, bench.count, bench.tools)


def _scored(bench: Bench, job: Job) -> Scored:
    """A model's answers and scores; those of an earlier call, where nothing changed since."""
    bench.step(f"evaluating {job.name}")
    before = job.folder.arm()
    return answer_all(job, bench.count, again=bool(before and changed(before, job.arm)))


def _decided(
    bench: Bench, jobs: Sequence[Job], scored: Sequence[Scored]
) -> tuple[Comparison | None, Decision]:
    leaked = {p for job in jobs for p in leaks(bench.root, job.arm, job.prompts)}
    before, after = scored
    try:
        found = compare(before, after, leave_out=leaked)
    except Incomparable as error:
        return None, Decision(promote=False, reasons=(error.reason,))
    return found, decide(found, bench.recipe.promotion)
