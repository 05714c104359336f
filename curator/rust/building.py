"""Link programs in the very run of rustc that checks them, and run them while others compile."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from typing_extensions import override

from curator.rust.compiler import (
    Compilation,
    Compiler,
    Crate,
    Extern,
    memory,
    parse_diagnostics,
    problem_of,
)
from curator.rust.runner import Run, Runner
from curator.rust.unit import Unit

_Program = tuple[str, str, Extern]  # text, edition, crates


@dataclass
class Building(Compiler):
    """A compiler that has crates of programs built by a runner, and begins to run them at once.

    `runs` are those begun, by program: its number among those that are run together, and theirs.
    """

    compiler: Compiler
    runner: Runner
    pool: ThreadPoolExecutor
    runs: dict[_Program, tuple[int, Future[dict[int, Run]]]] = field(default_factory=dict)

    @property
    @override
    def version(self) -> str:
        return self.compiler.version

    @override
    def knows_edition(self, edition: str) -> bool:
        return self.compiler.knows_edition(edition)

    @override
    def compile(self, crate: Crate) -> Compilation:
        return self._build(crate) if crate.programs else self.compiler.compile(crate)

    @override
    def compile_all(self, crates: Sequence[Crate]) -> list[Compilation]:
        built = {at: self._build(crate) for at, crate in enumerate(crates) if crate.programs}
        others = iter(self.compiler.compile_all([c for c in crates if not c.programs]))
        return [built[at] if at in built else next(others) for at in range(len(crates))]

    def _build(self, crate: Crate) -> Compilation:
        name = TemporaryDirectory(prefix="curator-", dir=memory())
        folder = Path(name.name).resolve()
        done = self.runner.build_many(crate, folder)
        errors, analysed = parse_diagnostics(done.stderr, alone=False)
        if self.runner.is_built(done, folder):
            self._begin(crate, name)
            return Compilation(True, analysed=analysed)
        name.cleanup()
        if errors and all(e.message.startswith("linking with") for e in errors):
            return Compilation(True, analysed=analysed)  # nothing that a check would find
        return Compilation(False, errors, problem_of(done, errors), analysed)

    def _begin(self, crate: Crate, name: TemporaryDirectory[str]) -> None:
        """Begin to run the programs of a folder, which is removed when the last has ended."""
        futures = list[Future[dict[int, Run]]]()
        for numbers, work in list(self.runner.tasks(crate, Path(name.name).resolve())):
            futures.append(self.pool.submit(work))
            for at in numbers:
                self.runs[crate.programs[at], crate.edition, crate.externs] = at, futures[-1]

        def clean(_: Future[dict[int, Run]]) -> None:
            if all(future.done() for future in futures):
                name.cleanup()

        for future in futures:
            future.add_done_callback(clean)

    def __contains__(self, unit: Unit) -> bool:
        return (unit.text, unit.edition, unit.externs) in self.runs

    def ended(self, unit: Unit) -> Run | None:
        """Wait for the run of a program that was begun; None where it did not end as it should."""
        at, future = self.runs[unit.text, unit.edition, unit.externs]
        return future.result().get(at)


@contextmanager
def building(compiler: Compiler, runner: Runner, cores: int) -> Iterator[Building]:
    """Yield a compiler that builds programs, and leave no folder and no program of it behind.

    Programs mostly wait, so that twice as many of them are run as there are cores.
    """
    with ThreadPoolExecutor(2 * cores) as pool:
        try:
            yield Building(compiler, runner, pool)
        finally:
            pool.shutdown(cancel_futures=True)
