"""Take an arm from its setting to its scores, or recorded answers to theirs."""

import logging
from pathlib import Path
from typing import NamedTuple

from curator import __version__
from curator.base import store
from curator.base.english import english
from curator.base.errors import EvaluationError
from curator.evaluation.answering import answer
from curator.evaluation.asking import system_text
from curator.evaluation.folder import EVALUATIONS, ArmDir
from curator.evaluation.job import TOOLS, Job, Listen, Tools, prepare
from curator.evaluation.recipe import ArmSetting, EvaluateRecipe
from curator.evaluation.recorded import Known, read_responses
from curator.evaluation.records import Arm, Profile, Scored
from curator.evaluation.stale import changed, request_document
from curator.records.project import Project
from curator.rust.unsandboxed import judging_version

log = logging.getLogger(__name__)


class Recorded(NamedTuple):
    """A file of answers, the prompts that they may be to, a name."""

    path: Path
    prompts: Known | None = None
    name: str | None = None


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
        return scores(job.folder, job.recipe.profile, job.tools)


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
    if not job.folder.begun:
        texts = {"system": system_text(job.system, job.setting.rag)}
        request = request_document(job.root, job.recipe, job.setting, texts)
        job.folder.begin(job.arm, request, job.prompts)


def set_aside(folder: ArmDir) -> None:
    """Keep what an arm was under another name."""
    if folder.begun:
        log.warning("%s: its earlier answers are now %s", folder.name, folder.set_aside().name)


def scores(folder: ArmDir, profile: Profile, tools: Tools = TOOLS) -> Scored:
    """Return the scores of an arm's answers: those on disk that this compiler and toolkit gave.

    Else they are made, and written. Raises DataError where there is no answer, CompilerError.
    """
    from curator.evaluation.scoring import score

    known = folder.scored(profile)
    if known and (known.rustc, known.toolkit) == (judging_version(), __version__):
        return known
    prompts, responses, arm = folder.prompts(), folder.responses(), folder.arm()
    if arm is None:
        raise EvaluationError("there is no such arm", where=folder.path, hint="curator evaluate")
    scored = score(arm, prompts, responses, profile, tools.judge(prompts, responses))
    folder.write_scored(scored)
    return scored


def evaluate_recorded(
    root: Path, recorded: Recorded, profile: Profile, again: bool = False, tools: Tools = TOOLS
) -> Scored:
    """Score answers that were recorded elsewhere.

    Raises DataError for what is no record, EvaluationError as `run` does.
    """
    prompts, responses, arm = read_responses(recorded.path, recorded.prompts, recorded.name)
    folder = ArmDir(root / EVALUATIONS / arm.name)
    with folder.locked():
        if again:
            set_aside(folder)
        check_current(folder, arm)
        if not folder.begun:
            store.write_atomic(folder.responses_file, responses)
            request = {"responses": Project(root).relative(recorded.path.resolve())}
            folder.begin(arm, request, prompts)
        return scores(folder, profile, tools)
