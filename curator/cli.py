"""The command `curator`: the only place that prints or exits.

Results go to stdout, as tables or with --json as one document; progress, warnings and errors go
to stderr. Exit codes: 0 done, 1 an error that the user can fix, 2 usage, 3 not ready.
"""

import logging
import signal
import sys
from collections.abc import Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from curator import (
    __version__,
    argilla_cli,
    build_cli,
    evaluate_cli,
    report_cli,
    retrain_cli,
    review_cli,
    search_cli,
    train_cli,
)
from curator.cli_base import AsJson, options
from curator.cli_base import project as _project
from curator.engine_names import EngineName
from curator.errors import CuratorError, Interrupted, NothingMissing
from curator.terminal import document as _document
from curator.terminal import say as _say
from curator.terminal import show as _show

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from curator.engines import Engine
    from curator.pipeline import Augmented
    from curator.project import Project
    from curator.recipe import AugmentRecipe

app = typer.Typer(
    name="curator",
    help="Grow a small, compiler-checked, human-reviewed dataset that teaches Rust in French.",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(build_cli.app)
app.add_typer(train_cli.app)
app.add_typer(retrain_cli.app)
app.add_typer(evaluate_cli.app)
app.add_typer(report_cli.app)
app.add_typer(search_cli.app)
app.add_typer(argilla_cli.app, name="argilla")
app.add_typer(review_cli.app, name="review")


class Edition(StrEnum):
    """The editions of Rust."""

    E2015 = "2015"
    E2018 = "2018"
    E2021 = "2021"
    E2024 = "2024"


RecipePath = Annotated[
    Path | None, typer.Option("--recipe", help="Recipe file [default: pipelines/augment.yaml].")
]
ModelName = Annotated[
    str | None,
    typer.Option(
        "--model", help="A GGUF file, a hub id (org/repo[:file]), smollm2, or openai:MODEL@URL."
    ),
]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="Seed [default: next unused].")]
Count = Annotated[
    int | None, typer.Option("--candidates", "-n", min=1, help="At most so many candidates.")
]
Given = Annotated[list[Path], typer.Argument(help="Markdown or JSONL files.")]
Where = Annotated[
    EngineName, typer.Option("--engine", help="Where filters and model run: here, or by Ray.")
]
Address = Annotated[
    str | None,
    typer.Option(
        help="Ray cluster: auto, HOST:PORT or ray://HOST:PORT [default: one on this machine]."
    ),
]
Folder = Annotated[
    Path | None,
    typer.Option("--project", envvar="CURATOR_PROJECT", help="Project folder [default: here]."),
]

# Why a batch ends, in the words of the manifest and of people.
ENDS = {
    "targets_met": "the targets are met",
    "candidates": "the limit of candidates is reached",
    "minutes": "the limit of minutes is reached",
    "low_yield": "too few of the last candidates were accepted",
    "nothing_left": "no strategy has anything left to try for what is missing",
}


def _recipe(project: "Project", path: Path | None) -> "AugmentRecipe":
    from curator.project import RECIPE
    from curator.recipe import load_recipe

    return load_recipe(path or project.root / RECIPE)


