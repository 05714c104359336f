"""Put a self-contained page together: a template, style and script of templates/, and a policy.

jinja2 escapes every text. A page's policy allows nothing but the style and the script that it has,
by their digests: nothing is loaded, and no other script runs.
"""

import base64
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
# What could end a block of data, or a line of it, inside a page.
_ESCAPED = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def environment() -> "Environment":
    """Return jinja2 for the templates."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def asset(*names: str) -> str:
    """Read files of templates/, one after the other."""
    return "\n".join((TEMPLATES / name).read_text("utf-8") for name in names)


def ready(text: str) -> "Markup":
    """Mark a text of ours as HTML."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704


def policy(style: str, script: str) -> str:
    """Return a policy by which nothing is loaded, and only our own style and script count."""
    allowed = {"style-src": style, "script-src": script}
    digests = {k: hashlib.sha256(v.encode()).digest() for k, v in allowed.items()}
    sources = [f"{k} 'sha256-{base64.b64encode(d).decode()}'" for k, d in digests.items()]
    return "; ".join(
        ["default-src 'none'", *sources, "img-src data:", "base-uri 'none'", "form-action 'none'"]
    )


def data(content: Any) -> "Markup":
    """Write data as JSON that no text in it can leave: `<`, `>` and `&` are escaped."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return ready(text.translate(_ESCAPED))
