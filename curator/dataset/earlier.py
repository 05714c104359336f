"""The splits of the last built set, from which the next one starts.

What was in the set keeps its side, and so does what takes its place: an example that is related to
it, or nearly the same. Validation and test examples are remembered when they leave the set, too:
should they come back, they do not come back to train on.
"""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from curator.base import store
from curator.base.errors import CuratorError, DataError
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.project import MANIFEST

HELD_OUT = "valid", "test"
BEFORE = f".{MANIFEST}.before"  # the last manifest, while the files of the next set are written
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EarlierSet:
    """The last built set; nothing where none was built.

    `sides` maps ids to their splits, those of held-out examples that left the set among them.
    """

    sides: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None

    @classmethod
    def of(cls, folder: Path) -> "EarlierSet":
        """Read the splits of the set in a folder; raises DataError where they cannot be read."""
        paths = [p for name in (MANIFEST, BEFORE) if (p := folder / name).is_file()]
        if not paths:
            return cls()
        try:
            manifest = store.read_json(paths[0])
            return cls(
                {**_sides(manifest.get("held_out", {})), **_sides(manifest["splits"])}, folder
            )
        except (CuratorError, KeyError, TypeError, AttributeError) as error:
            hint = "bring it back (git checkout), or split from scratch: curator build --resplit"
            raise DataError("its splits cannot be read", where=paths[0], hint=hint) from error

    def gone(self, chosen: Collection[str]) -> list[Example]:
        """Read the examples of the last set that are not among `chosen`, as far as they are there.

        What nearly repeats one of them, such as its corrected text, takes its place.
        """
        path = self.folder / "examples.jsonl" if self.folder else None
        if path is None or not path.is_file():
            return []
        try:
            return [e for e in read_examples(path) if e.id in self.sides and e.id not in chosen]
        except CuratorError as error:  # this build writes it again
            log.warning("%s; its texts are not compared", error)
            return []

    def held_out(self, chosen: Collection[str]) -> dict[str, list[str]]:
        """List the validation and test examples that are not among `chosen`, by split."""
        left = sorted((i, side) for i, side in self.sides.items() if i not in chosen)
        found = {name: [i for i, side in left if side == name] for name in HELD_OUT}
        return {name: ids for name, ids in found.items() if ids}


def _sides(splits: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {str(one): name for name, ids in splits.items() for one in ids}


def moved(
    earlier: EarlierSet, splits: Mapping[str, Iterable[Example]]
) -> dict[str, tuple[str, str]]:
    """Map the id of each example that changed its side to the one before and the one now."""
    now: dict[str, Any] = {e.id: name for name, part in splits.items() for e in part}
    both = ((i, earlier.sides.get(i, side), side) for i, side in now.items())
    return {i: (before, side) for i, before, side in sorted(both) if before != side}
