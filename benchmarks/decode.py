"""Candidates that share a prompt: waves of several widths beside one `Llama` call after another.

    .venv/bin/python benchmarks/decode.py [CANDIDATES=64] [ROUNDS=3] [THREADS=all cores]

About 600 shared prompt tokens, at most 128 new ones a candidate, SmolLM2. The sides take turns in
each round; what is printed is the median of new tokens per second, prompts included. "fresh" is
`Llama.create_chat_completion` that reads its whole prompt each time (8 candidates: they cost the
same), "reuse" the same with the prefix that `Llama` finds in its memory. A wave keeps nothing of an
earlier one here: each reads the prompt once (benchmarks/prefixes.py says what keeping it gains).

On a busy machine wall time says little, and several threads wait for each other: take 1 thread and
look at the tokens per second of processor time.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

# For both sides alike, before the library is loaded: see curator/models/llama/model.py.
os.environ |= {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0"}

from llama_cpp import Llama

from curator.models.base import ChatRequest, Message
from curator.models.llama.gguf import find_model
from curator.models.llama.model import LlamaModel
from curator.models.llama.prefixes import Prefixes
from curator.models.settings import ModelSettings
from curator.records.example import Sampling

NEW = 128
FRESH = 8
WIDTHS = (1, 4, 8, 16)
SAMPLING = Sampling(max_tokens=NEW)
RULES = "Chaque valeur a un propriétaire unique ; un emprunt ne le remplace pas. "
MESSAGES = (
    Message("system", "Vous êtes un professeur de Rust. " + RULES * 24),
    Message("user", "Racontez une très longue histoire sur un programme, en détail."),
)


def plain(llama: Llama, count: int, fresh: bool) -> int:
    """One call after another; returns the number of new tokens."""
    turns: Any = [{"role": m.role, "content": m.content} for m in MESSAGES]
    llama.reset()
    total = 0
    for seed in range(count):
        if fresh:
            llama.reset()
        made: Any = llama.create_chat_completion(
            turns,
            max_tokens=NEW,
            temperature=SAMPLING.temperature,
            top_p=SAMPLING.top_p,
            top_k=SAMPLING.top_k,
            min_p=0.0,
            repeat_penalty=SAMPLING.repeat_penalty,
            seed=seed,
        )
        total += made["usage"]["completion_tokens"]
    return total


def wave(model: LlamaModel, count: int) -> int:
    """All candidates as one wave; returns the number of new tokens."""
    requests = [ChatRequest(MESSAGES, SAMPLING, seed) for seed in range(count)]
    return sum(done.tokens for done in model.complete(requests))


def timed(work: Callable[[], int]) -> tuple[float, float]:
    """New tokens per second of wall time and of processor time."""
    wall, busy = time.perf_counter(), time.process_time()
    tokens = work()
    return tokens / (time.perf_counter() - wall), tokens / (time.process_time() - busy)


def sides(count: int, threads: int) -> dict[str, Callable[[], int]]:
    """What is compared, each with its model loaded."""
    file = find_model("smollm2")
    llama = Llama(
        str(file.path), n_ctx=1024, n_threads=threads, n_threads_batch=threads, verbose=False
    )
    compared: dict[str, Callable[[], int]] = {
        "fresh": lambda: plain(llama, min(count, FRESH), fresh=True),
        "reuse": lambda: plain(llama, count, fresh=False),
    }
    for width in WIDTHS:
        settings = ModelSettings(width=width, threads=threads)
        model = LlamaModel(file, settings, Prefixes(None, memory=0))
        compared[f"width {width}"] = lambda model=model: wave(model, count)  # type: ignore[misc]
    return compared


def table(speeds: dict[str, list[tuple[float, float]]], clock: int) -> None:
    """Print the medians of one clock with their ratios, and whether the default meets the bar."""
    median = {name: statistics.median(s[clock] for s in found) for name, found in speeds.items()}
    print("wall time" if clock == 0 else "processor time")
    for name, speed in median.items():
        against = f"{speed / median['fresh']:.1f} x fresh, {speed / median['reuse']:.1f} x reuse"
        print(f"{name:>9} {speed:6.1f} tokens/s, {against}")
    default = f"width {ModelSettings().width}"
    met = median[default] >= max(3 * median["fresh"], median["reuse"])
    print(f"bar: {default} at least 3 x fresh and 1 x reuse: {'met' if met else 'missed'}")


def main(count: int = 64, rounds: int = 3, threads: int = os.cpu_count() or 1) -> None:
    """Measure all sides in turn; print medians, ratios and the machine's load."""
    compared = sides(count, threads)
    speeds: dict[str, list[tuple[float, float]]] = {name: [] for name in compared}
    for number in range(rounds):
        for name, work in compared.items():
            speeds[name].append(timed(work))
            wall, busy = speeds[name][-1]
            load = os.getloadavg()[0]
            said = f"round {number + 1} {name}: {wall:.1f} wall, {busy:.1f} busy, load {load:.1f}"
            print(said, file=sys.stderr, flush=True)
    print(f"{count} candidates, {rounds} rounds, {threads} threads, load {os.getloadavg()[0]:.1f}")
    for clock in (0, 1):
        table(speeds, clock)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
