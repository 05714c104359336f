"""The same asks written in this process and by a server on this machine, 1 and 8 at a time.

    PYTHONPATH=. .venv/bin/python benchmarks/serve.py [ASKS=16] [TOKENS=48] [ROUNDS=2] [THREADS=all]

SmolLM2 on both sides, prompts of about 300 tokens of which most are shared, temperature 0.7. The
server is llama-cpp-python's own (its packages are in the extra "dev"), which writes one text after
another however many are asked for: what 8 at a time gains over 1 is the waiting between requests
and nothing else. A server that batches, as vLLM and llama-server do, is another matter: give the
address of one that runs in CURATOR_BENCH_SERVER, such as openai:MODEL@http://gpu-box:8000/v1, and
it is measured instead. The sides take turns; printed are medians of new tokens per second of wall
time, their ratios, and the load, which says how far to trust them.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# For both sides alike, before the library is loaded: see curator/models/llama/model.py.
os.environ |= {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0"}

from curator.models.base import ChatRequest, Message, TextModel
from curator.models.load import load_model
from curator.models.settings import ModelSettings
from curator.records.example import Sampling
from tests.models.openai_real import serving

RULES = "Chaque valeur a un propriétaire unique ; un emprunt ne le remplace pas. "
SYSTEM = Message("system", "Vous êtes un professeur de Rust. " + RULES * 12)
AT_A_TIME = (1, 8)


def asks(count: int, tokens: int) -> list[ChatRequest]:
    """Conversations that share their beginning, and end differently."""
    sampling = Sampling(max_tokens=tokens)
    told = (f"Racontez en détail l'histoire numéro {i}." for i in range(count))
    return [
        ChatRequest((SYSTEM, Message("user", text)), sampling, i) for i, text in enumerate(told)
    ]


def speed(model: TextModel, wanted: list[ChatRequest]) -> float:
    """New tokens per second of wall time, prompts included."""
    began = time.perf_counter()
    written = sum(one.tokens for one in model.complete(wanted))
    return written / (time.perf_counter() - began)


@contextmanager
def server(threads: int) -> Iterator[str]:
    """The name of the served model."""
    given = os.environ.get("CURATOR_BENCH_SERVER")
    if given:
        yield given
        return
    with tempfile.NamedTemporaryFile() as log, serving(Path(log.name), threads=threads) as found:
        yield found.name


def models(name: str, threads: int) -> dict[str, TextModel]:
    """What is compared."""
    made: dict[str, TextModel] = {}
    for width in AT_A_TIME:
        own = ModelSettings(name="smollm2", width=width, threads=threads)
        made[f"process, {width} at a time"] = load_model(own)
        made[f"server, {width} at a time"] = load_model(ModelSettings(name=name, concurrency=width))
    return made


def main(count: int = 16, tokens: int = 48, rounds: int = 2, threads: int = 0) -> None:
    """Measure the sides in turn; print medians and ratios."""
    threads = threads or os.cpu_count() or 1
    wanted = asks(count, tokens)
    speeds: dict[str, list[float]] = {}
    with server(threads) as name:
        compared = models(name, threads)
        for number in range(rounds):
            for side, model in compared.items():
                speeds.setdefault(side, []).append(speed(model, wanted))
                load = os.getloadavg()[0]
                said = (
                    f"round {number + 1} {side}: {speeds[side][-1]:.1f} tokens/s, load {load:.1f}"
                )
                print(said, file=sys.stderr, flush=True)
        served = next(m for s, m in compared.items() if s.startswith("server"))
        print(f"server: {served.ref.runtime['server']}, model {served.ref.name}")
    print(f"{count} asks, {tokens} new tokens, {rounds} rounds, {threads} threads")
    medians = {side: statistics.median(found) for side, found in speeds.items()}
    for side, median in medians.items():
        own = medians[side.replace("server", "process")]
        print(f"{side:>20} {median:6.1f} tokens/s, {median / own:.2f} x the process")
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
