"""The records: an example, where it comes from, what filters and people said of it.

All are frozen. An example's id is the hash of its normalised question and answer, so that a
changed text is another example and the same text is the same one wherever it comes from.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    StringConstraints,
    model_validator,
)

from curator.records.taxonomy import Category, Cell, Difficulty, Slot
from curator.records.topic import Topic
from curator.text.normalise import normalise, normalise_text

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ExampleId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
ReviewId = ExampleId


class Record(BaseModel):
    """Base of every record: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Origin(StrEnum):
    """How an example came to be."""

    AUTHORED = "authored"
    IMPORTED = "imported"
    GENERATED = "generated"
    MUTATED = "mutated"
    REPAIRED = "repaired"
    CORRECTED = "corrected"
    PLANTED = "planted"  # false on purpose, to see whether readers notice: in no set, no count


class Sampling(Record):
    """How tokens are drawn. Defaults are those of the seed document's runtime."""

    temperature: float = Field(0.7, ge=0)
    top_p: float = Field(0.9, gt=0, le=1)
    top_k: int = Field(40, ge=0)
    repeat_penalty: float = Field(1.1, gt=0)
    max_tokens: int = Field(1024, gt=0)


class ModelRef(Record):
    """The model that wrote a text, and the settings of its runtime that change the tokens.

    `sha256` is that of its file; of what a server tells of it, where `runtime` has `digest_of`.
    """

    name: str
    sha256: Sha256
    runtime: dict[str, str | int] = {}


class Stage(Record):
    """One stage of the making of a candidate: what it cost, and whether its result was kept.

    `tries` is how often the model was asked, `tokens` how many it wrote in all. `reason` is a
    snake_case code, empty where the result was kept; `detail` says more. `agreement` is how much
    of what the model wrote several times it wrote each time (0..1).
    """

    name: str
    kept: bool
    tries: int = Field(0, ge=0)
    tokens: int = Field(0, ge=0)
    reason: str = ""
    detail: str = ""
    agreement: float | None = Field(None, ge=0, le=1)


class Provenance(Record):
    """Who wrote an example and how; enough to make a generated one again.

    `author` is a person or program that answers for the text; `source` the file and line, the
    address or the mutated place that it was taken from; `index` its place in `batch`; `truncated`
    says that the model was cut at its largest number of tokens, `tokens` how many it wrote.
    `stages` are those of a strategy that makes a candidate in several.
    """

    origin: Origin
    created: AwareDatetime
    toolkit: str
    author: str | None = None
    licence: str | None = None
    source: str | None = None
    parents: tuple[ExampleId, ...] = ()
    batch: str | None = None
    index: int | None = Field(None, ge=0)
    strategy: str | None = None
    model: ModelRef | None = None
    prompt_sha256: Sha256 | None = None
    sampling: Sampling | None = None
    seed: int | None = None
    truncated: bool = False
    tokens: int | None = Field(None, ge=0)
    rustc: str | None = None
    stages: tuple[Stage, ...] | None = None

    @model_validator(mode="after")
    def _complete(self) -> "Provenance":
        needed = {
            Origin.AUTHORED: ("author",),
            Origin.IMPORTED: ("author", "source"),
            Origin.GENERATED: ("model", "prompt_sha256", "sampling", "seed"),
            Origin.MUTATED: ("parents", "seed"),
            Origin.REPAIRED: ("parents", "model", "prompt_sha256", "sampling", "seed"),
            Origin.CORRECTED: ("parents", "author"),
            Origin.PLANTED: ("parents", "seed"),
        }[self.origin]
        missing = [name for name in needed if getattr(self, name) in (None, ())]
        if missing:
            raise ValueError(f"provenance of a {self.origin} example lacks {', '.join(missing)}")
        return self


class Verdict(Record):
    """What one filter says: `reason` is a snake_case code, empty when the example passed."""

    filter: str
    passed: bool
    reason: str = ""
    score: float | None = None
    detail: str = ""

    @model_validator(mode="after")
    def _reasoned(self) -> "Verdict":
        if self.passed == bool(self.reason):
            raise ValueError("a verdict has a reason exactly when it did not pass")
        return self


