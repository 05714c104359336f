"""Read chat rows as tokens: what the model reads, and from where on it learns.

A row is `{"messages": [...]}` whose last message is the assistant's. Nothing is ever cut: rows
that are too long are named, with how long they are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from curator.base import store
from curator.base.errors import BrokenLine, DataError
from curator.models.base import Message

T = TypeVar("T", bound=BaseModel)
HINT = "build the dataset first: curator build"


class ChatMessage(BaseModel):
    """One message of a row."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    role: Literal["system", "user", "assistant"]
    content: str = Field(min_length=1)


class ChatRow(BaseModel):
    """One line of train.jsonl."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    messages: tuple[ChatMessage, ...] = Field(min_length=2)

    @field_validator("messages")
    @classmethod
    def _answered(cls, messages: tuple[ChatMessage, ...]) -> tuple[ChatMessage, ...]:
        if messages[-1].role != "assistant":
            raise ValueError("the last message is not the assistant's")
        return messages


@dataclass(frozen=True)
class Row:
    """A row as tokens; those from `offset` on are learned. `where` is file:line."""

    where: str
    tokens: tuple[int, ...]
    offset: int

    @property
    def length(self) -> int:
        """How many tokens the model reads."""
        return len(self.tokens)

    @property
    def learned_places(self) -> range:
        """Where the learned tokens are: the first has nothing before it that foretells it."""
        return range(max(self.offset, 1), len(self.tokens))

    @property
    def weight(self) -> int:
        """What the row counts in a mean: the tokens that are learned."""
        return self.learned

    @property
    def learned(self) -> int:
        """How many tokens count in the loss: all but the first where the prompt is not masked."""
        return len(self.learned_places)


def read_rows(path: Path, tokenizer: Any, mask_prompt: bool) -> list[Row]:
    """Read the rows of a chat JSONL file; raises DataError, or BrokenLine naming the line."""
    if not path.is_file():
        raise DataError("no such file", where=path, hint=HINT)
    rows = []
    for number, line in store.read_lines(path):
        row = parsed(path, number, line, ChatRow)
        rows.append(tokenised(f"{path.name}:{number}", row, tokenizer, mask_prompt))
    return rows


def parsed(path: Path, number: int, line: bytes, kind: type[T]) -> T:
    """Parse one line of a JSONL file of rows; raises BrokenLine, which names it."""
    from pydantic import ValidationError

    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        raise BrokenLine(path, number, store.why(error)) from error


def tokenised(where: str, row: ChatRow, tokenizer: Any, mask_prompt: bool) -> Row:
    """Return a row as tokens; raises DataError.

    That is where the model's template refuses it, or makes no prefix of the prompt to mask.
    """
    messages = [Message(m.role, m.content) for m in row.messages]
    try:
        tokens = _apply(tokenizer, messages, ask=False)
        prompt = _apply(tokenizer, messages[:-1], ask=True) if mask_prompt else ()
    except Exception as error:  # a template is a program, and refuses what it does not know
        words = " ".join(str(error).split())
        what = f"the model's chat template refuses it: {words}"
        hint = "write the row as the template wants it, or take another model"
        raise DataError(what, where=where, hint=hint) from error
    if not mask_prompt:
        return Row(where, tokens, 0)
    if tokens[: len(prompt)] != prompt or len(tokens) == len(prompt):
        what = "the model's chat template does not put the answer after the prompt as it is asked"
        raise DataError(what, where=where, hint="set mask_prompt: false in the configuration")
    return Row(where, tokens, len(prompt))


def _apply(tokenizer: Any, messages: Sequence[Message], ask: bool) -> tuple[int, ...]:
    plain = [{"role": m.role, "content": m.content} for m in messages]
    return tuple(tokenizer.apply_chat_template(plain, add_generation_prompt=ask, return_dict=False))


class Lengthy(Protocol):
    """A row of some length, and where it stands."""

    @property
    def where(self) -> str:
        """FILE:LINE."""

    @property
    def length(self) -> int:
        """Tokens that the model reads."""


L = TypeVar("L", bound=Lengthy)


def too_long(rows: Iterable[L], limit: int) -> list[L]:
    """Return the rows of more than `limit` tokens, longest first."""
    return sorted((r for r in rows if r.length > limit), key=lambda r: -r.length)
