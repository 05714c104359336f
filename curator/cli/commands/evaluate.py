"""`curator evaluate`: what models answer, what it is worth, and whether one is better. See cli."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from curator.base.english import english
from curator.base.errors import DataError
from curator.cli.options import AsJson, project
from curator.cli.terminal import document, say, show
from curator.evaluation.result import EvaluationResult

if TYPE_CHECKING:
    from curator.evaluation.arms import ArmNotice
    from curator.evaluation.evaluate import Recorded
    from curator.evaluation.folder import ArmDir
    from curator.evaluation.recipe import ArmSetting, EvaluateRecipe
    from curator.records.project import Project

app = typer.Typer()


class ProfileName(StrEnum):
    """The metrics of an answer: ours, or those of the seed document."""

    DEFAULT = "default"
    SEED = "seed"


ArmTexts = Annotated[
    list[str] | None,
    typer.Option(
        "--arm",
        help="NAME=MODEL[+ADAPTER][,rag]; a served MODEL is openai:MODEL@URL "
        "[default: the recipe's arms].",
    ),
]


@app.command()
def evaluate(
    recipe: Annotated[
        Path | None, typer.Option("--recipe", help="Recipe [default: pipelines/evaluate.yaml].")
    ] = None,
    arm: ArmTexts = None,
    prompts: Annotated[
        Path | None,
        typer.Option(
            "--prompts", help="JSONL [default: the recipe's, that is training/prompts_fr.jsonl]."
        ),
    ] = None,
    samples: Annotated[
        int | None, typer.Option("--samples", min=1, help="Answers to each prompt.")
    ] = None,
    profile: Annotated[ProfileName | None, typer.Option("--profile", help="Metrics.")] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="The first prompts only.")
    ] = None,
    responses: Annotated[
        Path | None,
        typer.Option(
            "--responses",
            help="Score these recorded answers (prompt_id, response), "
            "to the prompts they describe, else to --prompts.",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Their arm [default: the file's name].")
    ] = None,
    against: Annotated[
        str | None, typer.Option("--against", help="Compare with this arm, evaluated before.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Set earlier answers of these arms aside.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Ask the arms every prompt, score the answers, compare.

    Goes on where it was broken off.
    """
    from curator.evaluation.arms import earlier, parse_arm
    from curator.evaluation.evaluate import Recorded
    from curator.evaluation.recipe import load_evaluate
    from curator.evaluation.recorded import Known

    if responses and arm:
        raise typer.BadParameter("--responses takes no --arm")
    if name and not responses:
        raise typer.BadParameter("--name is that of --responses")
    here = project()
    try:
        arms = [_from_here(here, parse_arm(text)) for text in arm or ()]
    except DataError as error:
        raise typer.BadParameter(str(error)) from error
    changes = {
        "prompts": here.relative(prompts.resolve()) if prompts else None,
        "samples": samples,
        "limit": limit,
        "profile": profile.value if profile else None,
        "arms": [a.model_dump() for a in arms] or None,
    }
    chosen = load_evaluate(here, recipe, changes)
    _check_against(against, _asked(chosen, responses, name))
    how = How(chosen.profile, again, as_json, earlier(here.root, against) if against else None)
    if responses:
        known = Known(prompts) if prompts else Known(here.root / chosen.prompts, given=False)
        evaluate_file(here, Recorded(responses, known, name), how)
    else:
        evaluate_recipe(here, chosen, how, strict=bool(arms))


def _asked(recipe: "EvaluateRecipe", responses: Path | None, name: str | None) -> set[str]:
    """The names of the arms that the command evaluates."""
    from curator.evaluation.recorded import arm_name

    if responses:
        return {name or arm_name(responses.stem)}
    return {arm.name for arm in recipe.arms}


def _check_against(against: str | None, names: set[str]) -> None:
    """Raise BadParameter where the arm to compare with is the only one that is evaluated."""
    if against and names == {against}:
        what = f"an arm cannot be compared with itself: {against} is the one that is evaluated"
        raise typer.BadParameter(what, param_hint="--against")


