"""The command lines and environments of the two processes, and how they get detached."""

import os
import secrets
import subprocess
from pathlib import Path

from curator.review.argilla.server import environment
from curator.review.argilla.server.folder import OWNER, Folder

WORKSPACE = "rustsensei"
ENGINE = Path(__file__).parent.with_name("engine")
REFUSED = 3  # serve.py's exit code: default credentials
MARK = "x-curator-start"  # the header by which serve.py's answers are known as its own


def variables(folder: Folder, valkey: Path) -> dict[str, str]:
    """Make the environment of the server's processes: the user's, less Argilla's and Python's."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ARGILLA_", "PYTHON"))}
    ours = {
        "PYTHONPATH": str(ENGINE),
        "PYTHONUNBUFFERED": "1",
        "ARGILLA_HOME_PATH": str(folder.path),
        # Relative to the data folder, in which the server runs: no path needs quoting.
        "ARGILLA_DATABASE_URL": f"sqlite+aiosqlite:///{folder.database.name}",
        "ARGILLA_DATABASE_SQLITE_TIMEOUT": "30",
        "ARGILLA_SEARCH_ENGINE": "sqlite",
        "ARGILLA_REDIS_URL": f"unix://{valkey}",
        "ARGILLA_AUTH_SECRET_KEY": _session_secret(folder),
        "ARGILLA_ENABLE_TELEMETRY": "0",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_OFFLINE": "1",
        "TMPDIR": str(folder.path / "tmp"),  # Argilla copies its pages there at every start
    }
    return kept | ours


def _session_secret(folder: Folder) -> str:
    """Return what signs the sessions of browsers, so that a restart logs nobody out."""
    path = folder.path / "keys" / ".sessions"
    if not path.exists():
        folder.write_secret(path, secrets.token_urlsafe(48))
    return path.read_text("utf-8").strip()


def server_command(place: Path, host: str, port: int) -> list[str]:
    """Return how the server is started; it reads `accounts` from its standard input."""
    python = str(environment.python_of(place))
    return [python, "-m", "argilla_sqlite.serve", "--host", host, "--port", str(port)]


def accounts(folder: Folder) -> dict[str, str]:
    """Return what serve.py is to make sure of; the password counts only for a new owner."""
    path = folder.key_file()
    if not path.exists():
        folder.write_secret(path, secrets.token_urlsafe(48))
    return {
        "owner": OWNER,
        "password": secrets.token_urlsafe(15),
        "api_key": path.read_text("utf-8").strip(),
        "workspace": WORKSPACE,
    }


def valkey_command(place: Path, sockets: Path, folder: Folder) -> list[str]:
    """Return how Valkey is started, on a socket in the folder `sockets`."""
    listen = ["--port", "0", "--unixsocket", str(sockets / "valkey.sock")]
    # Jobs survive a kill; there are few, and they are small.
    keep = ["--dir", str(folder.path / "valkey"), "--appendonly", "yes", "--save", ""]
    private = ["--unixsocketperm", "700", "--loglevel", "warning"]
    return [str(environment.valkey_of(place)), *listen, *private, *keep]


def detach(
    folder: Folder, name: str, command: list[str], environ: dict[str, str], stdin: str = ""
) -> "subprocess.Popen[bytes]":
    """Start a process that outlives us, with `stdin` on its standard input."""
    with (folder.path / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder.path,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,  # the database holds API keys
        )
    assert process.stdin is not None  # noqa: S101  a pipe was asked for
    with process.stdin as pipe:
        pipe.write(stdin.encode())
    return process
