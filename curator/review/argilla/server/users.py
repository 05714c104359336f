"""People of the embedded Argilla, added through Argilla's own interface.

Passwords are random and handed to the caller once; Argilla keeps a hash, and we nothing. API keys
go to files that only the user reads. What Argilla's interface has no way for, a program in the
server's environment does (engine/argilla_sqlite/people.py), whether the server runs or not.
"""

import json
import re
import secrets
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from curator.base.errors import ArgillaError
from curator.review.argilla.server import environment, launch
from curator.review.argilla.server.address import url_of
from curator.review.argilla.server.folder import OWNER, Folder
from curator.review.argilla.server.launch import WORKSPACE
from curator.review.argilla.server.supervisor import running

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Role(StrEnum):
    """Argilla's roles: reviews; also manages the workspace's datasets; may do everything.

    An admin can read the API keys of the workspace's members (Argilla's GET /workspaces/ID/users),
    and so answer in their name; an owner everybody's. Who only reviews is an annotator.
    """

    ANNOTATOR = "annotator"
    ADMIN = "admin"
    OWNER = "owner"


@dataclass(frozen=True)
class UserAccount:
    """A person who can log in; the password is known here only."""

    name: str
    role: Role
    password: str
    api_key_file: Path
    url: str

    def document(self) -> dict[str, str]:
        """Return a JSON object, password included: it is shown once."""
        shown = {"name": self.name, "role": str(self.role), "password": self.password}
        return {**shown, "api_key_file": str(self.api_key_file), "url": self.url}


def add(
    data: Path, name: str, role: Role = Role.ANNOTATOR, workspace: str = WORKSPACE
) -> UserAccount:
    """Make a user, a member of `workspace`.

    Raises ArgillaError: no server runs, the name is taken or cannot be one.
    """
    if not _NAME.fullmatch(name):
        hint = "letters, digits, dots, hyphens and underscores, at most 64"
        raise ArgillaError(f"not a user name: {name!r}", hint=hint)
    server = _Server.of(data)
    if server.user(name):
        hint = f"curator argilla users reset {name} gives a new password"
        raise ArgillaError(f"there is a user {name} already", hint=hint)
    password = secrets.token_urlsafe(12)
    account = {"first_name": name, "username": name, "role": role, "password": password}
    return server.welcome(server.call("POST", "users", account), password, workspace)


def reset(data: Path, name: str, workspace: str = WORKSPACE) -> UserAccount:
    """Give a user another password and another API key; what had the old ones is shut out.

    Browsers that are logged in are logged out. No server need run. Raises ArgillaError for an
    unknown user.
    """
    folder = Folder(data.resolve())
    fresh = {"password": secrets.token_urlsafe(12), "api_key": secrets.token_urlsafe(48)}
    role = _people(folder, "reset", name=name, workspace=workspace, **fresh)
    folder.write_secret(folder.key_file(name), fresh["api_key"])
    where = folder.served()
    url = url_of(where) if where else ""
    return UserAccount(name, Role(role), fresh["password"], folder.key_file(name), url)


@dataclass(frozen=True)
class Member:
    """A user of the server: in which workspaces they are, and how many answers they submitted, in
    all datasets: those to controls and duels too, which `curator review status` counts apart.
    """

    name: str
    role: str
    workspaces: list[str]
    answers: int


def members(data: Path) -> list[Member]:
    """List the users, in the order of their arrival; no server need run."""
    return [Member(**user) for user in _people(Folder(data.resolve()), "list")]


def remove(data: Path, name: str) -> int:
    """Lock a user out, and delete one who never answered; returns how many answers stay,
    drafts and discarded ones too.

    No server need run. Raises ArgillaError for an unknown user, and for the owner that `up` makes.
    """
    if name == OWNER:
        raise ArgillaError(f"{OWNER} is the owner whose key the commands use")
    folder = Folder(data.resolve())
    answers = int(_people(folder, "remove", name=name))
    folder.key_file(name).unlink(missing_ok=True)
    return answers


def _people(folder: Folder, call: str, **given: str) -> Any:
    """Ask the program that knows the database; raises ArgillaError for what it refuses."""
    if not folder.database.is_file():
        hint = "curator argilla up"
        raise ArgillaError("there is no Argilla here yet", where=folder.path, hint=hint, away=True)
    python = str(environment.python_of(environment.ensure()))
    with TemporaryDirectory() as scratch:
        seen = launch.variables(folder, Path(scratch) / "none.sock")
        done = subprocess.run(
            [python, "-m", "argilla_sqlite.people"],
            input=json.dumps({"call": call, **given}),
            capture_output=True,
            cwd=folder.path,
            env={**seen, "TMPDIR": scratch},
            encoding="utf-8",
            check=False,
        )
    lines = done.stdout.strip().split("\n")
    if done.returncode:
        why = (done.stderr.strip().split("\n") or [""])[-1][:300]
        raise ArgillaError(f"cannot read or change the users: {why}", where=folder.database)
    said = json.loads(lines[-1])
    if "refused" in said:
        raise ArgillaError(said["refused"], hint="curator argilla users list")
    return said["answer"]


@dataclass(frozen=True)
class _Server:
    """The interface of a running server, as its owner sees it."""

    url: str
    key: str
    folder: Folder

    @classmethod
    def of(cls, data: Path) -> "_Server":
        server = running(data)
        if server is None:
            hint = "curator argilla up"
            raise ArgillaError("Argilla does not run here", where=data, hint=hint, away=True)
        return cls(server.url, server.api_key, Folder(data.resolve()))

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Make a request; raises ArgillaError when the server refuses it or does not answer."""
        import requests

        address, headers = f"{self.url}/api/v1/{path}", {"X-Argilla-Api-Key": self.key}
        try:
            got = requests.request(method, address, json=body, headers=headers, timeout=60)
        except requests.RequestException as error:
            raise ArgillaError("Argilla does not answer", where=self.url) from error
        if not got.ok:
            why = f"Argilla refuses {method} {path}: {got.status_code} {got.text[:200]}"
            raise ArgillaError(why, where=self.url)
        return got.json()

    def user(self, name: str) -> dict[str, Any] | None:
        """Find the user of that name, if there is one."""
        users = self.call("GET", "users")["items"]
        return next((user for user in users if user["username"] == name), None)

    def welcome(self, user: dict[str, Any], password: str, workspace: str) -> UserAccount:
        """Let a user into the workspace, and keep the API key."""
        role = Role(user["role"])
        home = self._workspace(workspace)
        members = self.call("GET", f"users/{user['id']}/workspaces")["items"]
        if role is not Role.OWNER and home not in [w["id"] for w in members]:
            self.call("POST", f"workspaces/{home}/users", {"user_id": user["id"]})
        key_file = self.folder.key_file(user["username"])
        self.folder.write_secret(key_file, user["api_key"])
        return UserAccount(user["username"], role, password, key_file, self.url)

    def _workspace(self, name: str) -> str:
        workspaces = self.call("GET", "me/workspaces")["items"]
        known = next((w["id"] for w in workspaces if w["name"] == name), None)
        return str(known or self.call("POST", "workspaces", {"name": name})["id"])
