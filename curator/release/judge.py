"""Judge a new model against the one in use: both answer the prompts, and the rule decides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from curator import __version__
from curator.base.clock import now
from curator.base.english import english
from curator.base.errors import NotReady
from curator.evaluation.arms import leaks
from curator.evaluation.bench.result import losses
from curator.evaluation.bench.session import bench_arm
from curator.evaluation.comparable import Incomparable
from curator.evaluation.compare import Comparison, compare
from curator.evaluation.constancy import likeness
from curator.evaluation.duels.outcome import DuelOutcome, outcome
from curator.evaluation.duels.record import DuelLog
from curator.evaluation.evaluate import Measure
from curator.evaluation.evaluate import run as answer_all
from curator.evaluation.floor_scores import score_floors
from curator.evaluation.job import TOOLS, Job, Tools, prepare
from curator.evaluation.promotion import (
    Candidacy,
    Decision,
    Entry,
    current,
    decide,
    judged_by_people,
)
from curator.evaluation.recipe import ArmSetting, EvaluateRecipe
from curator.evaluation.records import Arm, Scored
from curator.evaluation.stale import changed
from curator.records.project import Project
from curator.training.artefacts import MODELS
from curator.training.export import base_gguf
from curator.training.rundir import RunDir


@dataclass(frozen=True)
class JudgeSetup:
    """Where and by which recipe models are judged; `step` and `count` are called on the way."""

    root: Path
    recipe: EvaluateRecipe
    step: Callable[[str], None]
    count: Callable[[str, int, int], None]
    tools: Tools = TOOLS


class Candidate(NamedTuple):
    """A model to judge, and the name of its arm."""

    name: str
    model: Path


def judge(setup: JudgeSetup, run: RunDir, model: Path) -> Entry:
    """Judge a run's GGUF against the model in use, or the base; returns the ledger's entry."""
    candidates = _in_use(setup, run), Candidate(run.name, model)
    jobs = [_job(setup, candidate) for candidate in candidates]
    before, after = scored = [_evaluate(setup, job) for job in jobs]
    comparison, decision = _decide(setup, jobs, scored)
    return Entry(
        time=now(),
        run=run.name,
        before=before.arm.name,
        before_sha256=before.arm.model.sha256,
        after=after.arm.name,
        after_sha256=after.arm.model.sha256,
        dataset_sha256=run.request().dataset.get("examples_sha256"),
        rule=setup.recipe.promotion,
        decision=decision,
        comparison=comparison,
        toolkit=__version__,
    )


def _in_use(setup: JudgeSetup, run: RunDir) -> Candidate:
    """Return the model in use; the base's own GGUF where none was promoted yet."""
    in_use = current(setup.root)
    if in_use:
        return Candidate(in_use.run, setup.root / in_use.file)
    base = base_gguf(Path(run.request().folder), setup.root / MODELS, setup.step)
    return Candidate(f"base-{base.sha256[:12]}", base.path)


def _job(setup: JudgeSetup, candidate: Candidate) -> Job:
    setting = ArmSetting(name=candidate.name, model=str(candidate.model))
    return prepare(setup.root, setup.recipe, setting, setup.count, setup.tools)


def _evaluate(setup: JudgeSetup, job: Job) -> Scored:
    """Score a model; the scores of an earlier call hold where nothing changed since."""
    setup.step(f"evaluating {job.name}")
    before = job.folder.arm()
    return answer_all(job, setup.count, again=bool(before and changed(before, job.arm)))


def _decide(
    setup: JudgeSetup, jobs: Sequence[Job], scored: Sequence[Scored]
) -> tuple[Comparison | None, Decision]:
    leaked = {p for job in jobs for p in leaks(setup.root, job.arm, job.prompts)}
    before, after = scored
    try:
        comparison = compare(before, after, leave_out=leaked)
        candidacy = _candidacy(setup, jobs, after, leaked)
    except Incomparable as error:
        return None, Decision(promote=False, reasons=(error.reason,))
    by_numbers = decide(comparison, setup.recipe.promotion, candidacy)
    return comparison, ask_people(setup, by_numbers, before.arm, after.arm)


def ask_people(setup: JudgeSetup, by_numbers: Decision, before: Arm, after: Arm) -> Decision:
    """Return what people make of a promotion, where the recipe asks them.

    Raises NotReady where too few have chosen between the two.
    """
    rule = setup.recipe.promotion
    if not (rule.duels and by_numbers.promote):
        return by_numbers
    by_people = judged_by_people(by_numbers, _duels(setup, before, after), rule)
    if by_people.reasons[-1].code == "too_few_duels":
        pair = f"--arm {before.name} --arm {after.name}"
        hint = f"curator review duel {pair}, curator review pull, then this again"
        what = english.say(by_people.reasons[-1])
        raise NotReady(what, where=f"{before.name} -> {after.name}", hint=hint)
    return by_people


def _duels(setup: JudgeSetup, before: Arm, after: Arm) -> DuelOutcome:
    """Count what people chose between the two, as they answer now."""
    log = DuelLog.of(Project(setup.root))
    one, other = ((arm.name, arm.signature) for arm in (before, after))
    return outcome(log.duels().values(), log.versions(), one, other)


def _candidacy(
    setup: JudgeSetup, jobs: Sequence[Job], after: Scored, leaked: set[str]
) -> Candidacy:
    """Hold a candidate against the floors, its answers against each other, and ask the bench."""
    job = jobs[1]
    measure = Measure(setup.recipe.profile, setup.recipe.weights)
    floors = score_floors(setup.root, job.prompts, measure, setup.tools)
    compared = [compare(floor, after, leave_out=leaked) for floor in floors]
    benches = [
        bench_arm(setup.root, setup.recipe, one.setting, setup.count, setup.tools) for one in jobs
    ]
    return Candidacy(compared, likeness(job.folder.responses()), losses(*benches))
