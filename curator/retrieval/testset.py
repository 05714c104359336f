"""Measure how well a search finds the sections that answer a set of questions.

recall@k      share of questions with a right section among the first k hits
MRR           mean over questions of 1 / place of the first right hit, 0 where none came
              (Voorhees, 1999)
"""

from collections.abc import Sequence
from pathlib import Path

from curator.base import store
from curator.base.settings import Settings
from curator.retrieval.index import Hit

DEPTH = 50


class Question(Settings):
    """A question and the addresses of the sections that answer it; a page alone means all of it.

    `held_out` questions were not looked at while the search was tuned.
    """

    id: str
    book: str
    topic: str
    question: str
    sections: tuple[str, ...]
    held_out: bool = False

    def place(self, hits: Sequence[Hit]) -> int | None:
        """Return the place, from 1, of the first hit that has text of a right section."""
        for place, hit in enumerate(hits, 1):
            if any(s in self.sections or s.partition("#")[0] in self.sections
                   for s in hit.sections):  # fmt: skip
                return place
        return None


def read_questions(path: Path) -> list[Question]:
    """Read the questions in a JSONL file; raises BrokenLine for one that is none."""
    return list(store.read(path, Question))


def recall(places: Sequence[int | None], k: int) -> float:
    """Return the share of questions with a right section among the first k; 0 for none."""
    return sum(p is not None and p <= k for p in places) / max(len(places), 1)


def mrr(places: Sequence[int | None]) -> float:
    """Return the mean of 1 / place of the first right hit; 0 for no questions."""
    return sum(1 / p for p in places if p) / max(len(places), 1)
