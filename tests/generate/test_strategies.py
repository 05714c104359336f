"""What each strategy offers, asks and makes of the answer; the model here is a script."""

from dataclasses import dataclass

import pytest

from curator.filters.base import failing
from curator.generate import prompting
from curator.generate.recipe import GenerateSettings
from curator.generate.request import Request
from curator.generate.strategies.base import BatchState, Strategy
from curator.generate.strategies.evolve import Evolve
from curator.generate.strategies.few_shot import FewShot
from curator.generate.strategies.from_docs import FromDocs
from curator.generate.strategies.mutate import Mutate
from curator.generate.strategies.repair import Repair
from curator.models.base import Completion
from curator.models.scripted import ScriptedModel
from curator.records.example import Example, Origin, Provenance, Sampling, Verdict
from curator.records.taxonomy import Category, Difficulty, Slot
from curator.records.topic import Topic
from curator.rust.docs import Passage
from tests.conftest import ANSWER, QUESTION, make_example

PARENT = make_example()
SLOT = PARENT.slot
HARDER = SLOT._replace(difficulty=Difficulty.INTERMEDIAIRE)
EXERCISE = SLOT._replace(category=Category.EXERCISES)
WRITTEN = Completion(f"Q ?\n\n# Réponse\n{ANSWER}", 9, True)


def state(*trusted: Example, **settings: object) -> BatchState:
    return BatchState(list(trusted), GenerateSettings(**settings))  # type: ignore[arg-type]


def requests(strategy: Strategy, slot: Slot, count: int, known: BatchState) -> list[Request]:
    made = []
    for index, task in enumerate(strategy.tasks(slot, count, known, seed=1)):
        labels = dict(zip(("topic", "difficulty", "category"), slot, strict=True))
        whole = {**labels, **task._asdict(), "strategy": strategy.name, "seed": index}
        made.append(Request(index=index, **whole))
    known.take(made)
    return made


def rejected(fault: Verdict, text: str = "x", **origin: object) -> Example:
    facts = {
        "origin": Origin.GENERATED, "created": "2026-01-01T00:00:00Z", "toolkit": "0",
        "model": ScriptedModel(lambda m, s: "").ref, "prompt_sha256": "0" * 64, "seed": 1,
        "sampling": Sampling(), "strategy": "few_shot", **origin,
    }  # fmt: skip
    provenance = Provenance.model_validate(facts)
    return make_example(question=text, provenance=provenance).judged([fault])


RUST = failing("rust", "does_not_compile", "answer, line 3: E0382 a; answer, line 9: E0502 b")
FRENCH = failing("french", "not_french", "answer: « the value is moved »")


def test_few_shot_never_runs_out_and_varies_its_ideas() -> None:
    one, known = FewShot(), state(PARENT)
    tasks = one.tasks(SLOT, 4, known, seed=3)
    assert len({t.idea for t in tasks}) == 4
    assert one.room(SLOT, known) > 10**6


def test_few_shot_learns_from_trusted_examples_only() -> None:
    known = state(PARENT, shots=2)
    known.accepted.append(make_example(question="une question acceptée, que nul n'a relue"))
    [request] = requests(FewShot(), SLOT, 1, known)
    ask = FewShot().prompt(request, known)
    assert sum(m.role == "assistant" for m in ask.messages) == 2  # one shot, and the open end
    assert QUESTION in ask.messages[2].content


def test_evolve_takes_one_step() -> None:
    one, known = Evolve(), state(PARENT)
    assert one.room(HARDER, known) == one.room(EXERCISE, known) == 1
    assert one.room(SLOT, known) == 0
    assert one.room(SLOT._replace(difficulty=Difficulty.AVANCE), known) == 0
    assert one.room(HARDER._replace(category=Category.EXERCISES), known) == 0
    assert one.room(HARDER._replace(topic=Topic.ASYNC), known) == 0


@pytest.mark.parametrize(
    ("slot", "instruction"),
    [(HARDER, "plus difficile"), (EXERCISE, "un exercice"),
     (SLOT._replace(category=Category.CONCEPTS), "autrement")],
)  # fmt: skip
def test_evolve_shows_the_parent_and_says_what_to_change(slot: Slot, instruction: str) -> None:
    one, known = Evolve(), state(PARENT)
    [request] = requests(one, slot, 5, known)
    text = one.prompt(request, known).messages[-2].content
    assert QUESTION in text
    assert instruction in text
    assert request.parents == (PARENT.id,)
    assert one.room(slot, known) == 0  # once into each slot


def test_from_docs_quotes_a_passage_and_keeps_its_address() -> None:
    passages = [Passage(f"book/ch0{i}.html#a", f"Titre {i}", f"Passage {i}.") for i in range(3)]
    one, known = FromDocs({Topic.OWNERSHIP: passages}), state()
    made = requests(one, SLOT, 2, known)
    assert one.room(SLOT, known) == 1
    assert one.room(EXERCISE, known) == 3
    assert one.room(SLOT._replace(topic=Topic.ASYNC), known) == 0
    place = made[0].source or ""
    number = place[len("book/ch0")]
    assert f"Passage {number}." in one.prompt(made[0], known).messages[-2].content
    assert place in {p.address for p in passages}


