"""Take the labels off the fences of a question, as a learner writes it, and put them back.

A record's question says with its fences what the verifier is to expect (`rust,compile_fail,E0382`).
No learner writes that, and it gives the answer away; so what a model is trained on or asked, and
what an annotator reads, has plain `rust`. A correction comes back in that form: `relabelled` gives
it the labels of the record that it corrects.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from curator.text.markdown import Fence, fences, rust_without_marks

_PLAIN = "rust"
_LINES = re.compile(r"(\r\n?|\n)")
# What most texts have none of: a fence with another label than `rust`, a line that rustdoc hides.
_TO_DO = re.compile(
    r"(?:`{3}|~{3})[ \t]*(?!rust[ \t]*$)[^\s`~]|^[> \t]*#(?:[# \t]|$)", re.MULTILINE
)


@dataclass(frozen=True)
class _Change:
    """A fence that gets these words after its marks, and these lines of code."""

    fence: Fence
    info: str
    code: str


def _written(markdown: str, changes: Sequence[_Change]) -> str:
    """Return a text with its fences changed; each keeps its lines' indentation and quotation."""
    pieces = _LINES.split(markdown)  # lines at even places, their ends at odd ones
    for change in reversed(changes):  # from the end, so that the places before stay
        fence = change.fence
        first = 2 * (fence.line - 1)
        last = first + 2 * len(_content(fence.code))
        before, marks, _ = pieces[first - 2].partition(fence.marks)
        pieces[first - 2] = f"{before}{marks}{change.info}"
        if change.code != fence.code:
            pieces[first:last] = _lines(pieces[first:last], fence.code, change.code)
    return "".join(pieces)


def _content(code: str) -> list[str]:
    return code.removesuffix("\n").split("\n") if code else []


def _lines(pieces: Sequence[str], old: str, new: str) -> list[str]:
    """Return lines with the code `new` in place of `old`, one line for each.

    Where a line does not end as its code does (tabs that count as indentation), it stays.
    """
    changed = list(pieces)
    for at, (before, after) in enumerate(zip(_content(old), _content(new), strict=True)):
        line = changed[2 * at]
        if line.endswith(before):
            changed[2 * at] = line[: len(line) - len(before)] + after
    return changed


def unlabelled(markdown: str) -> str:
    """Return a text as a learner writes it: Rust fences say `rust` and no more.

    Lines that rustdoc hides ("# let x = 1;") are shown without their mark, since the program is
    not whole without them. Fences in other languages, and everything else, stay as they are.
    """
    if not _TO_DO.search(markdown):
        return markdown
    rust = (f for f in fences(markdown) if f.is_rust)
    changes = [_Change(f, _PLAIN, rust_without_marks(f.code)) for f in rust]
    return _written(
        markdown, [c for c in changes if (c.info, c.code) != (c.fence.info, c.fence.code)]
    )


def _origin(at: int, blocks: Sequence[Fence], original: Sequence[Fence]) -> Fence | None:
    """Find the fence of the original that the one at a place comes from.

    That is the one at the same place where its code is the same; else one with the same code; else,
    where as many blocks are there, the one at the same place: its code was edited.
    """
    same = [f for f in original if rust_without_marks(f.code) == blocks[at].code]
    beside = original[at] if len(blocks) == len(original) else None
    if beside in same:
        return beside
    return same[0] if same else beside


def relabelled(text: str, original: str) -> str:
    """Return a text whose plain Rust fences carry the labels of the text that it was made from.

    Fences to which somebody gave labels of their own keep them, and new blocks have none. A block
    whose code is as it was gets back the marks of the lines that rustdoc hides.
    """
    if text == unlabelled(original):
        return original
    before = [f for f in fences(original) if f.is_rust]
    after = [f for f in fences(text) if f.is_rust]
    changes = []
    for at, fence in enumerate(after):
        source = _origin(at, after, before) if fence.info == _PLAIN else None
        if source:
            same = rust_without_marks(source.code) == fence.code
            changes.append(_Change(fence, source.info, source.code if same else fence.code))
    return _written(text, changes)
