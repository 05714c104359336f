"""`curator batches`: the batches of candidates, their states, and how to be rid of one."""

import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typing_extensions import override

from curator.base.plural import plural
from curator.cli.options import AsJson, project
from curator.cli.terminal import present

if TYPE_CHECKING:
    from collections.abc import Sequence

    from curator.augment.batches import BatchSummary


class _Group(TyperGroup):
    """The commands of the group; what is none of them is the name of a batch, for `show`."""

    @override
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        commands = self.list_commands(ctx)
        named = not args[0].startswith("-") and not get_close_matches(args[0], commands)
        return super().resolve_command(ctx, ["show", *args] if named else args)


app = typer.Typer(
    name="batches",
    cls=_Group,
    help="List batches and their states; show or discard some.",
    invoke_without_command=True,
    rich_markup_mode=None,
)


@app.callback()
def batches(context: typer.Context, as_json: AsJson = False) -> None:
    """List batches of candidates with their states; show or discard some.

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
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of a batch, or how it begins.", metavar="NAME")],
    as_json: AsJson = False,
) -> None:
    """Show one batch by strategy, topic and stage.

    `curator batches NAME` does the same.
    """
    from curator.augment.details import batch_details
    from curator.cli.views.batches import details_view

    found = batch_details(project(), name)
    present(as_json or bool(context.obj), found.document, details_view(found))


@app.command()
def discard(
    context: typer.Context,
    names: Annotated[
        list[str], typer.Argument(help="Names of batches, or their beginnings.", metavar="NAME")
    ],
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
