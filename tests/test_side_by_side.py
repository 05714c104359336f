"""Import, build, augment, pull and retrain at the same time on one project, by real processes in
random order: nothing is lost, nothing is there twice, and every file is whole.
"""

import json
import multiprocessing
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from curator.augment.batches import BatchStatus, list_batches
from curator.base import store
from curator.dataset.write import read_manifest
from curator.evaluation.promotion import current, read_ledger
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.project import Project
from curator.review.decisions.log import ReviewLog
from curator.training.rundir import runs
from tests import side_by_side
from tests.conftest import ROOT, copy_recipes, first_49

WORKERS = 4
CHEAP = [{"name": "structure"}, {"name": "duplicates"}, {"name": "near_duplicates"}]
GATE: dict[str, Any] = {
    **dict.fromkeys(("total", "per_topic", "per_cell", "reviewed", "agreement"), None),
    **dict.fromkeys(("verified_rust", "verified_french"), None),
    **{name: {} for name in ("topics", "category_share", "difficulty_share")},
    "growth": 1,
}


@pytest.fixture
def shared(tmp_path: Path) -> Project:
    """A project whose filters need no compiler, and whose gate asks for one new example."""
    copy_recipes(tmp_path)
    (tmp_path / "README.fr.md").write_bytes((ROOT / "README.fr.md").read_bytes())
    store.write_atomic(tmp_path / "raw" / "authored" / "first.jsonl", first_49()[:6])
    generate = {"strategies": ["few_shot"], "wave": 2, "per_prompt": 2, "grammar": False}
    stop = {"candidates": 4, "min_yield": 0}
    targets = {"per_cell": 1000}  # never met
    write(tmp_path, "augment", filters=CHEAP, generate=generate, stop=stop, targets=targets)
    write(tmp_path, "retrain", gate=GATE)
    write(tmp_path, "review", vectors="words")
    return Project(tmp_path)


def write(root: Path, name: str, **changes: Any) -> None:
    path = root / "pipelines" / f"{name}.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    path.write_text(yaml.safe_dump({**content, **changes}, allow_unicode=True), "utf-8")


Task = tuple[str, int]


class Team:
    """Workers that begin a task each at the same moment."""

    def __init__(self, project: Project):
        context = multiprocessing.get_context("spawn")
        self._tasks = [context.Queue() for _ in range(WORKERS)]
        self._results = context.Queue()
        self._barrier = barrier = context.Barrier(WORKERS)  # it lives as long as the team
        self._workers = [
            context.Process(
                target=side_by_side.work, args=(project.root, barrier, tasks, self._results)
            )
            for tasks in self._tasks
        ]
        for worker in self._workers:
            worker.start()

    def round(self, tasks: list[Task]) -> list[tuple[str, int, str]]:
        """Do tasks at once; what came of each."""
        for queue, task in zip(self._tasks, tasks, strict=True):
            queue.put(task)
        return [self._results.get(timeout=60) for _ in tasks]

    def end(self) -> None:
        for queue in self._tasks:
            queue.put(None)
        for worker in self._workers:
            worker.join(30)
            worker.kill()


@contextmanager
def working(project: Project) -> Iterator[Team]:
    team = Team(project)
    try:
        yield team
    finally:
        team.end()


def drawn(rounds: int) -> Iterator[list[Task]]:
    """Tasks in random order; two imports of a pair are in the same round more often than not."""
    draw, imports = random.Random(7), 0
    for _ in range(rounds):
        names = draw.choices(list(side_by_side.ACTIONS), k=WORKERS - 2)
        names += ["import", "import"] if draw.random() < 0.5 else [draw.choice(names), "augment"]
        draw.shuffle(names)
        tasks = []
        for name in names:
            tasks.append((name, imports if name == "import" else 0))
            imports += name == "import"
        yield tasks


