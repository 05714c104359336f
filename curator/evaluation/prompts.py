"""Read training/prompts_fr.jsonl: what every arm is asked, and what a good answer is."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from curator.base import store
from curator.base.errors import DataError
from curator.evaluation.solving.groups import Group
from curator.evaluation.solving.kinds import Check
from curator.french.typography import as_asked
from curator.records.example import Record
from curator.records.topic import Topic

PROMPTS = Path("training") / "prompts_fr.jsonl"


Split = Literal["dev", "test"]
Part = Literal["dev", "test", "all"]


class EvalPrompt(Record):
    """One question of the evaluation.

    `category` groups the results as the seed document does (basics, ownership, ...). `split` is
    "dev" for those that whoever tunes a model looks at, "test" for those that decide. A good answer
    says each of `ideas` and none of `must_not`, and passes `check`; `reference` is one, verified by
    rustc, and `short_answers` are two others in other words. `expected_topics` are what the seed
    document's metrics look for, as lower-case substrings. Prompts recorded elsewhere, and those of
    earlier versions, have no ideas: only the profile "seed" scores them.
    """

    id: str
    category: str
    topic: Topic | None = None
    difficulty: str | None = None
    split: Split | None = None
    prompt: str = ""
    expected_topics: tuple[str, ...] = ()
    ideas: tuple[Group, ...] = ()
    must_not: tuple[Group, ...] = Field((), max_length=3)
    check: Check | None = None
    reference: str | None = None
    short_answers: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> "EvalPrompt":
        """Ask of a prompt with ideas all that a score and its proof need."""
        if not self.ideas:
            return self
        if not 2 <= len(self.ideas) <= 5:
            raise ValueError(f"ideas: give 2 to 5 groups, not {len(self.ideas)}")
        for name in ("topic", "difficulty", "split", "prompt", "reference"):
            if not getattr(self, name):
                raise ValueError(f"{name}: a prompt with ideas has it")
        if len(self.short_answers) != 2:
            raise ValueError(f"short_answers: give two, not {len(self.short_answers)}")
        return self

    @property
    def topics(self) -> tuple[str, ...]:
        """What the seed document's metrics look for; of a prompt with ideas, each one's first."""
        firsts = (group.any[0].replace("*", "") for group in self.ideas)
        return self.expected_topics or tuple(firsts)

    @property
    def asked(self) -> str:
        """The prompt as an arm is asked it: its fences without the labels for the verifier."""
        return as_asked(self.prompt)


def read_prompts(path: Path) -> list[EvalPrompt]:
    """Read the prompts of a JSONL file, in its order.

    Raises BrokenLine for a bad line, DataError for a file without prompts or an id used twice.
    """
    prompts = list(store.read(path, EvalPrompt))
    if not prompts:
        raise DataError("there is no prompt in it", where=path)
    twice = [name for name, count in Counter(p.id for p in prompts).items() if count > 1]
    if twice:
        hint = "an id names one prompt: rename one of them"
        raise DataError(f"prompt {twice[0]} is there twice", where=path, hint=hint)
    return prompts


def choose(prompts: Sequence[EvalPrompt], part: Part) -> list[EvalPrompt]:
    """Return the prompts of a part; those that are of none belong to each. DataError for none."""
    chosen = [p for p in prompts if part == "all" or p.split in (part, None)]
    if not chosen:
        raise DataError(f"no prompt is of the split {part}", hint="--split all asks every one")
    return chosen


def check_ideas(prompts: Sequence[EvalPrompt]) -> None:
    """Raise DataError where no prompt says what a good answer is: only "seed" scores such ones."""
    if not any(prompt.ideas for prompt in prompts):
        hint = "--profile seed scores answers to prompts without them"
        raise DataError("none of the prompts has ideas to look for", hint=hint)


def prompts_digest(prompts: Iterable[EvalPrompt]) -> str:
    """Return the SHA-256 of what is asked: answers follow from nothing else of the prompts."""
    asked = [[p.id, p.asked] for p in prompts]
    return hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode()).hexdigest()


def criteria_digest(prompts: Iterable[EvalPrompt], *more: object) -> str:
    """Return the SHA-256 of the prompts' lines, and of what else a score follows from."""
    lines = b"".join(map(store.encode, prompts))
    return hashlib.sha256(lines + repr(more).encode()).hexdigest()
