"""Read a Rust block's fence as rustdoc does: what is left untested, and what is misspelt."""

import platform
import re
from difflib import get_close_matches
from functools import cache

from curator.text.markdown import Block, fence_words

EDITIONS = ("edition2015", "edition2018", "edition2021", "edition2024")
KNOWN = (
    "compile_fail", "should_panic", "no_run", "ignore", "test_harness", "standalone_crate",
    *EDITIONS,
)  # fmt: skip
_CODE = re.compile(r"[Ee](\d+)$")
_PLAIN = {re.sub(r"_", "", word): word for word in KNOWN}
_SYSTEMS = {"Linux": "unknown-linux-gnu", "Darwin": "apple-darwin", "Windows": "pc-windows-msvc"}
_MACHINES = {"arm64": "aarch64", "amd64": "x86_64"}


@cache
def _target() -> str:
    """Name this machine as rustc does: "x86_64-unknown-linux-gnu"."""
    machine = platform.machine().lower()
    return f"{_MACHINES.get(machine, machine)}-{_SYSTEMS.get(platform.system(), '')}"


def is_ignored(block: Block) -> bool:
    """Tell whether the fence takes a block out of the check: `ignore`, or `ignore-` this target."""
    if block.has("ignore"):
        return True
    parts = (a.removeprefix("ignore-") for a in block.attributes if a.startswith("ignore-"))
    return any(part and part in _target() for part in parts)


def is_foreign(block: Block) -> bool:
    """Tell whether a fence looks like Rust and is none to rustdoc: `Rust`, `rust:src/main.rs`."""
    words = fence_words(block.info)
    named = bool(words) and re.match(r"rust(?::|$)", words[0], re.IGNORECASE)
    return bool(named) and "rust" not in words


def _meant(word: str) -> str:
    """Return the attribute that a word was probably meant to be; "" for any other word."""
    code = _CODE.match(word)
    if code:
        meant = f"E{code.group(1).zfill(4)}"
    else:
        plain = re.sub(r"[-_.]", "", word.lower()).replace("rust20", "edition20")
        close = get_close_matches(plain, _PLAIN, n=1, cutoff=0.85)
        meant = _PLAIN[close[0]] if close else ""
    return meant if meant != word and len(meant) > 4 else ""


def fence_hint(block: Block) -> str:
    """Tell in one line what is probably misspelt in a fence; "" where nothing is."""
    if is_foreign(block):
        return f"`{fence_words(block.info)[0]}` is not Rust to rustdoc: write `rust`"
    for word in block.attributes:
        known = word in KNOWN or re.match(r"ignore-|edition20\d\d$", word)
        meant = "" if known else _meant(word)
        if meant:
            return f"unknown attribute `{word}`: did you mean `{meant}`?"
    return ""
