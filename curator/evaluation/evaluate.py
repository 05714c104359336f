"""Take an arm from its setting to its scores, or recorded answers to theirs."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from curator import __version__
from curator.base import store
from curator.base.english import english
from curator.base.errors import EvaluationError
from curator.base.settings import digest
from curator.evaluation.answering import answer
from curator.evaluation.asking import system_text
from curator.evaluation.folder import EVALUATIONS, ArmDir
from curator.evaluation.job import TOOLS, Job, Listen, Tools, prepare
from curator.evaluation.prompts import EvalPrompt, Part
from curator.evaluation.recipe import ArmSetting, EvaluateRecipe
from curator.evaluation.recorded import Known, read_responses
from curator.evaluation.records import Arm, Profile, Scored
from curator.evaluation.stale import changed, request_document
from curator.evaluation.weights import WEIGHTS, Weights
from curator.records.project import Project
from curator.rust.unsandboxed import judging_version

log = logging.getLogger(__name__)


class Recorded(NamedTuple):
    """A file of answers, the prompts that they may be to, a name, and which of them count."""

    path: Path
    prompts: Known | None = None
    name: str | None = None
    split: Part = "all"


class Measure(NamedTuple):
    """By what answers are scored."""

    profile: Profile = "default"
    weights: Weights = WEIGHTS


def evaluate(
    root: Path, recipe: EvaluateRecipe, setting: ArmSetting, listen: Listen, again: bool = False
) -> Scored:
    """Return the scores of an arm, made where they are not there yet; see `run`."""
    return run(prepare(root, recipe, setting, listen), listen, again)


def run(job: Job, listen: Listen, again: bool = False) -> Scored:
    """Answer what is not answered yet, and score it; with `again`, from the start.

    `listen` gets the arm's name, how many answers there are and how many there will be.
    Raises EvaluationError where other inputs made the answers that are there, ModelError where a
    model or a prompt does not fit, StoreError where another process works on the arm.
    """
    with job.folder.locked():
        _begin(job, again)
        answer(job, listen)
        listen(f"{job.name}: scoring", 0, 0)
        return scores(job.folder, Measure(job.recipe.profile, job.recipe.weights), job.tools)


def check_current(folder: ArmDir, arm: Arm) -> None:
    """Raise EvaluationError where a folder holds what was made from other inputs than `arm`."""
    before = folder.arm()
    change = changed(before, arm) if before else None
    if change:
        hint = "--again sets it aside and evaluates anew; or give the arm another name"
        raise EvaluationError(f"stale: {english.say(change)}", where=folder.path, hint=hint)


def _begin(job: Job, again: bool) -> None:
    """Write what the arm is, unless its answers are to be resumed."""
    if again:
        set_aside(job.folder)
    check_current(job.folder, job.arm)
    if job.folder.begun:
        _renew(job.folder, job.prompts)
    else:
        texts = {"system": system_text(job.system, job.setting.rag)}
        request = request_document(job.root, job.recipe, job.setting, texts)
        job.folder.begin(job.arm, request, job.prompts)


def _renew(folder: ArmDir, prompts: Sequence[EvalPrompt]) -> None:
    """Take over what the same prompts say of a good answer today."""
    if folder.prompts() != list(prompts):
        folder.write_prompts(prompts)


def set_aside(folder: ArmDir) -> None:
    """Keep what an arm was under another name."""
    if folder.begun:
        log.warning("%s: its earlier answers are now %s", folder.name, folder.set_aside().name)


def scores(folder: ArmDir, measure: Measure, tools: Tools = TOOLS) -> Scored:
    """Return the scores of an arm's answers: those on disk that the same measure, compiler and
    toolkit gave.

    Else they are made, and written. Raises DataError where there is no answer, CompilerError.
    """
    from curator.evaluation.scoring import criteria, score

    profile, weights = measure
    prompts, known = folder.prompts(), folder.scored(profile)
    now = judging_version(), __version__, criteria(prompts, profile, weights)
    if known and (known.rustc, known.toolkit, known.criteria_sha256) == now:
        return known
    responses, arm = folder.responses(), folder.arm()
    if arm is None:
        raise EvaluationError("there is no such arm", where=folder.path, hint="curator evaluate")
    arm = arm.model_copy(update={"weights_sha256": digest(weights)})
    judge = tools.judge(prompts, responses)
    scored = score(arm, prompts, responses, profile, judge, weights)
    folder.write_arm(arm)
    folder.write_scored(scored)
    return scored


def evaluate_recorded(
    root: Path, recorded: Recorded, measure: Measure, again: bool = False, tools: Tools = TOOLS
) -> Scored:
    """Score answers that were recorded elsewhere.

    Raises DataError for what is no record, EvaluationError as `run` does.
    """
    prompts, responses, arm = read_responses(*recorded)
    folder = ArmDir(root / EVALUATIONS / arm.name)
    with folder.locked():
        if again:
            set_aside(folder)
        check_current(folder, arm)
        if folder.begun:
            _renew(folder, prompts)
        else:
            store.write_atomic(folder.responses_file, responses)
            request = {"responses": Project(root).relative(recorded.path.resolve())}
            folder.begin(arm, request, prompts)
        return scores(folder, measure, tools)
