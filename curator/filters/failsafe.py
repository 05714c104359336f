"""Ask a filter for verdicts, so that a fault of its own costs one example and no batch."""

import traceback
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from typing_extensions import override

from curator.base.errors import CuratorError
from curator.filters.base import FAILED, ComparingFilter, Comparison, Filter, failing
from curator.records.example import Example, ExampleId, Verdict

_FRAMES = 3  # places of a trace that are kept, the innermost first
_WORDS = 200  # characters of an error's own words

# What a person sees to (no rustc, a broken cluster), and what is wrong with the machine: it would
# take every example, one after the other, for one that no filter can judge.
_NOT_OF_THE_EXAMPLE = (CuratorError, OSError, MemoryError, ImportError)


def judge_safely(one: Filter, examples: Sequence[Example]) -> list[Verdict]:
    """Return a filter's verdicts; an example that it breaks on is rejected as "filter_failed".

    Where the filter breaks on some, each is judged by itself, so that the others get the verdicts
    that they deserve. Raises CuratorError, and errors of the machine, as the filter does.
    """
    try:
        return one.judge(examples)
    except _NOT_OF_THE_EXAMPLE:
        raise
    except Exception as error:
        if len(examples) == 1:
            return [failing(one.name, FAILED, _trace(error))]
        return [judge_safely(one, [example])[0] for example in examples]


def compare_safely(one: ComparingFilter, examples: Sequence[Example]) -> Comparison:
    """Prepare a comparison; an example that the filter breaks on is rejected as "filter_failed".

    Raises CuratorError, and errors of the machine, as the filter does.
    """
    try:
        return _Guarded(one.name, one.compare(examples))
    except _NOT_OF_THE_EXAMPLE:
        raise
    except Exception:
        broken = {row: v for row, e in enumerate(examples) if (v := _breaks(one, e))}
        rows = [row for row in range(len(examples)) if row not in broken]
        return _Guarded(one.name, one.compare([examples[row] for row in rows]), rows, broken)


def _breaks(one: ComparingFilter, example: Example) -> Verdict | None:
    """Return the verdict on an example that a comparison cannot be prepared for; else None."""
    try:
        one.compare([example])
    except Exception as error:
        return failing(one.name, FAILED, _trace(error))
    return None


class _Guarded(Comparison):
    """A comparison of the examples in `rows` (None: all), and the verdicts on the others."""

    def __init__(
        self,
        name: str,
        comparison: Comparison,
        rows: Sequence[int] | None = None,
        broken: Mapping[int, Verdict] | None = None,
    ):
        self._name, self._comparison = name, comparison
        self._rows = None if rows is None else {row: n for n, row in enumerate(rows)}
        self._broken = broken or {}

    def _row(self, row: int) -> int:
        return row if self._rows is None else self._rows[row]

    @override
    def verdict(self, row: int, without: Collection[ExampleId] = ()) -> Verdict:
        if row in self._broken:
            return self._broken[row]
        try:
            return self._comparison.verdict(self._row(row), without)
        except _NOT_OF_THE_EXAMPLE:
            raise
        except Exception as error:
            return failing(self._name, FAILED, _trace(error))

    @override
    def remember(self, row: int) -> None:
        self._comparison.remember(self._row(row))

    @override
    def close(self) -> None:
        self._comparison.close()


def _trace(error: Exception) -> str:
    """Tell an error in a line: "IndexError: list index out of range (markdown.py:92 in blocks)"."""
    frames = reversed(traceback.extract_tb(error.__traceback__)[-_FRAMES:])
    places = (f"{Path(f.filename).name}:{f.lineno} in {f.name}" for f in frames)
    words = " ".join(str(error).split())[:_WORDS]
    return f"{type(error).__name__}: {words} ({', '.join(places)})"
