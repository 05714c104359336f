"""The embedded Argilla and its users, in a terminal."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.base.plural import plural
from curator.cli.views.base import table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.review.argilla.server.supervisor import RunningServer, Status
    from curator.review.argilla.server.users import Member, UserAccount


def up_view(running: "RunningServer") -> Iterator[str]:
    """Where the server runs, and once, its owner's password."""
    from curator.review.argilla.server.folder import OWNER

    yield f"Argilla: {running.url}"
    yield f"API key of {OWNER}: {running.api_key_file}"
    if running.password:
        yield f"User {OWNER}, password {running.password} (shown only once)"
        yield "Next: curator argilla users add NAME, for each annotator"


def up_document(running: "RunningServer") -> dict[str, Any]:
    """The same as a JSON object."""
    from curator.review.argilla.server.folder import OWNER

    password = {"password": running.password} if running.password else {}
    shown = {"url": running.url, "pid": running.pid, "user": OWNER, **password}
    return {**shown, "api_key_file": str(running.api_key_file)}


def prepare_view(folder: Path) -> Iterator[str]:
    """Where the environment of the server is."""
    yield f"Argilla's environment: {folder}"


def down_view(stopped: bool) -> Iterator[str]:
    """Whether there was a server to stop."""
    yield "Argilla stopped" if stopped else "Argilla was not running"


def status_view(status: "Status") -> Iterator[str]:
    """Whether the server runs, where, since when and with how much in it."""
    if status.running:
        yield f"Argilla is running: {status.url} (process {status.pid})"
        records = plural(status.records or 0, "record")
        yield f"{status.memory_mb:.0f} MB, up {status.uptime_s:.0f} s, {records}"
    elif status.died:
        yield "Argilla was killed; `curator argilla up` starts it again"
    else:
        yield "Argilla is not running"
    yield f"Data: {status.data}"


def user_view(added: "UserAccount") -> Iterator[str]:
    """A person's password, and where to log in."""
    yield f"User {added.name} ({added.role}), password {added.password} (shown only once)"
    where = f"Log in at {added.url}" if added.url else "curator argilla up says where to log in"
    yield f"{where}; API key: {added.api_key_file}"
    if added.role != "annotator":
        yield f"Note: an {added.role} can read members' API keys, and answer in their name"


def members_view(members: "Sequence[Member]") -> "Iterator[Table]":
    """Everybody who has an account, in a table."""
    rows = [[m.name, m.role, ", ".join(m.workspaces) or "-", str(m.answers)] for m in members]
    columns = [(c, "left") for c in ("name", "role", "workspaces")]
    yield table("Users", [*columns, ("submitted", "right")], rows)


def removed_view(name: str, answers: int) -> Iterator[str]:
    """Whether a person is gone, or locked out and the answers kept."""
    if not answers:
        yield f"{name} is deleted"
        return
    yield f"{name} is locked out; {plural(answers, 'answer')} kept"
    yield f"`curator argilla users reset {name}` lets them in again"
