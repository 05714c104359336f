"""The records of an evaluation: an arm and its digests, its responses, their scores.

An arm's signature covers everything that its texts follow from. Two arms with one signature are
the same thing, and so are two whose responses are the same texts: comparing them is refused.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import AwareDatetime, Field, FiniteFloat, model_validator

from curator.records.example import Record, Sampling, Sha256
from curator.records.topic import Topic

Profile = Literal["seed", "default"]
ARM_NAME = r"^[a-z0-9][a-z0-9.+_-]*$"


class ModelIdentity(Record):
    """The model that answered. `sha256` is that of a GGUF file, or of a folder's weights.

    `kind` floor: code wrote the answers, whose digest it is (curator/evaluation/floors.py).
    `kind` recorded: they came in a file, whose digest it is. `kind` served: a server has the model
    (curator/evaluation/served.py); its weights were not seen, so there is no digest, and `name` is
    what the server calls it. `run` is the training run that the weights come from, `runtime` what
    else changes the tokens.
    """

    kind: Literal["gguf", "mlx", "recorded", "served", "floor"]
    name: str
    sha256: Sha256 | None = None
    adapter_sha256: Sha256 | None = None
    run: str | None = None
    runtime: Mapping[str, str | int] = {}

    @model_validator(mode="after")
    def _digested(self) -> "ModelIdentity":
        if (self.sha256 is None) != (self.kind == "served"):
            raise ValueError("sha256: all models have one but those that a server has")
        return self


class Retrieval(Record):
    """The documentation that an arm was given: the index's digest, and how much of it."""

    index_sha256: Sha256
    k: int
    budget_tokens: int


# Of an arm, what its answers do not follow from.
_NO_INPUTS = {"name", "rustc", "weights_sha256", "toolkit", "created"}


class Arm(Record):
    """One side of an evaluation. `samples` answers were asked of each prompt.

    `system_sha256` is the digest of the system prompt, `rustc` the compiler that judges,
    `weights_sha256` the digest of the weights by which it was last scored.
    """

    name: str = Field(pattern=ARM_NAME)
    model: ModelIdentity
    rag: Retrieval | None = None
    prompts_sha256: Sha256
    system_sha256: Sha256
    sampling: Sampling | None = None
    samples: int = Field(1, ge=1)
    seed: int | None = None
    rustc: str | None = None
    weights_sha256: Sha256 | None = None
    toolkit: str
    created: AwareDatetime

    @property
    def signature(self) -> str:
        """SHA-256 over all that the responses follow from: not the name, rustc or the time."""
        data = self.model_dump(mode="json", exclude=_NO_INPUTS)
        data["model"].pop("run")
        if self.model.kind != "served":  # by its name alone a server tells one from another
            data["model"].pop("name")
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


class Source(Record):
    """One passage that an answer was given: its address, title and text."""

    address: str
    title: str
    text: str


class Response(Record):
    """One answer. `tokens` were written in `seconds`; not `finished` when cut at the limit.

    `seconds` is its part, by tokens, of the time of those that were written together. `sources`
    are the passages that it was given, of at most `budget_tokens` where these were too many.
    """

    prompt_id: str
    sample: int = Field(0, ge=0)
    response: str
    tokens: int | None = None
    finished: bool = True
    seed: int | None = None
    seconds: float | None = None
    sources: tuple[Source, ...] = ()
    budget_tokens: int | None = None


class BlockScore(Record):
    """One Rust block of an answer. `line` is that of its first line of code in the response."""

    line: int
    passed: bool
    reason: str = ""
    code: str = ""
    message: str = ""


class Score(Record):
    """The score of one answer: each metric by name, None where it cannot be measured.

    Shares are in 0..1, "composite" in 0..5.
    """

    prompt_id: str
    sample: int = 0
    category: str
    topic: Topic | None = None
    difficulty: str | None = None
    metrics: Mapping[str, FiniteFloat | None]
    blocks: tuple[BlockScore, ...] = ()


class Scored(Record):
    """scores-<profile>.json: all scores of an arm, and what they follow from.

    `responses_sha256` is `responses_digest` of the responses; `rustc` the compiler that judged,
    `criteria_sha256` the digest of what a good answer is and of the weights.
    """

    arm: Arm
    profile: Profile
    responses_sha256: Sha256
    criteria_sha256: Sha256 | None = None
    rustc: str | None = None
    toolkit: str
    scores: tuple[Score, ...]


def responses_digest(responses: Iterable[Response]) -> str:
    """Return the SHA-256 over each response's prompt, sample and text, in that order."""
    rows = sorted((r.prompt_id, r.sample, r.response) for r in responses)
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()
