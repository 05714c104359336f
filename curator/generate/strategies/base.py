"""The contract of a strategy, and what strategies may look at.

A strategy says how many candidates it could still make for a slot, turns a pick into requests, and
requests into drafts: it asks the model in rounds, so that what one round brought decides what the
next one is spent on.
"""

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple, Self

from typing_extensions import override

from curator.generate.recipe import AugmentRecipe, GenerateSettings
from curator.generate.request import Request
from curator.models.base import ChatRequest, Completion
from curator.records.example import Example, ExampleId, Origin, Sampling, Stage
from curator.records.taxonomy import Slot


@dataclass
class BatchState:
    """What a batch knows when it plans a wave; read from files alone.

    `trusted` are the examples to learn from; `accepted` and `rejected` what the batch has made
    and judged so far, in order; `taken` what candidates already work on, in earlier batches too,
    as (strategy, source, slot), and as (strategy, source, None) for any slot. `shots` are the
    examples to show for a slot, once they were chosen.
    """

    trusted: Sequence[Example]
    settings: GenerateSettings
    accepted: list[Example] = field(default_factory=list)
    rejected: list[Example] = field(default_factory=list)
    taken: set[tuple[str, str, Slot | None]] = field(default_factory=set)
    shots: dict[Slot, list[Example]] = field(default_factory=dict)

    def learn(self, judged: Iterable[Example]) -> None:
        """Sort judged candidates into accepted and rejected ones."""
        for example in judged:
            (self.rejected if example.rejection else self.accepted).append(example)

    def take(self, requests: Iterable[Request | Example]) -> None:
        """Remember what requests or candidates work on: their source, else their parents."""
        for one in requests:
            origin = one if isinstance(one, Request) else one.provenance
            source = origin.source or "+".join(origin.parents)
            if source:
                self.taken |= {(origin.strategy or "", source, s) for s in (None, one.slot)}

    def free(self, strategy: str, source: str, slot: Slot | None = None) -> bool:
        """Return whether no candidate of a strategy works on `source`, in a slot or in any."""
        return (strategy, source, slot) not in self.taken


class Draft(NamedTuple):
    """Question and answer of a candidate, and how they came to be.

    `prompt` is the digest of the prompts, None where no model wrote; `sampling` how the tokens were
    drawn, where that is not as the recipe says. `stages` are those of a strategy that has several.
    """

    question: str
    answer: str
    origin: Origin
    prompt: str | None = None
    author: str | None = None
    licence: str | None = None
    tokens: int | None = None
    truncated: bool = False
    sampling: Sampling | None = None
    stages: tuple[Stage, ...] | None = None


# Yields what to ask the model in a round, is sent its texts, and returns the drafts at the end.
Rounds = Generator[list[ChatRequest], list[Completion], list[Draft]]


class Task(NamedTuple):
    """What a request is about: its idea, and the examples or the place that it works on."""

    idea: str = ""
    parents: tuple[ExampleId, ...] = ()
    source: str | None = None


class Strategy(ABC):
    """One way to make candidates.

    A strategy is one module of this package, named like the strategy and listed in `registry`; its
    prompts are in prompts/. All methods are pure functions of their arguments and of what the
    strategy was made from.

    `label_fr` is its name in the report. `tokens` is a guess of what the model writes for one
    candidate, 0 where no model is needed. `prior_yield` are the accepted and the tried candidates
    to expect of it before a project has tried it. One that is not `makes_new` works on candidates
    of other strategies only. `topic_fields` are what it reads of a topic in the taxonomy, beside
    the names that every prompt has: a batch that was begun with others is stale.
    """

    name: ClassVar[str]
    label_fr: ClassVar[str]
    tokens: ClassVar[int]
    prior_yield: ClassVar[tuple[int, int]] = (0, 0)
    makes_new: ClassVar[bool] = True
    topic_fields: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def from_recipe(cls, recipe: AugmentRecipe, examples: Sequence[Example]) -> Self:
        """Make the strategy for a batch; `examples` are those to learn from and to mutate."""
        return cls()

    @abstractmethod
    def room(self, slot: Slot, state: BatchState) -> int:
        """Return how many candidates it could make for a slot now."""

    @abstractmethod
    def tasks(self, slot: Slot, count: int, state: BatchState, seed: int) -> list[Task]:
        """Return `count` tasks (fewer where there is less room) that differ from those taken."""

    @abstractmethod
    def make(self, requests: Sequence[Request], state: BatchState) -> Rounds:
        """Make the drafts of some requests of one wave, in their order.

        All that it does follows from its arguments and the model's texts, so that a batch that was
        interrupted between two rounds goes on to the same drafts.
        """


class OneRound(Strategy):
    """A strategy that asks the model at most once for a candidate."""

    @override
    def make(self, requests: Sequence[Request], state: BatchState) -> Rounds:
        prompts = [self.prompt(request, state) for request in requests]
        answers = iter((yield [prompt for prompt in prompts if prompt]))
        drafts = []
        for request, prompt in zip(requests, prompts, strict=True):
            written = next(answers) if prompt else None
            draft = self.draft(request, written, state)
            if written:
                draft = draft._replace(tokens=written.tokens, truncated=not written.finished)
            drafts.append(draft)
        return drafts

    @abstractmethod
    def prompt(self, request: Request, state: BatchState) -> ChatRequest | None:
        """Return what to ask the model; None where it is not needed."""

    @abstractmethod
    def draft(self, request: Request, written: Completion | None, state: BatchState) -> Draft:
        """Return the candidate, from what the model has written or from the request alone."""
