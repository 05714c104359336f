"""A control as it is kept, and the files of the controls of a project: `raw/reviews/`.

    controls.jsonl          the texts whose answer is known, with where each was given to people
    control_reviews.jsonl   what people said of them

Both stand apart from the reviews: nothing that settles, counts, calibrates or builds reads them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from curator.base import store
from curator.records.example import Example, ExampleId, Record, Review
from curator.records.planted import CONTROLS
from curator.records.project import Project
from curator.review.controls.falsehoods import Kind


class Falsehood(Record):
    """What is false in a planted text, and how the verifier refuted it.

    `was` is what stood there, empty where the statement was added; `now` is what stands there.
    """

    kind: Kind
    was: str
    now: str
    refuted: str


class Control(Record):
    """A text whose answer is known: right as it is, or with one planted falsehood.

    `place` is where it was given to people, a dataset or a sheet; `of` the authored example that
    it is or was made from.
    """

    kind: Literal["authored", "planted"]
    of: ExampleId
    place: str
    example: Example
    planted: Falsehood | None = None

    @property
    def id(self) -> str:
        """The id of its text, and of its record where people answer."""
        return self.example.id


@dataclass(frozen=True)
class ControlLog:
    """The two files of a project's controls."""

    folder: Path

    @classmethod
    def of(cls, project: Project) -> "ControlLog":
        """Open the controls of a project."""
        return cls((project.root / CONTROLS).parent)

    def controls(self, place: str | None = None) -> dict[str, Control]:
        """Read the controls by id: all, or those of one place."""
        path = self.folder / CONTROLS.name
        known = store.read(path, Control) if path.exists() else ()
        return {c.id: c for c in known if place in (None, c.place)}

    def reviews(self) -> list[Review]:
        """Read every version of what people said of controls."""
        path = self.folder / "control_reviews.jsonl"
        return list(store.read(path, Review)) if path.exists() else []

    def add(self, controls: Sequence[Control] = (), reviews: Iterable[Review] = ()) -> None:
        """Append controls, then what people said."""
        store.append_all(self.folder / CONTROLS.name, controls)
        store.append_all(self.folder / "control_reviews.jsonl", reviews)
