"""Read what blind readers decided, and count it by what the texts of their sheet were.

A reading is a JSONL file with one line for each text of the sheet: `id`, `decision` (accept, repair
or reject), `false` (whether it says something false), `quote` (the false words) and `reason`. The
words that annotators see (accepter, corriger, rejeter; oui, non) are taken too.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, RootModel, StringConstraints

from curator.base import store
from curator.base.errors import DataError
from curator.base.intervals import wilson
from curator.base.plural import plural
from curator.records.example import Record
from curator.review.controls.sheet import KeyLine

Choice = Literal["accept", "repair", "reject"]
CHOICES: tuple[Choice, ...] = ("accept", "repair", "reject")
KINDS = ("accepted", "authored", "planted")
_WORDS = {
    "small_repair": "repair", "accepter": "accept", "corriger": "repair", "rejeter": "reject",
}  # fmt: skip
_TRUTH = {"yes": True, "oui": True, "no": False, "non": False, "true": True, "false": False}
_SHOWN = 5  # ids that an error lists


def _choice(value: Any) -> Any:
    word = value.strip().lower() if isinstance(value, str) else value
    return _WORDS.get(word, word)


def _truth(value: Any) -> Any:
    return _TRUTH.get(value.strip().lower(), value) if isinstance(value, str) else value


class Reading(BaseModel):
    """What one reader decided of one text; other keys are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    decision: Annotated[Choice, BeforeValidator(_choice)]
    false: Annotated[bool, BeforeValidator(_truth)]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    quote: str | None = None


class Said(Record):
    """One reader's decision as it is kept beside the others'."""

    reader: str
    decision: Choice
    false: bool
    quote: str | None = None
    reason: str


@dataclass(frozen=True)
class KindCount:
    """What the readers made of the texts of one kind.

    `accepted` by every reader as it is, `repairable` rejected by none, `false_all` and `false_any`
    said to hold something false by all and by at least one; `low` and `high` are the ends of
    Wilson's interval of 95 % of the share that all accept. `by_reader` counts each one's decisions.
    """

    kind: str
    texts: int
    accepted: int
    repairable: int
    false_all: int
    false_any: int
    low: float
    high: float
    by_reader: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Caught:
    """How many planted falsehoods a reader named as false, and how many right texts were refused.

    `refused` counts authored examples that were rejected or said to be false.
    """

    reader: str
    planted: int
    caught: int
    let_through: int
    authored: int
    refused: int


@dataclass(frozen=True)
class Score:
    """Everything that readings of a sheet come to; `kappa` is Cohen's, the mean over all pairs of
    readers, of the three decisions and of whether something is false; None where it has no value.
    """

    readers: list[str]
    kinds: list[KindCount]
    caught: list[Caught]
    planted_kinds: dict[str, dict[str, int]]
    kappa_decision: float | None
    kappa_false: float | None

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        return asdict(self)


def read_key(path: Path) -> dict[str, KeyLine]:
    """Read the key of a sheet, by the ids of its texts; raises BrokenLine or DataError."""
    lines = {k.id: k for k in store.read(path, KeyLine, strict=True)}
    if not lines:
        raise DataError("an empty key", where=path)
    return lines


def read_reading(path: Path, key: Mapping[str, KeyLine]) -> dict[str, Reading]:
    """Read one reader's decisions by the ids of the texts.

    Raises BrokenLine for a line that decides nothing, and DataError where a text has no decision
    or two, or is of another sheet.
    """
    lines: dict[str, Reading] = {}
    for reading in store.read(path, Reading, strict=True):
        if reading.id in lines and lines[reading.id] != reading:
            raise DataError(f"two decisions on {reading.id}", where=path, hint="leave one")
        lines[reading.id] = reading
    if foreign := sorted(lines.keys() - key.keys()):
        hint = "is it a reading of another sheet?"
        raise DataError(f"not in the key: {_some(foreign)}", where=path, hint=hint)
    if missing := sorted(key.keys() - lines.keys()):
        what = f"{len(missing)} of {len(key)} texts have no decision: {_some(missing)}"
        raise DataError(what, where=path, hint="let the reader finish")
    return lines