@app.callback()
def _root(
    context: typer.Context,
    project: Folder = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    as_json: AsJson = False,
) -> None:
    """By itself: where the project stands, and the next sensible command."""
    options["project"] = project
    if version:
        _say(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        _stand(as_json)


def _stand(as_json: bool) -> None:
    from curator.standing import standing
    from curator.standing_console import standing_lines

    found = standing(_project())
    if as_json:
        _document(found.document())
        return
    for line in standing_lines(found):
        _say(line)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what is installed, what is missing, and how to get it."""
    from curator.console import table
    from curator.doctor import examine

    findings = examine()
    ready = all(f.state != "missing" for f in findings)
    if as_json:
        _document({"ready": ready, "parts": [f.document() for f in findings]})
    else:
        rows = [[f.part, f.state, f.detail, "" if f.state == "ok" else f.hint] for f in findings]
        columns = [(c, "left") for c in ("part", "state", "detail", "what to do")]
        _show(table("Doctor", columns, rows))
    if not ready:
        raise typer.Exit(1)


@app.command(name="import")
def import_file(
    file: Annotated[Path, typer.Argument(help="Chat JSONL: messages, and optional metadata.")],
    category: Annotated[str | None, typer.Option(help="For records that name none.")] = None,
    topic: Annotated[str | None, typer.Option(help="For records that name none.")] = None,
    difficulty: Annotated[str | None, typer.Option(help="For records that name none.")] = None,
    author: Annotated[str | None, typer.Option(help="Who wrote them, unless they say.")] = None,
    licence: Annotated[str | None, typer.Option(help="Under which licence.")] = None,
    authored: Annotated[
        bool, typer.Option("--authored", help="Written for this project: into raw/authored.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take chat JSONL into raw/, with labels and provenance."""
    from curator import importing, store
    from curator.example import Origin

    project = _project()
    labels = importing.Labels(category, topic, difficulty, author, licence)
    origin = Origin.AUTHORED if authored else Origin.IMPORTED
    examples = importing.read_chat(file, labels, origin)
    known = {e.id for e in store.read_examples(project.trusted_files())}
    done = importing.add(examples, project.raw, file.stem, known)
    added = {project.relative(path): n for path, n in done.added.items()}
    if as_json:
        _document({"read": len(examples), "added": added, "already_there": done.present})
        return
    for path, count in added.items():
        _say(f"{count} examples added to {path}")
    if done.present:
        _say(f"{done.present} were there already")


@app.command()
def generate(
    recipe: RecipePath = None,
    model: ModelName = None,
    candidates: Count = None,
    seed: Seed = None,
    engine: Where = EngineName.LOCAL,
    address: Address = None,
    as_json: AsJson = False,
) -> None:
    """Make candidates only; an interrupted batch goes on where it stopped."""
    from curator import console, pipeline
    from curator.recipe import override

    project = _project()
    chosen = override(_recipe(project, recipe), _changes(model, candidates, seed))
    with _engine(engine, address) as where, console.progress(as_json) as progress:
        made = pipeline.augment(project, chosen, progress, where.load, judged=False)
    path = project.relative(made.batch.path("candidates.jsonl"))
    if as_json:
        _document({"batch": made.batch.name, "candidates": len(made.candidates), "file": path})
    else:
        _say(f"{len(made.candidates)} candidates in {path}; next: curator filter {path}")


def _changes(model: str | None, candidates: int | None, seed: int | None) -> dict[str, Any]:
    return {"model.name": model, "stop.candidates": candidates, "seed": seed}


@app.command(name="filter")
def filter_examples(
    file: Annotated[Path, typer.Argument(help="JSONL of examples, or a folder of such files.")],
    recipe: RecipePath = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for accepted.jsonl and rejected.jsonl.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Let rejected examples meet the other filters too.")
    ] = False,
    engine: Where = EngineName.LOCAL,
    address: Address = None,
    as_json: AsJson = False,
) -> None:
    """Judge examples; verdicts only, unless --out is given."""
    from curator import console, filtering, pipeline, store
    from curator.recipe import override

    project = _project()
    chosen = override(_recipe(project, recipe), {"judge": "all" if every else None})
    file = file.resolve()
    elsewhere = [
        p
        for p in [*project.trusted_files(), *project.pending_files(chosen.output)]
        if p != file and file not in p.parents and p.parent != file.parent
    ]
    with _engine(engine, address) as where, console.progress(as_json) as progress:
        known = store.read_examples(elsewhere)
        stream = partial(where.stream, progress=progress)
        tally = filtering.filter_by(stream, project, file, chosen, known, out)
    if as_json:
        _document(tally.document())
    else:
        _show(console.funnel_table(tally, "examples"))
        if tally.dropped:
            _show(console.reasons_table(tally))
        _say(f"{tally.kept} of {tally.total} examples pass every filter.")
    if not tally.kept:
        hint = "--all shows every fault, --out DIR keeps the verdicts"
        pipeline.raise_nothing_survived(tally, project.relative(file), hint)


