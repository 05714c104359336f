"""The beginning of a prompt: read as before, read in pieces and kept, loaded from memory and disk.

    .venv/bin/python benchmarks/prefixes.py MODEL [THREADS=all cores] [TOKENS=100,500,2600]

"read at once" is what every wave did before pieces were kept: batches of 512 tokens in the wave's
own context. "read in pieces" is the first wave now: 64 at a time, in a context beside it, and the
states written to disk. "from disk" is the first wave of a later run, with the files in the page
cache. Contexts are made before the clock runs. All four in turn, in one process; seconds of wall
time and of processor time. Exits with 1 where loading is not faster than reading.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from curator.models.llama.batch_decoder import Tokens, split
from curator.models.llama.context import LlamaContext
from curator.models.llama.gguf import find_model
from curator.models.llama.model import LlamaModel
from curator.models.llama.piece_reader import PieceReader
from curator.models.llama.prefixes import Prefixes
from curator.models.settings import ModelSettings


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of wall time and of processor time."""
    wall, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - busy


def sides(model: Any, tokens: Tokens, threads: int, folder: Path) -> dict[str, tuple[float, float]]:
    """Measure each way to have these tokens in a context."""

    def opened() -> LlamaContext:
        return LlamaContext(model, len(tokens), 1, threads)

    def by_pieces(prefixes: Prefixes) -> tuple[float, float]:
        with opened() as target, opened() as beside:
            reader = PieceReader(target, prefixes, "benchmark", lambda: beside)
            return timed(lambda: reader.read(0, split(tokens), 0, shared=True))

    with opened() as context:
        found = {"read at once": timed(lambda: context.read(0, tokens, 0))}
    prefixes = Prefixes(folder, memory=1 << 30)
    found["read in pieces"] = by_pieces(prefixes)
    found["from memory"] = by_pieces(prefixes)
    found["from disk"] = by_pieces(Prefixes(folder))
    return found


def main(name: str, threads: int = 0, lengths: str = "100,500,2600") -> None:
    """Print a table for each number of tokens."""
    threads = threads or os.cpu_count() or 1
    loaded = LlamaModel(find_model(name), ModelSettings(threads=threads))
    model, slower = loaded._llama.model, False
    for length in map(int, lengths.split(",")):
        draw = random.Random(length)  # noqa: S311
        tokens = tuple(draw.randrange(100, 30_000) for _ in range(length))
        with tempfile.TemporaryDirectory() as folder:
            found = sides(model, tokens, threads, Path(folder))
            size = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6
        load = os.getloadavg()[0]
        print(f"{length} tokens, {size:.1f} MB, {threads} threads, load {load:.1f}")
        before = found["read at once"]
        for side, (wall, busy) in found.items():
            ratio = before[1] / busy
            print(f"{side:>15} {wall:8.3f} s, {busy:8.3f} s of processor time, {ratio:6.1f} x")
        slower |= found["from disk"][0] > before[0]
    sys.exit(slower)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]), *sys.argv[3:4])
