"""The commands `curator argilla ...`: the embedded Argilla."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.base.plural import plural
from curator.cli.options import AsJson, project
from curator.cli.terminal import document, say

if TYPE_CHECKING:
    from curator.review.argilla.server.users import UserAccount

app = typer.Typer(
    help="Start, stop and look at the embedded Argilla.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
users = typer.Typer(
    help="The people who review in it.", no_args_is_help=True, rich_markup_mode=None
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
        help="Data folder [default: the project's, in rustsensei-curator of the user's data].",
    ),
]
Name = Annotated[str, typer.Argument(help="User name: letters, digits, dots, hyphens.")]


def _data(given: Path | None) -> Path:
    from curator.review.argilla.server.folder import default_data

    return given or default_data(project())


@app.command()
def up(
    data: Data = None,
    host: Annotated[
        str | None, typer.Option(help="Address to serve on [default: 127.0.0.1, only here].")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port [default: 6900, or a free one].")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Start Argilla; where it runs already, say where.

    The first time takes some minutes.
    """
    from curator.cli.views.base import waiting
    from curator.review.argilla.server import supervisor
    from curator.review.argilla.server.folder import OWNER, note_project, own_data

    where = data or own_data(project())
    with waiting(as_json) as report:
        running = supervisor.up(where, host, port, report)
    if not data:
        note_project(project())
    if as_json:
        password = {"password": running.password} if running.password else {}
        shown = {"url": running.url, "pid": running.pid, "user": OWNER, **password}
        document({**shown, "api_key_file": str(running.api_key_file)})
        return
    say(f"Argilla: {running.url}")
    say(f"API key of {OWNER}: {running.api_key_file}")
    if running.password:
        say(f"User {OWNER}, password {running.password} (shown this once)")
        say("Next: curator argilla users add NAME, for each annotator")


@app.command()
def prepare(as_json: AsJson = False) -> None:
    """Get what Argilla runs in, ahead of its first start, which then needs no network."""
    from curator.cli.views.base import waiting
    from curator.review.argilla.server import environment

    with waiting(as_json) as report:
        made = environment.ensure(report)
    if as_json:
        document({"environment": str(made)})
    else:
        say(f"Argilla's environment: {made}")


@app.command()
def down(data: Data = None, as_json: AsJson = False) -> None:
    """Stop Argilla; the data stays."""
    from curator.review.argilla.server import supervisor

    stopped = supervisor.down(_data(data))
    if as_json:
        document({"stopped": stopped})
    else:
        say("Argilla stopped" if stopped else "Argilla did not run")


@app.command()
def status(data: Data = None, as_json: AsJson = False) -> None:
    """Say whether and where Argilla runs; exits 3 where it does not.

    Also since when, in how much memory, with how many records.
    """
    from curator.review.argilla.server import supervisor

    found = supervisor.status(_data(data))
    if as_json:
        document(found.document())
    elif found.running:
        say(f"Argilla runs: {found.url} (process {found.pid})")
        records = plural(found.records or 0, "record")
        say(f"{found.memory_mb:.0f} MB, up {found.uptime_s:.0f} s, {records}")
        say(f"Data: {found.data}")
    else:
        say("Argilla was killed; up starts it again" if found.died else "Argilla does not run")
        say(f"Data: {found.data}")
    if not found.running:
        raise typer.Exit(_NOT_RUNNING)


@users.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.ANNOTATOR,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Add a person; the password is shown this once."""
    from curator.review.argilla.server import users as people

    _welcome(people.add(_data(data), name, people.Role(role)), as_json)


@users.command()
def reset(name: Name, data: Data = None, as_json: AsJson = False) -> None:
    """Give a person a new password, shown this once."""
    from curator.review.argilla.server import users as people

    _welcome(people.reset(_data(data), name), as_json)


def _welcome(added: "UserAccount", as_json: bool) -> None:
    if as_json:
        document(added.document())
        return
    say(f"User {added.name} ({added.role}), password {added.password} (shown this once)")
    say(f"Log in at {added.url}; API key: {added.api_key_file}")
