"""Lines of JSONL files, read so that one which cannot be read is named and none is skipped.

An unfinished last line is passed over with a warning, because it is the record that was in flight
when a writer was killed; not so with `strict`, for files that people give. Code names these by
`curator.base.store`, which writes such files.
"""

import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from curator.base.decoding import numbered_lines, parse_json
from curator.base.errors import BrokenLine, DataError

T = TypeVar("T")
R = TypeVar("R", bound=BaseModel)
# What is left at the end of a text that was cut in null, true, false, or a number.
_CUT_WORD = re.compile(r"n|nu|nul|t|tr|tru|f|fa|fal|fals|-|\.|[eE][+-]?")
_CUT_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{0,4}$")
SHOWN = 20  # broken lines that are listed
log = logging.getLogger(__name__)


def why(error: ValueError) -> str:
    """Describe the first fault of a record in one line: where in it, and what."""
    if isinstance(error, json.JSONDecodeError):
        return f"no JSON: {error.msg} at column {error.colno}"
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    place = ".".join(str(p) for p in first["loc"])
    message = first["msg"].removeprefix("Value error, ").replace(" at line 1 column", " at column")
    return f"{place}: {message}" if place else message


def is_torn(line: bytes) -> bool:
    """Tell whether a line is the beginning of a record, as a killed writer leaves it."""
    if line.endswith(b"\n"):
        return False
    try:
        parse_json(line)
    except json.JSONDecodeError as error:
        end = error.doc.rstrip()
        return (
            error.msg.startswith("Unterminated string")
            or error.pos >= len(end)
            or _CUT_WORD.fullmatch(end, error.pos) is not None
            or _CUT_ESCAPE.search(end) is not None
        )
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    except ValueError:
        return False
    return False


def read_lines(path: Path, *, strict: bool = False) -> Iterator[tuple[int, bytes]]:
    """Read the numbered, non-blank lines of a JSONL file.

    A last one that was left unfinished is passed over with a warning, unless `strict` is set.
    Raises DataError for a file that cannot be read or that is in another format.
    """
    for number, line in numbered_lines(path):
        if not strict and is_torn(line):
            log.warning("%s:%d: unfinished last line passed over", path, number)
        elif line.strip():
            yield number, line


def parsed(path: Path, parse: Callable[[int, bytes], T], *, strict: bool = False) -> Iterator[T]:
    """Yield what `parse` makes of each numbered line of a JSONL file; `strict`: see read_lines.

    It raises ValueError or DataError for a line that is none. From the first such line on, the
    rest of the file is read for others only, and BrokenLine counts them all and lists SHOWN.
    """
    faults, count = list[tuple[int, str]](), 0
    for number, line in read_lines(path, strict=strict):
        try:
            record = parse(number, line)
        except BrokenLine:
            raise
        except (ValueError, DataError) as error:
            count += 1
            if count <= SHOWN:
                faults.append((number, why(error) if isinstance(error, ValueError) else str(error)))
            continue
        if not count:
            yield record
    if faults:
        (number, fault), *others = faults
        raise BrokenLine(path, number, fault, others, count=count)


def read(path: Path, model: type[R], *, strict: bool = False) -> Iterator[R]:
    """Read the records of a JSONL file; `strict`: see read_lines.

    Raises BrokenLine with the file and the numbers of the lines that hold none.
    """

    def parse(number: int, line: bytes) -> R:
        return model.model_validate_json(line.rstrip())

    return parsed(path, parse, strict=strict)


def files_at(path: Path, *suffixes: str) -> list[Path]:
    """List a file by itself; of a folder, the files with these suffixes, by name.

    Raises DataError for a folder that has none.
    """
    if not path.is_dir():
        return [path]
    files = sorted(p for p in path.iterdir() if p.suffix.lower() in suffixes and p.is_file())
    if not files:
        raise DataError(f"no file {' or '.join(suffixes)} in this folder", where=path)
    return files
