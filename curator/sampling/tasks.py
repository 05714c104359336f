"""Read the rows of the train split, as they are asked; none that is near to the evaluation."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from curator.base.errors import DataError
from curator.dataset.write import chat, read_manifest
from curator.filters.leakage import LeakageFilter, LeakageSettings
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.samples import LeftOut, SampledTask


class Asked(NamedTuple):
    """A row of the train split: its example, and the turns of its chat."""

    example: Example
    system: str
    question: str
    reference: str

    @property
    def id(self) -> str:
        """The id of its example."""
        return self.example.id

    def left_out(self, reason: str, detail: str = "") -> LeftOut:
        """Return it as one that is not asked."""
        category = self.example.category
        return LeftOut(id=self.id, category=category, reason=reason, detail=detail[:300])

    def task(self, check: Mapping[str, Any], uses: Sequence[str], main: str) -> SampledTask:
        """Return it as one that is."""
        one = self.example
        return SampledTask(
            id=one.id,
            category=one.category,
            topic=one.topic,
            difficulty=one.difficulty,
            system=self.system,
            question=self.question,
            reference=self.reference,
            check=check,
            uses=tuple(uses),
            main=main,
        )


class Rows(NamedTuple):
    """The rows that may be asked, those that may not, and the manifest of their set."""

    asked: list[Asked]
    left_out: list[LeftOut]
    manifest: Mapping[str, Any]


def read_rows(root: Path, data: Path, leakages: Sequence[LeakageSettings]) -> Rows:
    """Read the train split of a built set; rows of valid and test are never asked.

    Those near to a prompt of one of `leakages` are left out. Raises DataError where there is no
    set, or its files have changed.
    """
    manifest = read_manifest(data)
    train = manifest["splits"].get("train", ())
    known = {one.id: one for one in read_examples(data / "examples.jsonl")}
    if missing := [name for name in train if name not in known]:
        hint = "curator build makes it again"
        raise DataError(f"example {missing[0]} is not in it", where=data, hint=hint)
    asked = [_asked(known[name], manifest["system"]) for name in train]
    if not asked:
        raise DataError("there is no row in its train split", where=data, hint="curator build")
    left_out = list[LeftOut]()
    for leakage in leakages:
        verdicts = LeakageFilter(leakage, root).judge([one.example for one in asked])
        pairs = list(zip(asked, verdicts, strict=True))
        left_out += [o.left_out(f"leaks_{v.reason}", v.detail) for o, v in pairs if not v.passed]
        asked = [one for one, v in pairs if v.passed]
    return Rows(asked, left_out, manifest)


def _asked(example: Example, system: str) -> Asked:
    turns = chat(example, system).messages
    return Asked(example, *(turn.content for turn in turns))
