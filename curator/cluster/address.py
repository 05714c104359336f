"""Check the address of a cluster, and that something answers there."""

import socket
from contextlib import suppress
from urllib.parse import urlsplit

from curator.base.errors import ClusterError

_TIMEOUT = 5.0  # seconds
FORMS = "auto, HOST:PORT from a machine of the cluster, or ray://HOST:PORT (port 10001, mostly)"


def check_reachable(address: str) -> None:
    """Raise ClusterError for an address where nothing answers.

    Ray would try for half a minute, or for several. "auto" is left to Ray.
    """
    if address == "auto":
        return
    host, port = _parts(address)
    try:
        socket.create_connection((host, port), timeout=_TIMEOUT).close()
    except OSError as error:
        what = f"nothing answers there: {error.strerror or error}"
        hint = "is the cluster up? see `ray status`"
        raise ClusterError(what, where=address, hint=hint) from error


def _parts(address: str) -> tuple[str, int]:
    with suppress(ValueError):  # a port that is no number: the error below says so
        parts = urlsplit(address if "://" in address else f"//{address}")
        if parts.scheme in ("", "ray") and parts.hostname and parts.port:
            return parts.hostname, parts.port
    raise ClusterError("no address of a Ray cluster", where=address, hint=FORMS)
