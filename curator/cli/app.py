"""The command `curator`: finds its commands, and turns errors into one line and an exit code.

Results go to stdout, as tables or with --json as one document; progress, warnings and errors go
to stderr. Exit codes: 0 done, 1 an error that the user can fix, 2 usage, 3 not ready.
"""

import logging
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from curator import __version__
from curator.base.disk import REFUSALS, refused
from curator.base.errors import CuratorError, Interrupted
from curator.base.extras import translate_missing_extra
from curator.cli.arguments import arrange
from curator.cli.commands.status import show_status
from curator.cli.options import AsJson, options
from curator.cli.terminal import WrongUsage, document, fail, fail_usage, forget_printed, say

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
    "browse",
    "diff",
    "prompts",
    "build",
    "gate",
    "models",
    "import_model",
    "sample",
    "mix",
    "pairs",
    "train",
    "sweep",
    "influence",
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
        if as_json:
            document({"version": __version__})
        else:
            say(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        show_status(as_json)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit with its code.

    Every CuratorError, and what a disk refuses, is one line on standard error; with --json it is
    a document on standard output too. Options for every command stand before or after it.
    """
    logging.basicConfig(level=logging.WARNING, format="warning: %(message)s", stream=sys.stderr)
    signal.signal(signal.SIGINT, _interrupt)
    forget_printed()
    words, as_json = arrange(sys.argv[1:] if arguments is None else arguments)
    try:
        with translate_missing_extra():
            code = app(args=words, standalone_mode=False)
    except CuratorError as error:
        fail(error, as_json)
    except WrongUsage as error:
        fail_usage(error, as_json)
    except BrokenPipeError:  # a reader such as head has seen enough
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 (the old one cannot be flushed)
        sys.exit(0)
    except OSError as error:
        if error.errno not in REFUSALS:
            raise
        fail(refused(error, doing="go on"), as_json)
    sys.exit(code or 0)


def _interrupt(number: int, frame: object) -> None:
    """Raise Ctrl-C as an error of ours: Typer would end without a word."""
    raise Interrupted("interrupted", hint="run the same command again to resume")
