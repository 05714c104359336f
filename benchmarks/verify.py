"""The Rust verifier against `rustdoc --test` and a linking rustc, on any folder of Markdown.

    python benchmarks/verify.py FOLDER --edition E [mixed] [good] [growth]

mixed   every block as it comes; against rustdoc that compiles each block by itself, and against
        one linking rustc a block, on a sample of 60 blocks
good    the blocks that compile and that rustdoc (edition 2024) can merge into one program;
        against rustdoc so merged, its `no_run` form beside ours, and its runs beside `--run`
growth  time a block and the largest rustc at 100, 1,000 and 10,000 blocks, each made distinct by
        a comment

Both sides run in one process tree, one after another, three times; the median counts, of wall time
and of processor time (user and system, of all processes; Linux). The cache is empty, both may use
as many cores, ours runs in the sandbox. Blocks whose `{{#include}}` is not
there are left out. Run from the checkout with `PYTHONPATH=. .venv/bin/python`.
"""

import argparse
import ctypes
import os
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psutil

from curator.rust.compiler import Compilation, Rustc
from curator.rust.compose import Composition
from curator.rust.document import BlockResult, Document, Options, Text
from curator.rust.engine import check_documents
from curator.rust.expect import Expectation
from curator.rust.runner import Runner
from curator.rust.source import analyse
from curator.rust.toolchain import find_toolchain
from curator.text.markdown import Block, blocks

SAMPLE = 60
ROUNDS = 3
_MERGED = re.compile(r"^test result: ok\. (\d+) passed", re.MULTILINE)


@dataclass(frozen=True)
class Counting(Rustc):
    """The real compiler; `runs` counts how often rustc is started."""

    runs: list[int] = field(default_factory=list)

    def _outcome(self, *given: object) -> Compilation:
        self.runs.append(1)
        return super()._outcome(*given)  # type: ignore[arg-type]


def read(folder: Path) -> list[Document]:
    """Every Markdown file as a document."""
    files = sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in (".md", ".markdown")
    )
    texts = (path.read_text("utf-8", "replace") for path in files)
    return [Document((Text("text", text),)) for text in texts if "```" in text]


def rust_blocks(documents: Sequence[Document], edition: str) -> list[Block]:
    """The blocks that are to be judged, but those that include what is elsewhere."""
    every = (b for d in documents for b in blocks(d.texts[0].markdown) if b.is_rust)
    return [
        b
        for b in every
        if "{{#" not in b.code
        and (b.edition or edition) == edition
        and not any(a.startswith("ignore") for a in b.attributes)
    ]


def fenced(block: Block, *more: str) -> str:
    """The block as it stands, with more words on its fence."""
    return f"````rust,{','.join((*more, *block.attributes))}\n{block.code}\n````"


def documents_of(pieces: Sequence[str]) -> list[Document]:
    """Three blocks a document, as answers have them."""
    groups = [pieces[i : i + 3] for i in range(0, len(pieces), 3)]
    return [Document((Text("answer", "\n\n".join(group)),)) for group in groups]


class Spent(NamedTuple):
    """Seconds that some work took: by the clock, and of all cores."""

    wall: float
    cpu: float

    def over(self, other: "Spent") -> str:
        """How many times as much as another."""
        return f"{self.wall / other.wall:.2f} times (by processor time {self.cpu / other.cpu:.2f})"


