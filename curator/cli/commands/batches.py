"""`curator batches`: the batches of candidates, their states, and how to be rid of one."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from curator.base.plural import plural
from curator.cli.options import AsJson, project
from curator.cli.terminal import present

if TYPE_CHECKING:
    from collections.abc import Sequence

    from curator.augment.batches import BatchSummary

app = typer.Typer(
    name="batches",
    help="List batches and their states; discard some.",
    invoke_without_command=True,
    rich_markup_mode=None,
)


@app.callback()
def batches(context: typer.Context, as_json: AsJson = False) -> None:
    """List batches of candidates with their states; discard some.

    Running, complete, interrupted, stale (what the candidates depend on has changed, so that it
    does not resume), empty or unreadable.
    """
    if context.invoked_subcommand is not None:
        context.obj = as_json
        return
    from curator.augment.batches import list_batches
    from curator.cli.views.batches import batches_document, batches_view

    found = list_batches(project(), digests=True)
    present(as_json, lambda: batches_document(found), batches_view(found))


@app.command()
def discard(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(help="Names of batches.", metavar="NAME")],
    force: Annotated[
        bool,
        typer.Option("--force", help="Do not ask; delete also what people have reviewed."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Delete batches with all that is in them.

    Refuses one that is running, and one that reviews or the curated set rest on.
    """
    from curator.augment.discard import discard_batches, find_batches
    from curator.cli.views.batches import discarded_document, discarded_view

    here = project()
    found = find_batches(here, names)
    if not force and sys.stdin.isatty() and sys.stderr.isatty():
        _ask(found)
    done = discard_batches(here, found, force=force)
    quiet = as_json or bool(context.obj)
    present(quiet, lambda: discarded_document(done), discarded_view(done, here))


def _ask(batches: "Sequence[BatchSummary]") -> None:
    """Ask whether to delete; ends the command where the answer is no."""
    named = ", ".join(f"{b.name} ({plural(b.candidates, 'candidate')})" for b in batches)
    typer.confirm(f"Delete {named}?", abort=True, err=True)
