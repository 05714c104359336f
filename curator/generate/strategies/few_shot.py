"""few_shot: examples of the same cell as shots, and an idea of the topic to write about."""

import random

from typing_extensions import override

from curator.base.seeds import derive_seed
from curator.generate import prompting
from curator.generate.request import Request
from curator.generate.strategies.base import Draft, State, Strategy, Task
from curator.models.base import ChatRequest, Completion
from curator.records.example import Origin
from curator.records.taxonomy import Slot, taxonomy

ENDLESS = 1 << 30


class FewShot(Strategy):
    """See the module's text. It never runs out."""

    name = "few_shot"
    label_fr = "modèle, avec exemples"
    tokens = 600
    topic_fields = ("ideas",)

    @override
    def room(self, slot: Slot, state: State) -> int:
        return ENDLESS

    @override
    def tasks(self, slot: Slot, count: int, state: State, seed: int) -> list[Task]:
        """One idea of the topic each, all of them before one comes again."""
        label = taxonomy().topics[slot.topic]
        ideas = list(label.ideas) or [label.label]
        random.Random(derive_seed(seed, slot.topic)).shuffle(ideas)  # noqa: S311
        return [Task(idea=ideas[i % len(ideas)]) for i in range(count)]

    @override
    def ask(self, request: Request, state: State) -> ChatRequest:
        shots = prompting.choose_shots(state.trusted, request.slot, state.settings.shots)
        instruction = prompting.few_shot_instruction(request.slot, request.idea)
        return prompting.ask(
            prompting.conversation(shots), instruction, request.seed, state.settings
        )

    @override
    def draft(self, request: Request, written: Completion | None, state: State) -> Draft:
        question, answer = prompting.parse_example(written.text if written else "")
        return Draft(question, answer, Origin.GENERATED, prompting.prompt_sha256("few_shot"))
