"""Corrections that do not stand: people settled on another text, or on none."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from curator.review.decisions.settle import ReviewStatus, Settlement

# What stands where an example is settled and no correction took its place.
_INSTEAD = {
    ReviewStatus.ACCEPTED: "the text stands as it was",
    ReviewStatus.REJECTED: "the example is rejected",
}


@dataclass(frozen=True)
class SetAside:
    """A corrected text that does not stand: of which example, whose it is, what stands instead."""

    example: str
    annotator: str
    text: str
    instead: str

    def __str__(self) -> str:
        whose = f"the correction by {self.annotator} ({self.text})"
        return f"record {self.example}: {whose} is set aside, {self.instead}"


def _of(settlement: Settlement) -> Iterator[SetAside]:
    """Yield the corrections of one example that does not wait for anybody."""
    child, example = settlement.child, settlement.example.id
    whose = sorted({r.annotator for r in settlement.reviews if r.corrected == child})
    instead = f"that of {' and '.join(whose)} ({child}) takes the place of the text"
    if not child:
        instead = _INSTEAD.get(settlement.status, "")
    said = {r.id: r for r in (*settlement.opinions, *settlement.reviews)}
    for review in said.values() if instead else ():
        if review.example == example and review.corrected and review.corrected != child:
            yield SetAside(example, review.annotator, review.corrected, instead)


def set_aside(settlements: Mapping[str, Settlement], about: Collection[str]) -> Iterator[SetAside]:
    """Yield the corrections of these examples, by id, that do not stand."""
    for example in sorted(set(about) & settlements.keys()):
        yield from _of(settlements[example])
