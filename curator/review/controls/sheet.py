"""Write a sheet for a blind reading, and the key that says what each of its texts is.

A sheet holds candidates that passed the filters, authored examples, and planted falsehoods, mixed.
Nothing on it tells them apart: no id of an example, no origin, no order. The key is another file,
which readers do not get.
"""

import hashlib
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from curator.base import store
from curator.base.errors import DataError
from curator.base.progress import Progress, silent
from curator.french import sheet as wording
from curator.french.numbers import count
from curator.generate.batch import existing
from curator.generate.batch_names import batch_named
from curator.records.example import Example, ExampleId, Record
from curator.records.files import read_examples
from curator.records.project import Project
from curator.records.taxonomy import Category, Difficulty, taxonomy
from curator.records.topic import Topic
from curator.review.cards.display import harmless
from curator.review.controls.plant import Check, Planter, right_ones, verifier
from curator.review.controls.record import Control, ControlLog, Falsehood

SHEET, READABLE = "sheet.jsonl", "sheet.md"
ReadKind = Literal["accepted", "authored", "planted"]


class SheetLine(Record):
    """One text as readers get it."""

    id: str
    topic: Topic
    level: Difficulty
    category: Category
    question: str
    answer: str


class KeyLine(Record):
    """What one text of a sheet is: its kind, the example that it is or, planted, is made from."""

    id: str
    kind: ReadKind
    example: ExampleId
    batch: str | None = None
    planted: Falsehood | None = None


@dataclass(frozen=True)
class SheetPlan:
    """How many texts of each kind, the seed that chooses and mixes them, ids to leave out."""

    accepted: int
    authored: int
    planted: int
    seed: int
    without: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Sheet:
    """A sheet that was written: its files, its key, and how many texts it has."""

    folder: Path
    key: Path
    count: int


def accepted_of(project: Project, batch: str, folder: str) -> list[Example]:
    """Read the candidates of a batch that passed the filters.

    `batch` is its name or the beginning of it, a path of its folder, or a file of examples. Raises
    DataError where there is no such batch.
    """
    places = (project.root / folder / batch, Path(batch))
    files = [f for p in places for f in (p / "accepted.jsonl", p) if f.is_file()]
    if not files:
        return batch_named(existing(project.root / folder), batch, folder).read("accepted.jsonl")
    return list(read_examples(files[0]))


def ids_in(paths: Iterable[Path]) -> frozenset[str]:
    """Collect the ids of examples that keys or earlier readings name, to leave them out."""
    known: set[str] = set()
    for path in paths:
        for _, line in store.read_lines(path, strict=True):
            record = json.loads(line)
            known |= {str(record[name]) for name in ("example", "id", "was") if record.get(name)}
    return frozenset(known)


def make_sheet(
    project: Project,
    candidates: Sequence[Example],
    plan: SheetPlan,
    out: Path,
    key: Path,
    progress: Progress = silent,
) -> Sheet:
    """Choose the texts of a sheet, write it into the folder `out` and its key to `key`.

    The planted ones are noted in the project, which never takes them for examples. Raises
    DataError where there are too few texts of a kind, or where the files are there already.
    """
    _refuse_present(out, key)
    name = _name(candidates, plan)
    place = f"sheet {name}"
    chosen = _chosen(candidates, plan)
    related = {parent for e in chosen for parent in e.provenance.parents}
    apart = replace(plan, without=plan.without | related)  # no text stands beside its own variant
    controls = _controls(project, apart, place, verifier(), progress)
    mixed: list[Example | Control] = [*chosen, *controls]
    random.Random(f"{plan.seed} {name}").shuffle(mixed)  # noqa: S311 an order
    numbered = [(f"{name}-{number:03d}", text) for number, text in enumerate(mixed, 1)]
    ControlLog.of(project).add([c for c in controls if c.planted])
    store.write_atomic(key, [_key(n, text) for n, text in numbered])
    _write(out, [_line(n, text) for n, text in numbered])
    return Sheet(out, key, len(numbered))


