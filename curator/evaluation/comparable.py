"""Whether two arms are a comparison: two different things, asked and judged alike.

A measurement of one thing against itself says 0 % and means nothing; so it is refused, by what
went into the arms as well as by what came out.
"""

from typing import NamedTuple

from curator.base.errors import EvaluationError
from curator.base.plural import plural
from curator.evaluation.records import Arm, Scored


class Made(NamedTuple):
    """An arm, and the digest of its answers (records.responses_digest)."""

    arm: Arm
    responses_sha256: str


def same(one: Made, other: Made) -> str | None:
    """Why two arms are one thing; None where they are two.

    What a server calls its model it may call another one later: there, texts alone can tell.
    """
    seen = one.arm.model.kind != "served"
    if seen and one.arm.signature == other.arm.signature:
        return "they are one arm: the same model, adapter, prompts and settings"
    if one.responses_sha256 == other.responses_sha256:
        return "every answer of one is the same text as the other's"
    return None


def _unlike(before: Scored, after: Scored) -> str | None:
    """What two arms differ in that makes their scores other measures; None where nothing does."""
    one, other = before.arm, after.arm
    both = [
        ("prompts", one.prompts_sha256[:12], other.prompts_sha256[:12]),
        ("profile", before.profile, after.profile),
        ("judged by", before.rustc, after.rustc),
    ]
    if one.sampling and other.sampling:  # what was recorded elsewhere may not say
        theirs = other.sampling.model_dump()
        both += [(name, str(v), str(theirs[name])) for name, v in one.sampling.model_dump().items()]
    unlike = [f"{name} {a} / {b}" for name, a, b in both if a != b]
    alone = {s.prompt_id for s in before.scores} ^ {s.prompt_id for s in after.scores}
    if alone:
        some = plural(len(alone), "prompt is", "prompts are")
        unlike.append(f"{some} answered in one only, such as {min(alone)}")
    return f"they were not asked and judged alike: {', '.join(unlike)}" if unlike else None


def check(before: Scored, after: Scored) -> None:
    """Raises EvaluationError, saying why, for two arms that cannot be compared."""
    where = f"{before.arm.name}, {after.arm.name}"
    sides = (Made(side.arm, side.responses_sha256) for side in (before, after))
    if reason := same(*sides):
        hint = "compare two models, or one with and without documentation; arm.json has the digests"
        raise EvaluationError(f"no comparison: {reason}", where=where, hint=hint)
    if reason := _unlike(before, after):
        hint = "evaluate both on the same prompts, with the same settings and compiler"
        raise EvaluationError(f"no comparison: {reason}", where=where, hint=hint)
