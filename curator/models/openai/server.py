"""Requests to a server that speaks OpenAI's protocol: tries, waits, and what its faults mean."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from curator.base.errors import ModelError
from curator.models.openai.access import KEYS, access_to

if TYPE_CHECKING:
    import httpx

Json = dict[str, Any]
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_ABSENT = {404, 405, 501}
_CONNECT = 10.0
_NO_ADDRESS = "is this the address of an OpenAI-compatible server? it usually ends in /v1"


@dataclass(frozen=True)
class Patience:
    """How often a request is tried, and how long is waited between two tries, in seconds.

    The wait is `first`, doubled each time, at most `longest`; a server may ask for another with
    Retry-After, up to `asked`.
    """

    attempts: int = 5
    first: float = 0.5
    longest: float = 8
    asked: float = 60

    def wait(self, failed: int) -> float:
        """Seconds after so many failures; spread, so that those who failed together part."""
        whole = min(self.first * 2.0 ** (failed - 1), self.longest)
        return whole * random.uniform(0.5, 1)  # noqa: S311


class Refused(ModelError):
    """An answer that is none; `status` is that of HTTP."""

    def __init__(self, what: str, where: str, status: int, hint: str | None = None):
        super().__init__(what, where=where, hint=hint)
        self.status = status


class _Again(Exception):
    """A fault that may pass; `after` are the seconds that the server asks for."""

    def __init__(self, fault: ModelError, after: float | None = None):
        super().__init__(str(fault))
        self.fault, self.after = fault, after


class Server:
    """One server; each answer may take `timeout` seconds.

    Paths are relative to its address, or, with a slash in front, to what stands before /v1.
    """

    def __init__(self, url: str, timeout: float, patience: Patience | None = None):
        self._access, self._timeout = access_to(url), timeout
        self._patience = patience or Patience()
        self.url = self._access.url

    def client(self) -> "httpx.AsyncClient":
        """The connections of one piece of work; to close them ends what is under way."""
        import httpx

        key = self._access.key
        return httpx.AsyncClient(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=None),
            timeout=httpx.Timeout(None, connect=min(_CONNECT, self._timeout)),
            trust_env=not self._access.local,  # a proxy is for what is outside of this machine
        )

    async def get(self, client: "httpx.AsyncClient", path: str) -> Json:
        """The JSON object at a path; raises ModelError."""
        return await self._ask(client, "GET", path, None)

    async def find(self, client: "httpx.AsyncClient", path: str) -> Json:
        """The same, or an empty object where the server has no such path."""
        try:
            return await self.get(client, path)
        except Refused as error:
            if error.status in _ABSENT:
                return {}
            raise

    async def post(self, client: "httpx.AsyncClient", path: str, body: Mapping[str, Any]) -> Json:
        """What the server answers to a JSON object; raises ModelError."""
        return await self._ask(client, "POST", path, body)

    async def _ask(
        self, client: "httpx.AsyncClient", method: str, path: str, body: Mapping[str, Any] | None
    ) -> Json:
        """Ask until there is an answer, a fault that stays, or no patience left."""
        root = path.startswith("/")
        address = self.url.removesuffix("/v1") + path if root else f"{self.url}/{path}"
        request = client.build_request(method, address, json=body)
        failed = 0
        while True:
            try:
                return self._read(await self._send(client, request))
            except _Again as again:
                failed += 1
                wait = self._patience.wait(failed) if again.after is None else again.after
                if failed == self._patience.attempts or wait > self._patience.asked:
                    raise again.fault from again.__cause__
            await asyncio.sleep(wait)

    async def _send(
        self, client: "httpx.AsyncClient", request: "httpx.Request"
    ) -> "httpx.Response":
        import httpx

        try:
            async with asyncio.timeout(self._timeout):
                return await client.send(request)
        except TimeoutError as error:
            hint = "raise model.timeout, or lower model.concurrency or sampling.max_tokens"
            what = f"no answer within {self._timeout:g} seconds"
            raise ModelError(what, where=self.url, hint=hint) from error
        except httpx.RequestError as error:
            what = f"no server answers: {self._access.shown(str(error)) or type(error).__name__}"
            hint = "start it, or check the address; then run the same command again"
            raise _Again(ModelError(what, where=self.url, hint=hint)) from error

    def _read(self, answer: "httpx.Response") -> Json:
        if answer.status_code in _BUSY:
            raise _Again(self._fault(answer), retry_after(answer.headers.get("Retry-After")))
        if answer.status_code != 200:
            raise self._fault(answer)
        try:
            found = answer.json()
        except (ValueError, RecursionError) as error:
            raise ModelError("answers no JSON", where=self.url, hint=_NO_ADDRESS) from error
        if not isinstance(found, dict):
            raise ModelError("answers no JSON object", where=self.url, hint=_NO_ADDRESS)
        return found

    def _fault(self, answer: "httpx.Response") -> Refused:
        status = answer.status_code
        if status in (401, 403):
            hint = f"set {' or '.join(KEYS)} to a key that it takes"
            what = "refuses the key" if self._access.key else "wants a key"
            return Refused(f"{what} (status {status})", self.url, status, hint)
        said = self._access.shown(_words(answer)) or "no reason given"
        where = _NO_ADDRESS if status == 404 else None
        return Refused(f"answers {status}: {said}", self.url, status, where)


def retry_after(value: str | None) -> float | None:
    """The seconds of a Retry-After header, which gives them or a date (RFC 9110, 10.2.3)."""
    if not value:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def _words(answer: "httpx.Response") -> str:
    """The reason that an error gives: servers write it in one of three places."""
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        return ""  # a page of a proxy
    error: Any = found.get("error", found) if isinstance(found, dict) else None
    said = error.get("message", error.get("detail")) if isinstance(error, dict) else error
    return said if isinstance(said, str) else ""
