"""What people are to be told, as a code with values: `{"code": "responses_gone", "values": {...}}`.

Notices are what is raised, handed on and written to disk. Only the one who shows a notice makes a
sentence of it: the terminal in English (curator/base/english.py), the report in French
(curator/french/notices.py). Both are a table of sentences over the same codes:

    "given_rows": "{rows:row is|rows are} longer than {limit} tokens"

A name in braces is one of the notice's values. After a colon may stand a number format (".2f",
"+.3f", ".0%"), the noun of a count by number ("row is|rows are"; with "?" before it, the noun
alone), or the name of a table of identifiers that have names of their own ("metric"). A value that
is a notice itself, or several, is told by its own sentence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import Formatter
from typing import Any, Union

Value = Union[bool, int, float, str, None, "Notice", tuple["Notice", ...]]


@dataclass(frozen=True)
class Notice:
    """Something to be told: `code` says what it is, `values` what its sentence is filled with."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)


class Language(Formatter):
    """The sentences of one language, and how it writes numbers, counts and what is not known.

    `sentences` are templates by the notice's code, `names` the tables of identifiers.
    """

    nothing = "unknown"

    def __init__(
        self, sentences: Mapping[str, str], names: Mapping[str, Mapping[str, str]] | None = None
    ):
        self.sentences, self.names = sentences, names or {}

    def say(self, notice: Notice) -> str:
        """The sentence of a notice.

        One that this version does not know, or with other values than its sentence takes, comes
        from a file of another version or by hand: its code and values are shown as they stand.
        """
        try:
            return self.vformat(self.sentences[notice.code], (), notice.values)
        except (KeyError, ValueError, TypeError):
            return " ".join([notice.code, *(f"{k}={v!r}" for k, v in notice.values.items())])

    def say_all(self, notices: Sequence[Notice], between: str = "; ") -> str:
        """The sentences of several notices, one after another."""
        return between.join(map(self.say, notices))

    def format_field(self, value: Any, format_spec: str) -> str:
        """One value of a sentence; what stands after its colon is described in this module."""
        if isinstance(value, Notice):
            return self.say(value)
        if isinstance(value, tuple | list):
            return self.say_all(value, ", ")
        if value is None:
            return self.nothing
        if format_spec in self.names:
            return self.names[format_spec].get(value, str(value))
        if "|" in format_spec:
            return self.count(value, *format_spec.split("|"))
        return self.number(value, format_spec) if _is_number(value) else str(value)

    def count(self, many: int, one: str, several: str) -> str:
        """So many of something; the noun alone where `one` begins with "?"."""
        noun = one.removeprefix("?") if self.is_one(many) else several
        return noun if one.startswith("?") else f"{self.number(many, '')} {noun}"

    def is_one(self, many: int) -> bool:
        """Whether a count takes the singular."""
        return many == 1

    def number(self, value: float, spec: str) -> str:
        """A number in Python's format `spec`; the shortest form that tells it where it is ""."""
        return format(value, spec or ("d" if isinstance(value, int) else "g"))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