def _some(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    return ", ".join(ids[:_SHOWN]) + more


def score(key: Mapping[str, KeyLine], readings: Mapping[str, Mapping[str, Reading]]) -> Score:
    """Count the decisions of readers, who are named, by the kinds of texts."""
    present = [kind for kind in KINDS if any(k.kind == kind for k in key.values())]
    return Score(
        readers=list(readings),
        kinds=[_kind(kind, key, readings) for kind in present],
        caught=[_caught(name, key, reading) for name, reading in readings.items()],
        planted_kinds=_planted_kinds(key, readings),
        kappa_decision=_agreed(readings, "decision"),
        kappa_false=_agreed(readings, "false"),
    )


def _kind(
    kind: str, key: Mapping[str, KeyLine], readings: Mapping[str, Mapping[str, Reading]]
) -> KindCount:
    of_text = [[r[n] for r in readings.values()] for n, k in key.items() if k.kind == kind]
    accepted = sum(all(r.decision == "accept" for r in said) for said in of_text)
    low, high = wilson(accepted, len(of_text))
    return KindCount(
        kind=kind,
        texts=len(of_text),
        accepted=accepted,
        repairable=sum(all(r.decision != "reject" for r in said) for said in of_text),
        false_all=sum(all(r.false for r in said) for said in of_text),
        false_any=sum(any(r.false for r in said) for said in of_text),
        low=low,
        high=high,
        by_reader={
            name: _decisions([r for n, r in reading.items() if key[n].kind == kind])
            for name, reading in readings.items()
        },
    )


def _decisions(readings: Sequence[Reading]) -> dict[str, int]:
    counts = Counter(r.decision for r in readings)
    return {**{c: counts[c] for c in CHOICES}, "false": sum(r.false for r in readings)}


def _caught(name: str, key: Mapping[str, KeyLine], reading: Mapping[str, Reading]) -> Caught:
    planted = [reading[n] for n, k in key.items() if k.kind == "planted"]
    authored = [reading[n] for n, k in key.items() if k.kind == "authored"]
    return Caught(
        reader=name,
        planted=len(planted),
        caught=sum(r.false for r in planted),
        let_through=sum(r.decision == "accept" and not r.false for r in planted),
        authored=len(authored),
        refused=sum(r.false or r.decision == "reject" for r in authored),
    )


def _planted_kinds(
    key: Mapping[str, KeyLine], readings: Mapping[str, Mapping[str, Reading]]
) -> dict[str, dict[str, int]]:
    """Count the texts of each kind of falsehood, and those that all and that any readers name."""
    counts: dict[str, dict[str, int]] = {}
    for name, line in sorted(key.items()):
        if line.planted:
            said = [r[name].false for r in readings.values()]
            count = counts.setdefault(line.planted.kind, {"texts": 0, "by_all": 0, "by_any": 0})
            count["texts"] += 1
            count["by_all"] += all(said)
            count["by_any"] += any(said)
    return counts


def _agreed(readings: Mapping[str, Mapping[str, Reading]], name: str) -> float | None:
    pairs = [
        kappa([(getattr(r, name), getattr(second[n], name)) for n, r in first.items()])
        for first, second in combinations(readings.values(), 2)
    ]
    found = [k for k in pairs if k is not None]
    return round(sum(found) / len(found), 4) if found else None


def kappa(pairs: Sequence[tuple[Any, Any]]) -> float | None:
    """Compute Cohen's kappa of two raters' labels (1960); None where both give one label only.

    1 is full agreement, 0 what chance gives with these shares of labels.
    """
    if not pairs:
        return None
    total = len(pairs)
    first, second = (Counter(pair[side] for pair in pairs) for side in (0, 1))
    chance = sum(first[label] * second[label] for label in first) / total**2
    agreed = sum(a == b for a, b in pairs) / total
    return None if chance == 1 else (agreed - chance) / (1 - chance)


def joined(
    key: Mapping[str, KeyLine], readings: Mapping[str, Mapping[str, Reading]]
) -> Iterator[dict[str, Any]]:
    """Yield one line for each text of a sheet: its key, and what each reader said."""
    for name, line in key.items():
        record: dict[str, Any] = line.model_dump(mode="json", exclude_none=True)
        record["readings"] = [
            _said(reader, reading[name]).model_dump(mode="json", exclude_none=True)
            for reader, reading in readings.items()
        ]
        yield record


def _said(reader: str, reading: Reading) -> Said:
    return Said(reader=reader, **reading.model_dump(exclude={"id"}))


def named(paths: Sequence[Path], names: Sequence[str]) -> list[str]:
    """Name the readers of some files: by what is given, else by their files.

    Raises DataError where there is not one name for each, or two are the same.
    """
    if names and len(names) != len(paths):
        given = f"{plural(len(names), 'reader is', 'readers are')} named"
        raise DataError(f"{given} for {plural(len(paths), 'reading')}")
    found = list(names) or [p.stem for p in paths]
    if len(set(found)) < len(found):
        stems = [f"{p.parent.name}/{p.stem}" for p in paths]
        if names or len(set(stems)) < len(stems):
            raise DataError(f"two readings of {found[0]}", hint="name each with --reader")
        return stems
    return found


class _Line(RootModel[dict[str, Any]]):
    """One line of joined readings."""


def score_files(
    key_file: Path, files: Sequence[Path], names: Sequence[str], out: Path | None
) -> tuple[Score, Path]:
    """Read a key and readings, count them, and write them joined beside the key, or to `out`.

    `names` are the readers of the files. Raises DataError or BrokenLine for a file that is none.
    """
    key = read_key(key_file)
    readers = named(files, names)
    readings = {n: read_reading(f, key) for n, f in zip(readers, files, strict=True)}
    stem = key_file.name.removesuffix(".jsonl").removesuffix(".key")
    written = out or key_file.with_name(f"{stem}.readings.jsonl")
    if written.resolve() in {f.resolve() for f in (*files, key_file)}:
        raise DataError(
            "is one of the files to be read", where=written, hint="choose another --out"
        )
    store.write_atomic(written, map(_Line, joined(key, readings)))
    return score(key, readings), written
