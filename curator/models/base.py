"""The seam to a language model."""

from collections.abc import Sequence
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


class TextModel(Protocol):
    """Writes the next turn of a conversation.

    The same messages, sampling and seed give the same text, whatever was asked before.
    """

    ref: ModelRef

    def complete(self, messages: Sequence[Message], sampling: Sampling, seed: int) -> Completion:
        """The assistant's turn. A last message of the assistant is continued, and not repeated
        in the text. Raises ModelError when the conversation does not fit the context.
        """
        ...
