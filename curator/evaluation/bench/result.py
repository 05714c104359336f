"""What came of a bench: pass@1 with an interval, which tasks passed, and why others did not."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from curator.base import store
from curator.base.intervals import wilson
from curator.base.notice import Notice
from curator.evaluation import paired
from curator.evaluation.bench.tasks import Mode
from curator.evaluation.compare import Word
from curator.evaluation.folder import EVALUATIONS, STALE
from curator.evaluation.records import ModelIdentity
from curator.records.example import Record, Sampling, Sha256

CONFIDENCE, RESAMPLES = 0.95, 10_000


class BenchResult(Record):
    """bench-<file>-<mode>.json in an arm's folder: one greedy answer to each task.

    `passed` tells of each task, in the file's order, whether its tests pass; `why` says why not.
    """

    arm: str
    model: ModelIdentity
    bench: str
    bench_sha256: Sha256
    mode: Mode
    sampling: Sampling
    rustc: str | None = None
    toolkit: str
    passed: Mapping[str, bool]
    why: Mapping[str, str]

    @property
    def rate(self) -> float:
        """pass@1."""
        return sum(self.passed.values()) / len(self.passed)

    @property
    def interval(self) -> tuple[float, float]:
        """The interval of pass@1: Wilson's, since tasks are independent, one answer each."""
        return wilson(sum(self.passed.values()), len(self.passed))

    @property
    def label(self) -> str:
        """The bench and how it was asked."""
        return f"{self.bench}, {self.mode}"


class BenchDifference(NamedTuple):
    """A bench of two arms, task by task."""

    label: str
    before: float
    after: float
    low: float
    high: float
    p: float
    tasks: int

    @property
    def worse(self) -> bool:
        """Whether it is worse for certain: interval and sign test agree."""
        return self.high < 0 and self.p <= 1 - CONFIDENCE

    @property
    def better(self) -> bool:
        """Whether it is better for certain."""
        return self.low > 0 and self.p <= 1 - CONFIDENCE

    @property
    def word(self) -> Word:
        """What it comes to."""
        return "worse" if self.worse else "better" if self.better else "undecided"

    def notice(self) -> Notice:
        """Say that it is worse."""
        return Notice(
            "bench_worse",
            {
                "bench": self.label,
                "before": self.before,
                "after": self.after,
                "low": self.low,
                "high": self.high,
            },
        )


def difference(before: BenchResult, after: BenchResult) -> BenchDifference | None:
    """Compare two arms on one bench, asked alike; None where it is not the same one."""
    if (before.bench_sha256, before.mode) != (after.bench_sha256, after.mode):
        return None
    changes = [float(after.passed[t]) - before.passed[t] for t in before.passed]
    low, high = paired.bootstrap(changes, CONFIDENCE, 0, RESAMPLES)
    above, below, _ = paired.sides(changes)
    p = paired.sign_test(above, below)
    tasks = len(changes)
    return BenchDifference(after.label, before.rate, after.rate, low, high, p, tasks)


def losses(before: Sequence[BenchResult], after: Sequence[BenchResult]) -> list[Notice]:
    """Say on which benches an arm is worse than another for certain."""
    pairs = (difference(one, other) for one in before for other in after)
    return [found.notice() for found in pairs if found and found.worse]


def results_of(root: Path, arm: str) -> list[BenchResult]:
    """Read the results of an arm; those of another version are passed over."""
    paths = sorted((root / EVALUATIONS / arm).glob("bench-*.json"))
    return [result for path in paths if (result := read_result(path))]


def every_result(root: Path) -> list[BenchResult]:
    """Read the results of all arms, but for those that were set aside."""
    names = sorted({path.parent.name for path in (root / EVALUATIONS).glob("*/bench-*.json")})
    return [one for name in names if STALE not in name for one in results_of(root, name)]


def read_result(path: Path) -> BenchResult | None:
    """Read a result; None where there is none, or none of this version."""
    try:
        return BenchResult.model_validate(store.read_json(path)) if path.is_file() else None
    except ValidationError:
        return None
