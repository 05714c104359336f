"""The seam to an Argilla server: what goes there, what comes back, and the protocol."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from curator.base.errors import ArgillaError


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
    metadata: Mapping[str, str | float | Sequence[str]] = field(default_factory=dict)
    vectors: Mapping[str, Sequence[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class DatasetSpec:
    """A dataset as it is created: its name and place, what annotators read first, and how many
    submitted answers complete a record. `vector` is the name and size of its vectors.

    `project` is what its records are marked with, "" for nothing; `older` the name that an older
    version gave to such a dataset of every project, where this one may have been meant by it.
    `form` is what people fill in: a review of an example, or a choice between two answers, which
    has no vectors.
    """

    name: str
    workspace: str
    guidelines: str
    overlap: int
    vector: tuple[str, int]
    project: str = ""
    older: str = ""
    form: Literal["review", "duel"] = "review"

    def refuse_foreign(self, marks: Iterable[str | None]) -> None:
        """Raise ArgillaError where records carry the mark of another project."""
        others = sorted({mark for mark in marks if mark and mark != self.project})
        if self.project and others:
            what = f"the dataset {self.name!r} there has records of another project, {others[0]}"
            hint = "give yours a name: `project: NAME` in pipelines/review.yaml"
            raise ArgillaError(what, hint=hint)

    def refuse_older(self) -> None:
        """Raise ArgillaError: the dataset is not there, and one of the older name is."""
        what = f"there is no dataset {self.name!r}, but an older version's {self.older!r}"
        hint = (
            "if it is this project's, write `dataset: revue` and `adjudication: arbitrage` into "
            "pipelines/review.yaml; else `project: NAME`"
        )
        raise ArgillaError(what, hint=hint)


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
    """A dataset as it stands: whether each record is complete, who may answer, what they said.

    `projects` are the marks of the records that have one, `parties` who took part in the dispute
    that a record is about.
    """

    records: dict[str, bool]
    annotators: tuple[str, ...]
    answers: tuple[Answer, ...]
    projects: Mapping[str, str] = field(default_factory=dict)
    parties: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, record: str) -> dict[str, Answer]:
        """Return the answers to one record by annotator."""
        return {a.annotator: a for a in self.answers if a.record == record}


@dataclass(frozen=True)
class HandBack:
    """A form that goes back to an annotator: as a draft, as discarded, or (pending) as none at all.

    `values` are what the form holds then. `seen` is the time of the answer that it takes the place
    of, None where there was none: a form that changed since stays as it is.
    """

    record: str
    annotator: str
    status: Literal["draft", "discarded", "pending"]
    values: Mapping[str, Any] = field(default_factory=dict)
    seen: datetime | None = None


class Server(Protocol):
    """An Argilla server. Every method raises ArgillaError, and nothing else, when it fails."""

    def open(self, spec: DatasetSpec) -> set[str]:
        """Create the dataset unless it is there; returns the ids of the records in it."""
        ...

    def send(self, spec: DatasetSpec, cards: Sequence[Card]) -> None:
        """Add records, or replace those of the same id; answers stay."""
        ...

    def fetch(self, spec: DatasetSpec) -> DatasetContent:
        """Read everything that is in the dataset; nothing where there is no such dataset."""
        ...

    def hand_back(self, spec: DatasetSpec, forms: Sequence[HandBack]) -> int:
        """Put forms back to their annotators; returns how many were.

        A record that is no longer answered often enough opens again. What changed in the meantime,
        and what belongs to nobody who is known there, is passed over.
        """
        ...
