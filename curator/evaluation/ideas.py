"""Count the ideas that an answer says: in sentences of its own, or in code that rustc takes.

A word by itself says nothing, so that a list of words has no idea. In prose, an idea counts where

- a sentence says it that reads as French: a quarter of its words are function words;
- the sentence has room for it: ROOM other words for each idea, and for each mention beyond TWICE;
- the sentence is the answer's own: not one of the question, nor one of a series that differ by
  little more than the idea ("La notion de x est utile. La notion de y est utile.").

In code it counts in a block that does what the text says, on lines that the question has not.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from curator.evaluation.fences import outside
from curator.evaluation.solving.groups import Group, uncommented
from curator.french.common import FUNCTION_WORDS
from curator.text.fold import fold

ROOM = 2  # words, of at least two letters, for each idea of a sentence
FRENCH = 0.25  # of the words
TWICE = 2  # mentions of an idea in a sentence, as in "non, c'est refusé"
SHORT = 4  # words; "Non." belongs to the sentence after it
LIST, LISTED = 8, 2  # pieces between commas, most of them of so few words: a list
SERIES = 2  # other sentences that share ALIKE of the words, and LEAST_ALIKE at least
ALIKE, LEAST_ALIKE = 0.6, 4
_CUT = "\x00"
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t].*$", re.MULTILINE)
_PARAGRAPH = re.compile(r"\n[ \t]*(?:\n|(?=[-*+>|#]|\d+[.)]\s))")
_SENTENCE = re.compile(r"(?<=[.!?\u2026])[\s\u00bb)]+|(?<=[;])\s+")
_PIECE = re.compile(r"\s*[,:;/|]\s+")
_SPAN = re.compile(r"`+[^`\n]*`+")
_WORD = re.compile(r"[^\W\d_]{2,}|\b[lacdjmnsty]\b")


@dataclass(frozen=True)
class Sentence:
    """A folded sentence of an answer's prose, with its inline code."""

    text: str

    @cached_property
    def is_prose(self) -> bool:
        """Whether it reads as French, and is no list: enough of its words are function words."""
        pieces = sorted(len(piece.split()) for piece in _PIECE.split(self.text))
        if len(pieces) >= LIST and pieces[len(pieces) // 2] <= LISTED:
            return False
        words = _WORD.findall(_SPAN.sub(" ", self.text))
        return sum(word in FUNCTION_WORDS for word in words) >= max(1, FRENCH * len(words))

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words."""
        return frozenset(re.findall(r"\w+", self.text))

    def resembles(self, other: "Sentence") -> bool:
        """Tell whether it shares most of its words with another sentence."""
        shared = len(self.words & other.words)
        return shared >= ALIKE * min(len(self.words), len(other.words)) and shared >= LEAST_ALIKE

    def mentions(self, groups: Sequence[Group]) -> int:
        """Count the places that have words of some ideas; what overlaps is one place."""
        return self.without(groups).count(_CUT)

    def without(self, groups: Sequence[Group]) -> str:
        """Return it with a mark in the place of the words of some ideas."""
        spans = sorted(m.span() for group in groups for m in group.pattern.finditer(self.text))
        kept, at = [], 0
        for first, end in spans:
            kept += [self.text[at:first]] if first >= at else []
            at = max(at, end)
        return _CUT.join([*kept, self.text[at:]])


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of a text's prose, without its headings."""
    prose = _HEADING.sub("\n", fold(outside(text)))
    return [Sentence(one) for part in _PARAGRAPH.split(prose) for one in _sentences(part)]


def _sentences(paragraph: str) -> Iterator[str]:
    """Split a paragraph; what is too short for a sentence begins the next one."""
    waiting, at = "", 0
    # Marks within inline code end nothing.
    masked = _SPAN.sub(lambda span: "x" * len(span.group()), paragraph)
    for end in [*(m.end() for m in _SENTENCE.finditer(masked)), len(paragraph)]:
        one, at = paragraph[at:end].strip(" \t\n>*+-|"), end
        waiting = " ".join(f"{waiting} {one}".split())
        if len(waiting.split()) >= SHORT:
            yield waiting
            waiting = ""
    if waiting:
        yield waiting


def count(ideas: Sequence[Group], question: str, answer: str, blocks: Sequence[str]) -> list[bool]:
    """Tell of each idea whether an answer says it; `blocks` are those that do as the text says."""
    prose = [group for group in ideas if group.place != "code"]
    said = set(_said(prose, question, answer))
    code = own_lines(question, blocks)
    return [
        group in said or (group.place != "prose" and group.pattern.search(code) is not None)
        for group in ideas
    ]


def own_lines(question: str, blocks: Sequence[str]) -> str:
    """Return the lines of blocks that a question has not, folded, without comments."""
    known = {" ".join(line.split()) for line in question.splitlines()}
    lines = (line for block in blocks for line in uncommented(block).splitlines())
    return fold("\n".join(line for line in lines if " ".join(line.split()) not in known))


def _said(ideas: Sequence[Group], question: str, answer: str) -> Iterator[Group]:
    asked = {sentence.text for sentence in sentences(question)}
    own = [s for s in sentences(answer) if s.is_prose and s.text not in asked]
    for sentence in own:
        found = [group for group in ideas if group.pattern.search(sentence.text)]
        if found and not _is_of_series(sentence, own):
            room = len(_WORD.findall(sentence.without(found))) // ROOM
            repeated = max(0, sentence.mentions(found) - TWICE * len(found))
            yield from found[: max(0, room - repeated)]


def _is_of_series(sentence: Sentence, others: Sequence[Sentence]) -> bool:
    """Tell whether a sentence is nearly the same as SERIES others."""
    alike = (one for one in others if one is not sentence and sentence.resembles(one))
    return len(list(islice(alike, SERIES))) == SERIES
