"""mutate: put a learner's error into verified code; see generate/mutate for how errors are found.

No model is needed. For the share `generate.rephrase` of the mutants the model puts the first
paragraph of the explanation in other words; where the filters reject that, the mutant's own wording
gets its turn.
"""

import random
import re
from collections.abc import Sequence
from typing import Self

from typing_extensions import override

from curator.base.seeds import derive_seed
from curator.generate import prompting
from curator.generate.bench import prepare
from curator.generate.mutate.pool import Mutant
from curator.generate.recipe import AugmentRecipe
from curator.generate.request import Request
from curator.generate.strategies.base import BatchState, Draft, OneRound, Task
from curator.models.base import ChatRequest, Completion, Message
from curator.records.example import Example, Origin
from curator.records.taxonomy import Slot

AUTHOR = "curator mutate (wordings: Claude, Anthropic)"
_REPHRASED = " rephrased"  # after a mutant's key, in the source of the candidate
_PARAGRAPH = re.compile(r"^## Explication\n+(?P<text>[^\n]+)$", re.MULTILINE)
_ONE_LINE = 'root ::= [^#`\\n] [^\\n]* "\\n"'


class Mutate(OneRound):
    """Use each mutant once, in whatever category."""

    name = "mutate"
    label_fr = "mutation prouvée par rustc"
    tokens = 0
    # Mutants are proven before they are proposed: of a batch of 200 from 377 authored examples 186
    # passed, the others near duplicates. The share counts like 20 candidates, since those of other
    # programs may be more alike.
    prior_yield = (19, 20)

    def __init__(self, mutants: Sequence[Mutant]):
        self._mutants = mutants
        self._by_key = {m.key: m for m in mutants}

    @override
    @classmethod
    def from_recipe(cls, recipe: AugmentRecipe, examples: Sequence[Example]) -> Self:
        """Find the mutants as the recipe's Rust filter will judge them."""
        return cls(prepare(recipe, examples)[1])

    def _unused(self, slot: Slot, state: BatchState) -> list[Mutant]:
        rejected = {e.provenance.source for e in state.rejected}

        def free(key: str) -> bool:
            rephrased = key + _REPHRASED
            return state.free(self.name, key) and (
                state.free(self.name, rephrased) or rephrased in rejected
            )

        return [
            m
            for m in self._mutants
            if slot[:2] == (m.topic, m.difficulty) and slot.category in m.categories and free(m.key)
        ]

    @override
    def room(self, slot: Slot, state: BatchState) -> int:
        return len(self._unused(slot, state))

    @override
    def tasks(self, slot: Slot, count: int, state: BatchState, seed: int) -> list[Task]:
        """Take the mutations and programs first that were used least."""
        draw = random.Random(derive_seed(seed, slot))  # noqa: S311 - variety, not secrecy
        used = [m for m in self._mutants if not state.free(self.name, m.key)]
        left, chosen = self._unused(slot, state), list[Mutant]()
        draw.shuffle(left)
        while left and len(chosen) < count:
            seen = [*used, *chosen]
            best = min(left, key=lambda m: _familiarity(m, seen))
            left.remove(best)
            chosen.append(best)
        return [Task(parents=(m.parent,), source=self._source(m, state, draw)) for m in chosen]

    def _source(self, mutant: Mutant, state: BatchState, draw: random.Random) -> str:
        rephrased = mutant.key + _REPHRASED
        wanted = draw.random() < state.settings.rephrase and state.free(self.name, rephrased)
        return rephrased if wanted else mutant.key

    def _rendered(self, request: Request) -> tuple[str, str]:
        key = (request.source or "").removesuffix(_REPHRASED)
        return self._by_key[key].render(request.category, request.seed)

    @override
    def prompt(self, request: Request, state: BatchState) -> ChatRequest | None:
        paragraph = _PARAGRAPH.search(self._rendered(request)[1])
        if not (request.source or "").endswith(_REPHRASED) or not paragraph:
            return None
        wanted = prompting.fill("rephrase", paragraph=paragraph["text"])
        messages = (Message("system", prompting.prompt_text("system")), Message("user", wanted))
        return ChatRequest(messages, state.settings.sampling, request.seed, _ONE_LINE)

    @override
    def draft(self, request: Request, written: Completion | None, state: BatchState) -> Draft:
        question, answer = self._rendered(request)
        if written is None:
            return Draft(question, answer, Origin.MUTATED, author=AUTHOR)
        rephrased = f"## Explication\n{written.text.strip()}"
        # A function, since the model's backslashes are no references to groups.
        answer = _PARAGRAPH.sub(lambda _: rephrased, answer, count=1)
        prompt = prompting.prompt_sha256("rephrase")
        return Draft(question, answer, Origin.MUTATED, prompt, AUTHOR)


def _familiarity(mutant: Mutant, used: Sequence[Mutant]) -> tuple[int, int]:
    """Count how often a mutant's very pair was used, then its mutation and its program."""
    pairs = sum(m.mutation == mutant.mutation and m.parent == mutant.parent for m in used)
    parts = sum((m.mutation == mutant.mutation) + (m.parent == mutant.parent) for m in used)
    return pairs, parts
