"""Who answers: the seam, a GGUF through llama.cpp behind it, and the fake that ships.

A responder knows what it is (`ref`) before it loads anything; the mlx one is in mlx_respond.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from curator.evaluation.records import ModelIdentity
from curator.models.base import ChatRequest, Completion, Message, ignore
from curator.models.llama.gguf import ModelFile
from curator.models.llama.model import LlamaModel, runtime
from curator.models.scripted import Script, ScriptedModel
from curator.models.settings import ModelSettings


class Responder(Protocol):
    """Answers conversations, `width` of them at a time; to be closed."""

    ref: ModelIdentity
    width: int

    def prompt_tokens(self, messages: Sequence[Message]) -> int:
        """How many tokens a conversation takes as it is asked."""
        ...

    def text_tokens(self, text: str) -> int:
        """How many tokens a text takes, by itself."""
        ...

    def respond(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        """The answers to a wave of at most `width` asks, in their order; see TextModel.complete.

        Raises ModelError.
        """
        ...

    def close(self) -> None:
        """Give its memory back."""
        ...


class GgufResponder:
    """A GGUF file. `context` bounds each prompt with its answer; `run` is where it comes from."""

    def __init__(self, file: ModelFile, context: int, width: int, threads: int | None = None):
        self._file = file
        self._settings = ModelSettings(
            name=file.name, context=max(512, context * width), width=width, threads=threads
        )
        self.width = width
        self.ref = ModelIdentity(
            kind="gguf", name=file.name, sha256=file.sha256, runtime=runtime(self._settings)
        )

    @cached_property
    def _model(self) -> LlamaModel:
        return LlamaModel(self._file, self._settings)

    def prompt_tokens(self, messages: Sequence[Message]) -> int:
        """See Responder."""
        return self._model.prompt_tokens(messages)

    def text_tokens(self, text: str) -> int:
        """See Responder."""
        return self._model.text_tokens(text)

    def respond(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        """See Responder."""
        return self._model.complete(requests, done)

    def close(self) -> None:
        """See Responder. The model goes with its last reference."""
        self.__dict__.pop("_model", None)


def _reference() -> ModelIdentity:
    digest = hashlib.sha256(b"scripted").hexdigest()
    return ModelIdentity(kind="gguf", name="scripted", sha256=digest)


@dataclass
class ScriptedResponder:
    """Says `script(messages, seed)`; words count as tokens. `waves` are the sizes of its waves."""

    script: Script
    width: int = 2
    ref: ModelIdentity = field(default_factory=_reference)
    waves: list[int] = field(default_factory=list)

    def prompt_tokens(self, messages: Sequence[Message]) -> int:
        """See Responder."""
        return sum(self.text_tokens(m.content) for m in messages)

    def text_tokens(self, text: str) -> int:
        """See Responder."""
        return len(text.split())

    def respond(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        """See Responder."""
        self.waves.append(len(requests))
        return ScriptedModel(self.script).complete(requests, done)

    def close(self) -> None:
        """See Responder."""
