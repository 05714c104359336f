"""Read pairs of answers as tokens: to one prompt, one that was preferred to another.

A row of train_pairs.jsonl is a prompt's messages and two of the assistant's, in the form that other
trainers read too: {"prompt": [...], "chosen": [{...}], "rejected": [{...}]}.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from curator.base import store
from curator.base.errors import DataError
from curator.training.data import ChatMessage, ChatRow, Row, parsed, tokenised

HINT = "make some: curator pairs"
Answer = Annotated[tuple[ChatMessage, ...], Field(min_length=1, max_length=1)]


class PairRow(BaseModel):
    """One line of train_pairs.jsonl; `metadata` says where it comes from."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    prompt: tuple[ChatMessage, ...] = Field(min_length=1)
    chosen: Answer
    rejected: Answer
    metadata: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _two_answers(self) -> "PairRow":
        if {self.chosen[0].role, self.rejected[0].role} != {"assistant"}:
            raise ValueError("chosen and rejected are not the assistant's")
        if self.chosen[0].content == self.rejected[0].content:
            raise ValueError("chosen and rejected are the same text")
        return self

    def chats(self) -> tuple[ChatRow, ChatRow]:
        """Return the conversation with the chosen answer, and that with the rejected one."""
        first, second = (ChatRow(messages=self.prompt + a) for a in (self.chosen, self.rejected))
        return first, second


@dataclass(frozen=True)
class Pair:
    """A pair as tokens.

    `reference` is by how much the model that the training starts from finds the chosen answer
    likelier: the difference of the answers' log-probabilities.
    """

    where: str
    chosen: Row
    rejected: Row
    reference: float = 0.0

    @property
    def length(self) -> int:
        """Tokens of the longer one: both are filled up to it."""
        return max(self.chosen.length, self.rejected.length)

    @property
    def learned(self) -> int:
        """Tokens of both answers."""
        return self.chosen.learned + self.rejected.learned

    @property
    def weight(self) -> int:
        """What it counts in a mean: as much as any other."""
        return 1


def read_pairs(path: Path, tokenizer: Any) -> list[Pair]:
    """Read the pairs of a JSONL file; raises DataError, or BrokenLine naming the line."""
    if not path.is_file():
        raise DataError("no such file", where=path, hint=HINT)
    pairs = []
    for number, line in store.read_lines(path):
        where = f"{path.name}:{number}"
        chats = parsed(path, number, line, PairRow).chats()
        chosen, rejected = (_masked(where, chat, tokenizer) for chat in chats)
        if chosen.tokens == rejected.tokens:
            what = "chosen and rejected are the same tokens: there is nothing to prefer"
            raise DataError(what, where=where, hint="delete this line")
        pairs.append(Pair(where, chosen, rejected))
    return pairs


def _masked(where: str, chat: ChatRow, tokenizer: Any) -> Row:
    try:
        return tokenised(where, chat, tokenizer, mask_prompt=True)
    except DataError as error:
        hint = "take a model whose template does"
        raise DataError(error.what, where=where, hint=hint) from error


def halves(pairs: Sequence[Pair]) -> list[Row]:
    """List the rows of a batch of pairs: the chosen answers, then the rejected ones."""
    return [*(p.chosen for p in pairs), *(p.rejected for p in pairs)]
