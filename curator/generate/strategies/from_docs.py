"""from_docs: write an example that rests on one passage of the installed Rust documentation.

The passage's address (such as book/ch04-01-what-is-ownership.html#...) goes into provenance.
"""

import random
from collections.abc import Sequence
from typing import Self

from typing_extensions import override

from curator.base.seeds import derive_seed
from curator.generate import prompting
from curator.generate.recipe import AugmentRecipe
from curator.generate.request import Request
from curator.generate.strategies.base import BatchState, Draft, OneRound, Task
from curator.models.base import ChatRequest, Completion
from curator.records.example import Example, Origin
from curator.records.taxonomy import Slot, taxonomy
from curator.records.topic import Topic
from curator.rust.docs import Passage, find_docs, pages, passages
from curator.rust.toolchain import find_toolchain

CHARACTERS = 3000  # of a passage that the model reads


class FromDocs(OneRound):
    """Use each of the passages of a topic once per slot."""

    name = "from_docs"
    label_fr = "modèle, d'après la documentation"
    tokens = 600
    topic_fields = ("docs",)

    def __init__(self, passages: dict[Topic, Sequence[Passage]]):
        self._by_topic = passages
        self._by_address = {p.address: p for listed in passages.values() for p in listed}

    @override
    @classmethod
    def from_recipe(cls, recipe: AugmentRecipe, examples: Sequence[Example]) -> Self:
        root = find_docs(find_toolchain().sysroot)
        by_topic: dict[Topic, Sequence[Passage]] = {}
        for topic, label in taxonomy().topics.items():
            by_topic[topic] = [p for page in pages(root, label.docs) for p in passages(page, root)]
        return cls(by_topic)

    def _free(self, slot: Slot, state: BatchState) -> list[str]:
        addresses = (p.address for p in self._by_topic.get(slot.topic, ()))
        return [address for address in addresses if state.free(self.name, address, slot)]

    @override
    def room(self, slot: Slot, state: BatchState) -> int:
        return len(self._free(slot, state))

    @override
    def tasks(self, slot: Slot, count: int, state: BatchState, seed: int) -> list[Task]:
        addresses = self._free(slot, state)
        random.Random(derive_seed(seed, slot)).shuffle(addresses)  # noqa: S311
        return [Task(source=address) for address in addresses[:count]]

    @override
    def prompt(self, request: Request, state: BatchState) -> ChatRequest:
        passage = self._by_address[request.source or ""]
        wanted = prompting.instruction(
            self.name, request.slot, title=passage.title, passage=passage.markdown[:CHARACTERS]
        )
        messages = prompting.conversation(())
        return prompting.chat_request(messages, wanted, request.seed, state.settings)

    @override
    def draft(self, request: Request, written: Completion | None, state: BatchState) -> Draft:
        question, answer = prompting.parse_example(written.text if written else "")
        return Draft(question, answer, Origin.GENERATED, prompting.prompt_sha256(self.name))
