"""The seam to a language model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from curator.records.example import ModelRef, Sampling
from curator.text.normalise import normalise_text


@dataclass(frozen=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class ChatRequest:
    """A conversation whose next turn is wanted, and how its tokens are drawn.

    A last message of the assistant is continued, and not repeated in the text. With a `grammar`
    (GBNF, its start symbol `root`) the text is one that it allows, or the beginning of one.
    """

    messages: tuple[Message, ...]
    sampling: Sampling
    seed: int
    grammar: str | None = None


@dataclass(frozen=True)
class Completion:
    """What a model wrote: its text, how many tokens that was, and whether it came to an end.

    `finished` is False when it was cut at the largest number of tokens. The text is cleaned
    (curator.text.normalise): a server may send what no grammar of ours allowed.
    """

    text: str
    tokens: int
    finished: bool

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", normalise_text(self.text))


def ignore(ended: int) -> None:
    """The `done` of a caller who does not want to know."""


class TextModel(Protocol):
    """Writes the next turn of conversations, a wave of them at a time."""

    ref: ModelRef

    def complete(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        """The assistant's turn of each ask, in their order.

        The same wave gives the same texts, whatever was asked before, unless `ref.runtime` says
        otherwise; an ask may get another text in another wave. `done` hears how many have ended,
        each time that one does. Raises ModelError, before anything is written, when an ask does
        not fit the context or its grammar is none.
        """
        ...

    def likelihood(self, messages: Sequence[Message], text: str) -> float:
        """The mean natural logarithm of the probability of a token of `text`, as the assistant's
        turn after `messages`. Raises ModelError when they do not fit or the text is empty.
        """
        ...