@app.command()
def check(
    files: Given,
    edition: Annotated[Edition, typer.Option(help="For blocks that name none.")] = Edition.E2021,
    run_programs: Annotated[
        bool, typer.Option("--run", help="Run programs and tests too, in the sandbox.")
    ] = False,
    unsandboxed: Annotated[
        bool, typer.Option("--unsandboxed", help="Compile without a sandbox; never for --run.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compile the Rust blocks of Markdown or JSONL files; exits 1 if one breaks its word."""
    from curator import checking, console
    from curator.rust.cache import Cache
    from curator.rust.compiler import Rustc
    from curator.rust.crates import crates_for
    from curator.rust.lesson import Options
    from curator.rust.runner import Runner
    from curator.rust.sandbox import Unsandboxed, find_sandbox
    from curator.rust.toolchain import find_toolchain

    if unsandboxed and run_programs:
        raise typer.BadParameter("--run needs the sandbox")
    sandbox = Unsandboxed() if unsandboxed else find_sandbox()
    options = Options(
        edition=edition.value,
        cache=Cache(),
        runner=Runner(sandbox=sandbox) if run_programs else None,
        externs=crates_for(find_toolchain(), checking.texts_of(files)),
        refuse_outside=unsandboxed,
    )
    checked = checking.check_files(files, Rustc(sandbox=sandbox), options)
    totals = checking.totals(checked)
    if as_json:
        _document({"blocks": [c.document() for c in checked], "totals": totals})
    else:
        _show(console.checked_table(checked))
        _say(f"{totals['passed']} of {totals['blocks']} blocks do what is expected of them.")
    if totals["failed"]:
        raise typer.Exit(1)


def _engine(name: EngineName, address: str | None) -> "AbstractContextManager[Engine]":
    """The engine that the options name."""
    from curator.engines import opened

    if address and name is not EngineName.RAY:
        raise typer.BadParameter("--address needs --engine ray")
    return opened(name, address)


def _augment(
    project: "Project",
    recipe: "AugmentRecipe",
    as_json: bool,
    engine: EngineName = EngineName.LOCAL,
    address: str | None = None,
) -> None:
    from curator import console, pipeline

    try:
        with _engine(engine, address) as where, console.progress(as_json) as progress:
            load, stream = where.load, where.stream
            done = pipeline.augment(project, recipe, progress, load, stream=stream)
    except NothingMissing as found:
        _document({"stopped": "targets_met"}) if as_json else _say(str(found))
        return
    if as_json:
        _document({"before": done.before.document(), **done.manifest})
    else:
        _report(project, done)


def _report(project: "Project", done: "Augmented") -> None:
    from curator import console

    outcome = done.outcome
    if outcome is None:
        raise CuratorError(f"batch {done.batch.name} has candidates only", hint="curator filter it")
    judged = [*outcome.accepted, *outcome.rejected]
    _show(console.coverage_table(done.before), console.funnel_table(outcome))
    if outcome.rejected:
        _show(console.reasons_table(outcome))
    _show(console.yields_table(judged), console.topics_table(judged))
    good = len(outcome.accepted)
    _say(f"{good} of {outcome.total} candidates survived every filter.")
    _say(f"The batch ended because: {ENDS[done.manifest['stopped']]}.")
    folder = project.relative(done.batch.folder)
    names = ("plan.json", "candidates.jsonl", "accepted.jsonl", "rejected.jsonl", "manifest.json")
    _say(f"Written to {folder}/: {', '.join(names)}")


@app.command()
def augment(
    recipe: RecipePath = None,
    model: ModelName = None,
    candidates: Count = None,
    seed: Seed = None,
    minutes: Annotated[
        float | None, typer.Option(min=0.01, help="Begin no wave after so many minutes.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan of the next batch; make nothing.")
    ] = False,
    engine: Where = EngineName.LOCAL,
    address: Address = None,
    as_json: AsJson = False,
) -> None:
    """Plan from what is missing, generate, filter, write; goes on with a batch broken off."""
    from curator import console, pipeline
    from curator.recipe import override

    project = _project()
    changes = {**_changes(model, candidates, seed), "stop.minutes": minutes}
    chosen = override(_recipe(project, recipe), changes)
    if not dry_run:
        _augment(project, chosen, as_json, engine, address)
        return
    with console.progress(as_json) as progress:
        planned = pipeline.preview(project, chosen, progress)
    if as_json:
        _document(planned.document())
        return
    _show(console.preview_table(planned))
    _say(f"It would end because: {ENDS[planned.stopped]}.")


@app.command()
def stats(recipe: RecipePath = None, as_json: AsJson = False) -> None:
    """Show what authored and imported examples cover, what is missing, and the balance."""
    from curator import console, store
    from curator.coverage import coverage
    from curator.review.state import count_still_counted

    project = _project()
    chosen = _recipe(project, recipe)
    covered = coverage(store.read_examples(project.trusted_files()), chosen.targets)
    pending = store.read_examples(project.pending_files(chosen.output))
    waiting = count_still_counted(project, pending)
    if as_json:
        _document({**covered.document(), "waiting_for_review": waiting})
        return
    _show(console.coverage_table(covered))
    _say(console.balance_line(covered))
    _say(f"Candidates that passed the filters and may still enter: {waiting}.")


@app.command()
def run(
    recipe: Annotated[Path, typer.Argument(help="A recipe, such as pipelines/augment.yaml.")],
    as_json: AsJson = False,
) -> None:
    """Run any recipe: augment, evaluate, or review (decisions in, then candidates out)."""
    from curator.recipe import AugmentRecipe, Settings, load_as
    from curator.review.recipe import ReviewRecipe
    from training.evaluation.recipe import EvaluateRecipe

    project = _project()
    kinds: dict[str, type[Settings]] = {
        "augment": AugmentRecipe,
        "review": ReviewRecipe,
        "evaluate": EvaluateRecipe,
    }
    chosen = load_as(recipe, kinds)
    if isinstance(chosen, AugmentRecipe):
        _augment(project, chosen, as_json)
    elif isinstance(chosen, EvaluateRecipe):
        how = evaluate_cli.How(chosen.profile, as_json=as_json)
        evaluate_cli.evaluate_recipe(project, chosen, how)
    else:
        review_cli.pull_and_return(recipe, as_json, returns_only=False)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; turns every CuratorError into one line on stderr and its exit code."""
    logging.basicConfig(level=logging.WARNING, format="warning: %(message)s", stream=sys.stderr)
    signal.signal(signal.SIGINT, _interrupt)
    try:
        app(args=list(arguments) if arguments is not None else None)
    except CuratorError as error:
        print(f"curator: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def _interrupt(number: int, frame: object) -> None:
    """Ctrl-C as an error of ours: Typer would end without a word."""
    raise Interrupted("interrupted", hint="run the same command again to go on")
