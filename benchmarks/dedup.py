"""The near-duplicate filter on 100,000 made-up records, against datasketch and exact comparison.

    PYTHONPATH=. .venv/bin/python benchmarks/dedup.py [RECORDS]

40 % of the records are near copies of earlier ones: 12 % of their words swapped, their sentences
in another order, or their identifiers renamed and a few words swapped. One in ten of the others
has an earlier record's program less a line, in words of its own, which is legitimate. Records have
the length of the authored examples; their words and code lines are drawn from them.

All sides run in one process. datasketch's MinHashLSH runs in a plain loop over the same shingles
(prose and code, findings verified exactly), all pairs exactly on a smaller part; each in turn with
ours, the fastest of three rounds. Bar: 60 s and 2 GiB for 100,000 records on two cores.
"""

import os
import random
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from curator.base.clock import now
from curator.filters.near_duplicates import NearDuplicateFilter, NearDuplicateSettings, features
from curator.records.example import Example, Origin, Provenance
from curator.records.files import read_examples
from curator.records.project import Project
from curator.text.shingles import jaccard, split

COPIES, BORROWED = 0.4, 0.1
ROUNDS = 3
CHUNK = 64
DATASKETCH, EXACT = 2_000, 1_000


@dataclass(frozen=True)
class Draft:
    """A record before it becomes Markdown: sentences of the question and answer, lines of code."""

    question: tuple[str, ...]
    answer: tuple[str, ...]
    code: tuple[str, ...]

    def example(self) -> Example:
        """The record as an example."""
        code = "```rust\n" + "\n".join(self.code) + "\n```"
        answer = f"## Problème\n{' '.join(self.answer)}\n\n## Solution\n{code}"
        made = Provenance(origin=Origin.AUTHORED, created=CREATED, toolkit="0", author="benchmark")
        labels = {"category": "debug", "topic": "traits", "difficulty": "debutant"}
        return Example(question=" ".join(self.question), answer=answer, provenance=made, **labels)


CREATED = now()


class Corpus:
    """Drafts drawn from the words and code lines of the authored examples, by seed."""

    def __init__(self, seed: int):
        self._random = random.Random(seed)  # noqa: S311
        files = Project.find(Path.cwd()).authored_files()
        parts = [split(text) for e in read_examples(*files) for text in (e.question, e.answer)]
        self._words = [w for p in parts for w in re.findall(r"[a-zà-ÿ']{2,}", p.prose)]
        lines = [line for p in parts for line in p.code.split("\n")]
        self._lines = [line for line in lines if line.strip() and not line.strip().startswith("//")]

    def _sentence(self) -> str:
        return " ".join(self._random.choices(self._words, k=self._random.randint(8, 20))) + "."

    def _fresh(self) -> Draft:
        draw = self._random
        return Draft(
            tuple(self._sentence() for _ in range(draw.randint(2, 4))),
            tuple(self._sentence() for _ in range(draw.randint(10, 18))),
            tuple(draw.choices(self._lines, k=draw.randint(12, 40))),
        )

    def _swapped(self, sentences: Sequence[str], share: float) -> tuple[str, ...]:
        draw, pool = self._random, self._words
        return tuple(
            " ".join(draw.choice(pool) if draw.random() < share else w for w in s.split())
            for s in sentences
        )

    def _copy(self, draft: Draft) -> Draft:
        kind = self._random.choice(("words", "order", "names"))
        if kind == "order":
            answer = self._random.sample(draft.answer, len(draft.answer))
            return Draft(draft.question, tuple(answer), draft.code)
        share = 0.12 if kind == "words" else 0.05
        question, answer = self._swapped(draft.question, share), self._swapped(draft.answer, share)
        code = draft.code if kind == "words" else _renamed(draft.code)
        return Draft(question, tuple(answer), code)

    def _borrowed(self, draft: Draft) -> Draft:
        own = self._fresh()
        left_out = self._random.randrange(len(draft.code))
        return Draft(own.question, own.answer, draft.code[:left_out] + draft.code[left_out + 1 :])

    def records(self, count: int) -> Iterator[tuple[Example, bool]]:
        """Examples, each with whether it is a near copy of one before it."""
        originals: list[Draft] = []
        for _ in range(count):
            copied = bool(originals) and self._random.random() < COPIES
            if copied:
                draft = self._copy(self._random.choice(originals))
            elif originals and self._random.random() < BORROWED:
                draft = self._borrowed(self._random.choice(originals))
            else:
                draft = self._fresh()
                originals.append(draft)
            yield draft.example(), copied


