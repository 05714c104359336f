"""evolve: make an example that counts already harder or easier, or move it to another category.

The new example must stand at its parent's topic, one step away in difficulty or category.
"""

import random

from typing_extensions import override

from curator.base.seeds import derive_seed
from curator.generate import prompting
from curator.generate.request import Request
from curator.generate.strategies.base import BatchState, Draft, OneRound, Task
from curator.models.base import ChatRequest, Completion
from curator.records.example import Example, Origin
from curator.records.taxonomy import Category, Difficulty, Slot

_LEVELS = list(Difficulty)
_PROMPTS = ("evolve", "harder", "easier", "exercise", "other_kind")


def _step(parent: Slot, slot: Slot) -> str:
    """Return the name of the prompt that leads from one slot to another; "" where none does."""
    apart = _LEVELS.index(slot.difficulty) - _LEVELS.index(parent.difficulty)
    if parent.topic != slot.topic or abs(apart) > 1:
        return ""
    if apart:
        same = parent.category == slot.category
        return ("harder" if apart > 0 else "easier") if same else ""
    if parent.category == slot.category:
        return ""
    return "exercise" if slot.category is Category.EXERCISES else "other_kind"


class Evolve(OneRound):
    """Evolve each example once into each slot that is one step away."""

    name = "evolve"
    label_fr = "modèle, exemple transformé"
    tokens = 600

    def _parents(self, slot: Slot, state: BatchState) -> list[Example]:
        pool = [*state.trusted, *state.accepted]
        return [e for e in pool if _step(e.slot, slot) and state.free(self.name, e.id, slot)]

    @override
    def room(self, slot: Slot, state: BatchState) -> int:
        return len(self._parents(slot, state))

    @override
    def tasks(self, slot: Slot, count: int, state: BatchState, seed: int) -> list[Task]:
        parents = sorted(self._parents(slot, state), key=lambda e: e.id)
        random.Random(derive_seed(seed, slot)).shuffle(parents)  # noqa: S311
        return [Task(parents=(e.id,)) for e in parents[:count]]

    @override
    def prompt(self, request: Request, state: BatchState) -> ChatRequest:
        known = {e.id: e for e in [*state.trusted, *state.accepted]}
        parent = known[request.parents[0]]
        wanted = prompting.instruction(
            "evolve",
            request.slot,
            order=prompting.prompt_text(_step(parent.slot, request.slot)),
            example=prompting.format_example(parent.question, parent.answer),
        )
        messages = prompting.conversation(())
        return prompting.chat_request(messages, wanted, request.seed, state.settings)

    @override
    def draft(self, request: Request, written: Completion | None, state: BatchState) -> Draft:
        question, answer = prompting.parse_example(written.text if written else "")
        return Draft(question, answer, Origin.GENERATED, prompting.prompt_sha256(*_PROMPTS))
