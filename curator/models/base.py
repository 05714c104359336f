"""The protocol of a language model."""

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

    A last message of the assistant is a prefill: the model continues it, and the text does not
    repeat it; alone, it is a text to go on with, in no conversation (a GGUF only). With a `grammar`
    (GBNF, its start symbol `root`) the text is one that the grammar allows, or the beginning of
    one.
    """

    messages: tuple[Message, ...]
    sampling: Sampling
    seed: int
    grammar: str | None = None

    def document(self) -> list[object]:
        """Return all that a text depends on, beside the model and the wave, as JSON."""
        turns = [[message.role, message.content] for message in self.messages]
        return [turns, self.sampling.model_dump(mode="json"), self.seed, self.grammar]


@dataclass(frozen=True)
class Completion:
    """What a model wrote: the text, its number of tokens, and whether it came to an end.

    `finished` is False where it was cut at `max_tokens`. The text is cleaned
    (curator.text.normalise): a server may send what our grammar would not allow.
    """

    text: str
    tokens: int
    finished: bool

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", normalise_text(self.text))


def ignore(ended: int) -> None:
    """Ignore progress: the default of `done`."""


class TextModel(Protocol):
    """Writes the next turn of conversations, a wave of them at a time."""

    ref: ModelRef

    def complete(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        """Return the assistant's turn for each request, in their order.

        The same wave gives the same texts, whatever was asked before, unless `ref.runtime` says
        otherwise; in another wave a request may get another text. `done` is called with the number
        of texts that have ended, each time that one does. Raises ModelError, before anything is
        written, where a request does not fit the context or its grammar is not GBNF.
        """
        ...

    def likelihood(self, messages: Sequence[Message], text: str) -> float:
        """Return the mean log-probability of a token of `text` as the turn after `messages`.

        Raises ModelError where they do not fit the context or the text is empty.
        """
        ...
