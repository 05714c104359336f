"""Read HumanEval-X's JSONL for Rust, and ask a model its tasks in one of two ways."""

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from curator.base import store
from curator.base.errors import DataError
from curator.evaluation.solving.hidden import test_count
from curator.models.base import Message
from curator.rust.syntax import text_of, tree_of

Mode = Literal["chat", "completion"]
MODES: tuple[Mode, ...] = ("chat", "completion")
_HEAD = re.compile(r"\bfn\s+(\w+)[^{;]*\{\s*$")
_ASK = (
    "Complete this Rust function. Answer with the whole program, its imports and the function, in "
    "one ```rust block; use the standard library only.\n\n```rust\n{text}```"
)
# GBNF: a text up to a line that begins with the brace that closes a function, as the harnesses of
# HumanEval stop at it. A model that only goes on with a text would fill its limit with other code.
UP_TO_END = r"""root ::= line* ("}" [ \n]{0,3} | [^}\n] [^\n]*)?
line ::= ([^}\n] [^\n]*)? "\n"
"""


class Task(BaseModel):
    """One task: what to do as a comment, the function's head, a right body, and its tests."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    task_id: str
    prompt: str
    declaration: str
    canonical_solution: str
    test: str

    @property
    def name(self) -> str:
        """The function's name; raises DataError where the declaration ends with no head."""
        head = _HEAD.search(self.declaration)
        if head is None:
            raise DataError(
                "the declaration does not end with a function's head", where=self.task_id
            )
        return head[1]

    @property
    def tests(self) -> str:
        """The content of the module of tests; "" where they are commented out."""
        modules = (n for n in tree_of(self.test).children if n.type == "mod_item")
        bodies = [text_of(n.child_by_field_name("body")).strip()[1:-1] for n in modules]
        tests = "\n".join(bodies)
        return tests if test_count(tests) else ""

    def messages(self, mode: Mode) -> tuple[Message, ...]:
        """Return what a model is asked: a question, or a text to go on with as it stands."""
        text = self.prompt.lstrip("\n") + self.declaration
        if mode == "completion":
            return (Message("assistant", text),)
        return (Message("user", _ASK.format(text=text)),)


def read_tasks(path: Path) -> list[Task]:
    """Read all tasks; raises BrokenLine, and DataError for none or one that cannot be asked."""
    tasks = list(store.read(path, Task))
    if not tasks:
        raise DataError("there is no task in it", where=path)
    for task in tasks:
        _ = task.name
    return tasks
