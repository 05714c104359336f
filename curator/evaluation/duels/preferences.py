"""Pairs of a better and a worse answer, for whoever trains on them: preferences.jsonl.

From duels, where a person took a side; from corrections, where a person's text of the answer took
the place of a candidate's. A duel's prompt is one of the evaluation: what is trained on it must not
be judged by it, so that each pair says where it comes from.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime

from curator.base import store
from curator.evaluation.duels.record import Chosen, Duel, DuelLog, counting
from curator.records.example import Record
from curator.records.project import Project
from curator.review.decisions.settle import ReviewStatus, Settlement

PREFERENCES = "preferences.jsonl"


class Preference(Record):
    """Of two answers to a prompt the one that a person chose, why, who, and when.

    `about` is the duel, or the example that was corrected.
    """

    source: Literal["duel", "correction"]
    about: str
    prompt_id: str | None = None
    prompt: str
    chosen: str
    rejected: str
    why: str | None = None
    who: str
    time: AwareDatetime


def from_duels(duels: Mapping[str, Duel], versions: Sequence[Chosen]) -> Iterator[Preference]:
    """Yield a pair for each choice that took a side."""
    for made in counting(versions):
        duel = duels.get(made.duel)
        if duel is None or made.choice in ("both", "neither"):
            continue
        texts = (duel.left.text, duel.right.text)
        better, worse = texts if made.choice == "left" else texts[::-1]
        yield Preference(
            source="duel",
            about=duel.id,
            prompt_id=duel.prompt_id,
            prompt=duel.prompt,
            chosen=better,
            rejected=worse,
            why=made.why,
            who=made.annotator,
            time=made.time,
        )


def from_corrections(settlements: Mapping[str, Settlement]) -> Iterator[Preference]:
    """Yield a pair for each corrected answer that people accepted, its question unchanged."""
    for key, settlement in sorted(settlements.items()):
        child = settlements.get(settlement.child or "")
        if child is None or child.status is not ReviewStatus.ACCEPTED:
            continue
        before, after = settlement.example, child.example
        authors = [r for r in settlement.reviews if r.corrected == after.id]
        if authors and before.question == after.question:
            yield Preference(
                source="correction",
                about=key,
                prompt=before.question,
                chosen=after.answer,
                rejected=before.answer,
                why=authors[0].comment,
                who=authors[0].annotator,
                time=authors[0].time,
            )


def write_preferences(project: Project, settlements: Mapping[str, Settlement]) -> tuple[Path, int]:
    """Write all pairs of a project anew; returns the file, and how many they are.

    No file is made where there is none.
    """
    log = DuelLog.of(project)
    found = [*from_duels(log.duels(), log.versions()), *from_corrections(settlements)]
    path = log.folder / PREFERENCES
    if found or path.exists():
        store.write_atomic(path, found)
    return path, len(found)
