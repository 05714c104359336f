"""The seam to an Argilla server: what goes there, what comes back, and the protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class Suggestion:
    """What a question is pre-filled with; `agent` says who proposes it, `score` how surely."""

    value: str
    agent: str
    score: float | None = None


@dataclass(frozen=True)
class Card:
    """One example as it is sent: `id` is the example's, the rest is named as in a DatasetSpec."""

    id: str
    fields: Mapping[str, str]
    suggestions: Mapping[str, Suggestion] = field(default_factory=dict)
    metadata: Mapping[str, str | float] = field(default_factory=dict)
    vectors: Mapping[str, Sequence[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class DatasetSpec:
    """A dataset as it is created: its name and place, what annotators read first, and how many
    submitted answers complete a record. `vector` is the name and size of its vectors.
    """

    name: str
    workspace: str
    guidelines: str
    overlap: int
    vector: tuple[str, int]


@dataclass(frozen=True)
class Answer:
    """What one annotator's form holds for one record; `time` is when it last changed.

    `status` is submitted, draft or discarded.
    """

    record: str
    annotator: str
    status: str
    values: Mapping[str, Any]
    time: datetime


@dataclass(frozen=True)
class DatasetContent:
    """A dataset as it stands: whether each record is complete, who may answer, what they said."""

    records: dict[str, bool]
    annotators: tuple[str, ...]
    answers: tuple[Answer, ...]


class Server(Protocol):
    """An Argilla server. Every method raises ArgillaError, and nothing else, when it fails."""

    def open(self, spec: DatasetSpec) -> set[str]:
        """Create the dataset unless it is there; returns the ids of the records in it."""
        ...

    def send(self, spec: DatasetSpec, cards: Sequence[Card]) -> None:
        """Add records, or replace those of the same id; answers stay."""
        ...

    def fetch(self, spec: DatasetSpec) -> DatasetContent:
        """Everything that is in the dataset; nothing where there is no such dataset."""
        ...
