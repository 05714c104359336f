"""A model that says what it was given to say; for unit tests and dry runs of a recipe."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from curator.models.base import ChatRequest, Completion, Message, ignore
from curator.records.example import ModelRef

Script = Callable[[Sequence[Message], int], str]
Score = Callable[[Sequence[Message], str], float]


def _reference() -> ModelRef:
    return ModelRef(name="scripted", sha256=hashlib.sha256(b"scripted").hexdigest())


def _indifferent(messages: Sequence[Message], text: str) -> float:
    return -1.0


@dataclass
class ScriptedModel:
    """Answers with `script(messages, seed)`, whatever the grammar; `asked` counts the asks."""

    script: Script
    score: Score = _indifferent
    ref: ModelRef = field(default_factory=_reference)
    asked: int = 0

    def complete(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        """See TextModel. Words count as tokens; a text is cut at its `sampling.max_tokens`."""
        made = []
        for request in requests:
            made.append(self._answer(request))
            done(len(made))
        return made

    def likelihood(self, messages: Sequence[Message], text: str) -> float:
        """See TextModel."""
        return self.score(messages, text)

    def _answer(self, request: ChatRequest) -> Completion:
        self.asked += 1
        text = self.script(request.messages, request.seed)
        words = text.split(" ")
        most = request.sampling.max_tokens
        if len(words) <= most:
            return Completion(text, len(words), True)
        return Completion(" ".join(words[:most]), most, False)
