"""Which failing blocks are recognised from prose and comments alone, the fences made plain.

    PYTHONPATH=. .venv/bin/python benchmarks/expectations.py [PATH …] [--list]

Takes the authored examples, or Markdown files and folders. The words of every Rust fence are taken
away (`compile_fail,E0382` becomes `rust`); what they said is the truth. Our reading and a search
for "ne compile pas|erreur|refus" (in the paragraph above and in the comments) are compared with it:
precision and recall of "this block fails". Questions and answers are read as the verifier does, but
for the category: nothing is known of it.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from curator.records.files import read_examples
from curator.records.project import Project
from curator.rust.block_state import block_states
from curator.rust.document import Document, Options, Text
from curator.rust.expect import Expectation
from curator.rust.source import analyse
from curator.text.fold import fold
from curator.text.markdown import Block, blocks, lines_of

ROOT = Path(__file__).parent.parent
KEYWORDS = re.compile(r"ne compile pas|erreur|refus")


@dataclass(frozen=True)
class Read:
    """A block, whether its fence says that it fails, and whether we and the search say so."""

    place: str
    truth: bool
    ours: bool
    search: bool


def documents(paths: list[Path]) -> Iterator[tuple[str, Document]]:
    """Yield the documents to read, with their names: the authored examples, or Markdown files."""
    if not paths:
        for example in read_examples(*Project(ROOT).authored_files()):
            texts = (Text("question", example.question), Text("answer", example.answer))
            yield example.id, Document(texts, example.category == "debug")
    for path in paths:
        for file in sorted(path.rglob("*.md")) if path.is_dir() else [path]:
            yield str(file), Document((Text("text", file.read_text("utf-8", "replace")),))


def plain(markdown: str) -> str:
    """Take the words after the language off the Rust fences of a text."""
    lines = lines_of(markdown)
    for block in (b for b in blocks(markdown) if b.is_rust):
        fence = lines[block.line - 2]
        lines[block.line - 2] = re.sub(r"((?:`{3,}|~{3,})\s*).*", r"\1rust", fence)
    return "\n".join(lines)


def found_by_search(markdown: str, block: Block) -> bool:
    """Tell whether the keywords are in the paragraph above a block, or in its comments."""
    above = "\n".join(lines_of(markdown)[: block.line - 2]).rstrip().rsplit("\n\n", 1)[-1]
    comments = " ".join(c.text for c in analyse(block.code).comments)
    return KEYWORDS.search(fold(f"{above} {comments}")) is not None


def read(name: str, document: Document) -> Iterator[Read]:
    """Read the blocks of a document whose fences were made plain."""
    labelled = [b for t in document.texts for b in blocks(t.markdown) if b.is_rust]
    texts = tuple(Text(t.role, plain(t.markdown)) for t in document.texts)
    states = block_states(Document(texts), Options())
    for block, state in zip(labelled, states, strict=True):
        if not block.has("ignore"):
            ours = state.expected.expectation is Expectation.FAILS
            search = found_by_search(state.markdown, state.block)
            place = f"{name} {state.role}:{block.line}"
            yield Read(place, block.has("compile_fail"), ours, search)


def shares(judged: list[tuple[bool, bool]]) -> tuple[float, float]:
    """Return precision and recall of (truth, said) pairs."""
    both = sum(truth and said for truth, said in judged)
    said, true = sum(s for _, s in judged), sum(t for t, _ in judged)
    return both / said if said else 1.0, both / true if true else 1.0


def main() -> None:
    """Print precision, recall and their ratio for both readings."""
    listing = "--list" in sys.argv
    paths = [Path(a) for a in sys.argv[1:] if a != "--list"]
    found = [r for name, document in documents(paths) for r in read(name, document)]
    failing = sum(r.truth for r in found)
    print(f"{len(found)} Rust blocks, {failing} of them marked compile_fail")
    ours = shares([(r.truth, r.ours) for r in found])
    search = shares([(r.truth, r.search) for r in found])
    for name, (precision, recall) in (("our reading", ours), ("the search", search)):
        print(f"{name:12} precision {precision:.1%}, recall {recall:.1%}")
    wrong = sum(r.ours and not r.truth for r in found)
    naive = sum(r.search and not r.truth for r in found)
    print(f"good blocks wrongly said to fail: {wrong} against {naive}")
    ratios = [a / b if b else float("inf") for a, b in zip(ours, search, strict=True)]
    print(f"ratio: precision {ratios[0]:.2f}, recall {ratios[1]:.2f}")
    for r in found if listing else ():
        if r.truth != r.ours:
            print("missed" if r.truth else "wrong ", r.place)


if __name__ == "__main__":
    main()
