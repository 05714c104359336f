"""Run many programs, each with what it prints and how it ends when it is alone.

Building a program takes ten times as long as running it, so those that cannot touch each other are
built as one. Where that fails, and for all others, each is built and run alone.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from os import cpu_count

from curator.rust.runner import Run, Runner
from curator.rust.unit import Unit

_MOST, _LEAST = 160, 4  # programs that are built as one

# A program, and how it is built: "bin" or "test".
Program = tuple[Unit, str]


def run_programs(
    programs: Sequence[Program], runner: Runner, workers: int | None = None
) -> list[Run]:
    """Build and run each program, on as many cores as are given, or all; runs in order."""
    workers = workers or cpu_count() or 1

    def run_some(numbers: Sequence[int]) -> list[Run]:
        units = [programs[at][0] for at in numbers]
        together = runner.run_many(units) if len(units) > 1 else None
        return together or [_alone(programs[at], runner) for at in numbers]

    parts = list(_parts(programs, workers))
    with ThreadPoolExecutor(max_workers=workers) as pool:
        ran = pool.map(run_some, parts)
        runs = {
            at: run
            for part, some in zip(parts, ran, strict=True)
            for at, run in zip(part, some, strict=True)
        }
    return [runs[at] for at in range(len(programs))]


def _alone(program: Program, runner: Runner) -> Run:
    unit, kind = program
    return runner.run(unit.text, unit.edition, kind, unit.externs)


def _parts(programs: Sequence[Program], workers: int) -> Iterator[Sequence[int]]:
    """Part the numbers of programs into those that are built as one, the largest parts first."""

    def key(at: int) -> tuple[str, str]:
        unit = programs[at][0]
        return unit.edition, str(unit.externs)

    sharing = [
        at for at, (unit, kind) in enumerate(programs) if kind == "bin" and unit.builds_with_others
    ]
    left = set(range(len(programs))).difference(sharing)
    for _, group in groupby(sorted(sharing, key=key), key):
        numbers = list(group)
        count = max(min(workers, len(numbers) // _LEAST), -(-len(numbers) // _MOST))
        if not count:
            left.update(numbers)
            continue
        size = -(-len(numbers) // count)
        yield from (numbers[at : at + size] for at in range(0, len(numbers), size))
    yield from ([at] for at in sorted(left))