@pytest.mark.slow
@pytest.mark.parametrize("rounds", [8, pytest.param(100, marks=pytest.mark.slow)])
def test_side_by_side_nothing_is_lost_and_nothing_is_there_twice(
    shared: Project, rounds: int
) -> None:
    came = Counter[tuple[str, str]]()
    imports = 0
    with working(shared) as team:
        for tasks in drawn(rounds):
            for name, number, result in team.round(tasks):
                came[name, result] += 1
                assert result in ("done", "refused", "not due"), result
                imports = max(imports, number + 1 if name == "import" else 0)
            check_the_curated_set(shared)
    assert not came["import", "refused"] and not came["build", "refused"], came
    for name in ("pull", "build"):  # what a refused one left, and the last word
        assert side_by_side.attempt(shared, name, 0) == "done"
    check_the_imports(shared, imports)
    check_the_batches(shared, came["augment", "done"])
    check_the_reviews(shared)
    check_the_curated_set(shared)
    check_the_runs(shared, came["retrain", "done"])
    check_the_files(shared)


def check_the_imports(project: Project, count: int) -> None:
    there = Counter(e.question for e in read_examples(*project.trusted_files()))
    assert set(there.values()) == {1}

    def held(key: str, last: str = "") -> int:
        [asked, _] = side_by_side.record(key, last)["messages"]
        return there[asked["content"].strip()]

    for number in range(count):
        assert held(f"own {number}") == 1, number
    for pair in range((count + 1) // 2):
        assert held(f"same {pair}") == 1, pair
        assert sum(held(f"near {pair}", str(2 * pair + n)) for n in (0, 1)) == 1, pair
    rejected = list(read_examples(*sorted(project.raw.glob("imported/rejected/*.jsonl"))))
    assert len(rejected) == count // 2  # the other near copy of each whole pair
    assert {e.rejection.filter for e in rejected if e.rejection} == {"near_duplicates"}


def check_the_batches(project: Project, done: int) -> None:
    batches = list_batches(project)
    assert len(batches) == done and {b.state for b in batches} == {BatchStatus.COMPLETE}
    assert len({b.batch.seed for b in batches}) == done
    made = [e.id for b in batches for e in b.batch.read("candidates.jsonl")]
    assert len(made) == len(set(made)) == 4 * done


def check_the_reviews(project: Project) -> None:
    kept = ReviewLog.of(project)
    reviews = kept.reviews()
    said = Counter((r.example, r.annotator) for r in reviews)
    assert set(said.values()) <= {1}
    accepted = {e.id for e in read_examples(*project.pending_files())}
    assert {example for example, _ in said} == accepted
    assert len(said) == len(accepted) * len(side_by_side.ANNOTATORS)
    path = kept.folder / "corrected.jsonl"
    corrected = list(read_examples(path)) if path.exists() else list[Example]()
    assert len({e.id for e in corrected}) == len(corrected)
    assert {r.corrected for r in reviews if r.corrected} == {e.id for e in corrected}


def check_the_curated_set(project: Project) -> None:
    """Whole, with the rows of one build, whoever wrote it last."""
    if not project.curated.exists():
        return
    manifest = read_manifest(project.curated)
    examples = list(read_examples(project.curated / "examples.jsonl"))
    assert len({e.id for e in examples}) == len(examples) == manifest["counts"]["total"]
    for split, ids in manifest["splits"].items():
        lines = (project.curated / f"{split}.jsonl").read_text("utf-8").splitlines()
        assert len(lines) == len(ids)


def check_the_runs(project: Project, done: int) -> None:
    entries = [e.run for e in read_ledger(project.root)]
    assert len(entries) == len(set(entries)) == len(runs(project.root)) == done
    assert not done or current(project.root)


def check_the_files(project: Project) -> None:
    """Every line of every file is JSON, and nothing half-written lies about."""
    for path in project.root.rglob("*"):
        assert path.suffix not in (".tmp", ".torn"), path
        if path.suffix == ".jsonl":
            for _, line in store.read_lines(path, strict=True):
                json.loads(line)
