"""A data folder of the embedded Argilla: what lies where, and which of its processes live.

    argilla.db         everything: SQLite with a write-ahead log
    server.json        host and port of the last start that succeeded, kept for the next
    processes.json     what runs, by process id and start time, and at which host and port
    keys/NAME.key      API keys, mode 0600; keys/.sessions signs the sessions of browsers
    server.log, valkey.log

A process is ours if id, start time and program are those written down: ids are used again.
"""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.base import store
from curator.base.errors import ArgillaError
from curator.records.project import Project

if TYPE_CHECKING:
    import psutil

OWNER = "curator"
DATABASE = "argilla.db"
_NOTE = "project.json"
_NAMED = "data.json"  # where `up --data` put a project's server
_TOLERANCE = 2.0  # seconds by which a start time read twice may differ when the clock is set


def _home() -> Path:
    """Return our folder in the user's data: reviews are work, and so lie in no cache or build."""
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "rustsensei-curator"


def default_data(project: Project) -> Path:
    """Return a project's data folder.

    CURATOR_ARGILLA_DATA, else the one that `up --data` named last and that is there, else one that
    no other project has.
    """
    if given := os.environ.get("CURATOR_ARGILLA_DATA"):
        return Path(given)
    named = _named(project)
    return named if named and named.is_dir() else _home() / project.key / "argilla"


def _named(project: Project) -> Path | None:
    path = _home() / project.key / _NAMED
    return Path(store.read_json(path)["path"]) if path.is_file() else None


def name_data(project: Project, data: Path) -> None:
    """Write down that a project's server is in this folder, for its later commands."""
    store.write_json(_home() / project.key / _NAMED, {"path": str(data.resolve())})


def own_data(project: Project) -> Path:
    """Return `default_data` for a server that is to start there.

    Raises ArgillaError where that would be the first one, and there is data that may be the
    project's: of an older version, which had one folder for all, or from before it was moved; and
    where the folder that was named last is gone.
    """
    own = default_data(project)
    named = _named(project)
    if named and not named.is_dir() and not os.environ.get("CURATOR_ARGILLA_DATA"):
        hint = f"bring it back, or name another: curator argilla up --data {shlex.quote(str(own))}"
        raise ArgillaError("the folder that `up --data` named is gone", where=named, hint=hint)
    other, why = _other_data(project)
    if own.exists() or other is None or os.environ.get("CURATOR_ARGILLA_DATA"):
        return own
    old, new, above = (shlex.quote(str(p)) for p in (other, own, own.parent))
    stopped = f"curator argilla down --data {old}"
    hint = (
        f"if it is this project's: {stopped} && mkdir -p {above} && mv {old} {new}; "
        f"else: curator argilla up --data {new}"
    )
    raise ArgillaError(f"there is {why} here", where=other, hint=hint)


def _other_data(project: Project) -> tuple[Path | None, str]:
    """Find a data folder that may be the project's, if it has none of its own, and what it is."""
    shared = _home() / "argilla"
    if (shared / DATABASE).is_file():
        return shared, "the Argilla that an older version kept for all projects"
    for noted in sorted(_home().glob(f"{project.name}-*/{_NOTE}")):
        path = Path(store.read_json(noted)["path"])
        if noted.parent.name != project.key and not path.exists():
            return noted.parent / "argilla", f"the Argilla of {path}, which is gone,"
    return None, ""


def note_project(project: Project) -> None:
    """Write down whose the project's data folder is, so that it is found when that was moved."""
    own = _home() / project.key
    if own.is_dir():
        store.write_json(own / _NOTE, {"path": str(project.root.resolve())})


@dataclass(frozen=True)
class Folder:
    """A data folder; it need not exist."""

    path: Path

    @property
    def database(self) -> Path:
        """Argilla's database."""
        return self.path / DATABASE

    @property
    def log(self) -> Path:
        """What the server said since its last start."""
        return self.path / "server.log"

    def key_file(self, user: str = OWNER) -> Path:
        """Return where a user's API key is."""
        return self.path / "keys" / f"{user}.key"

    def write_secret(self, path: Path, secret: str) -> None:
        """Write a secret to a file that only the user reads."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        store.write_bytes(path, secret.encode() + b"\n", mode=0o600)

    def settings(self) -> dict[str, Any]:
        """Read host and port of the last start that succeeded, if there was one."""
        return self._read("server.json")

    def keep_settings(self, host: str, port: int) -> None:
        """Remember where it answers."""
        store.write_json(self.path / "server.json", {"host": host, "port": port})

    def keep_processes(self, processes: dict[str, "psutil.Process"], **more: Any) -> None:
        """Remember what runs, and where."""
        known = {n: {"pid": p.pid, "started": p.create_time()} for n, p in processes.items()}
        store.write_json(self.path / "processes.json", {"processes": known, **more})

    def forget_processes(self) -> None:
        """Forget what ran."""
        (self.path / "processes.json").unlink(missing_ok=True)

    def noted(self) -> dict[str, Any]:
        """Read what `keep_processes` wrote, whether it still lives or not."""
        return self._read("processes.json")

    def served(self) -> dict[str, Any]:
        """Return host and port of what runs now, which need not have been kept: see `up`."""
        address: dict[str, Any] = self.noted().get("address") or self.settings()
        return address

    def processes(self) -> dict[str, "psutil.Process"]:
        """List the processes that were noted and live, by name."""
        import psutil

        alive = {}
        for name, kept in self.noted().get("processes", {}).items():
            try:
                process = psutil.Process(kept["pid"])
                if _same(process, name, kept["started"]):
                    alive[name] = process
            except psutil.NoSuchProcess:
                continue
        return alive

    def _read(self, name: str) -> dict[str, Any]:
        path = self.path / name
        document: dict[str, Any] = store.read_json(path) if path.exists() else {}
        return document


def _same(process: "psutil.Process", name: str, started: float) -> bool:
    import psutil

    close = abs(process.create_time() - started) < _TOLERANCE
    try:
        program = "argilla_sqlite.serve" if name == "server" else "valkey"
        alive = process.status() != psutil.STATUS_ZOMBIE
        return close and alive and any(program in word for word in process.cmdline())
    except psutil.AccessDenied:  # another user's
        return False
