"""Chat JSONL -> examples with labels and provenance.

A record is `{"messages": [...], "metadata": {...}}`: at most one system message, one of the user,
one of the assistant; metadata gives category, topic, difficulty and, if known, author, licence.
These beside the messages instead are refused: an option would win over them without a word.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator import __version__
from curator.base import store
from curator.base.clock import now
from curator.base.errors import DataError
from curator.records.example import Example, Origin, Provenance
from curator.records.taxonomy import parse_category, parse_difficulty, parse_topic
from curator.text.normalise import normalise_text

_PARSERS = {"category": parse_category, "topic": parse_topic, "difficulty": parse_difficulty}


@dataclass(frozen=True)
class Labels:
    """What is said of every record that does not say it itself."""

    category: str | None = None
    topic: str | None = None
    difficulty: str | None = None
    author: str | None = None
    licence: str | None = None


def _turns(record: Any) -> tuple[str, str]:
    """Question and answer of a chat record; raises ValueError saying what is wrong with it."""
    if not isinstance(record, dict) or not isinstance(record.get("messages"), list):
        raise ValueError('there is no "messages" list')
    roles, texts = [], []
    for message in record["messages"]:
        if not isinstance(message, dict) or not isinstance(message.get("content"), str):
            raise ValueError('a message has no text "content"')
        roles.append(message.get("role"))
        texts.append(normalise_text(message["content"]))
    if roles not in (["user", "assistant"], ["system", "user", "assistant"]):
        found = ", ".join(map(str, roles)) or "none"
        raise ValueError(f"one user and one assistant message are wanted, found: {found}")
    if not (texts[-2].strip() and texts[-1].strip()):
        raise ValueError("the question or the answer is empty")
    return texts[-2], texts[-1]


def _misplaced(record: dict[str, Any], metadata: dict[str, Any]) -> list[str]:
    """The labels that stand beside the messages and not in the metadata."""
    return [n for n in (*_PARSERS, "author", "licence") if n in record and n not in metadata]


def _said(metadata: dict[str, Any], name: str, fallback: str | None) -> str | None:
    value = metadata.get(name, fallback)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"metadata.{name} is not a text")
    return value


def _example(record: Any, labels: Labels, origin: Origin, source: str) -> Example | list[str]:
    """The example of one record, or the names of what it lacks."""
    question, answer = _turns(record)
    metadata = record.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise ValueError("metadata is not an object")
    if misplaced := _misplaced(record, metadata):
        what = f'beside "messages" instead of in "metadata": {", ".join(misplaced)}'
        raise ValueError(what)
    names = (*_PARSERS, "author")
    said = {n: _said(metadata, n, getattr(labels, n)) for n in names}
    missing = [n for n, value in said.items() if not value]
    if missing:
        return missing
    provenance = Provenance(
        origin=origin,
        created=now(),
        toolkit=__version__,
        author=said["author"],
        licence=_said(metadata, "licence", labels.licence),
        source=source,
    )
    axes: dict[str, Any] = {n: parse(str(said[n])) for n, parse in _PARSERS.items()}
    return Example(question=question, answer=answer, provenance=provenance, **axes)


def read_chat(path: Path, labels: Labels, origin: Origin) -> list[Example]:
    """The examples of a chat JSONL file.

    Raises BrokenLine for lines that are no such record, and DataError, listing what is missing
    and how to give it, where labels or authors are absent. Nothing is written either way.
    """
    examples: list[Example] = []
    lacking: dict[str, list[int]] = {}

    def parse(number: int, line: bytes) -> tuple[int, Example | list[str]]:
        return number, _example(json.loads(line), labels, origin, f"{path.name}:{number}")

    for number, made in store.parsed(path, parse):
        if isinstance(made, Example):
            examples.append(made)
        else:
            for name in made:
                lacking.setdefault(name, []).append(number)
    if lacking:
        raise _missing(path, lacking)
    if not examples:
        raise DataError("there is no record in this file", where=path)
    return examples


def _missing(path: Path, lacking: dict[str, list[int]]) -> DataError:
    parts = [
        f"{n} is missing in {len(rows)} (first: line {rows[0]})" for n, rows in lacking.items()
    ]
    options = " ".join(f"--{n} …" for n in lacking)
    keys = ", ".join(f'"{n}": "…"' for n in lacking)
    hint = f'add "metadata": {{{keys}}} to the records, or give {options} for all of them'
    return DataError("; ".join(parts), where=path, hint=hint)
