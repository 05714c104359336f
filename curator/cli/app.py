"""The command `curator`: the only place that prints or exits.

Results go to stdout, as tables or with --json as one document; progress, warnings and errors go
to stderr. Exit codes: 0 done, 1 an error that the user can fix, 2 usage, 3 not ready.
"""

import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from curator import __version__
from curator.base.errors import CuratorError, Interrupted
from curator.base.extras import told
from curator.cli.commands import (
    argilla as argilla_cli,
)
from curator.cli.commands import (
    augment as augment_cli,
)
from curator.cli.commands import (
    build as build_cli,
)
from curator.cli.commands import (
    data as data_cli,
)
from curator.cli.commands import (
    evaluate as evaluate_cli,
)
from curator.cli.commands import (
    init as init_cli,
)
from curator.cli.commands import (
    report as report_cli,
)
from curator.cli.commands import (
    retrain as retrain_cli,
)
from curator.cli.commands import (
    review as review_cli,
)
from curator.cli.commands import (
    search as search_cli,
)
from curator.cli.commands import (
    train as train_cli,
)
from curator.cli.options import AsJson, options
from curator.cli.options import project as _project
from curator.cli.terminal import document as _document
from curator.cli.terminal import say as _say
from curator.cli.terminal import show as _show

app = typer.Typer(
    name="curator",
    help="Grow a small, compiler-checked, human-reviewed dataset that teaches Rust in French.",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(init_cli.app)
app.add_typer(data_cli.app)
app.add_typer(augment_cli.app)
app.add_typer(build_cli.app)
app.add_typer(train_cli.app)
app.add_typer(retrain_cli.app)
app.add_typer(evaluate_cli.app)
app.add_typer(report_cli.app)
app.add_typer(search_cli.app)
app.add_typer(argilla_cli.app, name="argilla")
app.add_typer(review_cli.app, name="review")


Folder = Annotated[
    Path | None,
    typer.Option("--project", envvar="CURATOR_PROJECT", help="Project folder [default: here]."),
]


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
    from curator.cli.views.standing import standing_lines
    from curator.status.standing import standing

    found = standing(_project())
    if as_json:
        _document(found.document())
        return
    for line in standing_lines(found):
        _say(line)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what is installed, what is missing, and how to get it."""
    from curator.cli.views.base import table
    from curator.status.doctor import examine

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


@app.command()
def run(
    recipe: Annotated[Path, typer.Argument(help="A recipe, such as pipelines/augment.yaml.")],
    as_json: AsJson = False,
) -> None:
    """Run any recipe: augment, evaluate, retrain or review.

    A review recipe takes decisions in, then sends candidates out.
    """
    from curator.base.settings import Settings, load_as
    from curator.dataset.recipe import RetrainRecipe
    from curator.evaluation.recipe import EvaluateRecipe
    from curator.generate.recipe import AugmentRecipe
    from curator.review.recipe import ReviewRecipe

    project = _project()
    kinds: dict[str, type[Settings]] = {
        "augment": AugmentRecipe,
        "review": ReviewRecipe,
        "evaluate": EvaluateRecipe,
        "retrain": RetrainRecipe,
    }
    chosen = load_as(recipe, kinds)
    if isinstance(chosen, AugmentRecipe):
        augment_cli.make_batch(project, chosen, as_json)
    elif isinstance(chosen, EvaluateRecipe):
        how = evaluate_cli.How(chosen.profile, as_json=as_json)
        evaluate_cli.evaluate_recipe(project, chosen, how)
    elif isinstance(chosen, RetrainRecipe):
        retrain_cli.retrain_by(project, recipe, as_json=as_json)
    else:
        review_cli.pull_and_return(recipe, as_json, returns_only=False)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; turns every CuratorError into one line on stderr and its exit code."""
    logging.basicConfig(level=logging.WARNING, format="warning: %(message)s", stream=sys.stderr)
    signal.signal(signal.SIGINT, _interrupt)
    try:
        with told():
            app(args=list(arguments) if arguments is not None else None)
    except CuratorError as error:
        print(f"curator: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def _interrupt(number: int, frame: object) -> None:
    """Ctrl-C as an error of ours: Typer would end without a word."""
    raise Interrupted("interrupted", hint="run the same command again to go on")
