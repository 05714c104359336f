"""One evaluation, from arms or recorded answers to the comparison: what `curator evaluate` does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from curator.base.errors import EvaluationError
from curator.base.notice import Notice
from curator.base.progress import Progress, silent
from curator.evaluation import arms
from curator.evaluation.arms import ArmNotice
from curator.evaluation.evaluate import Measure, Recorded, evaluate_recorded, run
from curator.evaluation.floor_scores import score_floors
from curator.evaluation.folder import EVALUATIONS, ArmDir
from curator.evaluation.job import TOOLS, Job, Tools
from curator.evaluation.recipe import EvaluateRecipe
from curator.evaluation.recorded import arm_name
from curator.evaluation.result import EvaluationResult
from curator.records.project import Project


@dataclass(frozen=True)
class EvaluationOptions:
    """How an evaluation treats what is there already, and what it cannot do.

    With `again`, earlier answers of the arms are set aside and asked for anew. `against` names an
    arm that was evaluated before: the others are compared with it. With `strict`, an arm that
    cannot be evaluated is an error rather than skipped.
    """

    again: bool = False
    against: str | None = None
    strict: bool = False


DEFAULTS = EvaluationOptions()
MEASURE = Measure()


def check_against(against: str | None, names: set[str]) -> None:
    """Raise EvaluationError where the arm to compare with is the only one that is evaluated."""
    if against and names == {against}:
        what = f"an arm cannot be compared with itself: {against} is the one that is evaluated"
        raise EvaluationError(what)


def evaluate_arms(
    project: Project,
    recipe: EvaluateRecipe,
    options: EvaluationOptions = DEFAULTS,
    progress: Progress = silent,
    on_skipped: Callable[[Sequence[ArmNotice]], None] = lambda skipped: None,
    tools: Tools = TOOLS,
) -> EvaluationResult:
    """Ask every arm of a recipe the prompts, score the answers, compare the arms.

    Answers that are there already are kept, so that an interrupted evaluation resumes.
    `on_skipped` is told of arms that cannot be evaluated before the others are asked. Raises
    EvaluationError where no arm can be evaluated, two are the same thing or inputs have changed
    since; ModelError, CompilerError or DataError for what an arm lacks.
    """
    check_against(options.against, {arm.name for arm in recipe.arms})
    before = arms.earlier(project.root, options.against) if options.against else None
    jobs, skipped = arms.prepare_all(project.root, recipe, progress, options.strict, tools)
    if before:
        arms.check_others(before.name, jobs)
    if not options.again:
        arms.check_all(jobs)
    on_skipped(skipped)
    result = EvaluationResult([run(job, progress, options.again) for job in jobs], skipped=skipped)
    progress("scoring the floors", 0, 0)
    measure = Measure(recipe.profile, recipe.weights)
    result.floors = score_floors(project.root, jobs[0].prompts, measure, tools)
    progress("comparing", 0, 0)
    result.leaked = {job.name: _leaks(project, job) for job in jobs}
    return _compared(project, result, before, measure)


def evaluate_responses(
    project: Project,
    recorded: Recorded,
    measure: Measure = MEASURE,
    options: EvaluationOptions = DEFAULTS,
) -> EvaluationResult:
    """Score answers that were recorded elsewhere, and compare them; no model is loaded.

    Raises DataError for a file that holds no such records, EvaluationError as `evaluate_arms`.
    """
    check_against(options.against, {recorded.name or arm_name(recorded.path.stem)})
    before = arms.earlier(project.root, options.against) if options.against else None
    scored = evaluate_recorded(project.root, recorded, measure, options.again)
    prompts = ArmDir(project.root / EVALUATIONS / scored.arm.name).prompts()
    result = EvaluationResult([scored], score_floors(project.root, prompts, measure))
    return _compared(project, result, before, measure)


def _leaks(project: Project, job: Job) -> dict[str, Notice]:
    return dict(arms.leaks(project.root, job.arm, job.prompts))


def _compared(
    project: Project, result: EvaluationResult, before: ArmDir | None, measure: Measure
) -> EvaluationResult:
    """Add the comparisons to a result, and what is the same twice or stale."""
    against = arms.earlier_scores(before, measure) if before else None
    if before and against:
        known = arms.leaks(project.root, against.arm, before.prompts())
        result.leaked[before.name] = dict(known)
    pairs = arms.pairs(result.scored, against)
    # Prompts that leaked into either side are left out of every comparison, so that all of them
    # rest on the same prompts.
    result.comparisons, result.refused = arms.compare_all(pairs, result.leave_out)
    result.twins = arms.twins(project.root, result.scored, result.refused)
    result.stale = arms.stale_arms(project.root, [one.arm.name for one in result.scored])
    return result
