"""Run corrected programs: a lesson shows one that prints something, or whose tests pass."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from os import cpu_count

from curator.base.errors import CompilerError
from curator.generate.mutate.proof import Proof
from curator.rust.block_state import externs_of
from curator.rust.cache import key_of
from curator.rust.document import Options
from curator.rust.runner import Run, Runner
from curator.rust.source import analyse
from curator.rust.unit import Unit


def find_runner() -> Runner | None:
    """Return a runner where this machine can run programs in a sandbox, else None."""
    try:
        runner = Runner()
        runner.prove()
    except CompilerError:  # no sandbox or no linker: programs are compiled only
        return None
    return runner


def kind_of(code: str) -> str:
    """Tell how to run a program: "bin", "test", or "" where there is nothing to run."""
    source = analyse(code)
    if source.has_tests:
        return "test"
    return "bin" if source.has_main else ""


def _runs(units: Sequence[Unit], runner: Runner, options: Options) -> list[Run]:
    """Run units, but those whose end the cache knows."""
    keys = [key_of(unit, runner.toolchain.version, "run") for unit in units]
    cached = options.cache.get(keys) if options.cache else {}
    known = {k: json.loads(text) for k, text in cached.items()}
    runs = {k: Run(**{**run, "failed": tuple(run["failed"])}) for k, run in known.items()}
    new = {k: unit for k, unit in zip(keys, units, strict=True) if k not in runs}

    def run(unit: Unit) -> Run:
        return runner.run(unit.text, unit.edition, kind_of(unit.text), unit.externs)

    with ThreadPoolExecutor(max_workers=options.cores or cpu_count() or 1) as pool:
        fresh = dict(zip(new, pool.map(run, new.values()), strict=True))
    if options.cache:
        ended = {k: r for k, r in fresh.items() if r.ended in ("ok", "panicked", "failed")}
        options.cache.put({k: json.dumps(asdict(r)) for k, r in ended.items()})
    return [runs.get(k) or fresh[k] for k in keys]


def _holds(run: Run, code: str) -> bool:
    return run.ended == "ok" and (kind_of(code) == "test" or bool(run.stdout.strip()))


def running(proofs: Sequence[Proof], options: Options) -> list[Proof]:
    """Return the proofs whose corrected program runs and prints, or whose tests pass.

    A program with nothing to run is kept, and all are where the options have no runner.
    """
    runner = options.runner
    if runner is None:
        return list(proofs)
    tried = [p for p in proofs if kind_of(p.fixed)]
    units = [Unit(p.fixed, p.program.edition, externs_of(p.fixed, options.externs)) for p in tried]
    pairs = zip(tried, _runs(units, runner, options), strict=True)
    failed = {id(p) for p, run in pairs if not _holds(run, p.fixed)}
    return [p for p in proofs if id(p) not in failed]
