"""`curator evaluate`: what models answer, what it is worth, and whether one is better."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.base.errors import DataError, EvaluationError
from curator.cli.options import AsJson, Unsandboxed, project
from curator.cli.terminal import present, show

if TYPE_CHECKING:
    from curator.evaluation.recipe import ArmSetting, EvaluateRecipe
    from curator.evaluation.result import EvaluationResult
    from curator.evaluation.session import EvaluationOptions
    from curator.records.project import Project

app = typer.Typer()


class ProfileName(StrEnum):
    """The metrics of an answer: ours, or those of the seed document."""

    DEFAULT = "default"
    SEED = "seed"


class BenchMode(StrEnum):
    """How a bench is asked: as a question, as a text to go on with, or both."""

    CHAT = "chat"
    COMPLETION = "completion"
    BOTH = "both"


class SplitName(StrEnum):
    """The prompts that whoever tunes looks at, those that decide, or both."""

    DEV = "dev"
    TEST = "test"
    ALL = "all"


@app.command()
def evaluate(
    recipe: Annotated[
        Path | None, typer.Option("--recipe", help="Recipe [default: pipelines/evaluate.yaml].")
    ] = None,
    arm: Annotated[
        list[str] | None,
        typer.Option(
            "--arm",
            help="NAME=MODEL[+ADAPTER][,rag]; a served MODEL is openai:MODEL@URL "
            "[default: the recipe's arms].",
        ),
    ] = None,
    prompts: Annotated[
        Path | None,
        typer.Option(
            "--prompts", help="JSONL [default: the recipe's, that is training/prompts_fr.jsonl]."
        ),
    ] = None,
    samples: Annotated[
        int | None, typer.Option("--samples", min=1, help="Answers to each prompt.")
    ] = None,
    profile: Annotated[
        ProfileName | None, typer.Option("--profile", help="Metrics: ours, or the seed document's.")
    ] = None,
    split: Annotated[
        SplitName | None,
        typer.Option("--split", help="Which prompts [default: the recipe's, that is test]."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Ask only the first prompts.")
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
        str | None, typer.Option("--name", help="Name of their arm [default: the file's name].")
    ] = None,
    against: Annotated[
        str | None, typer.Option("--against", help="Compare with this arm, evaluated before.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Set earlier answers of these arms aside.")
    ] = False,
    bench: Annotated[
        Path | None,
        typer.Option("--bench", help="Ask the arms HumanEval-X's tasks in this JSONL instead."),
    ] = None,
    bench_mode: Annotated[
        BenchMode | None, typer.Option("--bench-mode", help="How they are asked [default: chat].")
    ] = None,
    power: Annotated[
        bool,
        typer.Option("--power", help="Only say which difference such a run can show."),
    ] = False,
    check_prompts: Annotated[
        Path | None,
        typer.Option(
            "--check-prompts",
            help="Prove the prompts of this JSONL by their own answers, and ask no model.",
        ),
    ] = None,
    unsandboxed: Unsandboxed = False,
    as_json: AsJson = False,
) -> None:
    """Ask models the prompts, score the answers, compare.

    An interrupted evaluation resumes where it stopped.
    """
    from curator.cli.views.base import progress
    from curator.evaluation.evaluate import Measure, Recorded
    from curator.evaluation.recipe import load_evaluate
    from curator.evaluation.recorded import Known
    from curator.evaluation.session import EvaluationOptions, evaluate_responses

    if check_prompts:
        _check_prompts(check_prompts, as_json)
        return
    if responses and arm:
        raise typer.BadParameter("--responses takes no --arm")
    if name and not responses:
        raise typer.BadParameter("--name is that of --responses")
    here = project()
    arms = _arms(here, arm or ())
    changes = {
        "prompts": here.relative(prompts.resolve()) if prompts else None,
        "samples": samples,
        "split": split.value if split else None,
        "limit": limit,
        "bench": here.relative(bench.resolve()) if bench else None,
        "bench_mode": bench_mode.value if bench_mode else None,
        "profile": profile.value if profile else None,
        "arms": [a.model_dump() for a in arms] or None,
    }
    chosen = load_evaluate(here, recipe, changes)
    if power:
        _show_power(here, chosen, as_json)
        return
    if bench:
        _bench(here, chosen, bool(arms), as_json)
        return
    _check_against(against, chosen, responses, name)
    options = EvaluationOptions(again, against, strict=bool(arms))
    if responses:
        known = Known(prompts) if prompts else Known(here.root / chosen.prompts, given=False)
        recorded = Recorded(responses, known, name, split.value if split else "all")
        measure = Measure(chosen.profile, chosen.weights)
        with progress(as_json, f"scoring {responses.name}"):
            result = evaluate_responses(here, recorded, measure, options)
        _show(result, as_json)
    else:
        evaluate_by(here, chosen, as_json, options)


def evaluate_by(
    here: "Project",
    recipe: "EvaluateRecipe",
    as_json: bool,
    options: "EvaluationOptions | None" = None,
) -> None:
    """Evaluate the arms of a recipe and print the result."""
    from curator.cli.views.base import progress
    from curator.cli.views.evaluate import skipped_lines
    from curator.evaluation.session import DEFAULTS, evaluate_arms

    with progress(as_json, "preparing the arms") as report:
        result = evaluate_arms(
            here,
            recipe,
            options or DEFAULTS,
            report,
            lambda skipped: None if as_json else show(skipped_lines(skipped)),
        )
    _show(result, as_json)


def _bench(here: "Project", recipe: "EvaluateRecipe", strict: bool, as_json: bool) -> None:
    """Ask the arms of a recipe its bench, and print the results."""
    from curator.cli.views.base import progress
    from curator.cli.views.bench import bench_view
    from curator.evaluation.bench.session import bench_arms

    with progress(as_json, "preparing the bench") as report:
        session = bench_arms(here.root, recipe, strict, report)
    present(as_json, session.document, bench_view(session))


def _show_power(here: "Project", recipe: "EvaluateRecipe", as_json: bool) -> None:
    """Print what a run of a recipe can show; asks no model."""
    from curator.cli.views.power import power_view
    from curator.evaluation.power import power
    from curator.evaluation.prompts import choose, read_prompts

    asked = choose(read_prompts(here.root / recipe.prompts), recipe.split)[: recipe.limit]
    rows = power(here.root, recipe, len(asked))
    present(as_json, lambda: [one.document() for one in rows], power_view(rows))


def _check_prompts(path: Path, as_json: bool) -> None:
    """Prove the prompts of a file; exits 1 where one has a fault."""
    from curator.cli.views.base import progress
    from curator.cli.views.proof import proof_lines
    from curator.evaluation.job import real_judge
    from curator.evaluation.prompts import read_prompts
    from curator.evaluation.proof import document, passed, prove

    prompts = read_prompts(path)
    with progress(as_json, f"checking {path.name}"):
        proofs = prove(prompts, real_judge(prompts, ()))
    present(as_json, lambda: document(proofs), proof_lines(proofs, len(prompts)))
    if not passed(proofs):
        raise typer.Exit(1)


def _show(result: "EvaluationResult", as_json: bool) -> None:
    """Print a result; exits 1 where a comparison is refused."""
    from curator.cli.views.evaluate import evaluation_view

    present(as_json, result.document, evaluation_view(result))
    if result.refused:
        raise typer.Exit(1)


def _arms(here: "Project", texts: Sequence[str]) -> "list[ArmSetting]":
    """Parse the arms of --arm; raises BadParameter for a text that is none."""
    from curator.evaluation.arms import parse_arm

    try:
        return [_from_here(here, parse_arm(text)) for text in texts]
    except DataError as error:
        raise typer.BadParameter(str(error)) from error


def _from_here(here: "Project", arm: "ArmSetting") -> "ArmSetting":
    """Give an arm's paths from the project's root rather than from the current folder."""

    def moved(text: str | None) -> str | None:
        there = text is not None and Path(text).exists()
        return here.relative(Path(text or "").resolve()) if there else text

    return arm.model_copy(update={"model": moved(arm.model), "adapter": moved(arm.adapter)})


def _check_against(
    against: str | None, recipe: "EvaluateRecipe", responses: Path | None, name: str | None
) -> None:
    """Raise BadParameter where --against is the only arm that is evaluated."""
    from curator.evaluation.recorded import arm_name
    from curator.evaluation.session import check_against

    asked = {name or arm_name(responses.stem)} if responses else {a.name for a in recipe.arms}
    try:
        check_against(against, asked)
    except EvaluationError as error:
        raise typer.BadParameter(error.what, param_hint="--against") from error
