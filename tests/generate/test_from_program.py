"""from_program stage by stage: a scripted model, the real rustc, our own mutations."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from curator.filters.structure import StructureFilter, StructureSettings
from curator.generate.batch import Batch, Plan
from curator.generate.bench import Bench
from curator.generate.mutate.pool import find_mutants
from curator.generate.parts import Lesson, choose_part, read_part, request_part
from curator.generate.recipe import AugmentRecipe, GenerateSettings
from curator.generate.request import Request
from curator.generate.rounds import drive
from curator.generate.runner import BatchRunner, BatchTools
from curator.generate.strategies.base import BatchState, Draft, Rounds
from curator.generate.strategies.from_program import FromProgram
from curator.models.base import ChatRequest, Completion, Message
from curator.models.scripted import ScriptedModel
from curator.records.example import Provenance
from curator.records.taxonomy import Category, Difficulty, Slot
from curator.records.topic import Topic
from curator.rust.compiler import Rustc
from curator.rust.document import Options
from tests.conftest import make_example

MODEL = """
fn main() {
    let mut compteur = 0;
    for passage in [3, 4, 5] {
        compteur += passage;
    }
    println!("{compteur} passages");
}
"""
WRITTEN = """fn main() {
    let mut stock = 40;
    stock -= 12;
    stock += 5;
    println!("{stock} pommes en réserve");
}
```
"""
SENTENCE = "Je compte les pommes qui restent en réserve."
SLOT = Slot(Topic.BORROWING, Difficulty.DEBUTANT, Category.DEBUG)


def main(*lines: str) -> str:
    """Write a program as a model does, up to the end of its fence."""
    return "\n".join(["fn main() {", *(f"    {line}" for line in lines), "}", "```"])


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(Rustc(), Options())


@pytest.fixture(scope="module")
def strategy(bench: Bench) -> FromProgram:
    parent = make_example(answer=f"```rust{MODEL}```")
    mutants = find_mutants([parent], bench.compiler, bench.options, frozenset({"drop_mut"}))
    return FromProgram(mutants, bench)


def state(**settings: object) -> BatchState:
    return BatchState([], GenerateSettings(**{"programs": 1, "samples": 1, **settings}))  # type: ignore[arg-type]


def requests(strategy: FromProgram, count: int, known: BatchState) -> list[Request]:
    tasks = strategy.tasks(SLOT, count, known, seed=1)
    labels = dict(zip(("topic", "difficulty", "category"), SLOT, strict=True))
    return [
        Request.model_validate(
            {**labels, **task._asdict(), "strategy": strategy.name, "seed": n, "index": n}
        )
        for n, task in enumerate(tasks)
    ]


def is_program(messages: Sequence[Message]) -> bool:
    return messages[-1].role == "assistant"


def answer(messages: Sequence[Message], seed: int) -> str:
    return WRITTEN if is_program(messages) else SENTENCE


def make(strategy: FromProgram, script: object, known: BatchState, count: int = 1) -> list[Draft]:
    model = ScriptedModel(script)  # type: ignore[arg-type]
    run = strategy.make(requests(strategy, count, known), known)
    return drive([run], lambda asked, turn: model.complete(asked))


@pytest.mark.slow
def test_a_program_becomes_a_lesson_about_facts(strategy: FromProgram) -> None:
    [draft] = make(strategy, answer, state())
    assert draft.question.startswith(SENTENCE)
    assert "```rust,compile_fail,E0384\nfn main() {\n    let stock = 40;" in draft.question or (
        "```rust,compile_fail,E0596" in draft.question
    )
    assert "let mut stock = 40;" in draft.answer
    assert [(s.name, s.kept) for s in draft.stages or ()] == [
        ("program", True), ("error", True), ("question", True),
    ]  # fmt: skip
    assert draft.tokens == sum(s.tokens for s in draft.stages or ())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (main("let stock = 40;", "stock += 5;", 'println!("{stock}");'), "does_not_compile"),
        (main("let stock = 40;", "let _ = stock + 1;"), "no_output"),
        (main("let mut stock = 40;", 'println!("{stock}");'), "warning"),
        (main("let stock: Option<i32> = None;", 'println!("{}", stock.unwrap());'), "does_not_run"),
        ("fn reste(stock: i32) -> i32 {\n    stock - 1\n}\n```", "nothing_to_run"),
        (f"{MODEL}```", "copied"),
        (main("let sort: u8 = rand::random();", 'println!("{sort}");'), "needs_more"),
        (main("let quantity = 4;", 'println!("{quantity}");'), "foreign_name"),
        (main("let laPomme = 4;", 'println!("{laPomme}");'), "unidiomatic_name"),
        (main("let sac: Option<u8> = None;", 'println!("{sac:?}");'), "no_output"),
        (main('let sac = "3 kg de noix";', 'println!("{sac} kg de noix");'), "repeated_words"),
    ],
)  # fmt: skip
def test_a_program_that_is_of_no_use_ends_its_candidate(
    strategy: FromProgram, bench: Bench, written: str, reason: str
) -> None:
    running = replace(bench, options=replace(bench.options, runner=_runner()))
    one = FromProgram(strategy._models, running)
    asked: list[int] = []

    def script(messages: Sequence[Message], seed: int) -> str:
        asked.append(seed)
        return written

    [draft] = make(one, script, state())
    assert (draft.question, len(asked)) == ("", 1)  # nothing more was spent on it
    [stage] = draft.stages or ()
    assert (stage.name, stage.kept, stage.reason) == ("program", False, reason)
    verdict = _judged(draft)
    assert (verdict.reason, verdict.detail.split()[:2]) == ("unfinished", ["program:", reason])


