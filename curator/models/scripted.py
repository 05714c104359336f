"""A model that says what a script says, for unit tests and dry runs of a recipe."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from typing_extensions import override

from curator.models.base import ChatRequest, Completion, Message, TextModel, ignore
from curator.records.example import ModelRef

Script = Callable[[Sequence[Message], int], str]
Score = Callable[[Sequence[Message], str], float]


def _reference() -> ModelRef:
    return ModelRef(name="scripted", sha256=hashlib.sha256(b"scripted").hexdigest())


def _indifferent(messages: Sequence[Message], text: str) -> float:
    return -1.0


@dataclass
class ScriptedModel(TextModel):
    """Answers with `script(messages, seed)`, whatever the grammar; `asked` counts the requests."""

    script: Script
    score: Score = _indifferent
    ref: ModelRef = field(default_factory=_reference)
    asked: int = 0

    @override
    def complete(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        """Count words as tokens, and cut a text at its `sampling.max_tokens`."""
        completions = []
        for request in requests:
            completions.append(self._answer(request))
            done(len(completions))
        return completions

    @override
    def likelihood(self, messages: Sequence[Message], text: str) -> float:
        return self.score(messages, text)

    def _answer(self, request: ChatRequest) -> Completion:
        self.asked += 1
        text = self.script(request.messages, request.seed)
        words = text.split(" ")
        most = request.sampling.max_tokens
        if len(words) <= most:
            return Completion(text, len(words), True)
        return Completion(" ".join(words[:most]), most, False)