def _renamed(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(re.sub(r"\blet (mut )?(\w+)", r"let \1\2_bis", line) for line in lines)


def peak() -> float:
    """The peak resident memory of this process so far, in MiB (Linux reports KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ours(records: Iterator[tuple[Example, bool]]) -> tuple[float, list[bool], list[bool]]:
    """Seconds in the filter, what it flagged, and the truth; records are made as needed."""
    one = NearDuplicateFilter(NearDuplicateSettings())
    spent, flagged, truth = 0.0, list[bool](), list[bool]()
    while part := list(islice(records, CHUNK)):
        start = time.perf_counter()
        flagged += [not v.passed for v in one.judge([e for e, _ in part])]
        spent += time.perf_counter() - start
        truth += [copied for _, copied in part]
    return spent, flagged, truth


def datasketch(examples: Sequence[Example]) -> tuple[float, list[bool]]:
    """Seconds and flags of a plain loop with datasketch over prose and code."""
    from datasketch import MinHash, MinHashLSH

    settings = NearDuplicateSettings()
    indexes = [MinHashLSH(threshold=t, num_perm=256) for t in (settings.prose, settings.code)]
    kept: list[tuple[set[str], ...]] = []
    flags: list[bool] = []
    start = time.perf_counter()
    for example in examples:
        texts = features(example).shingles[:2]
        sketches = [MinHash(num_perm=256) for _ in texts]
        for sketch, text in zip(sketches, texts, strict=True):
            sketch.update_batch([s.encode("utf-8") for s in text])
        found = [i.query(s) for i, s in zip(indexes, sketches, strict=True)]
        near = any(_near(texts, kept[int(n)]) for n in {n for part in found for n in part})
        flags.append(near)
        if not near:
            for index, sketch in zip(indexes, sketches, strict=True):
                index.insert(str(len(kept)), sketch)
            kept.append(texts)
    return time.perf_counter() - start, flags


def _near(one: Sequence[set[str]], other: Sequence[set[str]]) -> bool:
    settings = NearDuplicateSettings()
    prose = jaccard(one[0], other[0])
    if prose >= settings.prose:
        return True
    return prose >= settings.prose_with_code and jaccard(one[1], other[1]) >= settings.code


def exact(examples: Sequence[Example]) -> tuple[float, list[bool]]:
    """Seconds and flags of comparing each record with all that were kept."""
    kept: list[Sequence[set[str]]] = []
    flags = []
    start = time.perf_counter()
    for example in examples:
        texts = features(example).shingles
        flags.append(any(_near(texts, other) for other in kept))
        if not flags[-1]:
            kept.append(texts)
    return time.perf_counter() - start, flags


def score(flagged: Sequence[bool], truth: Sequence[bool]) -> str:
    """Precision and recall of flags, in words."""
    hits = sum(f and t for f, t in zip(flagged, truth, strict=True))
    return f"precision {hits / sum(flagged):.4f}, recall {hits / sum(truth):.4f}"


def against(
    name: str, count: int, other: Callable[[Sequence[Example]], tuple[float, list[bool]]]
) -> None:
    """Compare ours with another way on the same records, in turn, and print both."""
    records = list(Corpus(2).records(count))
    examples = [e for e, _ in records]
    rounds = [(ours(iter(records)), other(examples)) for _ in range(ROUNDS)]
    (_, flags, _), (_, other_flags) = rounds[0]
    mine, theirs = min(r[0][0] for r in rounds), min(r[1][0] for r in rounds)
    same = sum(a == b for a, b in zip(flags, other_flags, strict=True))
    print(f"{count} records: ours {mine:.2f} s, {name} {theirs:.2f} s, ratio {theirs / mine:.1f}")
    print(f"  same decision on {same} of {count}")


def main(count: int) -> None:
    """Run all sides and print what they took and found."""
    against("all pairs exactly", EXACT, exact)
    against("datasketch", DATASKETCH, datasketch)
    before = peak()
    made = time.process_time()
    for _ in Corpus(1).records(count // 10):
        pass
    making = 10 * (time.process_time() - made)
    start = time.process_time()
    spent, flagged, truth = ours(Corpus(1).records(count))
    busy = time.process_time() - start - making
    load = os.getloadavg()[0]
    print(f"{count} records, {sum(truth) / count:.0%} near copies; load {load:.1f}")
    print(f"  ours: {spent:.1f} s, {count / spent:.0f} records/s (bar 60 s for 100,000)")
    print(f"  processor time {busy:.0f} s, the making of the records taken off")
    print(f"  peak memory {peak():.0f} MiB, {before:.0f} of it before (bar 2048)")
    print(f"  {score(flagged, truth)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
