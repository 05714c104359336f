"""`curator evaluate`: what models answer, what it is worth, and whether one is better. See cli."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from curator.cli_base import AsJson, project
from curator.terminal import document, say, show

if TYPE_CHECKING:
    from curator.project import Project
    from training.evaluation.arms import Told
    from training.evaluation.compare import Comparison
    from training.evaluation.folder import ArmDir
    from training.evaluation.recipe import ArmSetting, EvaluateRecipe
    from training.evaluation.records import Scored
    from training.evaluation.summary import Summary

app = typer.Typer()


class ProfileName(StrEnum):
    """The metrics of an answer: ours, or those of the seed document."""

    DEFAULT = "default"
    SEED = "seed"


ArmTexts = Annotated[
    list[str] | None,
    typer.Option("--arm", help="NAME=MODEL[+ADAPTER][,rag] [default: the recipe's arms]."),
]


@app.command()
def evaluate(
    recipe: Annotated[
        Path | None, typer.Option("--recipe", help="Recipe [default: pipelines/evaluate.yaml].")
    ] = None,
    arm: ArmTexts = None,
    prompts: Annotated[
        Path | None, typer.Option("--prompts", help="JSONL [default: training/prompts_fr.jsonl].")
    ] = None,
    samples: Annotated[
        int | None, typer.Option("--samples", min=1, help="Answers to each prompt.")
    ] = None,
    profile: Annotated[ProfileName | None, typer.Option("--profile", help="Metrics.")] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="The first prompts only.")
    ] = None,
    responses: Annotated[
        Path | None, typer.Option("--responses", help="Score these recorded answers; no model.")
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
    from training.evaluation.arms import earlier, parse_arm
    from training.evaluation.recipe import load_evaluate

    if responses and arm:
        raise typer.BadParameter("--responses takes no --arm")
    if name and not responses:
        raise typer.BadParameter("--name is that of --responses")
    here = project()
    arms = [_from_here(here, parse_arm(text)) for text in arm or ()]
    changes = {
        "prompts": here.relative(prompts.resolve()) if prompts else None,
        "samples": samples,
        "limit": limit,
        "profile": profile.value if profile else None,
        "arms": [a.model_dump() for a in arms] or None,
    }
    chosen = load_evaluate(here, recipe, changes)
    how = How(chosen.profile, again, as_json, earlier(here.root, against) if against else None)
    if responses:
        evaluate_file(here, responses, prompts, name, how)
    else:
        evaluate_recipe(here, chosen, how, strict=bool(arms))


@dataclass(frozen=True)
class How:
    """What the command does besides evaluating."""

    profile: Any
    again: bool = False
    as_json: bool = False
    against: "ArmDir | None" = None


@dataclass
class Found:
    """What the command found."""

    scored: list["Scored"]
    leaked: dict[str, dict[str, str]] = field(default_factory=dict)
    skipped: Sequence["Told"] = ()
    comparisons: Sequence["Comparison"] = ()
    refused: Sequence["Told"] = ()
    stale: Sequence["Told"] = ()

    @property
    def leave_out(self) -> dict[str, str]:
        """The prompts that leaked into the training of any arm."""
        return {prompt: why for found in self.leaked.values() for prompt, why in found.items()}

    def summaries(self) -> list["Summary"]:
        """The means of each arm, without what leaked into any."""
        from training.evaluation.summary import summarise

        return [summarise(one, self.leave_out) for one in self.scored]

    def document(self) -> dict[str, Any]:
        """Everything as one JSON document."""
        return {
            "arms": [
                {"arm": one.arm.model_dump(mode="json"), "summary": summary.document()}
                for one, summary in zip(self.scored, self.summaries(), strict=True)
            ],
            "leaked": self.leaked,
            "comparisons": [c.document() for c in self.comparisons],
            **{n: [t._asdict() for t in getattr(self, n)] for n in ("skipped", "refused", "stale")},
        }


def _from_here(here: "Project", arm: "ArmSetting") -> "ArmSetting":
    """An arm whose paths are those of the project rather than of the current folder."""

    def moved(text: str | None) -> str | None:
        there = text is not None and Path(text).exists()
        return here.relative(Path(text or "").resolve()) if there else text

    return arm.model_copy(update={"model": moved(arm.model), "adapter": moved(arm.adapter)})


def evaluate_recipe(
    here: "Project", recipe: "EvaluateRecipe", how: How, strict: bool = False
) -> None:
    """Evaluate the arms of a recipe and print what was found; see `evaluate`."""
    from curator.console import progress
    from training.evaluation import arms
    from training.evaluation.evaluate import run

    with progress(how.as_json) as listen:
        jobs, skipped = arms.prepare_all(here.root, recipe, listen, strict)
        if not how.again:
            arms.check_all(jobs)
        if not how.as_json:
            for line in _lines("skipped:", skipped):
                say(line)
        scored = [run(job, listen, how.again) for job in jobs]
    found = Found(scored, skipped=skipped)
    for job in jobs:
        found.leaked[job.name] = dict(arms.leaks(here.root, job.arm, job.prompts))
    _conclude(here, found, how)


def evaluate_file(
    here: "Project", path: Path, prompts: Path | None, name: str | None, how: How
) -> None:
    """Score recorded answers and print what was found; see `evaluate`."""
    from training.evaluation.evaluate import Recorded, evaluate_recorded

    recorded = Recorded(path, prompts, name)
    _conclude(here, Found([evaluate_recorded(here.root, recorded, how.profile, how.again)]), how)


def _conclude(here: "Project", found: Found, how: How) -> None:
    """Compare and print; exits 1 where a comparison is refused."""
    from training.evaluation import arms

    against = None
    if how.against:
        against = arms.earlier_scores(how.against, how.profile)
        known = arms.leaks(here.root, against.arm, how.against.prompts())
        found.leaked[how.against.name] = dict(known)
    asked = arms.pairs(found.scored, against)
    found.comparisons, found.refused = arms.compare_all(asked, found.leave_out)
    found.stale = arms.stale_arms(here.root, [one.arm.name for one in found.scored])
    if how.as_json:
        document(found.document())
    else:
        _print(found)
    if found.refused:
        raise typer.Exit(1)


def _lines(heading: str, told: Sequence["Told"]) -> list[str]:
    from curator.evaluate_console import told_lines

    return list(told_lines(heading, told))


def _print(found: Found) -> None:
    from curator import evaluate_console as console

    for arm, leaks in found.leaked.items():
        for prompt, why in leaks.items():
            say(f"left out: prompt {prompt} leaked into the training of {arm}: {why}")
    summaries = found.summaries()
    for summary in summaries:
        show(console.summary_table(summary))
    for summary in summaries:
        say(console.compilation_line(summary))
    for comparison in found.comparisons:
        show(console.comparison_table(comparison))
    if found.comparisons:
        say(console.EXPLAINED)
    for line in [*_lines("no comparison of", found.refused), *_lines("stale:", found.stale)]:
        say(line)
    names = ", ".join(f"training/evaluations/{one.arm.name}/" for one in found.scored)
    say(f"Answers and scores: {names}")