def test_repair_sends_rustcs_words_back() -> None:
    one, known = Repair(), state(repairs=1)
    known.learn([rejected(RUST)])
    [request] = requests(one, SLOT, 9, known)
    ask = one.prompt(request, known)
    assert [m.role for m in ask.messages] == ["system", "user", "assistant", "user", "assistant"]
    assert "line 3: E0382 a\nanswer, line 9: E0502 b" in ask.messages[3].content
    draft = one.draft(request, WRITTEN, known)
    assert (draft.origin, draft.question) == (Origin.REPAIRED, "Q ?")
    assert one.room(SLOT, known) == 0  # this one is on its way


@pytest.mark.parametrize(("repairs", "again"), [(1, 0), (2, 1)])
def test_repair_gives_up_after_its_rounds(repairs: int, again: int) -> None:
    one, known = Repair(), state(repairs=repairs)
    first = rejected(RUST)
    known.learn([first])
    requests(one, SLOT, 1, known)
    second = rejected(RUST, "y", strategy="repair", parents=(first.id,), origin=Origin.REPAIRED)
    known.learn([second])
    assert one.room(SLOT, known) == again


def test_repair_of_french_is_tried_once_beside_rust() -> None:
    one, known = Repair(), state(repairs=1)
    first = rejected(RUST)
    second = rejected(FRENCH, "y", strategy="repair", parents=(first.id,), origin=Origin.REPAIRED)
    third = rejected(FRENCH, "z", strategy="repair", parents=(second.id,), origin=Origin.REPAIRED)
    known.learn([first, second])
    assert one.room(SLOT, known) == 2
    known.learn([third])
    known.take([second, third])
    assert one.room(SLOT, known) == 0


def test_what_no_model_wrote_is_not_sent_back() -> None:
    known = state()
    known.learn([rejected(RUST, model=None, origin=Origin.MUTATED, parents=(PARENT.id,))])
    assert Repair().room(SLOT, known) == 0


@dataclass(frozen=True)
class FakeMutant:
    key: str
    mutation: str = "drop_mut"
    parent: str = PARENT.id
    topic: Topic = Topic.OWNERSHIP
    difficulty: Difficulty = Difficulty.DEBUTANT
    categories: tuple[Category, ...] = (Category.DEBUG,)

    def render(self, category: Category, seed: int) -> tuple[str, str]:
        return f"{self.key} ?", ANSWER


def mutants(*keys: str, **facts: object) -> Mutate:
    return Mutate([FakeMutant(key, **facts) for key in keys])  # type: ignore[misc, arg-type]


def test_a_mutant_is_used_once_and_needs_no_model() -> None:
    one, known = mutants("a", "b"), state(PARENT)
    assert one.room(EXERCISE, known) == 0
    made = requests(one, SLOT, 5, known)
    assert {r.source for r in made} == {"a", "b"}
    assert one.room(SLOT, known) == 0
    assert one.prompt(made[0], known) is None
    draft = one.draft(made[0], None, known)
    assert draft.origin is Origin.MUTATED
    assert draft.author


def test_mutations_used_least_come_first() -> None:
    keys = [FakeMutant(f"m{i}") for i in range(5)] + [FakeMutant("other", "use_after_move")]
    one, known = Mutate(keys), state(PARENT)  # type: ignore[arg-type]
    made = requests(one, SLOT, 2, known)
    assert "other" in {r.source for r in made}


def test_an_explanation_is_rephrased_and_nothing_else() -> None:
    one, known = mutants("a"), state(PARENT, rephrase=1)
    [request] = requests(one, SLOT, 1, known)
    ask = one.prompt(request, known)
    assert ask
    assert "Une référence laisse la valeur" in ask.messages[-1].content
    draft = one.draft(request, Completion("Autre *tournure*.\n", 3, True), known)
    assert draft.answer == ANSWER.replace(
        "Une référence laisse la valeur à son propriétaire, qui peut encore s'en servir ensuite.",
        "Autre *tournure*.",
    )
    assert draft.prompt == prompting.prompt_sha256("rephrase")


def test_a_rejected_rephrasing_leaves_the_mutant_its_own_words() -> None:
    one, known = mutants("a"), state(PARENT, rephrase=1)
    [request] = requests(one, SLOT, 1, known)
    assert one.room(SLOT, known) == 0
    facts = {"origin": Origin.MUTATED, "parents": (PARENT.id,), "source": request.source}
    known.learn([rejected(FRENCH, strategy="mutate", **facts)])
    [again] = requests(one, SLOT, 1, known)
    assert again.source == "a"
    assert one.prompt(again, known) is None
    assert one.room(SLOT, known) == 0