def _refuse_present(out: Path, key: Path) -> None:
    for path in (out / SHEET, out / READABLE, key):
        if path.exists():
            raise DataError("there already", where=path, hint="choose another --out or --key")
    if key.resolve().is_relative_to(out.resolve()):
        hint = "readers get the folder of the sheet: name a file outside of it"
        raise DataError("the key is in the folder of the sheet", where=key, hint=hint)


def _name(candidates: Sequence[Example], plan: SheetPlan) -> str:
    """Name a sheet by what it was made from, so that a reading of another one is noticed."""
    made_from = [*sorted(e.id for e in candidates), *sorted(plan.without), repr(plan.seed)]
    made_from += [str(n) for n in (plan.accepted, plan.authored, plan.planted)]
    return hashlib.sha256(" ".join(made_from).encode()).hexdigest()[:4]


def _chosen(candidates: Sequence[Example], plan: SheetPlan) -> list[Example]:
    fresh = sorted({e.id: e for e in candidates if e.id not in plan.without}.items())
    if len(fresh) < plan.accepted:
        what = f"{len(fresh)} accepted candidates, and {plan.accepted} are asked for"
        raise DataError(what, hint="lower --accepted")
    draw = random.Random(plan.seed)  # noqa: S311 a sample
    return [e for _, e in draw.sample(fresh, plan.accepted)]


def _controls(
    project: Project, plan: SheetPlan, place: str, check: Check, progress: Progress
) -> list[Control]:
    """Choose the authored examples and the ones to plant in, of all topics in turn, none twice."""
    known = read_examples(*project.authored_files())
    pool = by_topic([e for e in known if e.id not in plan.without], plan.seed)
    planted = Planter(check, plan.seed, place, progress).plant(pool, plan.planted)
    _need(planted, plan.planted, "falsehoods could be planted and refuted", "--planted")
    used = {c.of for c in planted}
    rest = [e for e in pool if e.id not in used]
    right = right_ones(rest, plan.authored, place, check)
    _need(right, plan.authored, "authored examples are held right by the verifier", "--authored")
    return [*planted, *right]


def _need(found: Sequence[Control], wanted: int, what: str, option: str) -> None:
    if len(found) < wanted:
        raise DataError(f"only {len(found)} of {wanted} {what}", hint=f"lower {option}")


def by_topic(examples: Iterable[Example], seed: int) -> list[Example]:
    """Put examples into a random order in which each topic comes in its turn."""
    rng = random.Random(seed)  # noqa: S311 an order
    topics: dict[str, list[Example]] = {}
    for example in sorted(examples, key=lambda e: e.id):
        topics.setdefault(example.topic, []).append(example)
    names = sorted(topics)
    rng.shuffle(names)
    for name in names:
        rng.shuffle(topics[name])
    longest = max(map(len, topics.values()), default=0)
    return [topics[n][at] for at in range(longest) for n in names if at < len(topics[n])]


def _key(name: str, text: Example | Control) -> KeyLine:
    if isinstance(text, Control):
        return KeyLine(id=name, kind=text.kind, example=text.of, planted=text.planted)
    return KeyLine(id=name, kind="accepted", example=text.id, batch=text.provenance.batch)


def _line(name: str, text: Example | Control) -> SheetLine:
    example = text.example if isinstance(text, Control) else text
    return SheetLine(
        id=name,
        topic=example.topic,
        level=example.difficulty,
        category=example.category,
        question=example.question,
        answer=example.answer,
    )


def _write(out: Path, lines: Sequence[SheetLine]) -> None:
    parts = [wording.HEAD.format(count=count(len(lines), "exemple")), *map(_readable, lines)]
    store.write_atomic(out / SHEET, lines)
    text = "\n\n---\n\n".join(p.strip() for p in parts) + "\n"
    store.write_bytes(out / READABLE, text.encode("utf-8"))


def _readable(line: SheetLine) -> str:
    known = taxonomy()
    head = wording.ITEM.format(
        id=line.id,
        topic=known.topics[line.topic].label,
        level=known.difficulties[line.level].label,
        category=known.categories[line.category].label,
    )
    texts = (wording.QUESTION, harmless(line.question), wording.ANSWER, harmless(line.answer))
    return "\n\n".join([head, *texts])
