"""The seam to a language model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from curator.example import ModelRef, Sampling


@dataclass(frozen=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Completion:
    """What a model wrote: its text, how many tokens that was, and whether it came to an end.

    `finished` is False when it was cut at the largest number of tokens.
    """

    text: str
    tokens: int
    finished: bool


@dataclass(frozen=True)
class Ask:
    """A conversation to go on with. `grammar` is GBNF that the text keeps to."""

    messages: tuple[Message, ...]
    sampling: Sampling
    seed: int
    grammar: str | None = None


class TextModel(Protocol):
    """Writes the next turn of conversations, a wave at a time.

    The same wave gives the same texts, whatever was asked before.
    """

    ref: ModelRef

    def complete(
        self, asks: Sequence[Ask], done: Callable[[int], None] = lambda count: None
    ) -> list[Completion]:
        """One turn of the assistant per ask, in their order; `done` hears how many are finished.

        A last message of the assistant is continued, and not repeated in the text. Raises
        ModelError when a conversation does not fit the context, before any is begun.
        """
        ...
