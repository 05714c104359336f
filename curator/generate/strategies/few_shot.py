"""few_shot: examples of the same cell as shots, and an idea of the topic to write about."""

import random

from curator.base.seeds import derive_seed
from curator.generate import prompting
from curator.generate.request import Request
from curator.generate.strategies.base import Draft, State, Task
from curator.models.base import Ask, Completion
from curator.records.example import Origin
from curator.records.taxonomy import Slot, taxonomy

ENDLESS = 1 << 30


class FewShot:
    """See the module's text. It never runs out."""

    name = "few_shot"
    tokens = 600

    def room(self, slot: Slot, state: State) -> int:
        """See Strategy."""
        return ENDLESS

    def tasks(self, slot: Slot, count: int, state: State, seed: int) -> list[Task]:
        """One idea of the topic each, all of them before one comes again."""
        label = taxonomy().topics[slot.topic]
        ideas = list(label.ideas) or [label.label]
        random.Random(derive_seed(seed, slot.topic)).shuffle(ideas)  # noqa: S311
        return [Task(idea=ideas[i % len(ideas)]) for i in range(count)]

    def ask(self, request: Request, state: State) -> Ask:
        """See Strategy."""
        shots = prompting.choose_shots(state.trusted, request.slot, state.settings.shots)
        order = prompting.describe(request.slot, request.idea)
        return prompting.ask(prompting.with_shots(shots), order, request.seed, state.settings)

    def draft(self, request: Request, written: Completion | None, state: State) -> Draft:
        """See Strategy."""
        question, answer = prompting.read_back(written.text if written else "")
        return Draft(question, answer, Origin.GENERATED, prompting.prompt_sha256("few_shot"))
