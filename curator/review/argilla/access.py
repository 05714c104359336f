"""Where the server is, with which key, and what its faults mean: SDK errors become ArgillaError."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from curator.base.errors import ArgillaError, CuratorError, DataError
from curator.records.project import Project
from curator.review.argilla.server import supervisor
from curator.review.argilla.server.folder import default_data
from curator.review.recipe import ServerSettings

_BUSY = {429, 500, 502, 503, 504}


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Raise ArgillaError in place of what the SDK and its HTTP client raise."""
    import httpx
    from argilla._exceptions import ArgillaAPIError
    from argilla._exceptions import ArgillaError as SdkError

    try:
        yield
    except (SdkError, ArgillaAPIError) as error:
        raise _fault(error, url) from error
    except httpx.HTTPStatusError as error:
        raise _status(error.response.status_code, error.response.text, url) from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        hint = "start it with `curator argilla up`, or check ARGILLA_API_URL"
        what = f"no Argilla answers: {' '.join(str(error).split()) or type(error).__name__}"
        raise ArgillaError(what, where=url, hint=hint, transient=True, away=True) from error


def _fault(error: Exception, url: str) -> ArgillaError:
    """Translate an error of the SDK, by its cause where the SDK wraps one."""
    from argilla._exceptions import ForbiddenError
    from argilla._exceptions._client import ArgillaCredentialsError

    cause: BaseException = error.__cause__ or error
    if isinstance(error, ArgillaCredentialsError):
        return _status(401, "", url)
    if isinstance(error, ForbiddenError) or isinstance(cause, ForbiddenError):
        return _status(403, "", url)
    return _status(getattr(cause, "status_code", 0), str(cause), url)


def _status(code: int, text: str, url: str) -> ArgillaError:
    if code == 401:
        hint = "check ARGILLA_API_KEY; it stands under 'My settings' in Argilla"
        return ArgillaError("Argilla refuses the API key", where=url, hint=hint)
    if code == 403:
        hint = "use the key of an owner or of an admin of the workspace"
        return ArgillaError("this user may not do that in Argilla", where=url, hint=hint)
    what = " ".join(text.split())[:300] or "no reason given"
    return ArgillaError(
        f"Argilla answers {code or 'with a fault'}: {what}", where=url, transient=code in _BUSY
    )


@dataclass(frozen=True)
class Access:
    """Where a server is and the key that opens it."""

    url: str
    key: str = field(repr=False)


def access_at(url: str, key_file: Path) -> Access:
    """Return the server at an address, with the key in a file; raises DataError without one."""
    try:
        return Access(url.rstrip("/"), key_file.expanduser().read_text("utf-8").strip())
    except OSError as error:
        raise DataError(f"cannot read the key: {error.strerror}", where=key_file) from error


def access(settings: ServerSettings, root: Path) -> Access | None:
    """Return the server that the environment or the recipe names; None where neither names one.

    `root` is where a relative `key_file` is looked for.
    """
    url = os.environ.get("ARGILLA_API_URL") or settings.url
    key = os.environ.get("ARGILLA_API_KEY")
    if not url:
        return None
    if key:
        return Access(url.rstrip("/"), key)
    if settings.key_file:
        return access_at(url, root / Path(settings.key_file).expanduser())
    hint = "set ARGILLA_API_KEY, or name a key_file in the recipe"
    raise CuratorError("there is no API key for this server", where=url, hint=hint)


def embedded(project: Project) -> Access | None:
    """Return the embedded server, where it runs with the data of a project."""
    server = supervisor.running(default_data(project))
    return Access(server.url, server.api_key) if server else None


def is_known(settings: ServerSettings, project: Project) -> bool:
    """Tell whether a server is named, or the embedded one runs; asks the server itself nothing."""
    if os.environ.get("ARGILLA_API_URL") or settings.url:
        return True
    return supervisor.running(default_data(project)) is not None


def need_access(settings: ServerSettings, root: Path) -> Access:
    """The server that is named, else the embedded one; raises ArgillaError where neither is."""
    server = access(settings, root) or embedded(Project(root))
    if server is None:
        hint = "start one with `curator argilla up`, or set ARGILLA_API_URL and ARGILLA_API_KEY"
        raise ArgillaError("no Argilla server is named, and none runs here", hint=hint, away=True)
    return server
