"""What a batch starts from: all of it, and each file read once by a command."""

import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from curator.augment import run as pipeline
from curator.augment.inputs import BatchInputs
from curator.augment.preview import preview
from curator.augment.run import AugmentResult
from curator.base import store
from curator.cli.app import main
from curator.filters.leakage import LeakageSettings
from curator.filters.structure import StructureSettings
from curator.generate.recipe import AugmentRecipe
from curator.models.scripted import ScriptedModel
from curator.records.project import Project
from curator.review.decisions.log import ReviewLog
from tests.conftest import ROOT
from tests.generate.test_batch import Interrupted, breaking, good_or_bad, quiet, recipe
from tests.review.conftest import review

Reads = Counter[str]
_watched: list[tuple[Path, Reads]] = []


def _seen(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _watched and isinstance(arguments[0], str | Path):
        root, reads = _watched[-1]
        path, flags = Path(arguments[0]), arguments[2]
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
        if path.is_file() and path.is_relative_to(root) and not writes:
            reads[path.relative_to(root).as_posix()] += 1


sys.addaudithook(_seen)  # for the life of the process: it counts only within `counting`


@contextmanager
def counting(project: Project) -> Iterator[Reads]:
    """How often each file of a project is opened for reading."""
    _watched.append((project.root, Counter()))
    try:
        yield _watched[-1][1]
    finally:
        _watched.pop()


def load(settings: object) -> ScriptedModel:
    return ScriptedModel(good_or_bad)


@pytest.fixture
def busy(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with all that is read for a batch: two batches, one of another recipe that was
    interrupted, reviews, a built set, prompts of the evaluation.
    """
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    for _ in range(2):
        done = pipeline.augment(project, settings(), quiet, load)
    with pytest.raises(Interrupted):
        other = settings(name="other")
        pipeline.augment(project, other, quiet, lambda chosen: breaking(after=4))
    assert done.outcome
    turned_down, *_ = done.outcome.accepted
    for person in ("anna", "benoit"):
        with ReviewLog.of(project).locked():
            ReviewLog.of(project).add([review(person, "rejeter", turned_down.id)], [])
    left_out = {done.outcome.accepted[1].id: "rust.does_not_compile"}
    store.write_json(project.curated / "manifest.json", {"left_out": left_out})
    (project.root / "training").mkdir()
    shutil.copy(ROOT / "training" / "prompts_fr.jsonl", project.root / "training")
    return project


def settings(**changes: object) -> AugmentRecipe:
    return recipe(filters=(StructureSettings(), LeakageSettings()), **changes)


def inputs(project: Project) -> set[str]:
    """The files that every batch depends on."""
    found = [
        *project.trusted_files(),
        *project.raw.glob("generated/*/accepted.jsonl"),
        *project.raw.glob("generated/*/candidates.jsonl"),
        *project.raw.glob("generated/*/manifest.json"),
        *project.raw.glob("reviews/*.jsonl"),
        project.curated / "manifest.json",
    ]
    return {project.relative(path) for path in found}


def augmented(**changes: object) -> Callable[[Project], AugmentResult]:
    return lambda project: pipeline.augment(project, settings(**changes), quiet, load)


def once_each(reads: Reads) -> None:
    """Fail where a file was read twice, but for the plan of the batch that was made.

    That is read from the bytes on disk once more, for its digest in the manifest.
    """
    plans = {path: n for path, n in reads.items() if path.endswith("/plan.json")}
    others = {path: n for path, n in reads.items() if path not in plans}
    assert max(others.values()) == 1, others
    assert sorted(plans.values()) in ([], [1], [2]), plans


@pytest.mark.slow
@pytest.mark.parametrize(
    "work",
    [
        lambda project: preview(project, settings(), quiet),
        augmented(),
        augmented(name="other"),
        lambda project: pipeline.augment(project, settings(), quiet, load, judged=False),
    ],
    ids=["plan", "new", "resumed", "candidates only"],
)
def test_each_file_is_read_once(busy: Project, work: Callable[[Project], object]) -> None:
    wanted = inputs(busy)
    with counting(busy) as reads:
        work(busy)
    assert len(wanted) == 9
    assert {path: reads[path] for path in wanted} == dict.fromkeys(wanted, 1)
    once_each(reads)


@pytest.mark.slow
@pytest.mark.parametrize("words", [["--dry-run"], ["--candidates", "2"]])
def test_the_command_reads_each_file_once(
    busy: Project, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = busy.root / "pipelines" / "mutants.yaml"
    with counting(busy) as reads, pytest.raises(SystemExit) as ended:
        main(["--project", str(busy.root), "augment", "--recipe", str(path), "--json", *words])
    assert not ended.value.code
    assert reads["pipelines/mutants.yaml"] == reads["pipelines/review.yaml"] == 1
    # What the batch's recipe extends is also the one whose targets hold for the set.
    assert reads.pop("pipelines/augment.yaml") == 2
    once_each(reads)


def test_a_complete_batch_is_read_back_once(project: Project) -> None:
    first = augmented(seed=5)(project)
    with counting(project) as reads:
        again = augmented(seed=5)(project)
    assert reads[f"raw/generated/{again.batch.name}/rejected.jsonl"] == 1
    once_each(reads)
    assert (again.manifest, again.candidates) == (first.manifest, first.candidates)


def test_a_second_reading_is_seen(busy: Project) -> None:
    with counting(busy) as reads:
        for _ in range(2):
            BatchInputs.read(busy, settings())
    assert {reads[path] for path in inputs(busy)} == {2}


def test_what_was_turned_down_or_refused_is_not_counted(busy: Project) -> None:
    found = BatchInputs.read(busy, settings())
    sources = found.besides(None)
    assert len(sources.pending) == sum(len(b.accepted) for b in found.batches) > 4
    assert sources.before.total == 49 + len(sources.pending) - 2
    [first, second] = found.own()
    assert {e.id for e in found.besides(second.batch).pending} == {e.id for e in first.accepted}
    assert [b.manifest is None for b in found.batches] == [False, False, True]
    assert found.history(None).document() == {}
