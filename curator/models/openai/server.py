"""Send requests to a server that speaks OpenAI's protocol: retries, waits, and its errors."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from curator.base.errors import ModelError
from curator.models.openai.endpoint import KEYS, endpoint_for

if TYPE_CHECKING:
    import httpx

Json = dict[str, Any]
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_ABSENT = {404, 405, 501}
_CONNECT = 10.0
_NO_ADDRESS = "is this the address of an OpenAI-compatible server? it usually ends in /v1"


@dataclass(frozen=True)
class RetryPolicy:
    """How often a request is tried, and how long to wait between two tries, in seconds.

    The wait is `first`, doubled each time, at most `longest`. A server may ask for another one with
    Retry-After; where that is more than `longest_asked`, the request has failed.
    """

    attempts: int = 5
    first: float = 0.5
    longest: float = 8
    longest_asked: float = 60

    def wait(self, failed: int) -> float:
        """Return the wait after so many failures, with jitter, so that requests spread out."""
        whole = min(self.first * 2.0 ** (failed - 1), self.longest)
        return whole * random.uniform(0.5, 1)  # noqa: S311


class StatusError(ModelError):
    """An answer with an HTTP status other than 200."""

    def __init__(self, what: str, where: str, status: int, hint: str | None = None):
        super().__init__(what, where=where, hint=hint)
        self.status = status


class _TransientError(Exception):
    """An error that a retry may cure; `after` are the seconds that the server asks to wait."""

    def __init__(self, error: ModelError, after: float | None = None):
        super().__init__(str(error))
        self.error, self.after = error, after


class Server:
    """One server, whose answers may take `timeout` seconds each.

    Paths are relative to its address, or, with a slash in front, to what stands before /v1.
    """

    def __init__(self, url: str, timeout: float, retries: RetryPolicy | None = None):
        self._endpoint, self._timeout = endpoint_for(url), timeout
        self._retries = retries or RetryPolicy()
        self.url = self._endpoint.url

    def client(self) -> "httpx.AsyncClient":
        """Return the connections of one piece of work; closing them cancels what is under way."""
        import httpx

        key = self._endpoint.key
        return httpx.AsyncClient(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=None),
            timeout=httpx.Timeout(None, connect=min(_CONNECT, self._timeout)),
            trust_env=not self._endpoint.local,  # a proxy is for what is outside of this machine
        )

    async def get(self, client: "httpx.AsyncClient", path: str) -> Json:
        """Return the JSON object at a path; raises ModelError."""
        return await self._request(client, "GET", path, None)

    async def get_if_present(self, client: "httpx.AsyncClient", path: str) -> Json:
        """Return the JSON object at a path, or {} where the server has no such path."""
        try:
            return await self.get(client, path)
        except StatusError as error:
            if error.status in _ABSENT:
                return {}
            raise

    async def post(self, client: "httpx.AsyncClient", path: str, body: Mapping[str, Any]) -> Json:
        """Post a JSON object and return the answer; raises ModelError."""
        return await self._request(client, "POST", path, body)

    async def _request(
        self, client: "httpx.AsyncClient", method: str, path: str, body: Mapping[str, Any] | None
    ) -> Json:
        """Try until there is an answer, an error that stays, or no try left."""
        root = path.startswith("/")
        address = self.url.removesuffix("/v1") + path if root else f"{self.url}/{path}"
        request = client.build_request(method, address, json=body)
        failed = 0
        while True:
            try:
                return self._read(await self._send(client, request))
            except _TransientError as error:
                failed += 1
                wait = self._retries.wait(failed) if error.after is None else error.after
                if failed == self._retries.attempts or wait > self._retries.longest_asked:
                    raise error.error from error.__cause__
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
            what = f"no server answers: {self._endpoint.redact(str(error)) or type(error).__name__}"
            hint = "start it, or check the address; then run the same command again"
            raise _TransientError(ModelError(what, where=self.url, hint=hint)) from error

    def _read(self, answer: "httpx.Response") -> Json:
        if answer.status_code in _BUSY:
            after = retry_after(answer.headers.get("Retry-After"))
            raise _TransientError(self._status_error(answer), after)
        if answer.status_code != 200:
            raise self._status_error(answer)
        try:
            content = answer.json()
        except (ValueError, RecursionError) as error:
            raise ModelError("answers no JSON", where=self.url, hint=_NO_ADDRESS) from error
        if not isinstance(content, dict):
            raise ModelError("answers no JSON object", where=self.url, hint=_NO_ADDRESS)
        return content

    def _status_error(self, answer: "httpx.Response") -> StatusError:
        status = answer.status_code
        if status in (401, 403):
            hint = f"set {' or '.join(KEYS)} to a key that it takes"
            what = "refuses the key" if self._endpoint.key else "wants a key"
            return StatusError(f"{what} (status {status})", self.url, status, hint)
        said = self._endpoint.redact(_error_message(answer)) or "no reason given"
        where = _NO_ADDRESS if status == 404 else None
        return StatusError(f"answers {status}: {said}", self.url, status, where)


def retry_after(value: str | None) -> float | None:
    """Return the seconds in a Retry-After header, which has them or a date (RFC 9110, 10.2.3)."""
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


def _error_message(answer: "httpx.Response") -> str:
    """Return the reason that an error gives, which servers write in one of three places."""
    try:
        content = answer.json()
    except (ValueError, RecursionError):
        return ""  # a page of a proxy
    error: Any = content.get("error", content) if isinstance(content, dict) else None
    said = error.get("message", error.get("detail")) if isinstance(error, dict) else error
    return said if isinstance(said, str) else ""
