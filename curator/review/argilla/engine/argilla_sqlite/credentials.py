"""Credentials: sessions end with the password that opened them, and no password that everybody
knows is taken.

Argilla's session tokens name a user and are good for a day, whatever happens to that user. Here a
token holds a digest of the password's hash besides, and is refused when that is another one.
"""

import hashlib
from typing import Any

# Those of Argilla itself and of its images, and what people type first.
DEFAULT_PASSWORDS = ("1234", "12345678")
DEFAULT_KEYS = ("argilla.apikey", "owner.apikey", "admin.apikey")
_COMMON = {
    *("password", "passw0rd", "password1", "motdepasse", "azertyuiop", "qwertyuiop", "iloveyou"),
    *("argilla", "argilla1", "argilla1234", "changeme", "administrator", "bienvenue", "rustsensei"),
}
_RUNS = "01234567890abcdefghijklmnopqrstuvwxyzazertyuiopqsdfghjklmqwertyuiopasdfghjkl"
_CLAIM = "opened_by"


def is_weak(password: str, username: str = "") -> bool:
    """Tell whether a password is one that is tried first: well known, a run, or the user's name."""
    low = password.casefold()
    run = low in _RUNS or low[::-1] in _RUNS
    named = bool(username) and low.startswith(username) and len(low) < len(username) + 5
    return low in _COMMON or run or named or len(set(low)) < 3


def _opened_by(user: Any) -> str:
    return hashlib.sha256(user.password_hash.encode()).hexdigest()[:24]


def enforce() -> None:
    """Wrap what makes and reads session tokens, and what sets passwords, in argilla-server 2.8."""
    from argilla_server.contexts import accounts
    from argilla_server.security.authentication.db import BearerTokenAuthenticationBackend
    from argilla_server.security.authentication.jwt import JWT
    from argilla_server.security.authentication.userinfo import UserInfo

    def generate_user_token(user: Any) -> str:
        claims = {"identity": str(user.id), "name": user.first_name, "username": user.username}
        given = UserInfo(**claims, role=user.role, **{_CLAIM: _opened_by(user)})
        return str(JWT.create(given))

    authenticated = BearerTokenAuthenticationBackend.authenticate

    async def authenticate(backend: Any, request: Any) -> Any:
        found = await authenticated(backend, request)
        if found is None:
            return None
        credentials = await backend.scheme(request)
        user = await accounts.get_user_by_username(request.state.db, found[1].username)
        opened_by = JWT.decode(credentials.credentials).get(_CLAIM)
        return found if user and opened_by == _opened_by(user) else None

    accounts.generate_user_token = generate_user_token
    BearerTokenAuthenticationBackend.authenticate = authenticate
    _refuse_weak_passwords(accounts)


def _refuse_weak_passwords(accounts: Any) -> None:
    from argilla_server.errors.future import UnprocessableEntityError

    create, update = accounts.create_user, accounts.update_user
    why = "this password is one that is tried first; choose another"

    async def create_user(db: Any, user_attrs: Any, *more: Any, **named: Any) -> Any:
        if is_weak(user_attrs["password"], user_attrs["username"].casefold()):
            raise UnprocessableEntityError(why)
        return await create(db, user_attrs, *more, **named)

    async def update_user(db: Any, user: Any, user_attrs: Any) -> Any:
        password = user_attrs.get("password")
        if password is not None and is_weak(password, user.username.casefold()):
            raise UnprocessableEntityError(why)
        return await update(db, user, user_attrs)

    accounts.create_user, accounts.update_user = create_user, update_user
