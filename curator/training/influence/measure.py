"""Say which rows of a run helped its targets, and which hurt.

A small step of gradient descent on a row changes a target's loss by minus the step times the
product of their two gradients (the first term of its Taylor series). This product at a checkpoint
is TracInCP's measure of influence (Pruthi et al. 2020, equation 1, with one checkpoint); the cosine
in its place, which does not favour short rows, is that of LESS (Xia et al. 2024, section 3). Both
speak of a step more on the row at the end of the run, not of a training without it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from curator.base import store
from curator.records.example import Example
from curator.records.files import read_examples
from curator.training.influence.folder import Likeness
from curator.training.rundir import RunDir

EXAMPLES = Path("curated") / "examples.jsonl"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Influence:
    """A row, what is known of it, and the mean cosine of its gradient with those of all targets.

    `on` is the same by the targets' topic. Above 0 a step on the row lowers their loss.
    """

    where: str
    id: str
    topic: str
    category: str
    difficulty: str
    question: str
    value: float
    on: dict[str, float]


@dataclass(frozen=True)
class Group:
    """Rows alike in something: how many there are, their mean influence, how many hurt."""

    name: str
    rows: int
    value: float
    hurt: int


def described(run: RunDir, root: Path, split: str) -> dict[str, Example]:
    """Return the examples of a split by the place of their row ("train.jsonl:1").

    Empty where the run's rows are not those of a built set; without those that are in it no more.
    Of a mix they come first, and its own answers after them are of no example.
    """
    dataset = run.request().dataset
    ids: Sequence[str] = dataset.get("splits", {}).get(split, [])
    path = root / EXAMPLES
    known = {e.id: e for e in read_examples(path)} if path.is_file() else {}
    file = run.file("data") / f"{split}.jsonl"
    count = sum(1 for _ in store.read_lines(file)) if file.is_file() else 0
    if len(ids) != count and not ("mix" in dataset and len(ids) < count):
        return {}
    places = {f"{file.name}:{n}": name for n, name in enumerate(ids, 1)}
    return {place: known[name] for place, name in places.items() if name in known}


def influences(
    found: Iterable[Likeness], rows: Mapping[str, Example], topics: Sequence[str]
) -> list[Influence]:
    """Return what each row did, the most helpful first; `topics` are the targets'."""
    made = [_influence(one, rows.get(one.where), topics) for one in found]
    return sorted(made, key=lambda one: -one.value)


def _influence(one: Likeness, example: Example | None, topics: Sequence[str]) -> Influence:
    on = defaultdict[str, list[float]](list)
    for topic, cosine in zip(topics, one.cosines, strict=True):
        on[topic].append(cosine)
    return Influence(
        where=one.where,
        id=example.id if example else "",
        topic=example.topic if example else UNKNOWN,
        category=example.category if example else UNKNOWN,
        difficulty=example.difficulty if example else UNKNOWN,
        question=" ".join(example.question.split())[:80] if example else "",
        value=fmean(one.cosines),
        on={topic: fmean(values) for topic, values in on.items()},
    )


def grouped(rows: Iterable[Influence], by: str) -> list[Group]:
    """Gather rows by one of their properties, the most helpful group first."""
    groups = defaultdict[str, list[float]](list)
    for row in rows:
        groups[getattr(row, by)].append(row.value)
    made = [Group(n, len(v), fmean(v), sum(x < 0 for x in v)) for n, v in groups.items()]
    return sorted(made, key=lambda group: -group.value)
