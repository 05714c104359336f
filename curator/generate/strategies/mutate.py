"""mutate: verified code with a learner's error in it; see generate/mutate for how they are found.

No model is needed. The share `generate.rephrase` has the explanation's first paragraph put in other
words by the model; where the filters reject that, the mutant's own wording gets its turn.
"""

import random
import re
from collections.abc import Sequence
from typing import Self

from typing_extensions import override

from curator.base.seeds import derive_seed
from curator.filters.rust import RustFilter, RustSettings
from curator.generate import prompting
from curator.generate.mutate.pool import Mutant, find_mutants
from curator.generate.recipe import AugmentRecipe
from curator.generate.request import Request
from curator.generate.strategies.base import Draft, State, Strategy, Task
from curator.models.base import ChatRequest, Completion, Message
from curator.records.example import Example, Origin
from curator.records.taxonomy import Slot

AUTHOR = "curator mutate (wordings: Claude, Anthropic)"
_REPHRASED = " rephrased"
_PARAGRAPH = re.compile(r"^## Explication\n+(?P<text>[^\n]+)$", re.MULTILINE)


class Mutate(Strategy):
    """See the module's text. Each mutant is used once, in whatever category."""

    name = "mutate"
    label_fr = "mutation prouvée par rustc"
    tokens = 0
    # Mutants are proven before they are proposed: of 257 from the first 49 authored examples 243
    # passed, the others near duplicates. The share counts like 20 candidates, since those of other
    # programs may be more alike.
    prior_yield = (19, 20)

    def __init__(self, mutants: Sequence[Mutant]):
        self._mutants = mutants
        self._by_key = {m.key: m for m in mutants}

    @override
    @classmethod
    def from_recipe(cls, recipe: AugmentRecipe, examples: Sequence[Example]) -> Self:
        """Take mutants as the recipe's Rust filter will judge them."""
        settings = next((f for f in recipe.filters if isinstance(f, RustSettings)), RustSettings())
        judge = RustFilter(settings)
        return cls(find_mutants(examples, judge.compiler, judge.options(examples)))

    def _open(self, slot: Slot, state: State) -> list[Mutant]:
        rejected = {e.provenance.source for e in state.rejected}

        def free(key: str) -> bool:
            other = key + _REPHRASED
            return state.free(self.name, key) and (
                state.free(self.name, other) or other in rejected
            )

        return [
            m
            for m in self._mutants
            if slot[:2] == (m.topic, m.difficulty) and slot.category in m.categories and free(m.key)
        ]

    @override
    def room(self, slot: Slot, state: State) -> int:
        return len(self._open(slot, state))

    @override
    def tasks(self, slot: Slot, count: int, state: State, seed: int) -> list[Task]:
        """Mutations and programs that were used least come first."""
        draw = random.Random(derive_seed(seed, slot))  # noqa: S311 - variety, not secrecy
        used = [m for m in self._mutants if not state.free(self.name, m.key)]
        left, chosen = self._open(slot, state), list[Mutant]()
        draw.shuffle(left)
        while left and len(chosen) < count:
            seen = [*used, *chosen]
            best = min(left, key=lambda m: _familiar(m, seen))
            left.remove(best)
            chosen.append(best)
        return [Task(parents=(m.parent,), source=self._source(m, state, draw)) for m in chosen]

    def _source(self, mutant: Mutant, state: State, draw: random.Random) -> str:
        rephrased = mutant.key + _REPHRASED
        wanted = draw.random() < state.settings.rephrase and state.free(self.name, rephrased)
        return rephrased if wanted else mutant.key

    def _rendered(self, request: Request) -> tuple[str, str]:
        key = (request.source or "").removesuffix(_REPHRASED)
        return self._by_key[key].render(request.category, request.seed)

    @override
    def ask(self, request: Request, state: State) -> ChatRequest | None:
        found = _PARAGRAPH.search(self._rendered(request)[1])
        if not (request.source or "").endswith(_REPHRASED) or not found:
            return None
        instruction = prompting.fill("rephrase", paragraph=found["text"])
        turns = (Message("system", prompting.prompt_text("system")), Message("user", instruction))
        return ChatRequest(
            turns, state.settings.sampling, request.seed, 'root ::= [^#`\\n] [^\\n]* "\\n"'
        )

    @override
    def draft(self, request: Request, written: Completion | None, state: State) -> Draft:
        question, answer = self._rendered(request)
        if written is None:
            return Draft(question, answer, Origin.MUTATED, author=AUTHOR)
        said = f"## Explication\n{written.text.strip()}"
        answer = _PARAGRAPH.sub(lambda found: said, answer, count=1)
        prompt = prompting.prompt_sha256("rephrase")
        return Draft(question, answer, Origin.MUTATED, prompt, AUTHOR)


def _familiar(mutant: Mutant, used: Sequence[Mutant]) -> tuple[int, int]:
    """How much of a mutant was seen before: its very pair, then its mutation and its program."""
    both = sum(m.mutation == mutant.mutation and m.parent == mutant.parent for m in used)
    either = sum((m.mutation == mutant.mutation) + (m.parent == mutant.parent) for m in used)
    return both, either
