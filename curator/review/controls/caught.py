"""Count what each annotator made of the controls, and say whose acceptances need another reader."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from curator.records.example import Decision, Review
from curator.records.project import Project
from curator.review.controls.record import Control, ControlLog
from curator.review.decisions.log import latest
from curator.review.recipe import ControlSettings


@dataclass(frozen=True)
class Caught:
    """One annotator's controls: `caught` of the `planted` ones were not accepted; of the `right`
    ones, `refused` were rejected and `changed` sent for correction.
    """

    planted: int = 0
    caught: int = 0
    right: int = 0
    refused: int = 0
    changed: int = 0


NO_ANSWERS = Caught()


def caught_by(controls: Mapping[str, Control], reviews: Sequence[Review]) -> dict[str, Caught]:
    """Count the latest word of each annotator on each control, by annotator."""
    said: dict[str, list[tuple[Control, Decision]]] = {}
    for review in latest(reviews).values():
        control = controls.get(review.example)
        if control and not review.withdrawn:
            said.setdefault(review.annotator, []).append((control, review.decision))
    return {name: _counted(decisions) for name, decisions in sorted(said.items())}


def _counted(said: Iterable[tuple[Control, Decision]]) -> Caught:
    said = list(said)
    planted = [d for c, d in said if c.planted]
    right = [d for c, d in said if not c.planted]
    return Caught(
        planted=len(planted),
        caught=sum(d is not Decision.ACCEPT for d in planted),
        right=len(right),
        refused=right.count(Decision.REJECT),
        changed=right.count(Decision.CORRECT),
    )


@dataclass(frozen=True)
class ControlCounts:
    """What the annotators of a project made of its controls: `reviews` are theirs of them, and
    `doubted` those whose acceptances need another reader.
    """

    by_annotator: Mapping[str, Caught] = field(default_factory=dict)
    doubted: frozenset[str] = frozenset()
    reviews: Sequence[Review] = ()


def control_counts(project: Project, settings: ControlSettings) -> ControlCounts:
    """Count a project's controls.

    Doubted is who caught less than the share `settings.caught` of the planted texts, and nobody
    before having read `settings.least` of them.
    """
    log = ControlLog.of(project)
    reviews = log.reviews()
    found = caught_by(log.controls(), reviews)
    share = settings.caught or 0.0
    weak = (
        name
        for name, count in found.items()
        if count.planted >= settings.least and count.caught < share * count.planted
    )
    return ControlCounts(found, frozenset(weak), reviews)


def doubted(project: Project, settings: ControlSettings) -> frozenset[str]:
    """List the annotators whose acceptances need another reader; nobody where no rule asks."""
    return control_counts(project, settings).doubted if settings.caught else frozenset()
