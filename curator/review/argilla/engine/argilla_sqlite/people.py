"""The users of a database, whether a server runs on it or not: `python -m argilla_sqlite.people`.

Reads one JSON object from standard input, so that no password is on a command line: `call`, which
is a function's name here, and its arguments. Writes `{"answer": ...}` or `{"refused": ...}` as its
last line. Argilla's own interface lists users, but cannot change their API keys.
"""

import asyncio
import json
import secrets
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from argilla_server.contexts import accounts
from argilla_server.database import AsyncSessionLocal
from argilla_server.enums import ResponseStatus
from argilla_server.models import Response, User, Workspace, WorkspaceUser
from sqlalchemy import delete, func, select


async def _user(db: Any, name: str) -> User:
    user = await accounts.get_user_by_username(db, name)
    if user is None:
        raise ValueError(f"no user {name}")
    return user


async def list_users(db: Any) -> list[dict[str, Any]]:
    """List the users with their role, workspaces, and how many answers they submitted."""
    given = Response.status == ResponseStatus.submitted
    counted = select(Response.user_id, func.count()).where(given).group_by(Response.user_id)
    answers = dict((await db.execute(counted)).all())
    return [
        {
            "name": user.username,
            "role": user.role.value,
            "workspaces": [workspace.name for workspace in user.workspaces],
            "answers": answers.get(user.id, 0),
        }
        for user in await accounts.list_users(db)
    ]


async def reset(db: Any, name: str, password: str, api_key: str, workspace: str) -> str:
    """Give a user another password and another API key, and let them in; returns the role.

    Sessions that the old password opened end (see credentials.py).
    """
    user = await _user(db, name)
    user.password_hash, user.api_key = accounts.hash_password(password), api_key
    await user.save(db, autocommit=False)
    home = await Workspace.get_by(db, name=workspace)
    if home is None:
        home = await Workspace.create(db, name=workspace, autocommit=False)
        await db.flush()
    if not user.is_owner and not await user.is_member(home.id):
        await WorkspaceUser.create(db, workspace_id=home.id, user_id=user.id, autocommit=False)
    await db.commit()
    return str(user.role.value)


async def remove(db: Any, name: str) -> int:
    """Lock a user out; one who never answered is deleted. Returns how many answers stay.

    Argilla deletes a user's answers with the user, so that whoever gave some stays in the database,
    in no workspace, with credentials that nobody knows.
    """
    user = await _user(db, name)
    counted = select(func.count()).select_from(Response).filter_by(user_id=user.id)
    answers = int(await db.scalar(counted))
    if not answers:
        await user.delete(db)
        return 0
    user.password_hash = accounts.hash_password(secrets.token_urlsafe(48))
    user.api_key = secrets.token_urlsafe(48)
    await user.save(db, autocommit=False)
    await db.execute(delete(WorkspaceUser).filter_by(user_id=user.id))
    await db.commit()
    return answers


CALLS: dict[str, Callable[..., Awaitable[Any]]] = {
    "list": list_users,
    "reset": reset,
    "remove": remove,
}


async def answer(given: dict[str, Any]) -> dict[str, Any]:
    """Make the call that is asked for."""
    call = CALLS[given.pop("call")]
    async with AsyncSessionLocal() as db:
        try:
            return {"answer": await call(db, **given)}
        except ValueError as error:
            return {"refused": str(error)}


def main() -> None:
    """Answer one request."""
    print(json.dumps(asyncio.run(answer(json.load(sys.stdin)))), flush=True)


if __name__ == "__main__":
    main()
