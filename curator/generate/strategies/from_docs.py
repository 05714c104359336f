"""from_docs: an example that rests on one passage of the installed Rust documentation.

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
from curator.generate.strategies.base import Draft, State, Strategy, Task
from curator.models.base import ChatRequest, Completion
from curator.records.example import Example, Origin
from curator.records.taxonomy import Slot, taxonomy
from curator.records.topic import Topic
from curator.rust.docs import Passage, find_docs, pages, passages
from curator.rust.toolchain import find_toolchain

CHARACTERS = 3000


class FromDocs(Strategy):
    """See the module's text; `passages` are those of each topic. Each serves a slot once."""

    name = "from_docs"
    label_fr = "modèle, d'après la documentation"
    tokens = 600
    topic_fields = ("docs",)

    def __init__(self, passages: dict[Topic, Sequence[Passage]]):
        self._of_topic = passages
        self._at = {p.address: p for found in passages.values() for p in found}

    @override
    @classmethod
    def from_recipe(cls, recipe: AugmentRecipe, examples: Sequence[Example]) -> Self:
        root = find_docs(find_toolchain().sysroot)
        found: dict[Topic, Sequence[Passage]] = {}
        for topic, label in taxonomy().topics.items():
            found[topic] = [p for page in pages(root, label.docs) for p in passages(page, root)]
        return cls(found)

    def _free(self, slot: Slot, state: State) -> list[str]:
        found = (p.address for p in self._of_topic.get(slot.topic, ()))
        return [address for address in found if state.free(self.name, address, slot)]

    @override
    def room(self, slot: Slot, state: State) -> int:
        return len(self._free(slot, state))

    @override
    def tasks(self, slot: Slot, count: int, state: State, seed: int) -> list[Task]:
        addresses = self._free(slot, state)
        random.Random(derive_seed(seed, slot)).shuffle(addresses)  # noqa: S311
        return [Task(source=address) for address in addresses[:count]]

    @override
    def ask(self, request: Request, state: State) -> ChatRequest:
        passage = self._at[request.source or ""]
        instruction = prompting.instruction(
            self.name, request.slot, title=passage.title, passage=passage.markdown[:CHARACTERS]
        )
        return prompting.ask(prompting.conversation(()), instruction, request.seed, state.settings)

    @override
    def draft(self, request: Request, written: Completion | None, state: State) -> Draft:
        question, answer = prompting.parse_example(written.text if written else "")
        return Draft(question, answer, Origin.GENERATED, prompting.prompt_sha256(self.name))
