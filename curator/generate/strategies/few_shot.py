"""few_shot: write about an idea of the topic, after examples of the same cell."""

import random

from typing_extensions import override

from curator.base.seeds import derive_seed
from curator.generate import prompting
from curator.generate.request import Request
from curator.generate.strategies.base import BatchState, Draft, OneRound, Task
from curator.models.base import ChatRequest, Completion
from curator.records.example import Origin
from curator.records.taxonomy import Slot, taxonomy

ENDLESS = 1 << 30


class FewShot(OneRound):
    """Ask for an idea of the topic; it never runs out."""

    name = "few_shot"
    label_fr = "modèle, avec exemples"
    tokens = 600
    topic_fields = ("ideas",)

    @override
    def room(self, slot: Slot, state: BatchState) -> int:
        return ENDLESS

    @override
    def tasks(self, slot: Slot, count: int, state: BatchState, seed: int) -> list[Task]:
        """Take every idea of the topic once before one comes again."""
        label = taxonomy().topics[slot.topic]
        ideas = list(label.ideas) or [label.label]
        random.Random(derive_seed(seed, slot.topic)).shuffle(ideas)  # noqa: S311
        return [Task(idea=ideas[i % len(ideas)]) for i in range(count)]

    @override
    def prompt(self, request: Request, state: BatchState) -> ChatRequest:
        if request.slot not in state.shots:
            count = state.settings.shots
            state.shots[request.slot] = prompting.choose_shots(state.trusted, request.slot, count)
        shots = state.shots[request.slot]
        messages = prompting.conversation(shots)
        wanted = prompting.few_shot_instruction(request.slot, request.idea)
        return prompting.chat_request(messages, wanted, request.seed, state.settings)

    @override
    def draft(self, request: Request, written: Completion | None, state: BatchState) -> Draft:
        question, answer = prompting.parse_example(written.text if written else "")
        return Draft(question, answer, Origin.GENERATED, prompting.prompt_sha256("few_shot"))
