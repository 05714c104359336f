"""`curator argilla`: the embedded Argilla, and the people who review in it."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from curator.cli.options import AsJson, project
from curator.cli.terminal import present

app = typer.Typer(
    name="argilla",
    help="Start, stop and inspect the embedded Argilla.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
users = typer.Typer(
    help="Manage the people who review in it.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(users, name="users")


_NOT_RUNNING = 3  # as `systemctl status` says it


class Role(StrEnum):
    """Argilla's roles."""

    ANNOTATOR = "annotator"
    ADMIN = "admin"
    OWNER = "owner"


Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        envvar="CURATOR_ARGILLA_DATA",
        help="Data folder [default: what `up --data` named last, else the project's own, in "
        "rustsensei-curator of the user's data].",
    ),
]
Name = Annotated[str, typer.Argument(help="User name: letters, digits, dots, hyphens.")]


def _data(given: Path | None) -> Path:
    from curator.review.argilla.server.folder import default_data

    return given or default_data(project())


@app.command()
def up(
    context: typer.Context,
    data: Data = None,
    host: Annotated[
        str | None, typer.Option(help="Address to serve on [default: 127.0.0.1, only here].")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port [default: 6900, or a free one].")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Start Argilla, or say where it is running.

    The first start takes some minutes. Later commands of this project find it, with --data too.
    """
    from curator.cli.views.argilla import up_document, up_view
    from curator.cli.views.base import waiting
    from curator.review.argilla.server import supervisor
    from curator.review.argilla.server.folder import name_data, note_project, own_data

    where = data or own_data(project())
    with waiting(as_json) as report:
        running = supervisor.up(where, host, port, report)
    source = context.get_parameter_source("data")
    if not data:
        note_project(project())
    elif source is not None and source.name == "COMMANDLINE":
        name_data(project(), data)
    present(as_json, lambda: up_document(running), up_view(running))


@app.command()
def prepare(as_json: AsJson = False) -> None:
    """Get what Argilla runs in, ahead of its first start.

    That start then needs no network.
    """
    from curator.cli.views.argilla import prepare_view
    from curator.cli.views.base import waiting
    from curator.review.argilla.server import environment

    with waiting(as_json) as report:
        folder = environment.ensure(report)
    present(as_json, lambda: {"environment": str(folder)}, prepare_view(folder))


@app.command()
def down(data: Data = None, as_json: AsJson = False) -> None:
    """Stop Argilla; its data stays."""
    from curator.cli.views.argilla import down_view
    from curator.review.argilla.server import supervisor

    stopped = supervisor.down(_data(data))
    present(as_json, lambda: {"stopped": stopped}, down_view(stopped))


@app.command()
def status(data: Data = None, as_json: AsJson = False) -> None:
    """Show whether and where Argilla is running.

    Also its uptime, memory and number of records. Exits 3 if it is not running.
    """
    from curator.cli.views.argilla import status_view
    from curator.review.argilla.server import supervisor

    server = supervisor.status(_data(data))
    present(as_json, server.document, status_view(server))
    if not server.running:
        raise typer.Exit(_NOT_RUNNING)


@users.command()
def add(
    name: Name,
    role: Annotated[
        Role, typer.Option(help="What they may do; admins can read all members' API keys.")
    ] = Role.ANNOTATOR,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Add a person; the password is shown only once."""
    from curator.cli.views.argilla import user_view
    from curator.review.argilla.server import users as people

    added = people.add(_data(data), name, people.Role(role))
    present(as_json, added.document, user_view(added))


@users.command()
def reset(name: Name, data: Data = None, as_json: AsJson = False) -> None:
    """Give a person a new password, shown only once, and a new API key.

    Whoever used the old ones is logged out. Argilla need not run.
    """
    from curator.cli.views.argilla import user_view
    from curator.review.argilla.server import users as people

    added = people.reset(_data(data), name)
    present(as_json, added.document, user_view(added))


@users.command("list")
def list_(data: Data = None, as_json: AsJson = False) -> None:
    """List the people, their roles and how many answers they submitted.

    Answers to controls and duels are among them; `curator review status` counts those apart.
    """
    from dataclasses import asdict

    from curator.cli.views.argilla import members_view
    from curator.review.argilla.server import users as people

    found = people.members(_data(data))
    present(as_json, lambda: {"users": [asdict(m) for m in found]}, members_view(found))


@users.command()
def remove(name: Name, data: Data = None, as_json: AsJson = False) -> None:
    """Lock a person out; what they answered stays.

    Their password, API key and open browsers end at once. Argilla need not run.
    """
    from curator.cli.views.argilla import removed_view
    from curator.review.argilla.server import users as people

    answers = people.remove(_data(data), name)
    present(as_json, lambda: {"name": name, "answers": answers}, removed_view(name, answers))
