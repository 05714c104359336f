"""Records beyond memory: `curator filter`, `stats` and `build` at 10,000, 100,000, 1,000,000.

    PYTHONPATH=. .venv/bin/python benchmarks/scale.py [SIZE...] [--only STEP...] [--distinct]

Default sizes are 10,000 and 100,000; the million takes 35 minutes of processor time and 11 GB
below TMPDIR. Records are made up by seed, 2 to 3 KB each, with the five sections: 40 % are near
copies of earlier ones (words swapped, sentences in another order, or names changed) and 30 % have
a fault that a filter finds; with --distinct none is and none has, so that every one is kept, which
takes the most memory. Each step is a process of its own, the real command in a project made
for it; the kernel says what it took. Steps, each with its way in memory where there is one:

    filter   structure, length, banned, duplicates, near_duplicates, leakage; both files written
             (in memory: lists, sets of shingles and rensa's own LSH index; same bytes asked for)
    stats    coverage of imported records (in memory: a list of them, counted by polars)
    scan     the same counts by polars' lazy scan of the JSON, which validates nothing
    build    gather, structure and length, select, split, write

Bar: under 2 GiB, and time that grows like the records. French takes 13 ms a record and rustc 3 ms a
block (benchmarks/verify.py) whatever the number of records; they are left out.
"""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from curator.base import store
from curator.base.clock import now
from curator.filters import near_duplicates
from curator.filters.registry import make_filters
from curator.filters.run import run_filters
from curator.generate.recipe import load_recipe
from curator.records.example import Example, Origin, Provenance
from curator.records.files import frame, read_examples
from curator.records.project import Project
from curator.records.taxonomy import taxonomy
from curator.text.shingles import jaccard, split

COPIES, FAULTY = 0.4, 0.3
FAULTS = ("section", "fence", "short", "banned", "question")
FILTERS = ("structure", "length", "banned", "duplicates", "near_duplicates", "leakage")
IN_MEMORY = 100_000  # records, at most
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Draft:
    """A record before it becomes Markdown: sentences of question and answer, lines of code."""

    question: tuple[str, ...]
    answer: tuple[str, ...]
    code: tuple[str, ...]


class Corpus:
    """Records by number, drawn from the words and code lines of the authored examples.

    A copy's original is drawn again rather than kept, so that there may be any number of them.
    """

    def __init__(self, seed: int, distinct: bool = False):
        self._seed = seed
        self._copies, self._faulty = (0.0, 0.0) if distinct else (COPIES, FAULTY)
        files = Project(ROOT).authored_files()
        parts = [split(text) for e in read_examples(*files) for text in (e.question, e.answer)]
        self._words = [w for p in parts for w in re.findall(r"[a-zà-ÿ']{2,}", p.prose)]
        lines = [line for p in parts for line in p.code.split("\n")]
        self._lines = [line for line in lines if line.strip() and not line.strip().startswith("//")]

    def _random(self, number: int, purpose: int) -> random.Random:
        return random.Random((self._seed << 48) + (purpose << 40) + number)  # noqa: S311

    def _copied(self, number: int) -> bool:
        return number > 0 and self._random(number, 0).random() < self._copies

    def _fresh(self, number: int) -> Draft:
        draw = self._random(number, 1)

        def sentences(least: int, most: int) -> tuple[str, ...]:
            counts = [draw.randint(8, 20) for _ in range(draw.randint(least, most))]
            return tuple(" ".join(draw.choices(self._words, k=n)) + "." for n in counts)

        code = tuple(draw.choices(self._lines, k=draw.randint(12, 28)))
        return Draft(sentences(2, 4), sentences(10, 18), code)

    def _original(self, number: int, draw: random.Random) -> Draft:
        while True:
            earlier = draw.randrange(number)
            if not self._copied(earlier):
                return self._fresh(earlier)

    def _copy(self, number: int) -> Draft:
        draw = self._random(number, 2)
        draft = self._original(number, draw)
        kind = draw.choice(("words", "order", "names"))
        if kind == "order":
            return replace(draft, answer=tuple(draw.sample(draft.answer, len(draft.answer))))
        share = 0.12 if kind == "words" else 0.05

        def swapped(texts: Sequence[str]) -> tuple[str, ...]:
            pool = self._words
            words = (
                [draw.choice(pool) if draw.random() < share else w for w in t.split()]
                for t in texts
            )
            return tuple(" ".join(w) for w in words)

        code = draft.code
        if kind == "names":
            code = tuple(re.sub(r"\blet (mut )?(\w+)", r"let \1\2_bis", line) for line in code)
        return Draft(swapped(draft.question), swapped(draft.answer), code)

    def record(self, number: int) -> Example:
        """One record; two calls give the same."""
        draft = self._copy(number) if self._copied(number) else self._fresh(number)
        draw = self._random(number, 3)
        fault = draw.choice(FAULTS) if draw.random() < self._faulty else ""
        if fault == "question" and number:
            draft = replace(draft, question=self._original(number, draw).question)
        facts = {"created": CREATED, "toolkit": "0", "author": "benchmark"}
        source = Provenance(origin=Origin.IMPORTED, source=f"scale:{number}", **facts)
        labels = draw.choice(taxonomy().slots)._asdict()
        question = " ".join(draft.question)
        return Example(question=question, answer=_answer(draft, fault), provenance=source, **labels)


