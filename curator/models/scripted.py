"""A model that says what it was given to say; for unit tests and dry runs of a recipe."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from curator.example import ModelRef
from curator.models.base import Ask, Completion, Message

Script = Callable[[Sequence[Message], int], str]


def _reference() -> ModelRef:
    return ModelRef(name="scripted", sha256=hashlib.sha256(b"scripted").hexdigest())


@dataclass
class ScriptedModel:
    """Answers with `script(messages, seed)`; `asked` counts the calls."""

    script: Script
    ref: ModelRef = field(default_factory=_reference)
    asked: int = 0

    def complete(
        self, asks: Sequence[Ask], done: Callable[[int], None] = lambda count: None
    ) -> list[Completion]:
        """See TextModel. Words count as tokens; a text is cut at `sampling.max_tokens`."""
        written = []
        for ask in asks:
            self.asked += 1
            words = self.script(ask.messages, ask.seed).split(" ")
            most = ask.sampling.max_tokens
            text = " ".join(words[:most])
            written.append(Completion(text, min(len(words), most), len(words) <= most))
            done(len(written))
        return written
