"""Ask a filter for verdicts, so that a fault of its own costs one example and no batch."""

import traceback
from collections.abc import Sequence
from pathlib import Path

from curator.base.errors import CuratorError
from curator.filters.base import FAILED, Filter, failing
from curator.records.example import Example, Verdict

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


def _trace(error: Exception) -> str:
    """Tell an error in a line: "IndexError: list index out of range (markdown.py:92 in blocks)"."""
    frames = reversed(traceback.extract_tb(error.__traceback__)[-_FRAMES:])
    places = (f"{Path(f.filename).name}:{f.lineno} in {f.name}" for f in frames)
    words = " ".join(str(error).split())[:_WORDS]
    return f"{type(error).__name__}: {words} ({', '.join(places)})"
