"""Cut French prose into sentences, and set what stands in code spans apart.

A sentence ends at a mark and white space that stand in no code span. `folded` writes each span as
⟦0⟧, ⟦1⟧, so that patterns over French words cannot match inside of code.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from curator.text.fold import fold
from curator.text.markdown import passages

_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_END = re.compile(r"(?<=[.!?;…])\s+")
_LONGEST = 600  # characters; a longer sentence is no prose
# A code span in a folded sentence, for patterns to refer to.
SPAN = r"⟦(\d+)⟧"


@dataclass(frozen=True)
class Sentence:
    """A sentence of Markdown, the line that it begins on, and what stands before it.

    `before` are the sentences of the same paragraph above it, as they are written.
    """

    line: int
    text: str
    before: str = ""

    @cached_property
    def spans(self) -> tuple[str, ...]:
        """The code spans of the sentence, without their backticks."""
        return tuple(m.group(2).strip() for m in _SPAN.finditer(self.text))

    @cached_property
    def folded(self) -> str:
        """The sentence in lower case without accents, its code spans numbered."""
        numbers = iter(range(len(self.text)))
        numbered = _SPAN.sub(lambda _: f"⟦{next(numbers)}⟧", self.text)
        return " ".join(fold(numbered).replace("’", "'").split())

    @property
    def asks(self) -> bool:
        """Whether it is a question."""
        return self.text.rstrip().endswith("?")


def _blank(span: "re.Match[str]") -> str:
    return "`" * len(span.group())


def _of_passage(line: int, text: str) -> Iterator[Sentence]:
    start = 0
    masked = _SPAN.sub(_blank, text)
    for end in [*(m.end() for m in _END.finditer(masked)), len(text)]:
        piece = text[start:end]
        if piece.strip() and len(piece) <= _LONGEST:
            at = line + text.count("\n", 0, start)
            yield Sentence(at, " ".join(piece.split()), text[:start])
        start = end


def sentences(markdown: str) -> Iterator[Sentence]:
    """Yield the sentences of a text, in order; headings, list items and cells have their own."""
    for line, text in passages(markdown):
        yield from _of_passage(line, text)
