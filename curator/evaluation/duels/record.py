"""A duel and what people chose, and their files: `raw/reviews/`.

    duels.jsonl          the pairs that were given to people
    duel_choices.jsonl   every version of what they chose

Both only ever grow; of two versions by one person the later counts.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime

from curator.base import store
from curator.records.example import Record, Sha256
from curator.records.project import Project
from curator.records.topic import Topic

Choice = Literal["left", "right", "both", "neither"]
ArmKey = tuple[str, str]  # name and signature


class Side(Record):
    """One answer: the arm, its signature (evaluation/records.py), the sample, the text."""

    arm: str
    signature: Sha256
    sample: int = 0
    text: str

    @property
    def key(self) -> "ArmKey":
        """What tells its arm from every other, an earlier one of the same name too."""
        return self.arm, self.signature


class Duel(Record):
    """Two answers to one prompt, as they stand on the page; `id` is that of the record there."""

    id: str
    prompt_id: str
    prompt: str
    category: str
    topic: Topic | None = None
    difficulty: str | None = None
    left: Side
    right: Side

    @property
    def sides(self) -> tuple[Side, Side]:
        """Left, then right."""
        return self.left, self.right

    def side_of(self, arm: "ArmKey") -> Choice | None:
        """Tell on which side an arm stands; None where it is not in this duel."""
        if self.left.key == arm:
            return "left"
        return "right" if self.right.key == arm else None


class Chosen(Record):
    """One version of what a person chose in a duel; a `withdrawn` one takes it back."""

    duel: str
    annotator: str
    choice: Choice
    why: str | None = None
    time: AwareDatetime
    withdrawn: bool = False


def duel_id(prompt_id: str, one: Side, other: Side) -> str:
    """Return 16 hexadecimal digits over the prompt and both answers, whichever side they are on."""
    sides = sorted((s.signature, str(s.sample), s.text) for s in (one, other))
    text = "\x00".join([prompt_id, *(part for side in sides for part in side)])
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


@dataclass(frozen=True)
class DuelLog:
    """The files of a project's duels."""

    folder: Path

    @classmethod
    def of(cls, project: Project) -> "DuelLog":
        """Open the duels of a project."""
        return cls(project.raw / "reviews")

    def duels(self) -> dict[str, Duel]:
        """Read the duels by id."""
        path = self.folder / "duels.jsonl"
        return {d.id: d for d in store.read(path, Duel)} if path.exists() else {}

    def versions(self) -> list[Chosen]:
        """Read every version of every choice."""
        path = self.folder / "duel_choices.jsonl"
        return list(store.read(path, Chosen)) if path.exists() else []

    def add(self, duels: Sequence[Duel] = (), choices: Sequence[Chosen] = ()) -> None:
        """Append duels, then choices."""
        store.append_all(self.folder / "duels.jsonl", duels)
        store.append_all(self.folder / "duel_choices.jsonl", choices)


def latest(versions: Sequence[Chosen]) -> dict[tuple[str, str], Chosen]:
    """Find the version that counts by duel and person, those taken back among them."""
    newest: dict[tuple[str, str], Chosen] = {}
    for one in versions:
        key = (one.duel, one.annotator)
        if key not in newest or one.time >= newest[key].time:
            newest[key] = one
    return newest


def counting(versions: Sequence[Chosen]) -> list[Chosen]:
    """List the choices that count, by duel and person."""
    return [c for _, c in sorted(latest(versions).items()) if not c.withdrawn]
