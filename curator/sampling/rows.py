"""Write what a sampling gives: every answer with its outcome, the rows, and the manifest.

A row says what it is: which model wrote it and how, which check accepted it, and that no person
read it. Rows are never part of the curated set; a training takes them by `curator mix` alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from curator import __version__
from curator.base import store
from curator.base.settings import digest
from curator.dataset.write import Turn
from curator.evaluation.records import ModelIdentity
from curator.records import samples as names
from curator.records.example import ExampleId, Record, Sampling, Sha256
from curator.records.samples import LeftOut, Sample, SampledTask
from curator.records.taxonomy import Category, Difficulty
from curator.records.topic import Topic


class Origin(Record):
    """Where a row comes from. `prompt_sha256` is the digest of all words around the question,
    `check_sha256` that of what accepted it, of the kind `accepted_by`.
    """

    task: ExampleId
    sample: int
    category: Category
    topic: Topic
    difficulty: Difficulty
    written_by: ModelIdentity
    sampling: Sampling
    seed: int
    prompt_sha256: Sha256
    accepted_by: str
    check_sha256: Sha256
    rustc: str
    toolkit: str
    reviewed: bool = False


class OwnRow(Record):
    """A line of own.jsonl: a chat, with where it comes from in place of a review."""

    messages: tuple[Turn, ...]
    metadata: Origin


class Made(Record):
    """What the answers of a sampling follow from, the same for all of them."""

    model: ModelIdentity
    prompt_sha256: Sha256
    sampling: Sampling
    seed: int
    rustc: str


def check_digest(task: SampledTask) -> str:
    """Return the SHA-256 of all that an answer to a task is checked by."""
    return digest(task.model_dump(mode="json", include={"check", "uses", "main"}))


def row(task: SampledTask, sample: Sample, made: Made) -> OwnRow:
    """Return the row that an answer becomes."""
    turns = ("system", task.system), ("user", task.question), ("assistant", sample.text)
    origin = Origin(
        task=task.id,
        sample=sample.sample,
        category=task.category,
        topic=task.topic,
        difficulty=task.difficulty,
        written_by=made.model,
        sampling=made.sampling,
        seed=sample.seed,
        prompt_sha256=made.prompt_sha256,
        accepted_by=str(task.check["kind"]),
        check_sha256=check_digest(task),
        rustc=made.rustc,
        toolkit=__version__,
    )
    messages = tuple(Turn(role=role, content=text) for role, text in turns if text)
    return OwnRow(messages=messages, metadata=origin)


def counts(
    tasks: Sequence[SampledTask], left_out: Sequence[LeftOut], samples: Sequence[Sample]
) -> dict[str, Any]:
    """Count the tasks, by kind of check, and what became of the answers."""
    ids = {one.task for one in samples}
    kinds = Counter(str(task.check["kind"]) for task in tasks if task.id in ids)
    return {
        "tasks": sum(kinds.values()),
        "by_check": dict(sorted(kinds.items())),
        "left_out": counted(one.reason for one in left_out),
        "answers": len(samples),
        "solved": sum(one.solved for one in samples),
        "tasks_solved": len({one.task for one in samples if one.solved}),
        "rows": sum(one.kept for one in samples),
        "no_rows": counted(one.reason for one in samples if one.reason),
    }


def counted(reasons: Iterable[str]) -> dict[str, int]:
    """Count reasons, the most frequent first."""
    found = Counter(reasons)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def write(
    folder: Path, tasks: Sequence[SampledTask], samples: Sequence[Sample], made: Made
) -> Sequence[OwnRow]:
    """Write the answers with their outcomes, and the rows, which are returned."""
    known = {task.id: task for task in tasks}
    rows = [row(known[one.task], one, made) for one in samples if one.kept]
    store.write_atomic(folder / names.SAMPLES, samples)
    store.write_atomic(folder / names.ROWS, rows)
    return rows


def write_manifest(folder: Path, content: Mapping[str, Any]) -> dict[str, Any]:
    """Write manifest.json, last: with the digests of the files beside it, the folder is whole."""
    files = (names.TASKS, names.LEFT_OUT, names.ANSWERS, names.SAMPLES, names.ROWS)
    digests = {name: store.sha256_of(folder / name) for name in files}
    manifest = {"toolkit": __version__, **content, "files": digests}
    store.write_json(folder / names.MANIFEST, manifest)
    return manifest
