"""A model that says what it was given to say; for unit tests and dry runs of a recipe."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from curator.example import ModelRef, Sampling
from curator.models.base import Completion, Message

Script = Callable[[Sequence[Message], int], str]


def _reference() -> ModelRef:
    return ModelRef(name="scripted", sha256=hashlib.sha256(b"scripted").hexdigest())


@dataclass
class ScriptedModel:
    """Answers with `script(messages, seed)`; `asked` counts the calls."""

    script: Script
    ref: ModelRef = field(default_factory=_reference)
    asked: int = 0

    def complete(self, messages: Sequence[Message], sampling: Sampling, seed: int) -> Completion:
        """See TextModel. Words count as tokens; the text is cut at `sampling.max_tokens`."""
        self.asked += 1
        text = self.script(messages, seed)
        words = text.split(" ")
        finished = len(words) <= sampling.max_tokens
        return Completion(
            text if finished else " ".join(words[: sampling.max_tokens]),
            min(len(words), sampling.max_tokens),
            finished,
        )
