"""evolve: an example that counts already, made harder or easier, or turned into another category.

The new example must stand at its parent's topic, one step away in difficulty or category.
"""

import random

from typing_extensions import override

from curator.base.seeds import derive_seed
from curator.generate import prompting
from curator.generate.request import Request
from curator.generate.strategies.base import Draft, State, Strategy, Task
from curator.models.base import ChatRequest, Completion
from curator.records.example import Example, Origin
from curator.records.taxonomy import Category, Difficulty, Slot

_LEVELS = list(Difficulty)
_NAMES = ("evolve", "harder", "easier", "exercise", "other_kind")


def _step(parent: Slot, slot: Slot) -> str:
    """The name of the prompt that leads from one slot to another; "" where none does."""
    apart = _LEVELS.index(slot.difficulty) - _LEVELS.index(parent.difficulty)
    if parent.topic != slot.topic or abs(apart) > 1:
        return ""
    if apart:
        same = parent.category == slot.category
        return ("harder" if apart > 0 else "easier") if same else ""
    if parent.category == slot.category:
        return ""
    return "exercise" if slot.category is Category.EXERCISES else "other_kind"


class Evolve(Strategy):
    """See the module's text. Each example evolves once into each slot."""

    name = "evolve"
    label_fr = "modèle, exemple transformé"
    tokens = 600

    def _parents(self, slot: Slot, state: State) -> list[Example]:
        pool = [*state.trusted, *state.accepted]
        return [e for e in pool if _step(e.slot, slot) and state.free(self.name, e.id, slot)]

    @override
    def room(self, slot: Slot, state: State) -> int:
        return len(self._parents(slot, state))

    @override
    def tasks(self, slot: Slot, count: int, state: State, seed: int) -> list[Task]:
        parents = sorted(self._parents(slot, state), key=lambda e: e.id)
        random.Random(derive_seed(seed, slot)).shuffle(parents)  # noqa: S311
        return [Task(parents=(e.id,)) for e in parents[:count]]

    @override
    def ask(self, request: Request, state: State) -> ChatRequest:
        known = {e.id: e for e in [*state.trusted, *state.accepted]}
        parent = known[request.parents[0]]
        instruction = prompting.instruction(
            "evolve",
            request.slot,
            order=prompting.prompt_text(_step(parent.slot, request.slot)),
            example=prompting.format_example(parent.question, parent.answer),
        )
        return prompting.ask(prompting.conversation(()), instruction, request.seed, state.settings)

    @override
    def draft(self, request: Request, written: Completion | None, state: State) -> Draft:
        question, answer = prompting.parse_example(written.text if written else "")
        return Draft(question, answer, Origin.GENERATED, prompting.prompt_sha256(*_NAMES))
