"""`curator check`: the Rust blocks of Markdown, chat JSONL or our own records, one verdict each."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from curator.base import store
from curator.base.decoding import read_text
from curator.base.errors import DataError
from curator.base.json_files import read_documents
from curator.records.chat import messages_of
from curator.records.taxonomy import Category, parse_category
from curator.rust.compiler import Compiler
from curator.rust.document import BlockResult, Document, Options, Text
from curator.rust.engine import check_documents
from curator.text.normalise import normalise_text

_MARKDOWN = (".md", ".markdown")
_ROLES = {"user": "question", "assistant": "answer"}


@dataclass(frozen=True)
class Place:
    """Where a document was found: its file, and the record in it ("" for a Markdown file)."""

    file: str
    record: str


@dataclass(frozen=True)
class Checked:
    """One block of one document, with what rustc made of it."""

    place: Place
    result: BlockResult

    def document(self) -> dict[str, Any]:
        """The block as a JSON object; `line` is that of its fence, in the file or in the text."""
        result = self.result
        return {
            "file": self.place.file,
            "record": self.place.record,
            "role": result.role,
            "index": result.block.index,
            "line": result.block.line - 1,
            "expectation": str(result.expectation),
            "composition": str(result.composition),
            "passed": result.passed,
            "reason": result.reason,
            "code": result.code,
            "message": result.message,
            "error_line": result.line,
            "said_by": result.expected.said_by,
            "imports": list(result.imports),
            "names": list(result.names),
        }


def _document(record: Any) -> Document:
    """The document in a JSON record, ours or a chat; raises ValueError for anything else."""
    messages = [m for m in messages_of(record, Counter()) if m.role in _ROLES]
    if not messages:
        raise ValueError("there is no message of a user or an assistant")
    texts = tuple(Text(_ROLES[m.role], m.text) for m in messages)
    metadata = record.get("metadata")
    labels = [place.get("category") for place in (record, metadata) if isinstance(place, dict)]
    return Document(texts, debug=any(_is_debug(label) for label in labels))


def _is_debug(label: Any) -> bool:
    """Whether a label names the category in which the question's code is broken."""
    try:
        return isinstance(label, str) and parse_category(label) is Category.DEBUG
    except DataError:  # an unknown category is for `curator import` to tell
        return False


def _placed(path: Path, place: str, record: Any) -> tuple[Place, Document]:
    document = _document(record)
    where = f"line {place[1:]}" if place.startswith(":") else f"record {place[1:]}"
    return Place(str(path), str(record.get("id") or where)), document


def documents(path: Path) -> Iterator[tuple[Place, Document]]:
    """Read the documents of a file; raises BrokenLine or DataError, with the place, for others."""
    if not path.exists():
        raise DataError("no such file", where=path)
    if path.suffix.lower() in (".jsonl", ".json"):
        yield from read_documents(path, partial(_placed, path))
        return
    if path.suffix.lower() not in _MARKDOWN:
        raise DataError("neither Markdown nor JSONL", where=path, hint="give .md or .jsonl files")
    yield Place(str(path), ""), Document((Text("text", normalise_text(read_text(path))),))


def files_of(paths: Sequence[Path]) -> list[Path]:
    """The files to check: folders stand for the Markdown and JSONL files in them."""
    return [file for path in paths for file in store.files_at(path, ".jsonl", *_MARKDOWN)]


def texts_of(paths: Sequence[Path]) -> Iterator[str]:
    """Every piece of Markdown in the files."""
    for path in paths:
        for _, document in documents(path):
            yield from (text.markdown for text in document.texts)


def check_files(paths: Sequence[Path], compiler: Compiler, options: Options) -> list[Checked]:
    """Every Rust block of the files, in order, with its result."""
    found = [pair for path in paths for pair in documents(path)]
    results = check_documents([document for _, document in found], compiler, options)
    pairs = zip(found, results, strict=True)
    return [Checked(place, result) for (place, _), part in pairs for result in part]


def totals(checked: Sequence[Checked]) -> dict[str, Any]:
    """How many blocks there are, how many passed, and how many failed for each reason."""
    failed = [c.result.reason for c in checked if not c.result.passed]
    return {
        "blocks": len(checked),
        "passed": len(checked) - len(failed),
        "failed": len(failed),
        "reasons": dict(Counter(failed).most_common()),
    }
