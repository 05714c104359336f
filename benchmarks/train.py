"""Training speed without a GPU: ours against the stock call, and what supervision costs.

SmolLM2-135M on one row, with the settings of training/lora.yaml. In turns:

    stock   python -m mlx_lm lora               bare   the same with OpenBLAS before mlx's BLAS
    ours    supervisor and worker

Times are those between two iterations, as each prints them, without the first, in which mlx
compiles; the median counts, since the machine may be busy with other things.
Run: .venv/bin/python benchmarks/train.py [ROUNDS [CHARACTERS]]; answers are cut to so many
characters (400), since the stock call takes minutes for an iteration on a whole one.
"""

import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from curator.records.files import read_examples
from curator.records.project import Project
from curator.training.blas import find_openblas, with_openblas
from curator.training.config import CONFIG, TrainConfig, load_config
from curator.training.data import read_rows
from curator.training.import_model import import_model
from curator.training.metrics import read_metrics
from curator.training.modelling import load_tokenizer
from curator.training.run import prepare, train

ITERATIONS, STOCK_ITERATIONS = 5, 2


def write_data(model: Path, out: Path, characters: int) -> None:
    """Make the shortest authored example, its answer cut, the training set."""
    tokenizer = load_tokenizer(model)
    out.mkdir()
    for e in read_examples(*Project.find(Path.cwd()).authored_files()):
        texts = {"user": e.question, "assistant": e.answer[:characters]}
        row = {"messages": [{"role": r, "content": t} for r, t in texts.items()]}
        with (out / "all.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    rows = read_rows(out / "all.jsonl", tokenizer, mask_prompt=True)
    shortest = min(range(len(rows)), key=lambda i: len(rows[i].tokens))
    line = (out / "all.jsonl").read_text("utf-8").splitlines()[shortest]
    (out / "train.jsonl").write_text(line + "\n", "utf-8")
    tokens, learned = len(rows[shortest].tokens), rows[shortest].learned
    print(f"one row of {tokens} tokens, {learned} of them learned; times are for each iteration")


def gaps(moments: Sequence[float]) -> list[float]:
    """Seconds between consecutive moments."""
    return [b - a for a, b in itertools.pairwise(moments)]


def theirs(root: Path, config: TrainConfig, iterations: int, environment: dict[str, str]) -> Any:
    """Seconds of each iteration of mlx_lm's own command but the first."""
    kept = {"num_layers", "batch_size", "learning_rate", "max_seq_length", "grad_checkpoint"}
    settings = {
        **config.model_dump(mode="json", include={*kept, "mask_prompt"}),
        "lora_parameters": config.lora_parameters.model_dump(exclude_none=True),
        "model": config.model,
        "train": True,
        "data": str(root / "data"),
        "iters": iterations,
        "steps_per_report": 1,
        "adapter_path": str(root / "theirs"),
    }
    (root / "theirs.yaml").write_text(json.dumps(settings), "utf-8")  # JSON is YAML
    command = [sys.executable, "-m", "mlx_lm", "lora", "-c", str(root / "theirs.yaml")]
    moments = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        for line in child.stdout or ():
            plain = re.sub(r"\x1b\[[0-9;]*m", "", line)
            if re.match(r"\s+\d+\s+\d+\.\d+ ", plain):
                moments.append(time.monotonic())
    assert len(moments) == iterations, moments
    return gaps(moments)


def ours(root: Path, config: TrainConfig, name: str) -> tuple[list[float], float]:
    """Seconds of each of our iterations but the first, and the share of them not spent learning."""
    moments = []

    def listen(pid: int, message: dict[str, Any]) -> None:
        if "iteration" in message:
            moments.append(time.monotonic())

    run = train(prepare(root, config, root / "data", name), listen).run
    metrics = read_metrics(run.file("metrics.jsonl"))
    estimate = run.request().preflight["memory"]["estimate"] / 1e9
    print(f"memory: {estimate:.2f} GB estimated, {metrics[-1].peak_gb:.2f} GB at most in mlx")
    learning = sum(m.seconds for m in metrics[1:])
    return gaps(moments), 1 - learning / (moments[-1] - moments[0])


def main(rounds: int = 2, characters: int = 400) -> None:
    """Measure, and print both ratios."""
    plain = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD"}
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        model = import_model("smollm2", root / "model")
        write_data(model, root / "data", characters)
        given = {"model": str(model), "iters": ITERATIONS, "steps_per_report": 1}
        config = load_config(CONFIG, given)
        bare, supervised, shares = [], [], []
        slow = theirs(root, config, STOCK_ITERATIONS, plain)
        for turn in range(rounds):
            bare += theirs(root, config, ITERATIONS, with_openblas(plain))
            seconds, share = ours(root, config, f"turn-{turn}")
            supervised += seconds
            shares.append(share)
    medians = {"stock": slow, "bare": bare, "ours": supervised}
    for name, seconds in medians.items():
        print(f"{name:6} {statistics.median(seconds):7.2f} s  ({len(seconds)} iterations)")
    ratio = statistics.median(slow) / statistics.median(supervised)
    cost = statistics.median(supervised) / statistics.median(bare) - 1
    print(
        f"ours is {ratio:.1f} times as fast as the stock call ({find_openblas() or 'no OpenBLAS'})"
    )
    print(f"against the bare run: {cost:+.1%}; time not spent learning: {max(shares):.2%}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
