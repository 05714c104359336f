"""Decide whether the curated set is worth a training: one check for each threshold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from curator.base import store
from curator.base.plural import plural
from curator.dataset.card import verified
from curator.dataset.recipe import GateSettings
from curator.records.coverage import Coverage
from curator.records.example import Example, Origin
from curator.review.decisions.agreement import Agreement

_GROWTH = "new since the training of"
_BY_MACHINE = (Origin.GENERATED, Origin.MUTATED, Origin.REPAIRED)


class AssessedSet(Protocol):
    """What the gate looks at: examples, what they cover, how far reviewers agree."""

    @property
    def examples(self) -> Sequence[Example]: ...  # noqa: D102

    @property
    def covered(self) -> Coverage: ...  # noqa: D102

    @property
    def agreement(self) -> Sequence[Agreement]: ...  # noqa: D102


@dataclass(frozen=True)
class Check:
    """One threshold: what there is, what is asked for, and what closes the gap."""

    name: str
    value: str
    limit: str
    passed: bool
    closes: str = ""

    @property
    def since_training(self) -> bool:
        """Whether it asks for examples that the last training did not see."""
        return self.name.startswith(_GROWTH)

    def document(self) -> dict[str, Any]:
        """Return the check as a JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class LastTraining:
    """When the newest training started, and the ids of the examples that it saw."""

    time: datetime
    examples: frozenset[str]


def checks(
    dataset: AssessedSet, gate: GateSettings, last: LastTraining | None, now: datetime
) -> list[Check]:
    """Check every threshold that the recipe sets, in the order in which people meet them."""
    return [
        *_size(dataset, gate),
        *_shares(dataset, gate),
        *_quality(dataset, gate),
        *_growth(dataset, gate, last, now),
    ]


def _least(name: str, value: float, limit: float | None, closes: str) -> Iterator[Check]:
    if limit is not None:
        passed = value >= limit
        yield Check(name, f"{value:g}", f">= {limit:g}", passed, "" if passed else closes)


def _lowest(counts: Mapping[Any, int], limit: int) -> str:
    low = sorted((n, str(key)) for key, n in counts.items() if n < limit)
    shown = ", ".join(f"{key} {n - limit}" for n, key in low[:6])
    return f"{shown} and {len(low) - 6} more" if len(low) > 6 else shown


def _size(dataset: AssessedSet, gate: GateSettings) -> Iterator[Check]:
    covered = dataset.covered
    more = plural((gate.total or 0) - covered.total, "more example")
    missing = f"{more}: curator augment, then review"
    yield from _least("examples", covered.total, gate.total, missing)
    for name, counts, limit in (
        ("fewest of a topic", covered.axes["topic"], gate.per_topic),
        ("fewest of a topic x difficulty", covered.cells, gate.per_cell),
    ):
        if limit is not None:
            yield from _least(name, min(counts.values()), limit, _lowest(counts, limit))
    for topic, limit in gate.topics.items():
        count = covered.axes["topic"].get(topic)
        if count is None:  # a default for a topic that the project does not have
            continue
        yield from _least(f"examples on {topic}", count, limit, f"{limit - count} more on {topic}")


def _shares(dataset: AssessedSet, gate: GateSettings) -> Iterator[Check]:
    total = max(1, dataset.covered.total)
    for axis, limits in (("category", gate.category_share), ("difficulty", gate.difficulty_share)):
        for value, limit in limits.items():
            share = round(dataset.covered.axes[axis][value] / total, 4)
            yield from _least(f"share of {value}", share, limit, f"more of {axis} {value}")


def _quality(dataset: AssessedSet, gate: GateSettings) -> Iterator[Check]:
    examples = dataset.examples
    for name, limit in (("rust", gate.verified_rust), ("french", gate.verified_french)):
        share = round(verified(examples, name), 4)
        yield from _least(f"verified by {name}", share, limit, f"put {name} among the filters")
    machine = [e for e in examples if e.provenance.origin in _BY_MACHINE]
    if machine and gate.reviewed is not None:
        share = round(sum(bool(e.reviews) for e in machine) / len(machine), 4)
        closes = "curator review push, annotators, curator review pull"
        yield from _least(
            "generated ones in the set that people reviewed", share, gate.reviewed, closes
        )
    agreed = next((a for a in dataset.agreement if a.question == "decision"), None)
    if agreed and agreed.alpha is not None and machine:
        closes = "talk through the disputed ones: curator review status"
        yield from _least("agreement on decisions", agreed.alpha, gate.agreement, closes)


def _growth(
    dataset: AssessedSet, gate: GateSettings, last: LastTraining | None, now: datetime
) -> Iterator[Check]:
    if last is None or gate.growth is None:
        return
    new = sum(e.id not in last.examples for e in dataset.examples)
    days = (now - last.time).total_seconds() / 86400
    old = gate.age_days is not None and days >= gate.age_days
    limit = 1 if old else gate.growth
    since = f"{_GROWTH} {last.time:%Y-%m-%d}"
    yield from _least(since, new, limit, plural(limit - new, "more new example"))


def last_training(root: Path) -> LastTraining | None:
    """Find the newest complete run of a project in training/runs/*/run.json."""
    trainings = []
    for path in (root / "training" / "runs").glob("*/run.json"):
        if path.with_name("result.json").exists():
            run = store.read_json(path)
            ids = [i for split in run["dataset"].get("splits", {}).values() for i in split]
            trainings.append(LastTraining(datetime.fromisoformat(run["started"]), frozenset(ids)))
    return max(trainings, key=lambda t: t.time, default=None)


def ready(done: Sequence[Check]) -> bool:
    """Tell whether every check passed."""
    return all(c.passed for c in done)
