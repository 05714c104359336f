"""A model that is asked the same thing once: two runs that differ a little share the rest.

What it wrote is kept in a file, so that a run that was interrupted asks for none of it again.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import BaseModel
from typing_extensions import override

from curator.base import store
from curator.base.settings import digest
from curator.models.base import ChatRequest, Completion, Message, TextModel, ignore


class Answer(BaseModel):
    """What was written for the request with a digest."""

    asked: str
    text: str
    tokens: int
    finished: bool


class SharingModel(TextModel):
    """Gives a request the text that it got before, in whatever wave; new ones go to the model.

    Raises what the model raises, and StoreError where the file of answers cannot be written.
    """

    def __init__(self, model: TextModel, file: Path):
        self.ref = model.ref
        self._model, self._file = model, file
        answers = store.read(file, Answer) if file.exists() else ()
        self._known = {a.asked: Completion(a.text, a.tokens, a.finished) for a in answers}

    @override
    def complete(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        marks = [digest(request.document()) for request in requests]
        new = {m: r for m, r in zip(marks, requests, strict=True) if m not in self._known}
        if new:
            shared = len(requests) - len(new)
            written = self._model.complete(list(new.values()), lambda n: done(shared + n))
            answers = dict(zip(new, written, strict=True))
            with store.Appender(self._file) as file:
                file.extend(Answer(asked=mark, **vars(one)) for mark, one in answers.items())
            self._known |= answers
        return [self._known[mark] for mark in marks]

    @override
    def likelihood(self, messages: Sequence[Message], text: str) -> float:
        return self._model.likelihood(messages, text)