def adopt() -> None:
    """Become the parent of what a sandbox leaves behind, to have its processor time counted."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def used() -> float:
    """Processor time of this process and of all below it that have ended."""
    time.sleep(0.05)  # a sandbox ends a little after what it ran
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    usages = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(u.ru_utime + u.ru_stime for u in usages)


def timed(work: Callable[[], object]) -> Spent:
    """Measure some work."""
    before, start = used(), time.perf_counter()
    work()
    wall = time.perf_counter() - start
    return Spent(wall, used() - before)


def middle(every: Sequence[Spent], pieces: int = 1) -> Spent:
    """The median of some measurements, for each of some pieces."""
    wall, cpu = (median(numbers) / pieces for numbers in zip(*every, strict=True))
    return Spent(wall, cpu)


def ours(documents: Sequence[Document], options: Options) -> tuple[list[BlockResult], int]:
    """Check documents; returns what came of each block, and how often rustc was started."""
    analyse.cache_clear()  # as a new process would not know the texts
    rustc = Counting()
    results = [r for part in check_documents(documents, rustc, options) for r in part]
    return results, len(rustc.runs)


def rustdoc(pieces: Sequence[str], edition: str) -> str:
    """Run `rustdoc --test` on one file of these blocks; returns what it prints."""
    with tempfile.TemporaryDirectory() as name:
        page = Path(name) / "page.md"
        page.write_text("\n\n".join(pieces))
        program = find_toolchain().rustc.with_name("rustdoc")
        command = [str(program), "--test", "--edition", edition, str(page)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=name)
    return done.stdout


def link(block: Block, edition: str) -> None:
    """Build one block as a program, as somebody would by hand."""
    rustc = find_toolchain().rustc
    code = block.code if analyse(block.code).has_main else f"fn main() {{\n{block.code}\n}}"
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "block.rs").write_text(code)
        command = [str(rustc), "--edition", edition, "-Awarnings", "-o", "out", "block.rs"]
        subprocess.run(command, capture_output=True, check=False, cwd=name)


def linked(found: Sequence[Block], edition: str) -> Spent:
    """What a block costs of a linking rustc each, on all cores."""
    sample = found[:: max(1, len(found) // SAMPLE)][:SAMPLE]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        spent = timed(lambda: list(pool.map(lambda b: link(b, edition), sample)))
    return middle([spent], len(sample))


def mixed(documents: Sequence[Document], edition: str) -> None:
    """Every block as it comes."""
    found = rust_blocks(documents, edition)
    pieces = [fenced(block) for block in found]
    given = documents_of(pieces)
    alone = [fenced(block, "standalone_crate") for block in found]
    mine, doc, linking = list[Spent](), list[Spent](), list[Spent]()
    results, runs = list[BlockResult](), 0

    def check() -> None:
        nonlocal results, runs
        results, runs = ours(given, Options(edition=edition))

    for _ in range(ROUNDS):
        mine.append(timed(check))
        doc.append(timed(lambda: rustdoc(alone, edition)))
        linking.append(linked(found, edition))
    count = len(found)
    block, each, link_each = middle(mine, count), middle(doc, count), middle(linking)
    print(f"mixed: {count} blocks, {sum(r.passed for r in results)} pass, edition {edition}")
    print(
        f"  ours {block.wall * 1e3:.2f} ms a block; {100 * runs / count:.1f} runs per 100 (bar 12)"
    )
    print(f"  rustdoc, each by itself {1e3 * each.wall:.1f} ms a block: {each.over(block)} (bar 8)")
    print(
        f"  a linking rustc {1e3 * link_each.wall:.1f} ms a block: {link_each.over(block)} (bar 10)"
    )


@contextmanager
def watching(pause: float, look: Callable[[psutil.Process], None]) -> Iterator[None]:
    """Look at every process below this one, again and again, `pause` seconds apart."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(pause):
            for child in psutil.Process().children(recursive=True):
                with suppress(psutil.Error):
                    look(child)

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield
    done.set()
    watcher.join()


def merges(found: Sequence[Block]) -> bool:
    """Tell whether rustdoc compiles these blocks as one, and none a second time.

    It says nothing where the merged program does not compile and it goes on with each block alone.
    """
    processes = set[int]()  # one that is gone in 5 ms may be missed

    def count(child: psutil.Process) -> None:
        processes.update({child.pid} if child.name() == "rustc" else ())

    with watching(0.005, count):
        shown = rustdoc([fenced(block, "no_run") for block in found], "2024")
    whole = [int(n) for n in _MERGED.findall(shown)] == [len(found)]
    return whole and len(processes) <= 3


