"""What a lesson changes: the program that rustc refuses and the one it takes, as one short diff."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from curator.review.cards.highlight import highlighted
from curator.review.cards.listing import row, rows
from curator.rust.document import BlockResult

ALIKE = 0.35  # share of equal lines from which two programs are one, changed
AROUND = 2  # equal lines that are shown beside a change


@dataclass(frozen=True)
class Change:
    """A program of the question, and the block of the answer that it becomes."""

    asked: BlockResult
    answered: BlockResult

    @property
    def mends(self) -> bool:
        """Whether the answer's program compiles, and the question's does not."""
        return bool(self.asked.code)


def _likeness(one: str, other: str) -> float:
    a, b = ([x.strip() for x in text.split("\n") if x.strip()] for text in (one, other))
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()


def change_of(blocks: Sequence[BlockResult]) -> Change | None:
    """Find what an answer changes of the program that its question shows; None where nothing.

    Both do what they should; rustc refuses one of them and takes the other. Of several pairs it is
    the one with most lines in common, the first of equals.
    """
    asked, answered = (
        [b for b in blocks if b.role == r and b.passed] for r in ("question", "answer")
    )
    pairs = [Change(q, a) for q in asked for a in answered if bool(q.code) != bool(a.code)]
    scored = [(_likeness(p.asked.block.code, p.answered.block.code), p) for p in pairs]
    alike = [(score, pair) for score, pair in scored if score >= ALIKE]
    return max(alike, key=lambda found: found[0])[1] if alike else None


def _changed_rows(old: str, new: str, is_rust: bool) -> Iterator[str]:
    before, after = highlighted(old, is_rust), highlighted(new, is_rust)
    matcher = difflib.SequenceMatcher(None, old.split("\n"), new.split("\n"), autojunk=False)
    for number, group in enumerate(matcher.get_grouped_opcodes(AROUND)):
        if number or group[0][1]:
            yield row("gap", " ", "…")
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (row("same", " ", html) for html in before[i1:i2])
            else:
                yield from (row("old", "-", html) for html in before[i1:i2])
                yield from (row("new", "+", html) for html in after[j1:j2])


def diff(old: str, new: str, is_rust: bool = True) -> str:
    """Write the lines that change between two texts, coloured, with a few around them."""
    return rows(_changed_rows(old.rstrip("\n"), new.rstrip("\n"), is_rust))
