"""Cut sections into chunks: what is embedded, found and shown to a model as one piece.

A chunk is part of one page. A section shorter than SHORT characters goes with the one after it
(a heading's introduction) or, at the end of a page, with the one before it; one longer than LONG
is cut between blocks, and a block between lines.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from curator.rust.docs import Passage

SHORT = 300
LONG = 1600
_FENCE = "```"


@dataclass(frozen=True)
class Chunk:
    """A piece of one page: the address of its first section, the headings above it, its text.

    `sections` are the addresses of all sections that it holds text of.
    """

    address: str
    title: str
    markdown: str
    sections: tuple[str, ...]


def chunks(passages: Sequence[Passage]) -> list[Chunk]:
    """Cut passages, given in reading order page by page, into chunks."""
    every: list[Chunk] = []
    for passage in passages:
        if not re.search(r"\w", passage.markdown):
            continue
        for part in _cut(passage.markdown):
            new = Chunk(passage.address, passage.title, part, (passage.address,))
            if every and _belong(every[-1], new):
                every[-1] = _join(every[-1], new)
            else:
                every.append(new)
    return every


def _page(chunk: Chunk) -> str:
    return chunk.address.partition("#")[0]


def _belong(one: Chunk, new: Chunk) -> bool:
    """Tell whether a chunk and the next are one: same page, one short, together not long."""
    if _page(one) != _page(new) or len(one.markdown) + len(new.markdown) > LONG:
        return False
    return min(len(one.markdown), len(new.markdown)) < SHORT


def _join(one: Chunk, new: Chunk) -> Chunk:
    """Join two chunks; a section that begins inside keeps its heading."""
    if new.address in one.sections:
        return Chunk(one.address, one.title, f"{one.markdown}\n\n{new.markdown}", one.sections)
    heading = new.title.rpartition(" > ")[2]
    text = f"{one.markdown}\n\n### {heading}\n\n{new.markdown}"
    return Chunk(one.address, one.title, text, (*one.sections, *new.sections))


def blocks(markdown: str) -> Iterator[str]:
    """Yield the blocks of a text, between blank lines; a fence is one block."""
    block: list[str] = []
    fence = ""
    for line in markdown.split("\n"):
        if not line.strip() and not fence:
            if block:
                yield "\n".join(block)
            block = []
            continue
        block.append(line)
        mark = re.match(r"\s*(`{3,}|~{3,})", line)
        if mark and (not fence or line.strip().startswith(fence)):
            fence = "" if fence else mark.group(1)
    if block:
        yield "\n".join(block)


def _cut(markdown: str) -> Iterator[str]:
    """Yield pieces of at most LONG characters, as few as its blocks allow."""
    piece = ""
    for block in (part for whole in blocks(markdown) for part in _cut_block(whole)):
        if piece and len(piece) + len(block) > LONG:
            yield piece
            piece = ""
        piece = f"{piece}\n\n{block}" if piece else block
    if piece:
        yield piece


def _cut_block(block: str) -> Iterator[str]:
    """Cut a block that is too long between lines (or, in one line, between words)."""
    if len(block) <= LONG:
        yield block
        return
    lines = block.split("\n")
    fenced = block.startswith(_FENCE)
    first, last = (lines[0], _FENCE) if fenced else ("", "")
    body = lines[1:-1] if fenced else re.findall(r"\S.{0,900}(?:\s|$)", block.replace("\n", " \n"))
    part: list[str] = []
    for line in body:
        if part and sum(map(len, part)) + len(line) > LONG - 100:
            yield _whole(first, part, last)
            part = []
        part.append(line.rstrip() if not fenced else line)
    yield _whole(first, part, last)


def _whole(first: str, part: Sequence[str], last: str) -> str:
    return "\n".join([first, *part, last]) if first else "\n".join(part)
