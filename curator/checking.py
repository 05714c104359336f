"""`curator check`: the Rust blocks of Markdown, chat JSONL or our own records, one verdict each."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator import store
from curator.answer import Block, blocks
from curator.errors import BrokenLine, DataError
from curator.rust.compiler import Compiler
from curator.rust.engine import BlockResult, check_blocks

_MARKDOWN = {".md", ".markdown"}


@dataclass(frozen=True)
class Text:
    """A piece of Markdown: its file, the record it is in ("" for a Markdown file), its role."""

    file: str
    record: str
    role: str
    markdown: str


@dataclass(frozen=True)
class Checked:
    """One block of one text, with what rustc made of it."""

    text: Text
    result: BlockResult

    def document(self) -> dict[str, Any]:
        """The block as a JSON object; `line` is that of its fence, in the file or in the text."""
        result = self.result
        return {
            "file": self.text.file,
            "record": self.text.record,
            "role": self.text.role,
            "index": result.block.index,
            "line": result.block.line - 1,
            "expectation": str(result.expectation),
            "composition": str(result.composition),
            "passed": result.passed,
            "reason": result.reason,
            "code": result.code,
            "message": result.message,
            "error_line": result.line,
        }


def _record_texts(path: Path, number: int, record: Any) -> Iterator[Text]:
    if not isinstance(record, dict):
        raise ValueError("not an object")
    file, name = str(path), str(record.get("id") or f"line {number}")
    if isinstance(record.get("messages"), list):
        for message in record["messages"]:
            if isinstance(message, dict) and isinstance(message.get("content"), str):
                yield Text(file, name, str(message.get("role", "")), message["content"])
    elif isinstance(record.get("question"), str) and isinstance(record.get("answer"), str):
        yield Text(file, name, "question", record["question"])
        yield Text(file, name, "answer", record["answer"])
    else:
        raise ValueError('neither "messages" nor "question" and "answer"')


def texts(path: Path) -> Iterator[Text]:
    """The Markdown in a file; raises BrokenLine or DataError, with the place, for anything else."""
    if path.suffix.lower() == ".jsonl":
        for number, line in store.read_lines(path):
            try:
                yield from _record_texts(path, number, json.loads(line))
            except ValueError as error:
                raise BrokenLine(path, number, str(error)) from error
        return
    if path.suffix.lower() not in _MARKDOWN:
        raise DataError("neither Markdown nor JSONL", where=path, hint="give .md or .jsonl files")
    try:
        yield Text(str(path), "", "text", path.read_text("utf-8"))
    except OSError as error:
        raise DataError(f"cannot read: {error.strerror}", where=path) from error
    except UnicodeDecodeError as error:
        raise DataError(f"not UTF-8: {error.reason} at byte {error.start}", where=path) from error


def check_files(paths: Sequence[Path], compiler: Compiler, edition: str) -> list[Checked]:
    """Every Rust block of the files, in order, with its result."""
    found: list[tuple[Text, Block]] = [
        (text, block)
        for path in paths
        for text in texts(path)
        for block in blocks(text.markdown)
        if block.is_rust
    ]
    results = check_blocks([block for _, block in found], compiler, edition)
    return [Checked(text, result) for (text, _), result in zip(found, results, strict=True)]


def totals(checked: Sequence[Checked]) -> dict[str, Any]:
    """How many blocks there are, how many passed, and how many failed for each reason."""
    failed = [c.result.reason for c in checked if not c.result.passed]
    return {
        "blocks": len(checked),
        "passed": len(checked) - len(failed),
        "failed": len(failed),
        "reasons": dict(Counter(failed).most_common()),
    }
