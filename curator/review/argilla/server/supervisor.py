"""Starts and stops the embedded Argilla of a data folder, and says how it is.

Two processes run: the server (engine/argilla_sqlite/serve.py) and the Valkey that Argilla queues
its jobs in, which listens on a socket in a private folder only. Both are detached: they outlive
the command, and a kill of either leaves a folder from which `up` starts again.
"""

import json
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from curator.base import store
from curator.base.errors import ArgillaError
from curator.review.argilla.server import address, environment, launch
from curator.review.argilla.server.address import url_of
from curator.review.argilla.server.environment import Report
from curator.review.argilla.server.folder import OWNER, Folder

PATIENCE = 180  # seconds until a server that has not answered is given up
_GRACE = 15  # seconds to end by itself


@dataclass(frozen=True)
class RunningServer:
    """A server that answers. `password` is the owner's, known only when it was just made."""

    url: str
    pid: int
    api_key_file: Path
    password: str | None = None

    @property
    def api_key(self) -> str:
        """The owner's API key."""
        return self.api_key_file.read_text("utf-8").strip()


@dataclass(frozen=True)
class Status:
    """How a server is; memory in MB of all its processes, uptime in seconds.

    `died`: it was not stopped by `down`, yet runs no more.
    """

    running: bool
    data: str
    url: str | None = None
    pid: int | None = None
    memory_mb: float | None = None
    uptime_s: float | None = None
    records: int | None = None
    died: bool = False

    def document(self) -> dict[str, Any]:
        """Return a JSON object."""
        return asdict(self)