def _runner() -> object:
    from curator.generate.mutate.running import find_runner

    runner = find_runner()
    if runner is None:
        pytest.skip("programs cannot be run here")
    return runner


def _judged(draft: Draft) -> object:
    facts = {
        "origin": draft.origin, "created": "2026-01-01T00:00:00Z", "toolkit": "0", "seed": 1,
        "model": ScriptedModel(answer).ref, "prompt_sha256": draft.prompt,
        "sampling": draft.sampling, "stages": draft.stages,
    }  # fmt: skip
    example = make_example(
        question=draft.question, answer=draft.answer, provenance=Provenance.model_validate(facts)
    )
    [verdict] = StructureFilter(StructureSettings()).judge([example])
    return verdict


def test_only_what_a_mutation_can_serve_is_offered(strategy: FromProgram) -> None:
    assert strategy.room(SLOT, state()) > 10**6
    assert strategy.room(SLOT._replace(difficulty=Difficulty.AVANCE), state()) == 0
    assert strategy.room(SLOT._replace(topic=Topic.ASYNC), state()) == 0


def test_a_program_without_a_place_for_the_error_ends_its_candidate(strategy: FromProgram) -> None:
    plain = 'fn main() {\n    println!("bonjour");\n}\n```'
    [draft] = make(strategy, lambda m, s: plain, state())
    assert [(s.name, s.reason) for s in draft.stages or ()] == [
        ("program", ""),
        ("error", "no_error"),
    ]


def test_a_part_that_fails_is_asked_again_and_then_keeps_the_facts(strategy: FromProgram) -> None:
    said: list[str] = []

    def script(messages: Sequence[Message], seed: int) -> str:
        if is_program(messages):
            return WRITTEN
        said.append("")
        return "Je corrige une erreur de compilation."

    [draft] = make(strategy, script, state(retries=1))
    assert len(said) == 2
    assert "corrige une erreur" not in draft.question
    assert draft.question  # the mutation's own opening
    last = (draft.stages or ())[-1]
    assert (last.name, last.kept, last.tries, last.reason) == (
        "question", False, 2, "speaks_of_outcome",
    )  # fmt: skip


def test_of_several_sentences_the_one_is_taken_that_the_others_agree_with(
    strategy: FromProgram,
) -> None:
    lesson = _lesson(strategy)
    same = ["Je compte les pommes en réserve.", "Je compte des pommes de la réserve."]
    chosen = choose_part(lesson, "question", ["Je vends la réserve à mes voisins.", *same])
    assert chosen.text in same
    assert 0 < (chosen.agreement or 0) < 1


def _lesson(strategy: FromProgram) -> Lesson:
    bench = strategy._bench
    parent = make_example(answer=f"```rust\n{WRITTEN}")
    [mutant] = find_mutants([parent], bench.compiler, bench.options, frozenset({"drop_mut"}))
    return Lesson(mutant, Category.DEBUG, *mutant.render(Category.DEBUG, 1))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("Je ajoute des pommes à la réserve.", ""),
        ("J'ai 40 pommes en réserve.", ""),
        ("Je résumé la réserve de pommes.", "wrong_verb"),
        ("J'ai 41 pommes en réserve.", "unknown_number"),
        ("Je compte les habitants de mon village.", "off_program"),
        ("Je compte les pommes avec un inondage.", "unknown_word"),
        ("Je compte les pommes de la reserve.", "unknown_word"),
        ("Je compte les pommes en réserve", "unfinished"),
        ("Je corrige mon programme de pommes.", "speaks_of_outcome"),
        ("I count the apples of the réserve.", "wrong_verb"),
    ],
)
def test_a_sentence_is_held_against_the_program(
    strategy: FromProgram, written: str, fault: str
) -> None:
    assert read_part(_lesson(strategy), "question", written)[1] == fault


@pytest.mark.slow
@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("`stock` change, donc sa déclaration demande `mut`.", ""),
        ("`reserve` change, donc sa déclaration demande `mut`.", "unknown_name"),
        ("`stock` change 77 fois, donc sa déclaration demande `mut`.", "unknown_number"),
        ("`stock` changes, so that its declaration must have `mut` in this case.", "not_french"),
        ("`stock` change, donc sa déclaration demande `mut.", "unclosed_code"),
    ],
)  # fmt: skip
def test_prose_names_only_what_the_facts_name(
    strategy: FromProgram, written: str, fault: str
) -> None:
    assert read_part(_lesson(strategy), "tldr", written)[1] == fault


