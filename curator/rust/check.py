"""`curator check`: the Rust blocks of Markdown, chat JSONL or our own records, one verdict each."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from curator.base import store
from curator.base.errors import DataError
from curator.rust.compiler import Compiler
from curator.rust.document import BlockResult, Document, Options, Text
from curator.rust.engine import check_documents

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
    if not isinstance(record, dict):
        raise ValueError("not an object")
    if isinstance(record.get("messages"), list):
        turns = [m for m in record["messages"] if isinstance(m, dict)]
        texts = [(m.get("role"), m.get("content")) for m in turns if m.get("role") != "system"]
        metadata = record.get("metadata")
        category = metadata.get("category") if isinstance(metadata, dict) else None
    else:
        texts = [(role, record.get(role)) for role in ("question", "answer")]
        category = record.get("category")
    if not texts or not all(isinstance(text, str) for _, text in texts):
        raise ValueError('neither "messages" nor "question" and "answer"')
    named = (Text(_ROLES.get(str(role), str(role)), str(text)) for role, text in texts)
    return Document(tuple(named), debug=category == "debug")


def _placed(path: Path, number: int, line: bytes) -> tuple[Place, Document]:
    record = json.loads(line)
    document = _document(record)
    return Place(str(path), str(record.get("id") or f"line {number}")), document


def documents(path: Path) -> Iterator[tuple[Place, Document]]:
    """Read the documents of a file; raises BrokenLine or DataError, with the place, for others."""
    if path.suffix.lower() == ".jsonl":
        yield from store.parsed(path, partial(_placed, path))
        return
    if path.suffix.lower() not in _MARKDOWN:
        raise DataError("neither Markdown nor JSONL", where=path, hint="give .md or .jsonl files")
    try:
        yield Place(str(path), ""), Document((Text("text", path.read_text("utf-8")),))
    except OSError as error:
        raise DataError(f"cannot read: {error.strerror}", where=path) from error
    except UnicodeDecodeError as error:
        raise DataError(f"not UTF-8: {error.reason} at byte {error.start}", where=path) from error


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
