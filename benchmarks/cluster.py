"""`--engine ray` against the local engine, on the same made-up records, in the same run.

    PYTHONPATH=. .venv/bin/python benchmarks/cluster.py [RECORDS=1000] [BLOCKS=600] [ROUNDS=2]

Both sides start with what they read in memory; the cluster is one of our own on this machine, with
a worker for each core, and its start is told by itself. The engines take turns. Chains:

    cheap    structure, length, banned: next to no work, so that Ray's own costs show
    prose    cheap and french, leakage, which the local engine does on one core
    rust     rust alone, on lessons of three blocks of which half fail, cache empty: the local
             engine uses all cores by itself

On one machine Ray can win what the local engine leaves idle, and no more. The processor time of
this process, the driver, is told too: what it takes for a record bounds what a cluster can be fed.
Every pair of runs is checked to give the same bytes.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from curator.base import store
from curator.cluster.distribute import distribute_filters
from curator.cluster.pool import RayPool
from curator.cluster.session import session
from curator.filters.banned import BannedSettings
from curator.filters.base import FilterSettings, FilterStream
from curator.filters.french import FrenchSettings
from curator.filters.leakage import LeakageSettings
from curator.filters.length import LengthSettings
from curator.filters.registry import make_filters
from curator.filters.run import stream_filters
from curator.filters.rust import RustSettings
from curator.filters.structure import StructureSettings
from curator.records.example import Example, Origin, Provenance
from tests.rust import corpus

sys.path.insert(0, str(Path(__file__).parent))
from scale import ROOT, Corpus

CHEAP = (StructureSettings(), LengthSettings(), BannedSettings(phrases=("as an AI",)))
PROSE = (*CHEAP, FrenchSettings(), LeakageSettings())


def lessons(texts: Sequence[str]) -> list[Example]:
    """Three blocks an example."""
    made = Provenance(
        origin=Origin.AUTHORED, created=datetime(2026, 1, 1, tzinfo=UTC), toolkit="0", author="me"
    )
    labels = {"category": "concepts", "topic": "traits", "difficulty": "avance"}
    groups = [texts[i : i + 3] for i in range(0, len(texts), 3)]
    shown = ("\n\n".join(f"```rust\n{t}\n```" for t in group) for group in groups)
    return [
        Example(question=f"Leçon {n} ?", answer=answer, provenance=made, **labels)
        for n, answer in enumerate(shown)
    ]


def once(
    stream: FilterStream, examples: Sequence[Example], chain: Sequence[FilterSettings]
) -> tuple[float, float, bytes]:
    """Seconds of wall, of this process's processor time, and what would be written."""
    filters = make_filters(chain, (), ROOT)
    began, busy = time.perf_counter(), time.process_time()
    judged = list(stream(examples, filters))
    spent = time.perf_counter() - began, time.process_time() - busy
    return *spent, b"".join(map(store.encode, judged))


def compare(
    name: str, pool: RayPool, examples: Sequence[Example], chain: Sequence[FilterSettings]
) -> None:
    """Print medians, their ratio, and the load."""
    sides = {"local": stream_filters, "ray": partial(distribute_filters, pool)}
    found: dict[str, list[float]] = {}
    busy: list[float] = []
    written: set[bytes] = set()
    for number in range(ROUNDS):
        for side, stream in sides.items():
            # Workers have the folder of their start: its file is emptied rather than replaced.
            for file in Path(os.environ["XDG_CACHE_HOME"]).rglob("rust.sqlite*"):
                file.unlink()
            spent, own, data = once(stream, examples, chain)
            busy += [own] if side == "ray" else []
            found.setdefault(side, []).append(spent)
            written.add(data)
            load = os.getloadavg()[0]
            said = f"  {name}, round {number + 1}, {side}: {spent:.2f} s, load {load:.1f}"
            print(said, file=sys.stderr, flush=True)
    local, ray = (statistics.median(found[side]) for side in sides)
    same = "the same bytes" if len(written) == 1 else "OTHER BYTES"
    each = (ray - local) / len(examples) * 1e3
    print(f"{name}: {len(examples)} records, {same}, load {os.getloadavg()[0]:.1f}")
    print(f"  local {local / len(examples) * 1e3:8.2f} ms a record")
    print(f"  ray   {ray / len(examples) * 1e3:8.2f} ms a record ({each:+.2f})")
    driver = statistics.median(busy) / len(examples) * 1e3
    print(f"        {driver:8.2f} ms a record of the driver's processor time")
    print(f"  ratio {ray / local:8.2f} x the time of the local engine")


ROUNDS = 2


def main(records: int = 1000, blocks: int = 600, rounds: int = 2) -> None:
    """Measure the chains in turn."""
    global ROUNDS
    ROUNDS = rounds
    made = Corpus(1)
    prose = [made.record(n) for n in range(records)]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        began = time.perf_counter()
        with session(None) as ray:
            pool = RayPool(ray)
            pool.prepare(make_filters([RustSettings()]))
            list(distribute_filters(pool, prose[:16], make_filters(CHEAP)))
            print(f"start of the cluster and its workers: {time.perf_counter() - began:.1f} s")
            print(f"workers: {pool.slots}")
            compare("cheap", pool, prose, CHEAP)
            compare("prose", pool, prose, PROSE)
            compare("rust", pool, lessons(list(corpus.mixed(blocks))), (RustSettings(),))
            began = time.perf_counter()
        print(f"its end: {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
