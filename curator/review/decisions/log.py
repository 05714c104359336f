"""Reviews on disk: `raw/reviews/`, two files that only ever grow.

    reviews.jsonl     every version of every review that was pulled, in the order of pulling
    corrected.jsonl   the examples that corrected texts are, with the filters' verdicts

A change of mind adds a line, and the latest one counts; what was said before stays, so that a
review which a built set names by its id can always be found. A corrected example is written
before the review that names it: whatever kills a pull between the two, the next one finds the
answer still new and the example already there. One process at a time pulls (`locked`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from curator.base import store
from curator.records.example import Example, Review
from curator.records.files import read_examples
from curator.records.project import Project


@dataclass(frozen=True)
class ReviewLog:
    """The folder of the reviews."""

    folder: Path

    @classmethod
    def of(cls, project: Project) -> "ReviewLog":
        """Open the reviews of a project."""
        return cls(project.raw / "reviews")

    def reviews(self) -> list[Review]:
        """Read every version of every review, in the order of pulling."""
        path = self.folder / "reviews.jsonl"
        return list(store.read(path, Review)) if path.exists() else []

    def corrected(self) -> dict[str, Example]:
        """Read the corrected examples by id."""
        path = self.folder / "corrected.jsonl"
        examples = read_examples(path) if path.exists() else ()
        return {e.id: e for e in examples}

    def add(self, reviews: Sequence[Review], corrected: Sequence[Example]) -> None:
        """Append corrected examples, less those that are there, then reviews."""
        known = self.corrected()
        fresh = [e for e in corrected if e.id not in known]
        for name, records in (("corrected.jsonl", fresh), ("reviews.jsonl", reviews)):
            if records:
                with store.Appender(self.folder / name) as appender:
                    for record in records:
                        appender.append(record)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the reviews for this process; raises StoreError where another one holds them."""
        lock = self.folder / ".lock"
        with store.locked(lock, "is pulling reviews", wait=1.0, where=self.folder):
            yield


def latest(reviews: Sequence[Review]) -> dict[tuple[str, str, bool], Review]:
    """Find the version that counts, by example, annotator and whether it was an adjudication.

    The later time wins, and of equal times the one that was pulled later. Withdrawn ones are
    among them.
    """
    newest: dict[tuple[str, str, bool], Review] = {}
    for review in reviews:
        key = (review.example, review.annotator, review.adjudication)
        if key not in newest or review.time >= newest[key].time:
            newest[key] = review
    return newest
