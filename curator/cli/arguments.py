"""Options that hold for every command may stand before or after it: --json and --project."""

from collections.abc import Sequence
from typing import NamedTuple

_PROJECT = "--project"
_JSON = "--json"


class Arguments(NamedTuple):
    """A command line with its common options where the parser looks for them."""

    words: list[str]
    as_json: bool


def arrange(words: Sequence[str]) -> Arguments:
    """Move --project in front of the command, --json behind it; what follows "--" stays."""
    end = words.index("--") if "--" in words else len(words)
    own, rest = list(words[:end]), list(words[end:])
    project: list[str] = []
    kept: list[str] = []
    place = 0
    while place < len(own):
        word = own[place]
        if word == _PROJECT:
            project = own[place : place + 2]
            place += 1
        elif word.startswith(f"{_PROJECT}="):
            project = [word]
        elif word != _JSON:
            kept.append(word)
        place += 1
    as_json = _JSON in own
    return Arguments([*project, *kept, *([_JSON] if as_json else []), *rest], as_json)
