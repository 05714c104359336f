"""Made-up arms and scores, and a judge that compiles nothing."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from curator.evaluation.judging import Judge
from curator.evaluation.records import (
    Arm,
    ModelIdentity,
    Profile,
    Response,
    Score,
    Scored,
    responses_digest,
)
from curator.rust.compiler import Compilation, Diagnostic
from curator.rust.fake import FakeCompiler

RECORDED = Path(__file__).parent / "recorded.jsonl"
DIGEST = "0" * 64


def make_arm(name: str = "base", weights: str = "a", **changes: Any) -> Arm:
    """An arm whose weights have the digest aaaa..."""
    fields: dict[str, Any] = {
        "name": name,
        "model": ModelIdentity(kind="gguf", name=f"{name}.gguf", sha256=weights * 64),
        "prompts_sha256": DIGEST,
        "system_sha256": DIGEST,
        "toolkit": "0",
        "created": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return Arm(**{**fields, **changes})


def make_score(prompt: str, sample: int = 0, category: str = "basics", **metrics: Any) -> Score:
    return Score(prompt_id=prompt, sample=sample, category=category, metrics=metrics)


def make_scored(arm: Arm, scores: Sequence[Score], profile: Profile = "default") -> Scored:
    """Scores of an arm whose answers are called after it."""
    texts = [
        Response(prompt_id=s.prompt_id, sample=s.sample, response=f"{arm.name} {s.prompt_id}")
        for s in scores
    ]
    digest = responses_digest(texts)
    return Scored(
        arm=arm, profile=profile, responses_sha256=digest, toolkit="0", scores=tuple(scores)
    )


def make_arms(
    metric: str, before: Mapping[str, float | None], after: Mapping[str, float | None]
) -> tuple[Scored, Scored]:
    """Two arms with one metric; a prompt "structs-3" is of the category structs."""
    sides = (("base", "a", before), ("tuned", "b", after))
    made = [
        make_scored(
            make_arm(name, weights),
            [make_score(p, category=p.split("-")[0], **{metric: v}) for p, v in values.items()],
        )
        for name, weights, values in sides
    ]
    return made[0], made[1]


def refusing(word: str) -> Judge:
    """A judge that refuses every block with a word in it, and runs nothing."""

    def verdict(text: str) -> Compilation:
        error = Diagnostic("E0425", f"no {word}", line=1)
        return Compilation(False, (error,)) if word in text else Compilation(True)

    return Judge(FakeCompiler(verdict))