class Decision(StrEnum):
    """What an annotator decides, in the words that annotators see."""

    ACCEPT = "accepter"
    CORRECT = "corriger"
    REJECT = "rejeter"


class Review(Record):
    """One version of what one person said of one example; a changed mind is another review.

    `id` is the hash of the rest. `dataset` is where it was said, in Argilla; `adjudication` that
    it was asked for because others disagreed. `ratings` are 1-5 per criterion of the rubric;
    `reason` is why it was rejected; `corrected` the example that the corrected text is; `topic`
    and `difficulty` what the person says they are. A `withdrawn` review repeats the decision that
    its author took back.
    """

    id: ReviewId = ""
    example: ExampleId
    annotator: str
    decision: Decision
    time: AwareDatetime
    dataset: str
    adjudication: bool = False
    withdrawn: bool = False
    ratings: Mapping[str, Annotated[int, Field(ge=1, le=5)]] = {}
    reason: str | None = None
    comment: str | None = None
    corrected: ExampleId | None = None
    topic: Topic | None = None
    difficulty: Difficulty | None = None

    @model_validator(mode="after")
    def _identify(self) -> "Review":
        data = self.model_dump(mode="json", exclude={"id"}, exclude_none=True)
        text = json.dumps(data, sort_keys=True, ensure_ascii=False)
        expected = hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
        if self.id and self.id != expected:
            raise ValueError(f"id {self.id!r} is not that of this review, which is {expected!r}")
        object.__setattr__(self, "id", expected)
        return self


def example_id(question: str, answer: str) -> str:
    """Return 16 hexadecimal digits of SHA-256 over the normalised question and answer.

    Raises UnicodeEncodeError for a text that is no Unicode (lone surrogates).
    """
    text = normalise(question) + "\x00" + normalise(answer)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


class Example(Record):
    """One question and its answer, both French Markdown, with labels, provenance and judgements.

    `signals` are measures for reviewers (curator.filters.signals), by name; none of them decides.
    `id` is computed where it is absent and checked where it is given. Without one, the text is
    new here and is cleaned (curator.text.normalise). Question and answer may be empty: a candidate
    that a model wrote badly is kept as it is and left to the filters.
    """

    id: ExampleId = ""
    category: Category
    topic: Topic
    difficulty: Difficulty
    question: str
    answer: str
    provenance: Provenance
    verdicts: tuple[Verdict, ...] = ()
    reviews: tuple[Review, ...] = ()
    signals: Mapping[str, FiniteFloat] = {}

    @model_validator(mode="before")
    @classmethod
    def _identify(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        question, answer = data.get("question"), data.get("answer")
        if not (isinstance(question, str) and isinstance(answer, str)):
            return data
        if "id" not in data:  # a text that enters; one with an id was stored, and keeps it
            question, answer = normalise_text(question), normalise_text(answer)
            data = {**data, "question": question, "answer": answer}
        expected = example_id(question, answer)
        if data.get("id", expected) != expected:
            raise ValueError(
                f"id {data['id']!r} is not that of this text, which is {expected!r}: a changed "
                "text is a new example, and `curator renew-ids` gives it its id"
            )
        return {**data, "id": expected}

    @property
    def cell(self) -> Cell:
        """The topic x difficulty cell of this example."""
        return Cell(self.topic, self.difficulty)

    @property
    def slot(self) -> Slot:
        """The topic x difficulty x category of this example."""
        return Slot(self.topic, self.difficulty, self.category)

    @property
    def rejection(self) -> Verdict | None:
        """The first verdict that this example did not pass, if any."""
        return next((v for v in self.verdicts if not v.passed), None)

    def judged(self, verdicts: Iterable[Verdict]) -> "Example":
        """Return this example with `verdicts` in place of those that it had."""
        return self.model_copy(update={"verdicts": tuple(verdicts)})

    def measured(self, signals: Mapping[str, float]) -> "Example":
        """Return this example with `signals` in place of those that it had."""
        return self.model_copy(update={"signals": dict(signals)})
