"""Prove the checks of tasks before anything is asked: they accept what is right, and only that.

The reference passes; the learner's own code does not, nor do the expected lines by themselves. What
a program prints is what the reference's prints, in two runs of it.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from curator.base.progress import Progress, silent
from curator.evaluation.solving.programs import programs, rust_fences
from curator.evaluation.solving.run import Machine, refusal
from curator.records.samples import LeftOut, SampledTask
from curator.rust.source import analyse
from curator.sampling.derive import Derived, Underivable, derive, unforeseen
from curator.sampling.judge import fenced, judge, question_of
from curator.sampling.tasks import Asked

_UNKNOWN = "?"  # what a program prints, before it was run


class Proved(NamedTuple):
    """The tasks with a proven check, and the others with the reason."""

    tasks: list[SampledTask]
    left_out: list[LeftOut]


def prove(asked: Sequence[Asked], machine: Machine, progress: Progress = silent) -> Proved:
    """Derive a check for each row and prove it; raises CompilerError for what is not there."""
    begun, left_out = list[SampledTask](), list[LeftOut]()
    for one in asked:
        derived = derive(one.question, one.reference)
        if isinstance(derived, Underivable):
            left_out.append(one.left_out(derived.reason, derived.detail))
        else:
            begun.append(_task(one, derived))
    progress("running the references", 0, 0)
    ready = list[SampledTask]()
    for found in _with_outputs(begun, machine):
        if isinstance(found, LeftOut):
            left_out.append(found)
        else:
            ready.append(found)
    progress("proving the checks", 0, 0)
    faults = list(zip(ready, _faults(ready, machine), strict=True))
    left_out += [_out(task, *fault) for task, fault in faults if fault]
    places = {one.id: at for at, one in enumerate(asked)}
    left_out.sort(key=lambda one: places[one.id])
    return Proved([task for task, fault in faults if not fault], left_out)


def _out(task: SampledTask, reason: str, detail: str = "") -> LeftOut:
    return LeftOut(id=task.id, category=task.category, reason=reason, detail=detail[:300])


def _task(one: Asked, derived: Derived) -> SampledTask:
    check = {"kind": "prints", "keeps": derived.keeps, "output": _UNKNOWN}
    if derived.tests:
        check = {"kind": "tests", "keeps": derived.keeps, "tests": derived.tests}
    return one.task(check, derived.uses, derived.main)


def _with_outputs(
    tasks: Sequence[SampledTask], machine: Machine
) -> Iterator[SampledTask | LeftOut]:
    """Yield the tasks, with what their programs print; those whose lines cannot be asked for."""
    printing = [task for task in tasks if task.check["kind"] == "prints"]
    found = _printed([_programs(task) for task in printing], machine)
    outputs = {task.id: one for task, one in zip(printing, found, strict=True)}
    for task in tasks:
        if task.id not in outputs:
            yield task
            continue
        text, why = outputs[task.id]
        if why or not text.strip():
            yield _out(task, "reference_fails" if why else "prints_nothing", why)
        elif words := unforeseen(task.question, task.main, text):
            yield _out(task, "unforeseeable", f"it prints {', '.join(words)}")
        else:
            yield task.model_copy(update={"check": {**task.check, "output": text}})


def _programs(task: SampledTask) -> list[str]:
    asked = question_of(task, task.reference)
    texts = programs(asked.answer, asked.prompt, task.check["keeps"])
    return [text for text in texts if analyse(text).has_main]


def _printed(attempts: Sequence[Sequence[str]], machine: Machine) -> list[tuple[str, str]]:
    """Return what the first text of each that compiles prints, and why there is no such output."""
    fresh = Machine(machine.compiler, machine.runner)  # the cache may know a run: this is another
    texts = list(dict.fromkeys(text for some in attempts for text in some))
    compiled = dict(zip(texts, machine.compiled(texts), strict=True))
    firsts = [next((text for text in some if compiled[text].ok), "") for some in attempts]
    begun = [text for text in dict.fromkeys(firsts) if text]
    runs = dict(zip(begun, fresh.ran(begun), strict=True))
    found = list[tuple[str, str]]()
    for some, first in zip(attempts, firsts, strict=True):
        if not first:
            found.append(("", refusal(compiled[some[-1]]) if some else "it is no program"))
        elif runs[first].ended != "ok":
            found.append(("", f"its program ends with {runs[first].ended}"))
        else:
            found.append((runs[first].stdout, ""))
    return found


def _faults(tasks: Sequence[SampledTask], machine: Machine) -> list[tuple[str, str] | None]:
    """Say of each check why it does not count; None for one that does."""
    right = judge([(task, task.reference) for task in tasks], machine)
    own = judge([(task, fenced(rust_fences(task.question))) for task in tasks], machine)
    lines = judge([(task, _lines_alone(task)) for task in tasks], machine)
    faults = list[tuple[str, str] | None]()
    for good, bad, forged in zip(right, own, lines, strict=True):
        if not good.solved:
            faults.append(("reference_fails", good.why))
        elif bad.solved:
            faults.append(("question_passes", "the learner's own code passes the check"))
        elif forged.solved:
            faults.append(("lines_pass", "a program that prints the lines passes the check"))
        else:
            faults.append(None)
    return faults


def _lines_alone(task: SampledTask) -> str:
    """Return an answer that prints what is expected, and does nothing else."""
    said = str(task.check.get("output", "")).replace("\\", "\\\\").replace('"', '\\"')
    return fenced([f'fn main() {{\n    print!("{{}}", "{said}");\n}}'])
