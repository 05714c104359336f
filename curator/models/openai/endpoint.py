"""The address of an OpenAI-compatible server, and the key that it gets.

The key comes from CURATOR_API_KEY, else OPENAI_API_KEY, and from nowhere else. It is in no repr,
and cut out of whatever the server says before that is shown.
"""

import ipaddress
import logging
import os
import re
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit

from curator.base.errors import ModelError

KEYS = ("CURATOR_API_KEY", "OPENAI_API_KEY")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Endpoint:
    """The address of a server, without a slash at its end, and a key, or none."""

    url: str
    key: str = field(default="", repr=False)

    @property
    def local(self) -> bool:
        """Whether the server is on this machine."""
        return _is_local(self.url)

    def redact(self, text: str) -> str:
        """Return a server's words on one line, without the key and without control characters."""
        clean = text.replace(self.key, "***") if self.key else text
        return "".join(c for c in " ".join(clean.split()) if c.isprintable())[:200]


def endpoint_for(url: str) -> Endpoint:
    """Return the endpoint at an address, with the environment's key; raises ModelError.

    Warns once where the key would be sent to another machine unencrypted.
    """
    endpoint = Endpoint(check_address(url), _key())
    if endpoint.key and endpoint.url.startswith("http:") and not endpoint.local:
        warn_once(f"{endpoint.url}: the API key is sent unencrypted; use https, or a tunnel")
    return endpoint


def check_address(url: str) -> str:
    """Return an address without the slash at its end; raises ModelError for a bad one.

    Credentials and queries are refused, and not repeated: recipes are no place for secrets.
    """
    bare = re.sub(r"[?#].*", "", re.sub(r"//.*@", "//", url)).rstrip("/")
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not url.isprintable() or " " in url:
        hint = "give one such as http://127.0.0.1:8080/v1"
        raise ModelError("not the address of a server", where=bare, hint=hint)
    if parts.username is not None or parts.query or parts.fragment:
        hint = f"give the bare address; a key belongs into the variable {KEYS[0]}"
        raise ModelError("the address holds more than a place", where=bare, hint=hint)
    return bare


def _key() -> str:
    """Return the environment's key, or ""; raises ModelError where no header may hold it."""
    name = next((n for n in KEYS if os.environ.get(n, "").strip()), None)
    key = os.environ[name].strip() if name else ""
    if not (key.isascii() and key.isprintable()):
        raise ModelError("the key has characters that no header may have", where=name)
    return key


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@cache
def warn_once(message: str) -> None:
    """Warn, unless the same warning was given before."""
    log.warning("%s", message)