@pytest.mark.slow
def test_a_sentence_opens_a_question_about_a_program(strategy: FromProgram) -> None:
    lesson = _lesson(strategy)
    for form, end in ((Category.CONCEPTS, " :"), (Category.EXERCISES, ", mais rustc le refuse :")):
        other = Lesson(lesson.mutant, form, *lesson.mutant.render(form, 1))
        question = other.with_part("question", "Le programme suivant compte des pommes.").question
        opening, _, rest = question.partition("\n\n")
        assert opening == f"Le programme suivant compte des pommes{end}"
        assert rest == other.question.partition("\n\n")[2]


@pytest.mark.slow
@pytest.mark.parametrize("part", ["question", "tldr", "explanation", "points"])
def test_every_part_has_a_request_and_a_place(strategy: FromProgram, part: str) -> None:
    lesson = _lesson(strategy)
    asked = request_part(lesson, part, 1, 0, GenerateSettings())  # type: ignore[arg-type]
    assert lesson.program in asked.messages[-1].content
    assert asked.grammar
    text = "- Un point neuf.\n- Un autre." if part == "points" else "Voici un texte tout neuf."
    changed = lesson.with_part(part, text)
    assert text in changed.question + changed.answer
    assert (changed.question == lesson.question) == (part != "question")
    titles = [line for line in lesson.answer.splitlines() if line.startswith("## ")]
    assert [line for line in changed.answer.splitlines() if line.startswith("## ")] == titles


@pytest.mark.slow
def test_facts_of_a_part_hold_no_other_program(strategy: FromProgram) -> None:
    facts = _lesson(strategy).facts("tldr")
    assert "`stock`" in facts
    assert "```" not in facts


@pytest.mark.slow
def test_the_same_texts_give_the_same_drafts(strategy: FromProgram) -> None:
    known = state(programs=2, samples=2)
    assert make(strategy, answer, known, 2) == make(strategy, answer, known, 2)


@pytest.mark.slow
def test_two_candidates_never_share_a_program(strategy: FromProgram) -> None:
    one, other = make(strategy, answer, state(), 2)  # both wrote the same program
    assert bool(one.question) + bool(other.question) == 1 or one.question != other.question


def test_rounds_of_several_runs_are_asked_together() -> None:
    def run(name: str, turns: int) -> Rounds:
        for turn in range(turns):
            [text] = yield [_ask(f"{name}{turn}")]
        return [Draft(text.text, "", None)]  # type: ignore[arg-type]

    asked: list[list[str]] = []

    def ask(wanted: Sequence[ChatRequest], turn: int) -> list[Completion]:
        asked.append([r.messages[0].content for r in wanted])
        return [Completion(r.messages[0].content, 1, True) for r in wanted]

    drafts = drive([run("a", 1), run("b", 3)], ask)
    assert asked == [["a0", "b0"], ["b1"], ["b2"]]
    assert [d.question for d in drafts] == ["a0", "b2"]


def _ask(text: str) -> ChatRequest:
    return ChatRequest((Message("user", text),), GenerateSettings().sampling, 1)


@pytest.mark.slow
@pytest.mark.parametrize("killed_after", [1, 2])
def test_a_batch_killed_between_two_rounds_goes_on_to_the_same_files(
    strategy: FromProgram, tmp_path: Path, killed_after: int
) -> None:
    recipe = AugmentRecipe(
        generate=GenerateSettings(strategies=("from_program",), programs=1, samples=1),
        stop={"candidates": 1},  # type: ignore[arg-type]
    )
    plan = Plan({"model": None}, 1, datetime(2026, 1, 1, tzinfo=UTC), None, {SLOT: 1.0}, {})

    class Killed(BaseException):
        """Stands for the end of the process."""

    class Dying(ScriptedModel):
        rounds = 0

        def complete(self, asked: Sequence[ChatRequest], done: object = None) -> list[Completion]:  # type: ignore[override]
            Dying.rounds += 1
            if Dying.rounds > killed_after:
                raise Killed
            return super().complete(asked)

    def run(name: str, model: ScriptedModel) -> bytes:
        batch = Batch(tmp_path / f"{name}-s0001-0")
        batch.begin(plan)
        tools = BatchTools({"from_program": strategy}, model, None, lambda *_: None)
        BatchRunner(batch, recipe, tools, BatchState([], recipe.generate)).run()
        return (batch.folder / "waves" / "0000.candidates.jsonl").read_bytes()

    whole = run("a", ScriptedModel(answer))
    with pytest.raises(Killed) if killed_after == 1 else _nothing():
        run("b", Dying(answer))
    again = ScriptedModel(answer)
    resumed = run("b", again)
    assert again.asked == (1 if killed_after == 1 else 0)  # what was written is not asked for again
    assert _plain(resumed) == _plain(whole)


def _plain(data: bytes) -> dict[str, object]:
    example = json.loads(data)
    example["provenance"].pop("batch")
    return dict(example)


def _nothing() -> object:
    from contextlib import nullcontext

    return nullcontext()
