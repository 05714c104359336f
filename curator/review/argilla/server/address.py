"""Where the server answers: host and port."""

import socket
from typing import Any

from curator.base.errors import ArgillaError

LOOPBACK = "127.0.0.1"
USUAL_PORT = 6900  # Argilla's own


def url_of(settings: dict[str, Any]) -> str:
    """Return the address to open in a browser, from host and port."""
    everywhere = settings["host"] in ("0.0.0.0", "::")  # noqa: S104  compared, not bound
    host = LOOPBACK if everywhere else settings["host"]
    return f"http://{f'[{host}]' if ':' in host else host}:{settings['port']}"


def choose(last: dict[str, Any], host: str | None, port: int | None) -> tuple[str, int]:
    """Choose host and port: those asked for, else those of the last start, else free ones.

    Raises ArgillaError when the port asked for or kept is taken, or there is no such host.
    """
    host = host or last.get("host", LOOPBACK)
    wanted = port or last.get("port")
    if wanted is None:
        return host, next(p for p in (USUAL_PORT, _free_port(host)) if _is_free(host, p))
    if not _is_free(host, wanted):
        hint = "stop what uses it, or give another with --port"
        raise ArgillaError(f"port {wanted} of {host} is taken or not ours to use", hint=hint)
    return host, wanted


def _socket(host: str) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][0]
    except OSError as error:
        raise ArgillaError(f"no such address: {host}", hint="127.0.0.1 is this machine") from error
    probe = socket.socket(family, socket.SOCK_STREAM)
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return probe


def _is_free(host: str, port: int) -> bool:
    with _socket(host) as probe:
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):
            return False
    return True


def _free_port(host: str) -> int:
    with _socket(host) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
