"""Check the Rust blocks of Markdown, chat JSONL or our own records, one verdict each."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from curator.base.decoding import read_text
from curator.base.errors import DataError
from curator.base.folders import files_below
from curator.base.json_files import read_documents
from curator.records.chat import messages_of
from curator.records.taxonomy import Category, parse_category
from curator.rust.cache import Cache
from curator.rust.compiler import Compiler, Rustc
from curator.rust.crates import crates_for
from curator.rust.document import PAGE, BlockResult, Document, Options, Text
from curator.rust.engine import check_documents
from curator.rust.includes import book_of, expand
from curator.rust.runner import Runner
from curator.rust.sandbox import Unsandboxed, find_sandbox
from curator.rust.toolchain import find_toolchain
from curator.text.normalise import normalise_text

_MARKDOWN = (".md", ".markdown")
_ROLES = {"user": "question", "assistant": "answer"}


Edition = Literal["2015", "2018", "2021", "2024"]


@dataclass(frozen=True)
class CheckSettings:
    """How blocks are checked where nothing else says so.

    `edition` holds for blocks that name none. With `run`, programs and tests are run too. Without
    `sandboxed`, rustc itself is not confined; then blocks that reach outside their text are
    refused, and nothing is run.
    """

    edition: Edition = "2021"
    run: bool = False
    sandboxed: bool = True


DEFAULTS = CheckSettings()


@dataclass(frozen=True)
class Place:
    """Where a document was found: its file, and the record in it ("" for a Markdown file).

    `lines` are those of the file for each line of the document, where includes have moved them.
    """

    file: str
    record: str
    lines: tuple[int, ...] = ()

    def placed(self, result: BlockResult) -> BlockResult:
        """Return a result with the lines of the file."""
        if not self.lines:
            return result
        fence = self.lines[result.block.line - 2]
        line = self.lines[result.line - 1] if result.line else 0
        return replace(result, block=replace(result.block, line=fence + 1), line=line)


@dataclass(frozen=True)
class Checked:
    """One block of one document, with what rustc made of it."""

    place: Place
    result: BlockResult

    def document(self) -> dict[str, Any]:
        """Return a JSON object; `line` is that of the block's fence, in the file or in the text."""
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
            "hint": result.hint,
            "trials": [asdict(trial) for trial in result.trials],
        }


@dataclass(frozen=True)
class CheckResult:
    """The files that were read, and every Rust block in them with its verdict."""

    files: Sequence[Path]
    checked: Sequence[Checked]

    @property
    def failed(self) -> int:
        """How many blocks do not do what is expected of them."""
        return sum(not c.result.passed for c in self.checked)

    def document(self) -> dict[str, Any]:
        """Everything as one JSON document."""
        found = {"files": len(self.files), **totals(self.checked)}
        return {"blocks": [c.document() for c in self.checked], "totals": found}


def _document(record: Any) -> Document:
    """Read the document in a JSON record, ours or a chat; raises ValueError for anything else."""
    messages = [m for m in messages_of(record, Counter()) if m.role in _ROLES]
    if not messages:
        raise ValueError("there is no message of a user or an assistant")
    texts = tuple(Text(_ROLES[m.role], m.text) for m in messages)
    metadata = record.get("metadata")
    labels = [place.get("category") for place in (record, metadata) if isinstance(place, dict)]
    return Document(texts, debug=any(_is_debug(label) for label in labels))


def _is_debug(label: Any) -> bool:
    """Tell whether a label names the category in which the question's code is broken."""
    try:
        return isinstance(label, str) and parse_category(label) is Category.DEBUG
    except DataError:  # an unknown category is for `curator import` to tell
        return False


def _placed(path: Path, place: str, record: Any) -> tuple[Place, Document]:
    document = _document(record)
    where = f"line {place[1:]}" if place.startswith(":") else f"record {place[1:]}"
    return Place(str(path), str(record.get("id") or where)), document


def documents(path: Path, book: Path | None = None) -> Iterator[tuple[Place, Document]]:
    """Read the documents of a file; raises BrokenLine or DataError, with the place, for others.

    `book` is the folder that a page may include files from; by default its book, or its folder.
    """
    if not path.exists():
        raise DataError("no such file", where=path)
    if path.suffix.lower() in (".jsonl", ".json"):
        yield from read_documents(path, partial(_placed, path))
        return
    if path.suffix.lower() not in _MARKDOWN:
        raise DataError("neither Markdown nor JSONL", where=path, hint="give .md or .jsonl files")
    page = expand(normalise_text(read_text(path)), path, book or book_of(path))
    yield Place(str(path), "", page.lines), Document((Text(PAGE, page.text),))


def files_of(paths: Sequence[Path]) -> list[Path]:
    """List the files to check: folders stand for the Markdown and JSONL files at and below them."""
    return [file for file, _ in _with_books(paths)]


def _with_books(paths: Sequence[Path]) -> list[tuple[Path, Path]]:
    return [
        (file, book_of(path)) for path in paths for file in files_below(path, ".jsonl", *_MARKDOWN)
    ]


def check_paths(paths: Sequence[Path], settings: CheckSettings = DEFAULTS) -> CheckResult:
    """Check every Rust block of files, or of the Markdown and JSONL files below folders, in order.

    Raises DataError or BrokenLine for a file that cannot be read, CompilerError where there is no
    rustc or no sandbox.
    """
    files = _with_books(paths)
    placed = [pair for file, book in files for pair in documents(file, book)]
    texts = (text.markdown for _, document in placed for text in document.texts)
    return CheckResult([file for file, _ in files], _checked(placed, *_engine(settings, texts)))


def check_markdown(markdown: str, settings: CheckSettings = DEFAULTS) -> list[BlockResult]:
    """Check every Rust block of one text, in order; raises CompilerError as `check_paths`."""
    document = Document((Text(PAGE, normalise_text(markdown)),))
    [results] = check_documents([document], *_engine(settings, [markdown]))
    return results


def _engine(settings: CheckSettings, texts: Iterable[str]) -> tuple[Compiler, Options]:
    """Find the real compiler, and the options that settings mean for these texts."""
    sandbox = find_sandbox() if settings.sandboxed else Unsandboxed()
    options = Options(
        edition=settings.edition,
        cache=Cache(),
        runner=Runner(sandbox=sandbox) if settings.run else None,
        externs=crates_for(find_toolchain(), texts),
        refuse_outside=isinstance(sandbox, Unsandboxed),
    )
    return Rustc(sandbox=sandbox), options


def check_files(paths: Sequence[Path], compiler: Compiler, options: Options) -> list[Checked]:
    """Check every Rust block of files by a given compiler."""
    return _checked([pair for path in paths for pair in documents(path)], compiler, options)


def _checked(
    placed: Sequence[tuple[Place, Document]], compiler: Compiler, options: Options
) -> list[Checked]:
    results = check_documents([document for _, document in placed], compiler, options)
    pairs = zip(placed, results, strict=True)
    return [Checked(place, place.placed(r)) for (place, _), part in pairs for r in part]


def totals(checked: Sequence[Checked]) -> dict[str, Any]:
    """Count the blocks, those that passed, and those that failed for each reason."""
    failed = [c.result.reason for c in checked if not c.result.passed]
    return {
        "blocks": len(checked),
        "passed": len(checked) - len(failed),
        "failed": len(failed),
        "reasons": dict(Counter(failed).most_common()),
    }
