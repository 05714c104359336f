"""Run corrected programs: a lesson shows one that prints something, or whose tests pass."""

from collections.abc import Sequence

from curator.base.errors import CompilerError
from curator.generate.mutate.proof import Proof
from curator.rust.block_state import externs_of
from curator.rust.document import Options
from curator.rust.run_programs import run_cached
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


def succeeds(run: Run, code: str) -> bool:
    """Tell whether a run ended well and printed something, or its tests passed."""
    return run.ended == "ok" and (kind_of(code) == "test" or bool(run.stdout.strip()))


def run_texts(texts: Sequence[tuple[str, str]], options: Options) -> list[Run]:
    """Run (text, edition) pairs that have something to run; the options must have a runner."""
    if options.runner is None:
        raise ValueError("there is nothing to run programs with")
    units = [Unit(t, edition, externs_of(t, options.externs)) for t, edition in texts]
    programs = [(unit, kind_of(unit.text)) for unit in units]
    return run_cached(programs, options.runner, options.cache, options.cores)


def running(proofs: Sequence[Proof], options: Options) -> list[Proof]:
    """Return the proofs whose corrected program runs and prints, or whose tests pass.

    A program with nothing to run is kept, and all are where the options have no runner.
    """
    if options.runner is None:
        return list(proofs)
    tried = [p for p in proofs if kind_of(p.fixed)]
    runs = run_texts([(p.fixed, p.program.edition) for p in tried], options)
    pairs = zip(tried, runs, strict=True)
    failed = {id(p) for p, run in pairs if not succeeds(run, p.fixed)}
    return [p for p in proofs if id(p) not in failed]
