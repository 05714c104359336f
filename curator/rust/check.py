"""`curator check`: the Rust blocks of Markdown, chat JSONL or our own records, one verdict each."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from curator.base import store
from curator.base.errors import DataError
from curator.rust.cache import Cache
from curator.rust.compiler import Compiler, Rustc
from curator.rust.crates import crates_for
from curator.rust.document import BlockResult, Lesson, Options, Text
from curator.rust.engine import check_lessons
from curator.rust.runner import Runner
from curator.rust.sandbox import Unsandboxed, find_sandbox
from curator.rust.toolchain import find_toolchain

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
    """Where a lesson was found: its file, and the record in it ("" for a Markdown file)."""

    file: str
    record: str


@dataclass(frozen=True)
class Checked:
    """One block of one lesson, with what rustc made of it."""

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
            "said_by": result.wish.said_by,
            "imports": list(result.imports),
            "names": list(result.names),
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
        return {"blocks": [c.document() for c in self.checked], "totals": totals(self.checked)}


def _lesson(record: Any) -> Lesson:
    """The lesson in a JSON record, ours or a chat; raises ValueError for anything else."""
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
    return Lesson(tuple(named), debug=category == "debug")


def _placed(path: Path, number: int, line: bytes) -> tuple[Place, Lesson]:
    record = json.loads(line)
    lesson = _lesson(record)
    return Place(str(path), str(record.get("id") or f"line {number}")), lesson


def lessons(path: Path) -> Iterator[tuple[Place, Lesson]]:
    """The lessons of a file; raises BrokenLine or DataError, with the place, for anything else."""
    if path.suffix.lower() == ".jsonl":
        yield from store.parsed(path, partial(_placed, path))
        return
    if path.suffix.lower() not in _MARKDOWN:
        raise DataError("neither Markdown nor JSONL", where=path, hint="give .md or .jsonl files")
    try:
        yield Place(str(path), ""), Lesson((Text("text", path.read_text("utf-8")),))
    except OSError as error:
        raise DataError(f"cannot read: {error.strerror}", where=path) from error
    except UnicodeDecodeError as error:
        raise DataError(f"not UTF-8: {error.reason} at byte {error.start}", where=path) from error


def files_of(paths: Sequence[Path]) -> list[Path]:
    """The files to check: folders stand for the Markdown and JSONL files in them."""
    return [file for path in paths for file in store.files_at(path, ".jsonl", *_MARKDOWN)]


def check_paths(paths: Sequence[Path], settings: CheckSettings = DEFAULTS) -> CheckResult:
    """Check every Rust block of files, or of the Markdown and JSONL files of folders, in order.

    Raises DataError or BrokenLine for a file that cannot be read, CompilerError where there is no
    rustc or no sandbox.
    """
    files = files_of(paths)
    placed = [pair for file in files for pair in lessons(file)]
    texts = (text.markdown for _, lesson in placed for text in lesson.texts)
    return CheckResult(files, _checked(placed, *_engine(settings, texts)))


def check_markdown(markdown: str, settings: CheckSettings = DEFAULTS) -> list[BlockResult]:
    """Check every Rust block of one text, in order; raises CompilerError as `check_paths`."""
    lesson = Lesson((Text("text", markdown),))
    [results] = check_lessons([lesson], *_engine(settings, [markdown]))
    return results


def _engine(settings: CheckSettings, texts: Iterable[str]) -> tuple[Compiler, Options]:
    """The real compiler, and the options that settings mean for these texts."""
    if settings.run and not settings.sandboxed:
        raise ValueError("programs are run in the sandbox only")
    sandbox = find_sandbox() if settings.sandboxed else Unsandboxed()
    options = Options(
        edition=settings.edition,
        cache=Cache(),
        runner=Runner(sandbox=sandbox) if settings.run else None,
        externs=crates_for(find_toolchain(), texts),
        refuse_outside=not settings.sandboxed,
    )
    return Rustc(sandbox=sandbox), options


def check_files(paths: Sequence[Path], compiler: Compiler, options: Options) -> list[Checked]:
    """Check every Rust block of files by a given compiler."""
    return _checked([pair for path in paths for pair in lessons(path)], compiler, options)


def _checked(
    placed: Sequence[tuple[Place, Lesson]], compiler: Compiler, options: Options
) -> list[Checked]:
    results = check_lessons([lesson for _, lesson in placed], compiler, options)
    pairs = zip(placed, results, strict=True)
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
