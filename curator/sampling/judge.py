"""Check answers to sampled tasks, in the sandbox: by their task's check, and against its forgery.

What evaluation/solving checks is asked of the program that an answer means. A program that prints
the expected lines is only worth that if they come from the learner's code: its main must use what
the learner's uses, or be the reference's; it must not leave early, nor bring its own `println!`,
nor have the lines, or its main their numbers, as they are printed. What passes hidden tests must
not decide by itself what is equal.
"""

import re
from collections.abc import Sequence

from pydantic import TypeAdapter

from curator.evaluation.solving.items import is_statements, items_in, names_in
from curator.evaluation.solving.kinds import Check, Prints
from curator.evaluation.solving.programs import rust_fences
from curator.evaluation.solving.run import Machine, Outcome, Question, check_answers
from curator.records.samples import SampledTask
from curator.rust.source import analyse
from curator.rust.syntax import text_of, tree_of
from curator.sampling.derive import identifiers, literals, main_of

_CHECK: TypeAdapter[Check] = TypeAdapter(Check)
_LEAVES = frozenset(
    ("exit", "abort", "_exit", "quick_exit", "catch_unwind", "extern", "link_name", "asm")
)
_STD_NAMES = """print println eprint eprintln format write writeln format_args std vec assert
assert_eq assert_ne panic matches concat stringify"""
_OF_STD = frozenset(_STD_NAMES.split())
_EQUALS = "impl PartialEq for "
_NUMBER = re.compile(r"\d[\d_]*(?:\.\d+)?")
_MACRO = re.compile(r"\bmacro_rules\s*!\s*(\w+)")


def check_of(task: SampledTask) -> Check:
    """Return the check of a task; raises ValidationError for what is none."""
    return _CHECK.validate_python(task.check)


def judge(pairs: Sequence[tuple[SampledTask, str]], machine: Machine) -> list[Outcome]:
    """Check each answer in (task, answer), in order; raises CompilerError as check_answers."""
    outcomes = check_answers([question_of(task, text) for task, text in pairs], machine)
    return [_guarded(task, one) for (task, _), one in zip(pairs, outcomes, strict=True)]


def question_of(task: SampledTask, answer: str) -> Question:
    """Return what is checked of an answer; where another main runs, its own is away."""
    if not task.main:
        return Question(task.question, check_of(task), answer)
    theirs = [without_main(code) for code in rust_fences(task.question)]
    own = [without_main(code) for code in rust_fences(answer) if not is_statements(code)]
    return Question(fenced([*theirs, task.main]), check_of(task), fenced(own))


def fenced(codes: Sequence[str]) -> str:
    """Write blocks of Rust, with marks that none of them has."""
    runs = [len(run) for code in codes for run in re.findall(r"`+", code)]
    marks = "`" * max(3, max(runs, default=0) + 1)
    return "\n\n".join(f"{marks}rust\n{code}\n{marks}" for code in codes)


def without_main(code: str) -> str:
    """Return a text without the `fn main` at its top level, and the attributes above it."""
    data, first = code.encode("utf-8", "replace"), None
    for node in tree_of(code).children:
        if node.type == "attribute_item":
            first = node.start_byte if first is None else first
            continue
        if node.type == "function_item" and text_of(node.child_by_field_name("name")) == "main":
            start = node.start_byte if first is None else first
            return (data[:start] + data[node.end_byte :]).decode("utf-8", "replace")
        first = None
    return code


def _guarded(task: SampledTask, outcome: Outcome) -> Outcome:
    """Refuse an outcome that was won by the lines alone, or by an equality of its own."""
    if not outcome.solved:
        return outcome
    check = check_of(task)
    why = _unequal(task, outcome.program)
    if not why and isinstance(check, Prints):
        why = _forged(task, outcome.program) or _recited(task, check, outcome.program)
    return Outcome(False, why, outcome.program) if why else outcome


def _shown(task: SampledTask) -> list[str]:
    """Return the blocks of a task's question and reference."""
    return rust_fences(f"{task.question}\n\n{task.reference}")


def _known(task: SampledTask) -> str:
    return "\n".join(_shown(task))


def _unequal(task: SampledTask, program: str) -> str:
    new = names_in(program) - names_in(_known(task))
    own = sorted(name for name in new if name.startswith(_EQUALS))
    return f"it says itself what is equal: {own[0]}" if own else ""


def _recited(task: SampledTask, check: Prints, program: str) -> str:
    """Say which of the expected lines a program has as they are printed, or their numbers."""
    known = _known(task)
    lines = {line.strip() for line in check.output.splitlines()}
    new = {*literals(program)} - {*literals(known)}
    for part in (part.strip() for text in new for part in text[1:-1].split("\\n")):
        if part in lines and re.search(r"\d|\s", part):  # one word may be the name of a variant
            return f"it has a line as it is printed: {part}"
    if task.main:
        return ""
    main = analyse(main_of(program)).without_comments()
    wanted = {*_NUMBER.findall(check.output)} - {*_NUMBER.findall(known)}
    recited = sorted(wanted & {*_NUMBER.findall(main)})
    return f"its main has what is to be computed: {', '.join(recited)}" if recited else ""


def _forged(task: SampledTask, program: str) -> str:
    known = identifiers(_known(task))
    if leaves := sorted(identifiers(program) & _LEAVES - known):
        return f"it leaves early, by {', '.join(leaves)}"
    source = analyse(program)
    own = {*source.defines, *_MACRO.findall(source.bare)} & _OF_STD
    if own := own - {name for name in own if name in known and name == "std"}:
        return f"it has its own {', '.join(sorted(own))}"
    if task.main:
        mains = [item.text for item in items_in(program) if item.name == "fn main"]
        return "" if mains == [task.main] else "it brings a main of its own"
    main = identifiers(main_of(program))
    if "return" in main and not any("return" in identifiers(main_of(one)) for one in _shown(task)):
        return "its main leaves early, by return"
    lacking = [name for name in task.uses if name not in main]
    return f"its main no longer uses {', '.join(lacking)}" if lacking else ""
