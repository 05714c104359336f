"""How fast a model writes on a processor, by the number of texts that it writes together.

    .venv/bin/python benchmarks/widths.py MODEL [NEW=32] [THREADS=all cores] [WIDTHS=1,4,8,16]

About 300 tokens of prompt, read before the clock runs; NEW tokens of each of as many texts as the
width. On a busy machine wall time says little: look at the tokens per second of processor time.
"""

import os
import sys
import time

from curator.models.base import ChatRequest, Message
from curator.models.llama.gguf import find_model
from curator.models.llama.model import LlamaModel
from curator.models.llama.prefixes import Prefixes
from curator.models.settings import ModelSettings
from curator.records.example import Sampling

RULES = "Chaque valeur a un propriétaire unique ; un emprunt ne le remplace pas. "
MESSAGES = (
    Message("system", "Vous êtes un professeur de Rust. " + RULES * 12),
    Message("user", "Racontez une très longue histoire sur un programme, en détail."),
)


def wave(count: int, new: int) -> list[ChatRequest]:
    """Requests with one prompt and other seeds."""
    sampling = Sampling(max_tokens=new)
    return [ChatRequest(MESSAGES, sampling, seed) for seed in range(count)]


def main(name: str, new: int = 32, threads: int = 0, widths: str = "1,4,8,16") -> None:
    """Print new tokens per second at each width."""
    threads = threads or os.cpu_count() or 1
    file = find_model(name)
    prefixes = Prefixes(None)
    for width in map(int, widths.split(",")):
        model = LlamaModel(file, ModelSettings(width=width, threads=threads), prefixes)
        model.complete(wave(width, 1))  # the first of them reads the prompt
        wall, busy = time.perf_counter(), time.process_time()
        done = model.complete(wave(width, new))
        wall, busy = time.perf_counter() - wall, time.process_time() - busy
        tokens, load = sum(d.tokens for d in done), os.getloadavg()[0]
        print(
            f"width {width:>2}: {tokens / wall:6.1f} tokens/s of wall time, "
            f"{tokens / busy:6.1f} of processor time ({tokens} tokens, load {load:.1f})",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:4]), *sys.argv[4:5])