@dataclass(frozen=True)
class How:
    """What the command does besides evaluating."""

    profile: Any
    again: bool = False
    as_json: bool = False
    against: "ArmDir | None" = None


def _from_here(here: "Project", arm: "ArmSetting") -> "ArmSetting":
    """An arm whose paths are those of the project rather than of the current folder."""

    def moved(text: str | None) -> str | None:
        there = text is not None and Path(text).exists()
        return here.relative(Path(text or "").resolve()) if there else text

    return arm.model_copy(update={"model": moved(arm.model), "adapter": moved(arm.adapter)})


def evaluate_recipe(
    here: "Project", recipe: "EvaluateRecipe", how: How, strict: bool = False
) -> None:
    """Evaluate the arms of a recipe and print the result; see `evaluate`."""
    from curator.cli.views.base import progress
    from curator.evaluation import arms
    from curator.evaluation.evaluate import run

    with progress(how.as_json) as listen:
        jobs, skipped = arms.prepare_all(here.root, recipe, listen, strict)
        if how.against:
            arms.check_others(how.against.name, jobs)
        if not how.again:
            arms.check_all(jobs)
        if not how.as_json:
            for line in _lines("skipped:", skipped):
                say(line)
        scored = [run(job, listen, how.again) for job in jobs]
    result = EvaluationResult(scored, skipped=skipped)
    for job in jobs:
        result.leaked[job.name] = dict(arms.leaks(here.root, job.arm, job.prompts))
    _conclude(here, result, how)


def evaluate_file(here: "Project", recorded: "Recorded", how: How) -> None:
    """Score recorded answers and print the result; see `evaluate`."""
    from curator.evaluation.evaluate import evaluate_recorded

    scored = evaluate_recorded(here.root, recorded, how.profile, how.again)
    _conclude(here, EvaluationResult([scored]), how)


def _conclude(here: "Project", result: EvaluationResult, how: How) -> None:
    """Compare and print; exits 1 where a comparison is refused."""
    from curator.evaluation import arms

    against = None
    if how.against:
        against = arms.earlier_scores(how.against, how.profile)
        known = arms.leaks(here.root, against.arm, how.against.prompts())
        result.leaked[how.against.name] = dict(known)
    asked = arms.pairs(result.scored, against)
    result.comparisons, result.refused = arms.compare_all(asked, result.leave_out)
    result.twins = arms.twins(here.root, result.scored, result.refused)
    result.stale = arms.stale_arms(here.root, [one.arm.name for one in result.scored])
    if how.as_json:
        document(result.document())
    else:
        _print(result)
    if result.refused:
        raise typer.Exit(1)


def _lines(heading: str, notices: Sequence["ArmNotice"]) -> list[str]:
    from curator.cli.views.evaluate import notice_lines

    return list(notice_lines(heading, notices))


def _print(result: EvaluationResult) -> None:
    from curator.cli.views import evaluate as console

    for arm, leaks in result.leaked.items():
        for prompt, why in leaks.items():
            say(f"left out: prompt {prompt} leaked into the training of {arm}: {english.say(why)}")
    summaries = result.summaries()
    for summary in summaries:
        show(console.summary_table(summary))
    for summary in summaries:
        say(console.compilation_line(summary))
    for one in result.scored:
        if line := console.served_line(one.arm):
            say(line)
    for comparison in result.comparisons:
        show(console.comparison_table(comparison))
        for line in console.caution_lines(comparison):
            say(line)
    if result.comparisons:
        say(console.EXPLAINED)
    notices = [
        *_lines("no comparison of", result.refused),
        *_lines("the same twice:", result.twins),
    ]
    for line in [*notices, *_lines("stale:", result.stale)]:
        say(line)
    names = ", ".join(f"training/evaluations/{one.arm.name}/" for one in result.scored)
    say(f"Answers and scores: {names}")
