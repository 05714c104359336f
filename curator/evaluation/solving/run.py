"""Run the checks of many answers at once: compiled and run in the sandbox, never elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from curator.evaluation.ideas import count
from curator.evaluation.solving.groups import Group, Said
from curator.evaluation.solving.hidden import examined
from curator.evaluation.solving.items import names_in
from curator.evaluation.solving.kinds import Check, Claim, Compiles, Prints, Tests
from curator.evaluation.solving.programs import programs, rust_fences
from curator.rust.cache import Cache, compile_cached
from curator.rust.compiler import Compilation, Compiler
from curator.rust.run_programs import run_cached
from curator.rust.runner import Run, Runner, matches_output
from curator.rust.source import analyse
from curator.rust.unit import Unit

EDITION = "2021"
_ENDED = {
    "panicked": "it panics",
    "failed": "it fails",
    "time": "it does not end in its time",
    "output": "it prints more than it may",
    "not_built": "it cannot be linked",
}


@dataclass(frozen=True)
class Question:
    """An answer to be checked, with the prompt that it answers."""

    prompt: str
    check: Check
    answer: str


@dataclass(frozen=True)
class Outcome:
    """Whether an answer solves its question; `why` says what is missing where it does not.

    `program` is the text that was judged, "" where none was. `compiles` tells of an answer that
    does not solve its question whether its program compiles at least, where the learner's does not.
    """

    solved: bool
    why: str = ""
    program: str = ""
    compiles: bool = False


@dataclass(frozen=True)
class Machine:
    """What compiles and runs programs."""

    compiler: Compiler
    runner: Runner
    cache: Cache | None = None

    def compiled(self, texts: Sequence[str]) -> list[Compilation]:
        """Compile programs, many in a run of rustc."""
        units = [Unit(text, EDITION) for text in texts]
        return compile_cached(units, self.compiler, self.cache)

    def ran(self, texts: Sequence[str]) -> list[Run]:
        """Run programs that compile."""
        return run_cached([(Unit(t, EDITION), "bin") for t in texts], self.runner, self.cache)


@dataclass
class _Attempt:
    """What was tried of a question so far: the texts left to try, and the last outcome."""

    question: Question
    left: list[str]
    outcome: Outcome
    settled: bool = False
    program: str = ""
    mark: str = ""


def check_answers(questions: Sequence[Question], machine: Machine | None) -> list[Outcome]:
    """Check answers, in order; raises CompilerError only for what this machine lacks.

    Claims need no machine, all others one.
    """
    attempts = [_begun(question) for question in questions]
    while machine and (waiting := [one for one in attempts if not one.settled]):
        _round(waiting, machine)
    return [one.outcome for one in attempts]


def grade_answers(questions: Sequence[Question], machine: Machine | None) -> list[Outcome]:
    """Check answers, and tell of those that solve nothing whether they mend what does not compile.

    For a score; who asks only what is solved, as a bench does, spares the compiling. Raises as
    check_answers.
    """
    outcomes = check_answers(questions, machine)
    if machine is None:
        return outcomes
    failed = [q for q, outcome in zip(questions, outcomes, strict=True) if not outcome.solved]
    own = {q: _texts(q, q.answer) for q in failed}
    learner = {(q.prompt, q.check): _texts(q, q.prompt) for q in failed if own[q]}
    texts = list(dict.fromkeys(t for each in (own, learner) for ts in each.values() for t in ts))
    sound = {t for t, said in zip(texts, machine.compiled(texts), strict=True) if said.ok}

    def mends(question: Question) -> bool:
        before = learner.get((question.prompt, question.check), [])
        return not sound.isdisjoint(own[question]) and sound.isdisjoint(before)

    return [
        outcome if outcome.solved else replace(outcome, compiles=mends(question))
        for question, outcome in zip(questions, outcomes, strict=True)
    ]


def _texts(question: Question, text: str) -> list[str]:
    """Return the programs that a text may mean, without hidden tests; none for a claim."""
    check = question.check
    if isinstance(check, Claim):
        return []
    return programs(text, question.prompt, check.keeps, not isinstance(check, Tests))


def _begun(question: Question) -> _Attempt:
    check = question.check
    if isinstance(check, Claim):
        return _Attempt(question, [], _claimed(check, question), settled=True)
    main = not isinstance(check, Tests)
    left = programs(question.answer, question.prompt, check.keeps, main)
    if isinstance(check, Prints):
        left = [text for text in left if analyse(text).has_main]
    if left:
        return _Attempt(question, left, Outcome(False))
    wanted = ", ".join(check.keeps) or "a program"
    return _Attempt(question, [], Outcome(False, f"no fence has {wanted}"), settled=True)


def _round(attempts: Sequence[_Attempt], machine: Machine) -> None:
    """Compile the next text of each attempt, and run those that compile."""
    for one in attempts:
        one.program, one.mark = one.left.pop(0), ""
        if isinstance(one.question.check, Tests):
            one.program, one.mark = examined(one.program, one.question.check.tests)
    outcomes = machine.compiled([one.program for one in attempts])
    sound = []
    for one, said in zip(attempts, outcomes, strict=True):
        if said.ok:
            sound.append(one)
        else:
            one.outcome = Outcome(False, refusal(said), one.program)
            one.settled = not one.left
    _run(sound, machine)


def _run(attempts: Sequence[_Attempt], machine: Machine) -> None:
    begun = [one for one in attempts if analyse(one.program).has_main]
    runs = machine.ran([one.program for one in begun])
    by_attempt = {id(one): run for one, run in zip(begun, runs, strict=True)}
    for one in attempts:
        one.settled = True
        why = _fault(one, by_attempt.get(id(one)))
        one.outcome = Outcome(not why, why, one.program)


def refusal(said: Compilation) -> str:
    """Say why a program does not compile."""
    first = said.errors[0] if said.errors else None
    if first is None:
        return f"rustc stopped: {said.problem}"
    return " ".join(["does not compile:", first.code, first.message]).replace(":  ", ": ")


def _fault(one: _Attempt, run: Run | None) -> str:
    """Say what is wrong with a program that compiles; "" for one that solves its question."""
    check = one.question.check
    if run and run.ended != "ok":
        lines = (line for line in run.stderr.splitlines() if "panicked at" not in line)
        told = next((line for line in lines if line.strip()), "")
        return f"{_ENDED.get(run.ended, run.ended)}: {told.strip()}".rstrip(": ")
    if isinstance(check, Tests):
        passed = run is not None and run.stdout.rstrip().endswith(f"\n{one.mark}")
        return "" if passed else "it ends before its tests do"
    if isinstance(check, Prints):
        printed = run.stdout if run else ""
        return "" if matches_output(check.output, printed) else f"it prints {printed[:200]!r}"
    if isinstance(check, Compiles):
        lacking = [g for g in check.code if not g.found(_of_program(one.program))]
        return f"no {_names(lacking)} in its code" if lacking else ""
    return ""


def _of_program(program: str) -> Said:
    return Said(f"```rust\n{program}\n```")


def _names(groups: Sequence[Group]) -> str:
    return ", ".join("|".join(group.any) for group in groups)


def _claimed(check: Claim, question: Question) -> Outcome:
    said = count(check.says, question.prompt, question.answer, rust_fences(question.answer))
    if not all(said):
        lacking = [group for group, there in zip(check.says, said, strict=True) if not there]
        return Outcome(False, f"does not say {_names(lacking)}")
    wrong = [group for group in check.never if group.found(Said(question.answer))]
    return Outcome(not wrong, f"says {_names(wrong)}" if wrong else "")


def claim_faults(check: Claim, machine: Machine) -> str:
    """Say why a claim's outcome is not what comes of its program; "" where it is."""
    (said,) = machine.compiled([check.program])
    outcome = check.outcome
    if outcome.error:
        return "" if outcome.error in said.codes else f"rustc gives {sorted(said.codes)}"
    if outcome.compiles is False:
        return "it compiles" if said.ok else ""
    if not said.ok:
        return refusal(said)
    if outcome.compiles:
        return ""
    (run,) = machine.ran([check.program])
    if outcome.panics is not None:
        panicked = run.ended == "panicked" and outcome.panics in run.stderr
        return "" if panicked else f"it ends with {run.ended}: {run.stderr[:200]}"
    printed = run.ended == "ok" and matches_output(outcome.output or "", run.stdout)
    return "" if printed else f"it ends with {run.ended} and prints {run.stdout[:200]!r}"


def unkept(check: Check, texts: Sequence[str]) -> list[str]:
    """Return the items of a check that none of some texts has: they are asked of nobody."""
    names = {name for text in texts for name in names_in(text)}
    return [] if isinstance(check, Claim) else [name for name in check.keeps if name not in names]