CREATED = now()


def _answer(draft: Draft, fault: str) -> str:
    if fault == "banned":
        draft = replace(draft, answer=(*draft.answer, "As an AI, voilà."))
    if fault == "short":
        draft = Draft((), ("Oui.",), ())
    fence = "```" if fault == "fence" else "```rust"
    third = max(2, len(draft.answer) // 3)
    parts = [draft.answer[:1], draft.answer[1:third], draft.answer[third:-1], draft.answer[-1:]]
    short, problem, explanation, last = (" ".join(p) or "Rien." for p in parts)
    code = f"{fence}\n{chr(10).join(draft.code)}\n```"
    titles = ["TL;DR", "Problème", "Solution", "Explication", "À retenir"]
    bodies = [short, problem, code, explanation, f"- {last}"]
    if fault == "section":
        titles, bodies = titles[:4], bodies[:4]
    return "\n\n".join(f"## {t}\n{b}" for t, b in zip(titles, bodies, strict=True))


def make(count: int, path: Path, distinct: bool) -> None:
    """Write records to a file, one at a time."""
    corpus = Corpus(1, distinct)
    store.write_atomic(path, map(corpus.record, range(count)))


class RensaIndex:
    """The index as it was before records went beyond memory: rensa's LSH, sets of hashes."""

    def __init__(self, rows: int, size: int = 256):
        from rensa import RMinHashLSH

        self.size = size
        self.lsh = RMinHashLSH(0.5, size, size // rows)
        self.kept: dict[int, frozenset[int]] = {}

    def batch(self, texts: Sequence[set[str]]) -> "RensaBatch":
        """See curator.filters.lsh.LshIndex."""
        return RensaBatch(self, texts)

    def similarity(self, number: int, text: set[str]) -> float:
        """See curator.filters.lsh.LshIndex."""
        return jaccard(set(map(hash, text)), self.kept.get(number, frozenset()))


class RensaBatch:
    """See curator.filters.lsh.LshBatch."""

    def __init__(self, index: RensaIndex, texts: Sequence[set[str]]):
        from rensa import RMinHash

        self.index, self.texts = index, texts
        self.sketches = list(RMinHash.from_token_sets(texts, num_perm=index.size, seed=1))

    def similar(self, row: int) -> dict[int, float]:
        """See curator.filters.lsh.LshBatch."""
        text = self.texts[row]
        found = sorted(self.index.lsh.query(self.sketches[row])) if text else []
        return {n: self.index.similarity(n, text) for n in found}

    def add(self, row: int, number: int) -> None:
        """See curator.filters.lsh.LshBatch."""
        if text := self.texts[row]:
            self.index.lsh.insert(number, self.sketches[row])
            self.index.kept[number] = frozenset(map(hash, text))

    def close(self) -> None:
        """See curator.filters.lsh.LshBatch."""


def filter_in_memory(file: Path, folder: Path) -> None:
    """What `curator filter --out` does, with everything in lists."""
    near_duplicates.LshIndex = RensaIndex  # type: ignore[assignment, misc]
    recipe = load_recipe(folder / "pipelines" / "augment.yaml")
    examples = list(read_examples(file))
    outcome = run_filters(examples, make_filters(recipe.filters, (), folder))
    store.write_atomic(folder / "in-memory" / "accepted.jsonl", outcome.accepted)
    store.write_atomic(folder / "in-memory" / "rejected.jsonl", outcome.rejected)


def stats_in_memory(file: Path, folder: Path) -> None:
    """The counts of `curator stats`, of a list in a frame."""
    table = frame(list(read_examples(file)))
    print(table.group_by("topic", "difficulty", "category").len().height)


def scan(file: Path, folder: Path) -> None:
    """The same counts by polars' lazy scan."""
    import polars as pl

    names = ("topic", "difficulty", "category")
    table = pl.scan_ndjson(file).group_by(names).len()
    print(table.collect(engine="streaming").height)


IN_PROCESS = {f.__name__: f for f in (filter_in_memory, stats_in_memory, scan)}


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds of wall and processor, MiB of memory at its peak."""

    wall: float
    busy: float
    peak: float


def run(command: Sequence[str], folder: Path) -> Cost:
    """Run a command to its end in a folder. Raises RuntimeError where it fails."""
    start = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{command}: {(folder / 'log').read_text()[-2000:]}")
    # Linux gives KiB.
    return Cost(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def prepare(count: int, folder: Path, distinct: bool) -> Path:
    """A project with records as its only imported ones; returns their file."""
    shutil.copytree(ROOT / "pipelines", folder / "pipelines")
    path = folder / "pipelines" / "augment.yaml"
    rules = yaml.safe_load(path.read_text("utf-8"))
    rules["filters"] = [f for f in rules["filters"] if f["name"] in FILTERS]
    path.write_text(yaml.safe_dump(rules, allow_unicode=True), "utf-8")
    rules["filters"] = [f for f in rules["filters"] if f["name"] in ("structure", "length")]
    path.with_name("light.yaml").write_text(yaml.safe_dump(rules, allow_unicode=True), "utf-8")
    path.with_name("retrain.yaml").write_text("kind: retrain\naugment: light.yaml\n", "utf-8")
    prompts = ROOT / "training" / "prompts_fr.jsonl"
    if prompts.is_file():
        (folder / "training").mkdir()
        shutil.copy(prompts, folder / "training")
    file = folder / "raw" / "imported" / "scale.jsonl"
    make(count, file, distinct)
    return file


def commands(file: Path, folder: Path, count: int) -> Iterator[tuple[str, list[str]]]:
    """The steps at one size, by name."""
    curator = [sys.executable, "-m", "curator"]
    own = [sys.executable, __file__, "--in-process"]
    yield "filter", [*curator, "filter", str(file), "--out", str(folder / "out"), "--json"]
    if count <= IN_MEMORY:
        yield "filter in memory", [*own, "filter_in_memory", str(file), str(folder)]
    yield "stats", [*curator, "stats", "--json"]
    if count <= IN_MEMORY:
        yield "stats in memory", [*own, "stats_in_memory", str(file), str(folder)]
    yield "scan", [*own, "scan", str(file), str(folder)]
    yield "build", [*curator, "build", "--json"]


def told(name: str, folder: Path) -> str:
    """What a step found, in a few words."""
    if name == "filter":
        found: dict[str, Any] = json.loads((folder / "log").read_text("utf-8"))
        dropped = ", ".join(f"{s['filter']} {s['dropped']}" for s in found["funnel"])
        return f"accepted {found['accepted']} of {found['total']}; dropped: {dropped}"
    if name == "filter in memory":
        names = ("accepted.jsonl", "rejected.jsonl")
        pairs = [(folder / "out" / n, folder / "in-memory" / n) for n in names]
        same = all(store.sha256_of(a) == store.sha256_of(b) for a, b in pairs)
        return "the same bytes" if same else "OTHER BYTES"
    return ""


def measure(
    count: int, only: Sequence[str], distinct: bool, before: dict[str, tuple[int, Cost]]
) -> None:
    """Run the steps at one size and print what they took, and how that grew from `before`."""
    with tempfile.TemporaryDirectory(prefix="scale-") as name:
        folder = Path(name)
        start = time.process_time()
        file = prepare(count, folder, distinct)
        size = file.stat().st_size / count
        making = time.process_time() - start
        print(f"\n{count} records of {size:.0f} bytes, made in {making:.0f} s of processor time")
        for step, command in commands(file, folder, count):
            if only and step not in only:
                continue
            cost = run(command, folder)
            load = os.getloadavg()[0]
            line = f"  {step:<17} {cost.busy:8.1f} s processor, {cost.wall:8.1f} s wall"
            line += (
                f" (load {load:.0f}), {count / cost.busy:8.0f} records/s, peak {cost.peak:6.0f} MiB"
            )
            if step in before:
                fewer, less = before[step]
                line += f"; records x{count / fewer:.0f}: time x{cost.busy / less.busy:.1f}"
                line += f", memory x{cost.peak / less.peak:.1f}"
                kilobytes = (cost.peak - less.peak) * 1048.576 / (count - fewer)
                line += f" ({kilobytes:.2f} KB a record)"
            before[step] = count, cost
            print(line, flush=True)
            if found := told(step, folder):
                print(f"    {found}", flush=True)


def main() -> None:
    """Measure at each size, the smallest first."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--only", nargs="*", default=[], help="names of steps")
    parser.add_argument("--distinct", action="store_true", help="no copies and no faults")
    parser.add_argument("--in-process", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.in_process:
        step, file, folder = chosen.in_process
        IN_PROCESS[step](Path(file), Path(folder))
        return
    before: dict[str, tuple[int, Cost]] = {}
    for count in sorted(chosen.sizes):
        measure(count, chosen.only, chosen.distinct, before)


if __name__ == "__main__":
    main()
