"""from_docs: an example that rests on one passage of the installed Rust documentation.

The passage's address (such as book/ch04-01-what-is-ownership.html#...) goes into provenance.
"""

import random
from collections.abc import Sequence

from curator.base.seeds import derive_seed
from curator.generate import prompting
from curator.generate.request import Request
from curator.generate.strategies.base import Draft, State, Task
from curator.models.base import Ask, Completion
from curator.records.example import Origin
from curator.records.taxonomy import Slot
from curator.records.topic import Topic
from curator.rust.docs import Passage

CHARACTERS = 3000


class FromDocs:
    """See the module's text; `passages` are those of each topic. Each serves a slot once."""

    name = "from_docs"
    tokens = 600

    def __init__(self, passages: dict[Topic, Sequence[Passage]]):
        self._of_topic = passages
        self._at = {p.address: p for found in passages.values() for p in found}

    def _free(self, slot: Slot, state: State) -> list[str]:
        found = (p.address for p in self._of_topic.get(slot.topic, ()))
        return [address for address in found if state.free(self.name, address, slot)]

    def room(self, slot: Slot, state: State) -> int:
        """See Strategy."""
        return len(self._free(slot, state))

    def tasks(self, slot: Slot, count: int, state: State, seed: int) -> list[Task]:
        """See Strategy."""
        addresses = self._free(slot, state)
        random.Random(derive_seed(seed, slot)).shuffle(addresses)  # noqa: S311
        return [Task(source=address) for address in addresses[:count]]

    def ask(self, request: Request, state: State) -> Ask:
        """See Strategy."""
        passage = self._at[request.source or ""]
        order = prompting.order(
            self.name, request.slot, title=passage.title, passage=passage.markdown[:CHARACTERS]
        )
        return prompting.ask(prompting.with_shots(()), order, request.seed, state.settings)

    def draft(self, request: Request, written: Completion | None, state: State) -> Draft:
        """See Strategy."""
        question, answer = prompting.read_back(written.text if written else "")
        return Draft(question, answer, Origin.GENERATED, prompting.prompt_sha256(self.name))