def mergeable(found: Sequence[Block]) -> list[Block]:
    """The blocks that rustdoc can merge, found by halving; one that is alone is tried twice.

    Where two halves merge, and not together, the larger one is kept.
    """
    if len(found) == 1:
        return list(found) if merges([*found, *found]) else []
    if not found or merges(found):
        return list(found)
    middle = len(found) // 2
    halves = [mergeable(found[:middle]), mergeable(found[middle:])]
    both = [*halves[0], *halves[1]]
    return both if all(halves) and merges(both) else max(halves, key=len)


def sound(found: Sequence[Block]) -> list[Block]:
    """The blocks that say nothing but that they compile, that do, and that end well when run."""
    plain = [b for b in found if not {"compile_fail", "should_panic", "no_run"} & {*b.attributes}]
    narrow = Options("2024", frozenset({Composition.AS_IS, Composition.IN_MAIN}), imports=False)
    with_runs = Options("2024", narrow.accept, imports=False, runner=Runner())
    results, _ = ours([Document((Text("answer", fenced(b)),)) for b in plain], with_runs)
    fine = [r.passed and r.expectation is Expectation.COMPILES for r in results]
    return [b for b, passes in zip(plain, fine, strict=True) if passes]


def good(documents: Sequence[Document], edition: str) -> None:
    """The blocks that rustdoc can merge."""
    found = [b for b in rust_blocks(documents, edition) if not b.edition]
    found = mergeable(sound(found))
    given = documents_of([fenced(b) for b in found])
    print(f"good: {len(found)} blocks that rustdoc merges, edition 2024")
    for name, more, runner in (("nothing run", ("no_run",), None), ("run", (), Runner())):
        mine, doc, runs = list[Spent](), list[Spent](), list[int]()
        options = Options(edition="2024", runner=runner)
        pieces = [fenced(b, *more) for b in found]
        for _ in range(ROUNDS):
            mine.append(timed(lambda o=options, r=runs: r.append(ours(given, o)[1])))
            doc.append(timed(lambda given=pieces: rustdoc(given, "2024")))
        own, merged = middle(mine), middle(doc)
        print(f"  {name}: ours {own.wall:.2f} s, rustdoc merged {merged.wall:.2f} s: ", end="")
        print(f"{merged.over(own)} (bar 1.5)", end="")
        print("" if runner else f"; {100 * runs[-1] / len(found):.1f} runs per 100 (bar 3)")


def growth(documents: Sequence[Document], edition: str) -> None:
    """Time a block and peak memory as the corpus grows."""
    found = rust_blocks(documents, edition)
    for count in (100, 1_000, 10_000):
        some = (found * -(-count // len(found)))[:count]
        pieces = [fenced(b).replace("\n", f"\n// {at}\n", 1) for at, b in enumerate(some)]
        given = documents_of(pieces)
        largest = [0]  # MiB; what a sandbox waits for is not in our own usage

        def measure(child: psutil.Process, largest: list[int] = largest) -> None:
            largest[0] = max(largest[0], child.memory_info().rss >> 20)

        with watching(0.05, measure):
            spent = timed(lambda given=given: ours(given, Options(edition=edition))).wall
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        print(f"growth: {count} blocks, {1e3 * spent / count:.1f} ms a block, ", end="")
        print(f"{own} MiB of ours, {largest[0]} MiB the largest rustc")


def main() -> None:
    """Measure what is asked for, or mixed and good."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--edition", default="2021")
    parser.add_argument("what", nargs="*", default=["mixed", "good"])
    given = parser.parse_intermixed_args()
    adopt()
    documents = read(given.folder)
    load = os.getloadavg()[0]
    print(f"{given.folder.name}: {len(documents)} files; {os.cpu_count()} cores, load {load:.1f}")
    for name in given.what:
        {"mixed": mixed, "good": good, "growth": growth}[name](documents, given.edition)


if __name__ == "__main__":
    main()
