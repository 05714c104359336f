"""Argilla's server with this engine: `python -m argilla_sqlite.serve --host H --port P`.

Reads one JSON object from standard input, so that no password is on a command line or in an
environment: `owner` (username), `password` for an owner that is new, `api_key`, `workspace`, and
`mark`, which every answer has in a header: who started this server knows it by that.
Settings come from ARGILLA_* variables. Prepares the database (migrations, write-ahead log, index,
owner), refuses to serve others with default credentials, serves until SIGTERM.
"""

import argparse
import asyncio
import ipaddress
import json
import socket
import sqlite3
import sys
from contextlib import closing
from typing import Any

from argilla_server.contexts import accounts
from argilla_server.database import ALEMBIC_CONFIG_FILE, AsyncSessionLocal, async_engine
from argilla_server.enums import UserRole
from argilla_server.models import User, Workspace

from . import answers, credentials, engine, jobs, pages, parties, schema, texts
from .credentials import DEFAULT_KEYS, DEFAULT_PASSWORDS

REFUSED = 3  # exit code: default credentials


def migrate() -> None:
    """Bring Argilla's tables to this version's form, in a database that survives kills."""
    import alembic.config

    with closing(sqlite3.connect(engine.database())) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    alembic.config.main(argv=["-c", ALEMBIC_CONFIG_FILE, "upgrade", "head"])
    with closing(engine.connect()) as connection:
        schema.ensure(connection)


async def ensure_owner(given: dict[str, Any]) -> None:
    """Create the owner and the workspace unless they are there; sets the API key given."""
    async with AsyncSessionLocal() as db:
        owner = await User.get_by(db, username=given["owner"])
        if owner is None:
            owner = User(
                first_name=given["owner"],
                username=given["owner"],
                role=UserRole.owner,
                password_hash=accounts.hash_password(given["password"]),
            )
        owner.api_key = given["api_key"]
        await owner.save(db)
        if await Workspace.get_by(db, name=given["workspace"]) is None:
            await Workspace.create(db, name=given["workspace"])


async def with_default_credentials() -> list[str]:
    """List the users whose password or API key is one that everybody knows."""
    from sqlalchemy import select

    async with AsyncSessionLocal() as db:
        users = (await db.scalars(select(User))).all()
    return [
        user.username
        for user in users
        if user.api_key in DEFAULT_KEYS
        or any(
            accounts.verify_password(password, user.password_hash)
            for password in (*DEFAULT_PASSWORDS, user.username)
        )
    ]


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach a server on `host`."""
    addresses = {str(info[4][0]) for info in socket.getaddrinfo(host, None)}
    return all(ipaddress.ip_address(address).is_loopback for address in addresses)


async def prepare(given: dict[str, Any], host: str) -> list[str]:
    """Create the owner; returns the users for whose sake it must not serve."""
    await ensure_owner(given)
    weak = [] if is_loopback(host) else await with_default_credentials()
    await async_engine.dispose()  # its connections belong to this event loop
    return weak


class ContentPolicy:
    """Middleware that tells browsers to fetch nothing from elsewhere, not even Argilla's fonts.

    Records hold what a model wrote: an image in it must not tell its host who reads.
    """

    POLICY = (
        b"content-security-policy",
        b"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:",
    )

    def __init__(self, app: Any):
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request, with the header."""

        async def send_with_policy(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], self.POLICY]
            await send(message)

        await self._app(scope, receive, send_with_policy)


class Marked:
    """Middleware that puts the mark of this start on every answer."""

    HEADER = b"x-curator-start"

    def __init__(self, app: Any, mark: str):
        self._app, self._mark = app, mark.encode()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request, with the header."""

        async def send_marked(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (self.HEADER, self._mark)]
            await send(message)

        await self._app(scope, receive, send_marked)


class PossiblePaths:
    """Middleware that answers 404 where no file can be: the pages' server asks the system for any
    name, and fails (500) by one with a NUL or longer than a name may be.
    """

    LONGEST = 255  # bytes of a name, on all our file systems

    def __init__(self, app: Any):
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request whose path is none; pass on the others."""
        path = scope.get("path", "")
        names = path.encode("utf-8", "surrogateescape").split(b"/")
        possible = "\0" not in path and all(len(name) <= self.LONGEST for name in names)
        if scope["type"] != "http" or possible:
            await self._app(scope, receive, send)
            return
        head = {"type": "http.response.start", "status": 404, "headers": []}
        await send(head)
        await send({"type": "http.response.body", "body": b""})


def main() -> None:
    """Prepare and serve."""
    import uvicorn

    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    migrate()
    given = json.load(sys.stdin)
    weak = asyncio.run(prepare(given, options.host))
    if weak:
        print(", ".join(sorted(weak)), flush=True)  # the last line of the log
        raise SystemExit(REFUSED)
    jobs.watch()
    texts.fill_behind(engine.connect)
    parties.enforce()
    credentials.enforce()
    from argilla_server import app  # only now: it connects to Redis, and copies its pages

    pages.amend(pages.served(app))
    app.add_middleware(answers.CompleteAnswers)
    app.add_middleware(ContentPolicy)
    app.add_middleware(PossiblePaths)
    app.add_middleware(Marked, mark=given["mark"])
    uvicorn.run(app, host=options.host, port=options.port, access_log=False)


if __name__ == "__main__":
    main()
