"""Turn a prompt of the evaluation into a conversation, with passages of the documentation.

The system's words are the same for all prompts of an arm, so the model reads them once. Passages
come with the question, numbered, each with its address. Where a prompt and its answer do not fit
the context, its passages are cut to what does.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import NamedTuple

from curator.base.errors import ModelError
from curator.evaluation.passages import Passages, Retriever
from curator.evaluation.prompts import EvalPrompt
from curator.evaluation.records import Source
from curator.evaluation.respond import Responder
from curator.models.base import Message

FOLDER = Path(__file__).parent / "prompts"


class Asked(NamedTuple):
    """The messages for the model, the passages in them, and their budget where it was cut."""

    messages: tuple[Message, ...]
    sources: tuple[Source, ...] = ()
    budget: int | None = None


@cache
def _text(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text("utf-8").rstrip("\n")


def system_text(system: str, rag: bool) -> str:
    """Return the system message of an arm."""
    return f"{system}\n\n{_text('rag')}" if rag else system


def question_text(question: str, passages: Passages) -> str:
    """Return the message that asks a question, after its passages if it has any."""
    if not passages.text:
        return question
    return Template(_text("question")).substitute(passages=passages.text, question=question)


def texts_sha256(system: str, rag: bool) -> str:
    """Return the digest of all words around a prompt, the recipe's and this folder's."""
    parts = [system_text(system, rag), *([_text("question")] if rag else [])]
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Asker:
    """Turns prompts into conversations of at most `room` tokens."""

    system: str
    room: int
    responder: Responder
    retriever: Retriever | None = None

    def check(self, prompt: EvalPrompt) -> None:
        """Raise ModelError where a prompt does not fit even without passages."""
        size = self.responder.prompt_tokens(self._messages(prompt, Passages()))
        if size > self.room:
            what = f"the prompt has {size} tokens, and {self.room} are left for it"
            hint = "set context higher, or sampling.max_tokens lower"
            raise ModelError(what, where=f"prompt {prompt.id}", hint=hint)

    def ask(self, prompt: EvalPrompt) -> Asked:
        """Return the conversation for a prompt that `check` accepted."""
        if self.retriever is None:
            return Asked(self._messages(prompt, Passages()))
        full = budget = self.retriever.ref.budget_tokens
        while True:
            passages = self._passages(self.retriever, prompt, budget)
            messages = self._messages(prompt, passages)
            over = self.responder.prompt_tokens(messages) - self.room
            if over <= 0 or not passages.text:
                return Asked(messages, passages.sources, budget if budget < full else None)
            # Cut by what is over, from what the passages really take: it ends in few rounds.
            budget = max(0, min(budget, self.responder.text_tokens(passages.text)) - over)

    def _passages(self, retriever: Retriever, prompt: EvalPrompt, budget: int) -> Passages:
        if not budget:
            return Passages()
        return retriever.passages(prompt.asked, budget, self.responder.text_tokens)

    def _messages(self, prompt: EvalPrompt, passages: Passages) -> tuple[Message, ...]:
        question = question_text(prompt.asked, passages)
        system = system_text(self.system, self.retriever is not None)
        first = (Message("system", system),) if system else ()
        return (*first, Message("user", question))
