"""A batch of mutants of the authored examples: accepted, length, levels, how alike, how long.

    PYTHONPATH=. .venv/bin/python benchmarks/mutants.py [--candidates 200] [--seed 20261128]
        [--sheet SHEET.jsonl]

The batch is made in a copy of the project by the command itself, with targets that ask for more of
every cell. A sentence counts as often as accepted mutants hold it, code and numbers masked. With
`--sheet`, 60 accepted mutants are written for readers: drawn by the seed, without their origin.
"""

import argparse
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import yaml

from curator.records.example import Example
from curator.records.files import read_examples
from curator.text.markdown import blocks

ROOT = Path(__file__).parent.parent
SHEET = 60
_FENCES = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def make(candidates: int, seed: int, folder: Path) -> tuple[list[Example], list[Example], float]:
    """Make the batch in `folder`; return the accepted, the rejected, and the seconds it took."""
    for name in ("raw", "schemas", "pipelines"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.rmtree(folder / "raw" / "generated", ignore_errors=True)
    targets = {"per_cell": 15, "topics": {"lifetimes": 15, "borrowing": 15}}
    stop = {"candidates": candidates}
    recipe = {"extends": "mutants.yaml", "name": "measured", "targets": targets, "stop": stop}
    path = folder / "pipelines" / "measured.yaml"
    path.write_text(yaml.safe_dump(recipe), "utf-8")
    command = [sys.executable, "-m", "curator", "augment", "--recipe", str(path)]
    began = time.perf_counter()
    places = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([*command, "--seed", str(seed)], cwd=folder, env=places, check=True)
    took = time.perf_counter() - began
    [batch] = (folder / "raw" / "generated").iterdir()
    kept, lost = (list(read_examples(batch / f"{n}.jsonl")) for n in ("accepted", "rejected"))
    return kept, lost, took


def lines(example: Example) -> int:
    """Count the lines of the longest Rust block: the program that the example is about."""
    shown = [b.code for t in (example.question, example.answer) for b in blocks(t) if b.is_rust]
    return max(code.strip().count("\n") + 1 for code in shown)


def sentences(example: Example) -> set[str]:
    """Return the sentences of an example's prose, code and numbers masked."""
    prose = _FENCES.sub("", f"{example.question}\n\n{example.answer}")
    masked = re.sub(r"\d+", "N", re.sub(r"`[^`]*`", "C", prose))
    rows = (row.strip("-* ") for row in masked.split("\n") if not row.startswith("#"))
    parts = (part.strip() for row in rows for part in re.split(r"(?<=[.?!])\s+", row))
    return {part for part in parts if len(part.split()) >= 4}


def show(kept: list[Example], lost: list[Example], took: float) -> None:
    """Print the figures."""
    print(f"{len(kept)} of {len(kept) + len(lost)} accepted, {took:.0f} s")
    for (name, reason), count in Counter(
        (e.rejection.filter, e.rejection.reason) for e in lost if e.rejection
    ).items():
        print(f"  rejected: {name}, {reason}: {count}")
    sizes = sorted(map(lines, kept))
    print(f"lines: median {statistics.median(sizes)}, p90 {sizes[int(0.9 * len(sizes))]}")
    print("levels:", dict(Counter(str(e.difficulty) for e in kept)))
    print("categories:", dict(Counter(str(e.category) for e in kept)))
    print("operators:", len({(e.provenance.source or "").split("/")[2] for e in kept}))
    said = Counter(s for e in kept for s in sentences(e))
    often = said.most_common(5)
    print(f"sentences in two or more: {sum(n > 1 for n in said.values()) / len(said):.0%}")
    for sentence, count in often:
        print(f"  {count / len(kept):4.0%} {sentence[:100]}")


def write_sheet(kept: list[Example], seed: int, path: Path) -> None:
    """Write SHEET examples for readers, without what tells where they come from."""
    order = sorted(kept, key=lambda e: e.id)
    random.Random(seed).shuffle(order)  # noqa: S311 - which are read, no secret
    fields = ("id", "question", "answer", "difficulty", "topic", "category")
    rows = ({f: str(getattr(e, f)) for f in fields} for e in order[:SHEET])
    renamed = ({("level" if k == "difficulty" else k): v for k, v in r.items()} for r in rows)
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in renamed), "utf-8")


def main() -> None:
    """Make the batch, print its figures, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261128)
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--keep", type=Path, help="a folder for the batch")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        kept, lost, took = make(given.candidates, given.seed, Path(name))
    show(kept, lost, took)
    if given.sheet:
        write_sheet(kept, given.seed, given.sheet)
    if given.keep:
        given.keep.write_text("".join(e.model_dump_json() + "\n" for e in kept), "utf-8")
        given.keep.with_suffix(".lost").write_text(
            "".join(e.model_dump_json() + "\n" for e in lost), "utf-8"
        )


if __name__ == "__main__":
    main()
