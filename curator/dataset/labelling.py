"""From the labels of a record to those of an example.

A value that the taxonomy does not know can be mapped (`--map concurrency=async`); records whose
values stay unknown are left out and named. Nothing is guessed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from curator import __version__
from curator.base.clock import now
from curator.base.errors import DataError
from curator.records.chat import AXES, ChatRecord
from curator.records.example import Example, Origin, Provenance
from curator.records.taxonomy import parse_category, parse_difficulty, parse_topic
from curator.text.fold import fold

_PARSERS = {"category": parse_category, "topic": parse_topic, "difficulty": parse_difficulty}


@dataclass(frozen=True)
class Labels:
    """What holds for every record that does not say it itself."""

    category: str | None = None
    topic: str | None = None
    difficulty: str | None = None
    author: str | None = None
    licence: str | None = None


class UnknownLabel(NamedTuple):
    """A record with a value that the taxonomy does not know."""

    source: str
    axis: str
    value: str


@dataclass
class Labelled:
    """The examples of a file, and the records that could not be labelled."""

    examples: list[Example] = field(default_factory=list)
    unknown: list[UnknownLabel] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


# (axis, or None for any; folded old value) -> new value
LabelMap = Mapping[tuple[str | None, str], str]


def parse_mapping(options: Sequence[str]) -> dict[tuple[str | None, str], str]:
    """Read options such as "concurrency=async" or "topic:general=structs".

    Returns the new value for each (axis or None, folded old value); raises DataError.
    """
    mapping: dict[tuple[str | None, str], str] = {}
    for option in options:
        names, equals, new = option.partition("=")
        axis, colon, old = names.rpartition(":")
        if not equals or not old.strip() or not new.strip() or (colon and axis not in AXES):
            hint = "write OLD=NEW or AXIS:OLD=NEW, such as --map concurrency=async"
            raise DataError(f"--map {option!r} cannot be read", hint=hint)
        mapping[axis or None, fold(old.strip())] = new.strip()
    return mapping


def _parse(axis: str, value: str, mapping: LabelMap) -> Any:
    """Parse a value of an axis, mapped where asked for; raises DataError for an unknown one."""
    key = fold(value)
    value = mapping.get((axis, key)) or mapping.get((None, key)) or value
    return _PARSERS[axis](value)


def label_records(
    records: Iterable[ChatRecord],
    labels: Labels,
    origin: Origin,
    path: Path,
    mapping: LabelMap | None = None,
) -> Labelled:
    """Turn the records of the file `path` into examples with labels and provenance.

    Raises DataError, listing what is missing and how to give it, where labels or authors are
    absent, and for a file without a record; nothing is written either way.
    """
    done, lacking, count = Labelled(), dict[str, list[str]](), 0
    for record in records:
        count += 1
        done.left_out += record.left_out
        given = {
            n: record.labels.get(n) or getattr(labels, n) for n in (*AXES, "author", "licence")
        }
        missing = [n for n in (*AXES, "author") if not given[n]]
        for name in missing:
            lacking.setdefault(name, []).append(record.source)
        if not missing:
            _label(record, given, origin, mapping or {}, done)
    if not count:
        raise DataError("there is no record in this file", where=path)
    if lacking:
        raise _missing(path, lacking)
    return done


def _label(
    record: ChatRecord,
    given: Mapping[str, str | None],
    origin: Origin,
    mapping: LabelMap,
    done: Labelled,
) -> None:
    axes = {}
    for axis in AXES:
        try:
            axes[axis] = _parse(axis, str(given[axis]), mapping)
        except DataError:
            done.unknown.append(UnknownLabel(record.source, axis, str(given[axis])))
            return
    provenance = Provenance(
        origin=origin,
        created=now(),
        toolkit=__version__,
        author=given["author"],
        licence=given["licence"],
        source=record.source,
    )
    done.examples.append(
        Example(question=record.question, answer=record.answer, provenance=provenance, **axes)
    )


def _missing(path: Path, lacking: Mapping[str, Sequence[str]]) -> DataError:
    parts = [
        f"{name} is missing in {len(sources)} (first: {sources[0]})"
        for name, sources in lacking.items()
    ]
    options = " ".join(f"--{name} …" for name in lacking)
    keys = ", ".join(f'"{name}": "…"' for name in lacking)
    hint = f'add "metadata": {{{keys}}} to the records, or give {options} for all of them'
    return DataError("; ".join(parts), where=path, hint=hint)
