"""from_program: the model writes small programs, rustc and our mutations the facts about them.

In stages, the cheap ones first, so that tokens are spent only on what can become an example:

    program     the model writes a program like one of the set, for another situation; kept if it
                compiles, runs, prints and is no copy
    error       our mutations make in it an error of the slot's topic and level, which rustc proves;
                program, message and correction are facts, and their wording is the mutation's
    <part>      the model writes parts of the text about these facts (generate.parts)
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

from typing_extensions import override

from curator.base.seeds import derive_seed
from curator.generate import parts, prompting
from curator.generate.bench import Bench, prepare
from curator.generate.mutate.pool import Mutant
from curator.generate.parts import Lesson
from curator.generate.programs import FENCE, Trial, read_program
from curator.generate.recipe import AugmentRecipe, PartName
from curator.generate.request import Request
from curator.generate.strategies.base import BatchState, Draft, Rounds, Strategy, Task
from curator.models.base import ChatRequest, Completion, Message
from curator.records.example import Example, Origin, Sampling, Stage
from curator.records.taxonomy import Slot

AUTHOR = "curator from_program (wordings: Claude, Anthropic)"
ENDLESS = 1 << 30
_PROMPTS = ("program_system", "program", "situations", *parts.PROMPTS)
_TOKENS = 420
TEMPERATURE = 0.4  # programs of 0.7 are more often absurd, of 0.3 more often copies
_PROGRAM = 'root ::= line{3,42} "```"\nline ::= ([^`\\n] [^\\n]{0,118})? "\\n"'


@dataclass
class _Work:
    """One candidate on its way: its request, its programs, its lesson, and what stages said."""

    request: Request
    trials: list[Trial] = field(default_factory=list)
    lesson: Lesson | None = None
    stages: list[Stage] = field(default_factory=list)
    tokens: int = 0

    def end(self, stage: Stage) -> None:
        """Note what a stage came to."""
        self.stages.append(stage)
        self.tokens += stage.tokens


class FromProgram(Strategy):
    """Write programs after those of the set that a mutation works on; it never runs out."""

    name = "from_program"
    label_fr = "modèle, programme et erreur prouvée"
    tokens = 300

    def __init__(self, mutants: Sequence[Mutant], bench: Bench):
        self._models = mutants
        self._by_key = {m.key: m for m in mutants}
        self._bench = bench

    @override
    @classmethod
    def from_recipe(cls, recipe: AugmentRecipe, examples: Sequence[Example]) -> Self:
        """Find programs to write after, as the recipe's Rust filter will judge candidates."""
        bench, mutants = prepare(recipe, examples)
        return cls(mutants, bench)

    def _suited(self, slot: Slot) -> list[Mutant]:
        """Return the mutants that show that our mutations can make an error of a slot."""
        cell = [m for m in self._models if (m.topic, m.difficulty) == slot[:2]]
        return [m for m in cell if slot.category in m.categories]

    @override
    def room(self, slot: Slot, state: BatchState) -> int:
        return ENDLESS if self._suited(slot) else 0

    @override
    def tasks(self, slot: Slot, count: int, state: BatchState, seed: int) -> list[Task]:
        """Imitate each program once before one comes again, for another situation each time."""
        draw = random.Random(derive_seed(seed, slot))  # noqa: S311 - variety, not secrecy
        models, situations = self._suited(slot), prompting.prompt_text("situations").splitlines()
        draw.shuffle(models)
        draw.shuffle(situations)
        used = {source.partition("|")[0] for name, source, _ in state.taken if name == self.name}
        models.sort(key=lambda m: m.key in used)
        tasks = []
        for number in range(count if models else 0):
            model = models[number % len(models)]
            idea = situations[number % len(situations)]
            tasks.append(Task(idea, (model.parent,), f"{model.key}|{idea}"))
        return tasks

    @override
    def make(self, requests: Sequence[Request], state: BatchState) -> Rounds:
        works = [_Work(request) for request in requests]
        copies = range(state.settings.programs)
        written = yield [self._program(w.request, copy, state) for w in works for copy in copies]
        self._try(works, written)
        self._prove(works)
        for attempt in range(1 + state.settings.retries):
            lacking = list(_lacking(works, state.settings.parts))
            if not lacking:
                break
            samples = state.settings.samples
            numbers = range(attempt * samples, (attempt + 1) * samples)
            texts = yield [
                parts.request_part(_lesson(w), part, w.request.seed, number, state.settings)
                for w, part in lacking
                for number in numbers
            ]
            for place, (work, part) in enumerate(lacking):
                _take(work, part, texts[place * samples : (place + 1) * samples])
        return [self._draft(work, state) for work in works]

    def _shown(self, request: Request) -> str:
        """Return the program that a request is to be written after."""
        return self._by_key[(request.source or "").partition("|")[0]].proof.fixed

    def _program(self, request: Request, copy: int, state: BatchState) -> ChatRequest:
        shown = self._shown(request).strip("\n")
        wanted = prompting.fill("program", program=shown, situation=request.idea)
        turns = (
            Message("system", prompting.prompt_text("program_system")),
            Message("user", wanted),
            Message("assistant", f"{FENCE}rust\n"),
        )
        seed = derive_seed(request.seed, "program", copy)
        return ChatRequest(turns, _sampling(state), seed, _PROGRAM)

    def _try(self, works: Sequence[_Work], written: Sequence[Completion]) -> None:
        """Read, compile and run the programs, and note what became of them."""
        each = len(written) // max(1, len(works))
        shown = [self._shown(w.request) for w in works]
        read = [
            read_program(text.text, text.finished, shown[n // each])
            for n, text in enumerate(written)
        ]
        tried = self._bench.try_programs(read)
        for number, work in enumerate(works):
            part = slice(number * each, (number + 1) * each)
            work.trials = tried[part]
            fault = next((t for t in work.trials if t.reason), None)
            kept = any(not t.reason for t in work.trials)
            tokens = sum(text.tokens for text in written[part])
            facts = {"reason": fault.reason, "detail": fault.detail} if fault and not kept else {}
            stage = {"name": "program", "kept": kept, "tries": each, "tokens": tokens, **facts}
            work.end(Stage.model_validate(stage))

    def _prove(self, works: Sequence[_Work]) -> None:
        """Give each candidate an error in a program: its own, or one that nobody else needs."""
        named = {
            f"{w.request.index}.{n}": trial.code
            for w in works
            for n, trial in enumerate(w.trials)
            if not trial.reason
        }
        topics = {w.request.topic for w in works}
        found = self._bench.mutants(named, topics) if named else []
        taken = set[str]()
        for own in (True, False):
            for work in (w for w in works if w.lesson is None):
                mutant = _choose(work, [m for m in found if m.parent not in taken], own, works)
                if mutant:
                    taken.add(mutant.parent)
                    form = work.request.category
                    text = mutant.render(form, work.request.seed)
                    work.lesson = Lesson(mutant, form, *text)
        for work in works:
            kept = work.lesson is not None
            detail = work.lesson.mutant.mutation if work.lesson else ""
            reason = "" if kept else "no_error"
            if kept or work.stages[-1].kept:
                work.end(Stage(name="error", kept=kept, reason=reason, detail=detail))

    def _draft(self, work: _Work, state: BatchState) -> Draft:
        question, answer = "", ""
        if work.lesson:
            question, answer = work.lesson.question, work.lesson.answer
        elif work.trials:  # what failed is kept, so that it can be looked at
            answer = f"{FENCE}rust\n{work.trials[0].code}{FENCE}"
        return Draft(
            question,
            answer,
            Origin.GENERATED,
            prompting.prompt_sha256(*_PROMPTS),
            AUTHOR,
            tokens=work.tokens,
            sampling=_sampling(state),
            stages=tuple(work.stages),
        )


def _sampling(state: BatchState) -> Sampling:
    """Return how a program's tokens are drawn: code repeats itself, and must be able to."""
    update = {"temperature": TEMPERATURE, "repeat_penalty": 1.0, "max_tokens": _TOKENS}
    return state.settings.sampling.model_copy(update=update)


def _lesson(work: _Work) -> Lesson:
    if work.lesson is None:
        raise ValueError("this candidate has no lesson yet")
    return work.lesson


def _choose(
    work: _Work, found: Sequence[Mutant], own: bool, works: Sequence[_Work]
) -> Mutant | None:
    """Choose a mutant for a candidate's slot, of a mutation that the wave has used least."""
    request = work.request
    mine = [
        m
        for m in found
        if (m.topic, m.difficulty) == (request.topic, request.difficulty)
        and request.category in m.categories
        and (not own or m.parent.partition(".")[0] == str(request.index))
    ]
    used = [w.lesson.mutant.mutation for w in works if w.lesson]
    return min(mine, key=lambda m: (used.count(m.mutation), m.key), default=None)


def _lacking(
    works: Sequence[_Work], wanted: Sequence[PartName]
) -> Iterator[tuple[_Work, PartName]]:
    """Yield the parts that are still to be written, candidate by candidate."""
    for work in works:
        written = {stage.name for stage in work.stages if stage.kept}
        if work.lesson:
            yield from ((work, part) for part in wanted if part not in written)


def _take(work: _Work, part: PartName, written: Sequence[Completion]) -> None:
    """Take a part into the lesson if one of its texts passes, and note what became of it."""
    lesson = _lesson(work)
    chosen = parts.choose_part(lesson, part, [one.text for one in written])
    before = next((s for s in work.stages if s.name == part), None)
    if before:
        work.stages.remove(before)
    tokens = sum(one.tokens for one in written)
    stage = {
        "name": part,
        "kept": not chosen.fault,
        "tries": len(written) + (before.tries if before else 0),
        "tokens": tokens + (before.tokens if before else 0),
        "reason": chosen.fault,
        "detail": chosen.text if chosen.fault else "",
        "agreement": chosen.agreement,
    }
    work.stages.append(Stage.model_validate(stage))
    work.tokens += tokens
    if not chosen.fault:
        work.lesson = lesson.with_part(part, chosen.text)
