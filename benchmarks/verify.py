"""The Rust verifier against one linking `rustc` call per block, and against `rustdoc --test`.

    python benchmarks/verify.py mixed    half of the blocks fail; all compositions, then rustdoc's
    python benchmarks/verify.py good     all blocks compile
    python benchmarks/verify.py growth   cost per block and memory at 100, 1,000 and 10,000 blocks

All sides run in the same process tree, one after another, with the cache empty; the linking calls
are measured on a sample and use no sandbox, ours always does. Run from the checkout with
`PYTHONPATH=. .venv/bin/python`.
"""

import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from curator.rust.compiler import Rustc
from curator.rust.compose import Composition
from curator.rust.document import Document, Options, Text
from curator.rust.engine import check_documents
from curator.rust.source import analyse
from curator.rust.toolchain import find_toolchain
from tests.rust import corpus

SAMPLE = 60
RUSTDOCS = frozenset({Composition.AS_IS, Composition.IN_MAIN})


def documents(texts: Sequence[str]) -> list[Document]:
    """Three blocks a document, as answers have them."""
    groups = [texts[i : i + 3] for i in range(0, len(texts), 3)]
    shown = ("\n\n".join(f"```rust\n{t}\n```" for t in group) for group in groups)
    return [Document((Text("answer", markdown),)) for markdown in shown]


def ours(texts: Sequence[str], options: Options) -> tuple[float, float]:
    """Seconds per block, and the share of blocks that pass."""
    given = documents(texts)
    analyse.cache_clear()
    start = time.perf_counter()
    results = [r for part in check_documents(given, Rustc(), options) for r in part]
    spent = time.perf_counter() - start
    assert len(results) == len(texts)
    return spent / len(texts), sum(r.passed for r in results) / len(texts)


def _link(rustc: Path, text: str, folder: Path) -> None:
    source = folder / "block.rs"
    wrapped = text if analyse(text).has_main else f"fn main() {{\n{text}\n}}"
    source.write_text(wrapped)
    command = [
        str(rustc),
        "--edition",
        "2021",
        "-Awarnings",
        "-o",
        str(folder / "out"),
        str(source),
    ]
    subprocess.run(command, capture_output=True, check=False)


def linking(texts: Sequence[str]) -> float:
    """Seconds per block of one linking call after another."""
    rustc = find_toolchain().rustc
    sample = texts[:: max(1, len(texts) // SAMPLE)][:SAMPLE]

    def one(text: str) -> None:
        with tempfile.TemporaryDirectory() as name:
            _link(rustc, text, Path(name))

    start = time.perf_counter()
    for text in sample:
        one(text)
    return (time.perf_counter() - start) / len(sample)


def rustdoc(texts: Sequence[str]) -> float:
    """Seconds per block of `rustdoc --test`, edition 2024, merged, nothing run."""
    with tempfile.TemporaryDirectory() as name:
        page = Path(name) / "page.md"
        page.write_text("\n\n".join(f"```rust,no_run\n{t}\n```" for t in texts))
        program = find_toolchain().rustc.with_name("rustdoc")
        command = [str(program), "--test", "--edition", "2024", str(page)]
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=False, cwd=name)
        return (time.perf_counter() - start) / len(texts)


def mixed(count: int = 600) -> None:
    """Both comparisons on a corpus of which about half fails."""
    texts = list(corpus.mixed(count))
    every, share = ours(texts, Options())
    narrow, _ = ours(texts, Options(accept=RUSTDOCS, imports=False))
    linked, doc = linking(texts), rustdoc(texts)
    print(f"mixed, {count} blocks, {share:.0%} pass")
    print(f"  all compositions {every * 1e3:.1f} ms a block, linking rustc {linked * 1e3:.1f} ms")
    print(f"  ratio {linked / every:.1f} (bar 15)")
    print(f"  rustdoc's compositions {narrow * 1e3:.1f} ms, rustdoc --test {doc * 1e3:.1f} ms")
    print(f"  ratio {doc / narrow:.1f} (bar 4)")


def good(count: int = 600) -> None:
    """A corpus that all compiles."""
    texts = list(corpus.sound(count))
    mine, share = ours(texts, Options())
    linked = linking(texts)
    print(f"good, {count} blocks, {share:.0%} pass")
    print(f"  ours {mine * 1e3:.2f} ms a block, linking rustc {linked * 1e3:.1f} ms")
    print(f"  ratio {linked / mine:.1f} (bar 40)")


@contextmanager
def largest_rustc() -> Iterator[list[int]]:
    """Watch for the largest rustc, in MiB; what a sandbox waits for is not in our own usage."""
    seen, done = [0], threading.Event()

    def look() -> None:
        while not done.wait(0.05):
            for child in psutil.Process().children(recursive=True):
                with suppress(psutil.Error):
                    seen[0] = max(seen[0], child.memory_info().rss >> 20)

    watcher = threading.Thread(target=look)
    watcher.start()
    yield seen
    done.set()
    watcher.join()


def growth() -> None:
    """Cost per block and peak memory as the corpus grows."""
    for count in (100, 1_000, 10_000):
        with largest_rustc() as child:
            spent, _ = ours(list(corpus.mixed(count)), Options())
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        print(f"growth, {count} blocks: {spent * 1e3:.1f} ms a block, {own} + {child[0]} MiB")


if __name__ == "__main__":
    for name in sys.argv[1:] or ("mixed", "good", "growth"):
        {"mixed": mixed, "good": good, "growth": growth}[name]()
