"""Tell whether two arms make a comparison: two different things, asked and judged alike.

A measurement of one thing against itself says 0 % and means nothing; so it is refused, by what
went into the arms as well as by what came out.
"""

from collections.abc import Iterator
from typing import NamedTuple

from curator.base.english import english
from curator.base.errors import EvaluationError
from curator.base.notice import Notice
from curator.evaluation.records import Arm, Scored


class Incomparable(EvaluationError):
    """Two arms whose difference would mean nothing; `reason` says why."""

    def __init__(self, reason: Notice, before: Arm, after: Arm, hint: str | None = None):
        self.reason = reason
        where = f"{before.name}, {after.name}"
        super().__init__(f"no comparison: {english.say(reason)}", where=where, hint=hint)


class AnsweredArm(NamedTuple):
    """An arm, and the digest of its answers (records.responses_digest)."""

    arm: Arm
    responses_sha256: str


def same(one: AnsweredArm, other: AnsweredArm) -> Notice | None:
    """Say why two arms are one thing; None where they are two.

    What a server calls its model it may call another one later: there, texts alone can tell.
    """
    seen = one.arm.model.kind != "served"
    if seen and one.arm.signature == other.arm.signature:
        return Notice("same_arm")
    if one.responses_sha256 == other.responses_sha256:
        return Notice("same_answers")
    return None


def _asked_differently(before: Scored, after: Scored) -> Notice | None:
    """Say what makes the scores of two arms different measures; None where nothing does."""
    differences = tuple(_differences(before, after))
    return Notice("asked_differently", {"differences": differences}) if differences else None


def _differences(before: Scored, after: Scored) -> Iterator[Notice]:
    one, other = before.arm, after.arm
    if one.prompts_sha256 != other.prompts_sha256:
        digests = one.prompts_sha256[:12], other.prompts_sha256[:12]
        yield Notice("prompts_differ", {"before": digests[0], "after": digests[1]})
    if before.profile != after.profile:
        yield Notice("profile_differs", {"before": before.profile, "after": after.profile})
    if before.criteria_sha256 != after.criteria_sha256:
        yield Notice("criteria_differ")
    if before.rustc != after.rustc:
        yield Notice("compiler_differs", {"before": before.rustc, "after": after.rustc})
    if one.sampling and other.sampling:  # what was recorded elsewhere may not say
        theirs = other.sampling.model_dump()
        for name, value in one.sampling.model_dump().items():
            if value != theirs[name]:
                yield Notice(
                    "sampling_differs", {"setting": name, "before": value, "after": theirs[name]}
                )
    alone = {s.prompt_id for s in before.scores} ^ {s.prompt_id for s in after.scores}
    if alone:
        yield Notice("answered_once", {"prompts": len(alone), "example": min(alone)})


def check(before: Scored, after: Scored) -> None:
    """Raise Incomparable, saying why, for two arms that cannot be compared."""
    sides = (AnsweredArm(side.arm, side.responses_sha256) for side in (before, after))
    if reason := same(*sides):
        hint = "compare two models, or one with and without documentation; arm.json has the digests"
        raise Incomparable(reason, before.arm, after.arm, hint)
    if reason := _asked_differently(before, after):
        hint = "evaluate both on the same prompts, with the same settings and compiler"
        raise Incomparable(reason, before.arm, after.arm, hint)
