"""Mix controls into what a push sends, so that nothing on the page tells them from candidates.

A control borrows its origin, its signals and its verdicts from a candidate that is sent with it.
The panel shows what rustc and the run give for the text before it was changed, which is the truth:
who compares a code or an output with it finds the falsehood, and no mark points there. The record's
id is that of its text, as for every record, and its place among the others is drawn.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from curator.base.progress import Progress
from curator.base.seeds import derive_seed
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.project import Project
from curator.review.cards.card import ReviewItem
from curator.review.controls.plant import Check, Planter, right_ones, verifier
from curator.review.controls.record import Control, ControlLog
from curator.review.controls.sheet import by_topic
from curator.review.recipe import ControlSettings
from curator.rust.document import BlockResult
from curator.text.markdown import blocks


@dataclass(frozen=True)
class Mixer:
    """The controls of one dataset, `place`."""

    project: Project
    settings: ControlSettings
    place: str
    progress: Progress

    @cached_property
    def _log(self) -> ControlLog:
        return ControlLog.of(self.project)

    @cached_property
    def _authored(self) -> list[Example]:
        return list(read_examples(*self.project.authored_files()))

    def mixed(
        self, missing: Sequence[ReviewItem], present: Iterable[str]
    ) -> tuple[list[ReviewItem], "Disguise"]:
        """Return what is to be sent with the controls among it, and what those are.

        Makes as many as the share of all candidates there asks for, notes them in the project
        first, and sends again those that an interrupted push did not.
        """
        there = set(present)
        known = self._log.controls(self.place)
        if not missing:
            return [], Disguise((), _origins(known.values()))
        candidates = len(there - known.keys()) + len(missing)
        wanted = int(self.settings.share * candidates) - len(known)
        fresh = self._made(missing, known.values(), wanted) if wanted > 0 else []
        self._log.add(fresh)
        authored = {e.id for e in self._authored}
        every = (*known.values(), *fresh)
        sending = [c for c in every if c.id not in there and c.of in authored]
        draw = random.Random(derive_seed(self.place, candidates))  # noqa: S311 places
        items = list(missing)
        for control in sending:
            worn = draw.choice(missing).example
            items.insert(draw.randint(0, len(items)), ReviewItem(disguised(control, worn)))
        return items, Disguise(tuple(sending), _origins(every))

    def _made(
        self, missing: Sequence[ReviewItem], known: Iterable[Control], wanted: int
    ) -> list[Control]:
        """Make controls of the topics that the candidates have, none of an example used before."""
        known = list(known)
        seed = derive_seed(self.place, len(known))
        used = {c.of for c in known}
        topics = {item.example.topic for item in missing}
        pool = by_topic([e for e in self._authored if e.topic in topics and e.id not in used], seed)
        false = sum(c.planted is not None for c in known)
        share = round(self.settings.planted * (len(known) + wanted)) - false
        planted = self._planter(seed).plant(pool, max(0, min(share, wanted)))
        rest = [e for e in pool if e.id not in {c.of for c in planted}]
        check = self._check
        return [*planted, *right_ones(rest, wanted - len(planted), self.place, check)]

    @cached_property
    def _check(self) -> Check:
        return verifier()

    def _planter(self, seed: int) -> Planter:
        return Planter(self._check, seed, self.place, self.progress)


def _origins(controls: Iterable[Control]) -> frozenset[str]:
    return frozenset(c.of for c in controls)


def _variants(originals: frozenset[str], examples: Sequence[Example]) -> set[str]:
    """List the originals, what they were made from, and all that was made from them."""
    above = {p for e in examples if e.id in originals for p in e.provenance.parents}
    found, before = set(originals), 0
    while len(found) > before:
        before = len(found)
        found |= {e.id for e in examples if found.intersection(e.provenance.parents)}
    return found | above


def disguised(control: Control, worn: Example) -> Example:
    """Return the text of a control with all that a card shows of where a candidate comes from."""
    changes = {
        "provenance": worn.provenance,
        "verdicts": worn.verdicts,
        "signals": worn.signals,
    }
    return control.example.model_copy(update=changes)


@dataclass(frozen=True)
class Disguise:
    """The controls that are sent, for what else a card is made from; and the authored examples that
    all of the dataset's controls are or come from, sent now or before: no card is to name them.
    """

    controls: tuple[Control, ...]
    originals: frozenset[str] = frozenset()

    def neighbours(self, trusted: Iterable[Example]) -> list[Example]:
        """Leave the originals and their variants out of the examples that cards compare with."""
        trusted = list(trusted)
        apart = _variants(self.originals, trusted)
        return [e for e in trusted if e.id not in apart]

    def compiling(self, check: Check, trusted: Iterable[Example]) -> Check:
        """Return a check that finds in planted texts what it finds in their originals."""
        by_id = {e.id: e for e in trusted} if self.controls else {}
        planted = {c.id: c for c in self.controls if c.planted}

        def checked(examples: Sequence[Example]) -> list[list[BlockResult]]:
            originals = [by_id[planted[e.id].of] if e.id in planted else e for e in examples]
            results = check(originals)
            pairs = zip(examples, results, strict=True)
            return [_shown(e, r) if e.id in planted else r for e, r in pairs]

        return checked if planted else check


def _shown(planted: Example, results: Sequence[BlockResult]) -> list[BlockResult]:
    """Return the results of an original with the blocks as the planted text has them."""
    texts = {"question": planted.question, "answer": planted.answer}
    by_place = {(role, b.index): b for role, text in texts.items() for b in blocks(text)}
    return [replace(r, block=by_place.get((r.role, r.block.index), r.block)) for r in results]
