"""What became of a complete batch's accepted candidates with people, and the command for it.

Read from the reviews on disk and from what was on the server when it was last asked: no server is
needed.
"""

import json
import shlex
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from curator.base import store
from curator.base.errors import RecipeError
from curator.generate.batch import Batch
from curator.records.project import Project
from curator.review.decisions.settle import ReviewStatus, Settlement
from curator.review.decisions.state import reviewed
from curator.review.recipe import RECIPE, ReviewRecipe, load_review
from curator.review.sent import sent_ids

BUILD = "build"  # what lies below is made to be thrown away: that of demos
_OPEN = (ReviewStatus.PENDING, ReviewStatus.DISPUTED)


def throwaway(project: Project, batch: Batch) -> bool:
    """Tell whether a batch lies below build/, where demos write theirs: it is not for the set."""
    return Path(project.relative(batch.folder)).parts[0] == BUILD


@dataclass(frozen=True)
class HandedOver:
    """Where the accepted candidates of a batch are with people.

    `unsent` were never pushed, `waiting` are on the server, and people `decided` on the others.
    `next` is the command to type, "" for none.
    """

    unsent: int
    waiting: int
    decided: int
    next: str

    def document(self) -> dict[str, int]:
        """Return the counts as a JSON object."""
        return {name: n for name, n in asdict(self).items() if name != "next"}


class _Review(NamedTuple):
    """A review recipe, its path, what people spoke of, and what was sent."""

    path: Path
    recipe: ReviewRecipe
    settled: dict[str, Settlement]
    sent: frozenset[str]


class HandOvers:
    """Read what became of batches; each review of the project is read when one asks for it."""

    def __init__(self, project: Project):
        self._project = project
        self._known: dict[Path, _Review] = {}

    def of(self, batch: Batch) -> HandedOver | None:
        """Read what became of a batch; None where no review recipe reads its folder."""
        review = self._review(batch.folder.parent)
        if review is None:
            return None
        unsent = waiting = decided = 0
        for key in _ids(batch.path("accepted.jsonl")):
            standing = review.settled.get(key)
            if standing and standing.status not in _OPEN:
                decided += 1
            elif key in review.sent or standing:
                waiting += 1
            else:
                unsent += 1
        return HandedOver(unsent, waiting, decided, self._next(review.path, batch, unsent, waiting))

    def _next(self, path: Path, batch: Batch, unsent: int, waiting: int) -> str:
        if throwaway(self._project, batch) or not (unsent or waiting):
            return ""
        own = path == self._project.root / RECIPE
        option = "" if own else f" --recipe {shlex.quote(self._project.relative(path))}"
        act = f"push {batch.name}" if unsent else "pull"
        return f"curator review {act}{option}"

    def _review(self, folder: Path) -> _Review | None:
        if folder not in self._known:
            root = self._project.root
            path = next((p for p, r in self._recipes if root / r.input == folder), None)
            if path is None:
                return None
            recipe = load_review(self._project, path)
            settled, sent = reviewed(self._project, recipe), sent_ids(self._project, recipe)
            self._known[folder] = _Review(path, recipe, settled, sent)
        return self._known[folder]

    @cached_property
    def _recipes(self) -> list[tuple[Path, ReviewRecipe]]:
        """The review recipes of the project, its own first."""
        own = self._project.root / RECIPE
        others = sorted((self._project.root / "pipelines").glob("*.yaml"))
        paths = [path for path in (own, *others) if path.is_file()]
        return [(path, recipe) for path in dict.fromkeys(paths) for recipe in self._load(path)]

    def _load(self, path: Path) -> Iterator[ReviewRecipe]:
        try:
            yield load_review(self._project, path)
        except RecipeError:
            return  # of another kind, or one that the command which takes it will complain of


def _ids(path: Path) -> Iterator[str]:
    for _, line in store.read_lines(path, strict=True) if path.is_file() else ():
        yield str(json.loads(line)["id"])
