"""Find fenced blocks by lines alone: what a model writes need not be Markdown, and may be long.

curator.text.markdown reads Markdown as CommonMark says. The seed document's rules are older and
simpler: a fence is a line that begins with three backticks, however far it is indented.
"""

import re
from dataclasses import dataclass

_OPENS = re.compile(r"[ \t]*(`{3,})([^`]*)$")


@dataclass(frozen=True)
class Fence:
    """A fenced block: the words after its backticks, its code, its first line of code from 1."""

    label: str
    code: str
    line: int


def _closes(line: str, marks: str) -> bool:
    stripped = line.strip()
    return len(stripped) >= len(marks) and not stripped.strip("`")


def _split(text: str) -> tuple[list[Fence], list[str]]:
    blocks: list[Fence] = []
    outside: list[str] = []
    code: list[str] = []
    opened: re.Match[str] | None = None
    at = 0
    for number, line in enumerate(text.split("\n"), 1):
        if opened is None:
            opened = _OPENS.match(line.rstrip("\r"))
            code, at = [], number + 1
            if opened is None:
                outside.append(line)
        elif _closes(line, opened[1]):
            blocks.append(Fence(opened[2].strip(), "\n".join(code), at))
            opened = None
        else:
            code.append(line)
    if opened is not None:  # as in CommonMark: a block that is never closed ends with the text
        blocks.append(Fence(opened[2].strip(), "\n".join(code), at))
    return blocks, outside


def fences(text: str) -> list[Fence]:
    """Return the fenced blocks of a text, in order; one that is never closed ends with the text."""
    return _split(text)[0]


def outside(text: str) -> str:
    """Return what stands between the fenced blocks."""
    return "\n".join(_split(text)[1])
