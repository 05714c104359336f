"""The command `curator`: finds its commands, and turns errors into one line and an exit code.

Results go to stdout, as tables or with --json as one document; progress, warnings and errors go
to stderr. Exit codes: 0 done, 1 an error that the user can fix, 2 usage, 3 not ready.
"""

import logging
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from curator import __version__
from curator.base.errors import CuratorError, Interrupted
from curator.cli.commands.status import show_status
from curator.cli.options import AsJson, options
from curator.cli.terminal import say

# Modules of curator.cli.commands, in the order of `curator --help`. Each has an `app` with its
# command, or with a group of commands.
COMMANDS = (
    "init",
    "import_",
    "renew_ids",
    "check",
    "filter",
    "stats",
    "generate",
    "augment",
    "batches",
    "build",
    "gate",
    "import_model",
    "train",
    "fuse",
    "export",
    "evaluate",
    "report",
    "retrain",
    "search",
    "run",
    "doctor",
    "argilla",
    "review",
)
app = typer.Typer(
    name="curator",
    help="Grow a small, compiler-checked, human-reviewed dataset that teaches Rust in French.",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _name in COMMANDS:
    app.add_typer(import_module(f"curator.cli.commands.{_name}").app)

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
    """Without a command, show where the project stands and what to do next."""
    options["project"] = project
    if version:
        say(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        show_status(as_json)


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
    """Raise Ctrl-C as an error of ours: Typer would end without a word."""
    raise Interrupted("interrupted", hint="run the same command again to resume")
