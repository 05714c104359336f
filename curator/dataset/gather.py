"""Gather what may enter the curated set by the recipe's policy, and judge it once more.

Nothing enters on an old verdict: rustc or a filter may have changed since. The compiler's answers
are cached, so that this costs little for unchanged examples. Examples lie on disk: in memory are
their ids, and what the filters keep of them.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from sys import intern
from typing import NamedTuple

from curator.base.progress import Progress, silent
from curator.dataset.recipe import RetrainRecipe
from curator.dataset.split import Link, links
from curator.filters.registry import make_filters
from curator.filters.run import stream_filters
from curator.generate.recipe import AugmentRecipe, load_recipe
from curator.records.example import Example, Origin, Verdict
from curator.records.files import read_examples
from curator.records.planted import without_planted
from curator.records.project import Project
from curator.records.spool import Spool
from curator.records.taxonomy import Slot
from curator.review.decisions.agreement import Agreement, agreement
from curator.review.decisions.log import ReviewLog
from curator.review.decisions.settle import ReviewStatus
from curator.review.decisions.state import reviewed
from curator.review.recipe import ReviewRecipe, load_review


class Rejection(NamedTuple):
    """An example that a filter rejects, and why: "filter.reason"."""

    id: str
    slot: Slot
    reason: str


@cache
def _one(slot: Slot) -> Slot:
    """Return the one object for equal slots."""
    return slot


def _rejection(example: Example, end: Verdict) -> Rejection:
    """Note a rejected example; equal slots and reasons are one object: there may be millions."""
    return Rejection(example.id, _one(example.slot), intern(f"{end.filter}.{end.reason}"))


@dataclass(frozen=True)
class Gathered:
    """Examples that may enter, with their verdicts, and what was left out.

    `links` relate all examples of the project to their parents; `rejected` are those that a
    filter rejects, by id; `waiting` counts generated ones that people have not accepted.
    """

    examples: Sequence[Example]
    rejected: list[Rejection]
    links: list[Link]
    waiting: int
    agreement: list[Agreement] = field(default_factory=list)


def augment_recipe(project: Project, recipe: RetrainRecipe) -> AugmentRecipe:
    """Load the recipe whose targets and filters hold for the set."""
    project.open()
    return load_recipe(project.root / "pipelines" / recipe.augment)


class _Pool:
    """All examples of a project, by id.

    Of several with one id, the last one takes the place of the first; but trusted ones win over
    candidates. Ids are kept as numbers and origins as bytes, for there may be millions.
    """

    def __init__(self, trusted: Iterable[Example], candidates: Iterable[Example]):
        self.links: list[Link] = []
        self._numbers: dict[int, int] = {}
        self._examples, self._origins = Spool(), array("b")
        for example in trusted:
            self._take(example)
        known = len(self._examples)
        for example in candidates:
            if self._numbers.get(int(example.id, 16), known) >= known:
                self._take(example)

    def _take(self, example: Example) -> None:
        self.links += links([example])
        origin = tuple(Origin).index(example.provenance.origin)
        number = self._numbers.setdefault(int(example.id, 16), len(self._examples))
        if number < len(self._examples):
            self._examples.replace(number, example)
            self._origins[number] = origin
        else:
            self._examples.add(example)
            self._origins.append(origin)

    def __len__(self) -> int:
        return len(self._examples)

    def __contains__(self, example: Example) -> bool:
        return int(example.id, 16) in self._numbers

    def count(self, free: Iterable[Origin]) -> int:
        """Count those that have one of these origins."""
        return sum(self._origins.count(tuple(Origin).index(o)) for o in set(free))

    def of(self, free: Iterable[Origin]) -> Iterator[Example]:
        """Read those that have one of these origins."""
        wanted = {tuple(Origin).index(o) for o in free}
        return (self._examples[n] for n, origin in enumerate(self._origins) if origin in wanted)


def _pool(project: Project, review: ReviewRecipe) -> _Pool:
    candidates = read_examples(*project.pending_files(review.input))
    corrected = ReviewLog.of(project).corrected().values()
    trusted, known = read_examples(*project.trusted_files()), project.taxonomy
    offered = without_planted(project, known.checked(chain(candidates, corrected)))
    return _Pool(without_planted(project, known.checked(trusted)), offered)


def _accepted(project: Project, review: ReviewRecipe) -> dict[str, Example]:
    """Read what people accepted, by id in order, with agreed labels and the deciding reviews."""
    settlements = sorted(reviewed(project, review).items())
    return {k: s.settled_example() for k, s in settlements if s.status is ReviewStatus.ACCEPTED}


def gather(
    project: Project,
    recipe: RetrainRecipe,
    progress: Progress = silent,
) -> Gathered:
    """Read a project and judge what may enter; raises CuratorError for files it cannot read."""
    review = load_review(project, project.root / "pipelines" / recipe.review)
    rules = augment_recipe(project, recipe)
    filters = make_filters(rules.filters, (), project.root)
    progress("reading the project", 0, 0)
    pool, accepted = _pool(project, review), _accepted(project, review)
    free = set(recipe.build.without_review)
    # Imports that a filter rejected are free of review, but not among the trusted examples.
    later = [e for e in accepted.values() if e.provenance.origin not in free or e not in pool]
    offered = chain((accepted.get(e.id, e) for e in pool.of(free)), later)
    total = pool.count(free) + len(later)
    passed, rejected = Spool(), list[Rejection]()
    for example in stream_filters(offered, filters, progress, total=total):
        if end := example.rejection:
            rejected.append(_rejection(example, end))
        else:
            passed.add(example)
    rejected.sort()
    return Gathered(
        examples=passed,
        rejected=rejected,
        links=pool.links,
        waiting=len(pool) - total,
        agreement=agreement(ReviewLog.of(project).reviews()),
    )