@contextmanager
def _exclusive(data: Path) -> Iterator[Folder]:
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    fd = os.open(data / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        store.lock(fd, data, PATIENCE, "starts or stops this Argilla")
        yield Folder(data.resolve())
    finally:
        os.close(fd)


def running(data: Path) -> RunningServer | None:
    """Find the server of a data folder, if its processes live."""
    folder = Folder(data.resolve())
    live = folder.processes()
    if {"server", "valkey"} - live.keys():
        return None
    return RunningServer(url_of(folder.served()), live["server"].pid, folder.key_file())


def up(
    data: Path,
    host: str | None = None,
    port: int | None = None,
    report: Report = lambda line: None,
) -> RunningServer:
    """Start the server of a data folder and wait until it answers; one that runs is left alone.

    `host` and `port` are remembered once it answers there; at first they are 127.0.0.1 and a free
    port, 6900 if it can be. Raises ArgillaError: the environment cannot be made, the port is taken,
    the server ends or does not answer, or would serve others with credentials that everybody knows.
    """
    with _exclusive(data) as folder:
        if server := running(data):
            _refuse_other(server, folder, host, port)
            return server
        _stop(folder)
        place = environment.ensure(report)
        report("starting Argilla")
        return _start(folder, place, *address.choose(folder.settings(), host, port))


def _refuse_other(
    server: RunningServer, folder: Folder, host: str | None, port: int | None
) -> None:
    kept = folder.served()
    if (host or kept["host"], port or kept["port"]) != (kept["host"], kept["port"]):
        hint = "curator argilla down, then up again"
        raise ArgillaError(f"Argilla runs already, at {server.url}", where=folder.path, hint=hint)


def _start(folder: Folder, place: Path, host: str, port: int) -> RunningServer:
    import psutil

    sockets = Path(tempfile.mkdtemp(prefix="curator-argilla-"))  # short: a socket's path must be
    for name in ("tmp", "valkey"):
        (folder.path / name).mkdir(exist_ok=True)
    seen = launch.variables(folder, sockets / "valkey.sock")
    accounts = launch.accounts(folder)
    mark = secrets.token_hex(16)  # its answers have it: another program's do not
    valkey = launch.detach(folder, "valkey", launch.valkey_command(place, sockets, folder), seen)
    live = {"valkey": psutil.Process(valkey.pid)}
    noted: dict[str, Any] = {"sockets": str(sockets), "address": {"host": host, "port": port}}
    folder.keep_processes(live, **noted)
    command = launch.server_command(place, host, port)
    server = launch.detach(folder, "server", command, seen, json.dumps({**accounts, "mark": mark}))
    folder.keep_processes({**live, "server": psutil.Process(server.pid)}, **noted)
    url = url_of(noted["address"])
    try:
        _await(folder, server, url, mark)
    except BaseException:
        _stop(folder)
        raise
    folder.keep_settings(host, port)
    shown = accounts["password"] if _opens(url, accounts["password"]) else None
    return RunningServer(url, server.pid, folder.key_file(), shown)


def _await(folder: Folder, server: "subprocess.Popen[bytes]", url: str, mark: str) -> None:
    """Wait until the server answers, with its mark; raises ArgillaError when it ends, or takes too
    long. Another program may have taken the port since it was chosen, and answer there.
    """
    import requests

    start, other = time.monotonic(), False
    while time.monotonic() < start + PATIENCE:
        if server.poll() is not None:
            raise _ended(folder, server.returncode, url)
        try:
            told = requests.get(f"{url}/api/v1/version", timeout=5, allow_redirects=False)
            other = told.headers.get(launch.MARK) != mark
            if told.ok and not other:
                return
        except requests.RequestException:
            other = False
        time.sleep(0.2)
    if other:
        raise _taken(url)
    raise ArgillaError(f"Argilla does not answer after {PATIENCE} s", where=folder.log)


def _taken(url: str) -> ArgillaError:
    hint = "up again, or give another port with --port"
    return ArgillaError(f"another program took {url} while Argilla started", hint=hint)


def _ended(folder: Folder, code: int, url: str) -> ArgillaError:
    text = folder.log.read_text("utf-8", "replace")
    if "address already in use" in text:
        return _taken(url)
    lines = text.split("\n")
    words = next((line.strip() for line in reversed(lines) if line.strip()), f"exit code {code}")
    if code == launch.REFUSED:
        why = f"{words} has a password or an API key that everybody knows; not served to others"
        hint = "curator argilla users reset NAME, or up --host 127.0.0.1"
        return ArgillaError(why, where=folder.path, hint=hint)
    return ArgillaError(f"Argilla ended while starting: {words[:300]}", where=folder.log)


def _opens(url: str, password: str) -> bool:
    """Tell whether the owner's password is this one: it is, if the owner was made just now."""
    import requests

    form = {"username": OWNER, "password": password}
    return requests.post(f"{url}/api/v1/token", data=form, timeout=30).status_code < 400


def down(data: Path) -> bool:
    """Stop the server of a data folder; False if none ran. Only processes that `up` started."""
    if not data.is_dir():
        return False
    with _exclusive(data) as folder:
        return _stop(folder)


def _stop(folder: Folder) -> bool:
    """End the processes, the server and its job first; kills those that take more than 15 s."""
    import psutil

    live = folder.processes()
    for name in ("server", "valkey"):
        if process := live.get(name):
            family = [process, *process.children(recursive=True)]
            process.terminate()
            _, left = psutil.wait_procs(family, timeout=_GRACE)
            for survivor in left:
                survivor.kill()
            psutil.wait_procs(left, timeout=_GRACE)
    if sockets := folder.noted().get("sockets"):
        shutil.rmtree(sockets, ignore_errors=True)
    shutil.rmtree(folder.path / "tmp", ignore_errors=True)
    folder.forget_processes()
    return "server" in live


def status(data: Path) -> Status:
    """Tell how the server of a data folder is; starts nothing."""
    import psutil

    folder = Folder(data.resolve())
    live, server = folder.processes(), running(data)
    if server is None or "server" not in live:
        return Status(False, str(data), died="server" in folder.noted().get("processes", {}))
    memory = 0.0
    for process in live.values():
        for member in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):  # a job that ended just now
                memory += member.memory_info().rss / 1e6
    uptime = round(time.time() - live["server"].create_time())
    where = (server.url, server.pid)
    return Status(True, str(data), *where, round(memory, 1), uptime, _records(folder))


def _records(folder: Folder) -> int:
    """Count the records, in the database beside the server."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(f"file:{folder.database}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM records").fetchone()[0])
