"""Responders, which answer prompts: the protocol, a GGUF through llama.cpp, a scripted fake.

A responder knows what it is (`ref`) before it loads anything; the mlx one is in mlx_respond.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from typing_extensions import override

from curator.evaluation.records import ModelIdentity
from curator.models.base import ChatRequest, Completion, Message, ignore
from curator.models.llama.gguf import ModelFile
from curator.models.llama.model import LlamaModel, runtime
from curator.models.scripted import Script, ScriptedModel
from curator.models.settings import ModelSettings


class Responder(Protocol):
    """Answers conversations, `width` of them at a time; to be closed after use."""

    ref: ModelIdentity
    width: int

    def prompt_tokens(self, messages: Sequence[Message]) -> int:
        """Count the tokens that a conversation takes as it is asked."""
        ...

    def text_tokens(self, text: str) -> int:
        """Count the tokens that a text takes, by itself."""
        ...

    def respond(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        """Answer a wave of at most `width` requests, in their order; see TextModel.complete.

        Raises ModelError.
        """
        ...

    def close(self) -> None:
        """Free its memory."""
        ...


class GgufResponder(Responder):
    """A GGUF file, through llama.cpp. `context` bounds each prompt with its answer, in tokens."""

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

    @override
    def prompt_tokens(self, messages: Sequence[Message]) -> int:
        return self._model.prompt_tokens(messages)

    @override
    def text_tokens(self, text: str) -> int:
        return self._model.text_tokens(text)

    @override
    def respond(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        return self._model.complete(requests, done)

    @override
    def close(self) -> None:  # the model goes with its last reference
        self.__dict__.pop("_model", None)


def _reference() -> ModelIdentity:
    digest = hashlib.sha256(b"scripted").hexdigest()
    return ModelIdentity(kind="gguf", name="scripted", sha256=digest)


@dataclass
class ScriptedResponder(Responder):
    """Answers `script(messages, seed)`; words count as tokens. `waves` are its waves' sizes."""

    script: Script
    width: int = 2
    ref: ModelIdentity = field(default_factory=_reference)
    waves: list[int] = field(default_factory=list)

    @override
    def prompt_tokens(self, messages: Sequence[Message]) -> int:
        return sum(self.text_tokens(m.content) for m in messages)

    @override
    def text_tokens(self, text: str) -> int:
        return len(text.split())

    @override
    def respond(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        self.waves.append(len(requests))
        return ScriptedModel(self.script).complete(requests, done)

    @override
    def close(self) -> None:
        pass
