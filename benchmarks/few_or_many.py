"""The question of the seed document: do more examples make a measurable difference?

    python benchmarks/few_or_many.py [--iterations N]

SmolLM2-135M as it is, after LoRA on the first 49 examples, and after LoRA on all of them: the same
settings (training/smollm2.yaml), the same number of iterations, the same validation rows. The few
are those of the first 49 that the curated set trains on, so that neither arm saw what validates.
Everything is made by the command, in a project of its own under build/question, and goes on where
it stopped. Hours on two cores.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
HOME = ROOT / "build" / "question"
ARMS = ("few", "many")
SEED_SOURCE = "seed.jsonl:"


def curator(*arguments: str) -> None:
    """The command, in the project of the question."""
    command = [sys.executable, "-m", "curator", "--project", str(HOME), *arguments]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    subprocess.run(command, check=True, cwd=HOME, env={**os.environ, "PYTHONPATH": path})


def lay_out() -> None:
    """A project with the curated set as `many`, and the part of the first 49 in it as `few`."""
    HOME.mkdir(parents=True, exist_ok=True)
    for name in ("pipelines", "raw/authored", "curated"):
        shutil.copytree(ROOT / name, HOME / name, dirs_exist_ok=True)
    (HOME / "training").mkdir(exist_ok=True)
    for name in ("smollm2.yaml", "prompts_fr.jsonl"):
        if (ROOT / "training" / name).exists():
            shutil.copyfile(ROOT / "training" / name, HOME / "training" / name)
    if not (HOME / "models" / "smollm2").exists():
        curator("import-model", "smollm2")
    shutil.copytree(ROOT / "curated", HOME / "many", dirs_exist_ok=True)
    few = HOME / "few"
    few.mkdir(exist_ok=True)
    shutil.copyfile(ROOT / "curated" / "valid.jsonl", few / "valid.jsonl")
    (few / "train.jsonl").write_text("".join(first_rows()), "utf-8")


def first_rows() -> list[str]:
    """The training rows of the curated set that are among the first 49."""
    manifest: dict[str, Any] = json.loads((ROOT / "curated" / "manifest.json").read_text("utf-8"))
    records = (ROOT / "curated" / "examples.jsonl").read_text("utf-8").splitlines()
    sources = {r["id"]: r["provenance"].get("source") or "" for r in map(json.loads, records)}
    rows = (ROOT / "curated" / "train.jsonl").read_text("utf-8").splitlines(keepends=True)
    ids = manifest["splits"]["train"]
    pairs = zip(ids, rows, strict=True)
    return [row for name, row in pairs if sources[name].startswith(SEED_SOURCE)]


def train(arm: str, iterations: int) -> None:
    """One arm's run, its merged model and its GGUF; skips what is there."""
    run = HOME / "training" / "runs" / arm
    if not (run / "result.json").exists():
        settings = ("--config", "training/smollm2.yaml", "--iterations", str(iterations))
        curator("train", *settings, "--data", arm, "--name", arm)
    if not (HOME / "models" / arm / "origin.json").exists():
        curator("fuse", "--run", arm)
    if not (HOME / "models" / f"{arm}-q4_k_m.json").exists():
        curator("export", "--run", arm)


def evaluate() -> None:
    """Ask all arms, compare, and write the report; the base is made as the arms' GGUFs are."""
    base = next((HOME / "models").glob("base-*.gguf")).relative_to(HOME)
    few, many = (f"models/{arm}-q4_k_m.gguf" for arm in ARMS)
    arms = [f"base={base}", f"few={few}", f"many={many}"]
    arms += [f"base+rag={base},rag", f"few+rag={few},rag", f"many+rag={many},rag"]
    curator("evaluate", *(word for arm in arms for word in ("--arm", arm)))
    curator("evaluate", "--arm", f"many={many}", "--against", "few")
    curator("report", "--out", "rapport")


def main() -> None:
    """Do what is not done yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--iterations", type=int, default=80)
    parser.add_argument("--arm", choices=ARMS, help="only this one")
    chosen = parser.parse_args()
    lay_out()
    for arm in [chosen.arm] if chosen.arm else ARMS:
        train(arm, chosen.iterations)
    if not chosen.arm:
        evaluate()


if __name__ == "__main__":
    main()
