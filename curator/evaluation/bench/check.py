"""Tell which answers to tasks pass their tests, in the sandbox."""

import re
from collections.abc import Sequence

from curator.evaluation.bench.tasks import Mode, Task
from curator.evaluation.solving.items import items_in
from curator.evaluation.solving.kinds import Check, Compiles, Tests
from curator.evaluation.solving.programs import rust_fences
from curator.evaluation.solving.run import Machine, Outcome, Question, check_answers
from curator.rust.source import analyse

_HERE = frozenset(("std", "core", "alloc", "crate", "self", "super"))


def check_tasks(answers: Sequence[tuple[Task, str]], mode: Mode, machine: Machine) -> list[Outcome]:
    """Check an answer to each task; in order."""
    return check_answers([_question(task, text, mode) for task, text in answers], machine)


def canonical(task: Task) -> str:
    """Return the task's own solution, as an answer in the mode "completion"."""
    return task.canonical_solution


def _question(task: Task, answer: str, mode: Mode) -> Question:
    if mode == "completion":
        function, after = completed_body(task, answer)
        codes, beside = [function], f"{_imports(task)}\n{after}"
    else:
        codes = [without_main(code) for code in rust_fences(answer) or [answer]]
        beside = _imports(task)
    # What stands beside the function completes it where it does not compile by itself.
    return Question(_fenced([beside]), _check(task), _fenced(codes))


def _fenced(codes: Sequence[str]) -> str:
    return "\n\n".join(f"```rust\n{without_strangers(code)}\n```" for code in codes)


def _check(task: Task) -> Check:
    """Return the task's tests; without any, a solution is what compiles."""
    keeps = (f"fn {task.name}",)
    if not task.tests:
        return Compiles(kind="compiles", keeps=keeps)
    return Tests(kind="tests", keeps=keeps, tests=task.tests)


def _imports(task: Task) -> str:
    """Return what stands above the function's head."""
    return task.declaration[: task.declaration.rindex("fn ")]


def completed_body(task: Task, text: str) -> tuple[str, str]:
    """Return the function with a body, up to where it ends, and what a model went on to."""
    whole = task.declaration + text
    end = _end_of_body(whole, len(_imports(task)))
    return whole[:end], whole[end:]


def without_main(code: str) -> str:
    """Drop the demonstration that answers bring along: nobody asked for it, whether it is right."""
    head = re.search(r"^(?:pub\s+)?fn\s+main\s*\(", analyse(code).bare, re.MULTILINE)
    if head is None:
        return code
    return code[: head.start()] + code[_end_of_body(code, head.start()) :]


def _end_of_body(code: str, begin: int) -> int:
    """Return where the first body after a place ends; the end of the text for one that is cut."""
    depth = 0
    for found in re.finditer(r"[{}]", analyse(code).bare[begin:]):
        depth += 1 if found.group() == "{" else -1
        if not depth:
            return begin + found.end()
    return len(code)


def without_strangers(code: str) -> str:
    """Drop the imports of crates that are not there, where nothing needs what they bring."""
    bare = analyse(code).bare
    for item in items_in(code):
        root = re.match(r"use\s+(?:::)?(\w+)", item.text)
        if item.name != "use" or root is None or root[1] in _HERE:
            continue
        used = any(len(re.findall(rf"\b{name}\b", bare)) > 1 for name in item.brings)
        if not used:
            code = re.sub(rf"^[ \t]*use\s+(?:::)?{root[1]}\b[^;]*;", "", code, flags=re.MULTILINE)
    return code
