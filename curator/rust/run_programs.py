"""Run many programs, each with what it prints and how it ends when it is alone.

Building a program takes ten times as long as running it, so those that cannot touch each other are
built as one. Where that fails, halves are, and those that are left and all others are built and run
alone.
"""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import groupby
from os import cpu_count

from curator.rust.building import Building
from curator.rust.cache import Cache, key_of
from curator.rust.runner import Run, Runner
from curator.rust.unit import Unit

_MOST, _LEAST = 160, 4  # programs that are built as one

# A program, and how it is built: "bin" or "test".
Program = tuple[Unit, str]


def run_cached(
    programs: Sequence[Program],
    runner: Runner,
    cache: Cache | None,
    workers: int | None = None,
    begun: Building | None = None,
) -> list[Run]:
    """Run programs like `run_programs`, but only those whose end the cache does not know.

    Of those that were begun when they were compiled, the end is waited for.

    What ended by itself is kept. A limit says as much of the machine as of the program, so that
    such an end is not; a program that occurs twice is run once.
    """
    version = runner.toolchain.version
    keys = [key_of(unit, version, "run", kind) for unit, kind in programs]
    known = _decoded(cache.get(list(dict.fromkeys(keys)))) if cache else {}
    new = {k: program for k, program in zip(keys, programs, strict=True) if k not in known}
    fresh = _fresh(new, runner, workers, begun)
    if cache:
        ended = {k: r for k, r in fresh.items() if r.ended in ("ok", "panicked", "failed")}
        cache.put({key: json.dumps(asdict(run)) for key, run in ended.items()})
    return [known.get(key) or fresh[key] for key in keys]


def _fresh(
    new: dict[str, Program], runner: Runner, workers: int | None, begun: Building | None
) -> dict[str, Run]:
    """Run programs by key, those that were not begun first, for the others need no help."""

    def run(keys: Sequence[str]) -> dict[str, Run]:
        runs = run_programs([new[key] for key in keys], runner, workers)
        return dict(zip(keys, runs, strict=True))

    waiting = [k for k, (unit, kind) in new.items() if begun and kind == "bin" and unit in begun]
    fresh = run([key for key in new if key not in waiting])
    ended = {key: begun.ended(new[key][0]) for key in waiting} if begun else {}
    fresh |= {key: end for key, end in ended.items() if end}
    return fresh | run([key for key in new if key not in fresh])


def _decoded(cached: dict[str, str]) -> dict[str, Run]:
    runs = {key: json.loads(text) for key, text in cached.items()}
    return {key: Run(**{**run, "failed": tuple(run["failed"])}) for key, run in runs.items()}


def run_programs(
    programs: Sequence[Program], runner: Runner, workers: int | None = None
) -> list[Run]:
    """Build and run each program, on as many cores as are given, or all; runs in order."""
    workers = workers or cpu_count() or 1

    def run_some(numbers: Sequence[int]) -> list[Run]:
        units = [programs[at][0] for at in numbers]
        many = runner.run_tests if units[0].tested else runner.run_many
        together = many(units) if len(units) > 1 else None
        if together or len(units) < _LEAST:
            return together or [_alone(programs[at], runner) for at in numbers]
        middle = len(numbers) // 2
        return [run for half in (numbers[:middle], numbers[middle:]) for run in run_some(half)]

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

    def key(at: int) -> tuple[bool, str, str]:
        unit = programs[at][0]
        return unit.tested, unit.edition, str(unit.externs)

    def shares(unit: Unit, kind: str) -> bool:
        return unit.builds_with_others if kind == "bin" else unit.tests_with_others

    sharing = [at for at, program in enumerate(programs) if shares(*program)]
    left = set(range(len(programs))).difference(sharing)
    for (tested, *_), group in groupby(sorted(sharing, key=key), key):
        numbers = list(group)
        most = 1 if tested else min(workers, len(numbers) // _LEAST)
        count = max(most, -(-len(numbers) // _MOST))
        if not count:
            left.update(numbers)
            continue
        size = -(-len(numbers) // count)
        yield from (numbers[at : at + size] for at in range(0, len(numbers), size))
    yield from ([at] for at in sorted(left))
