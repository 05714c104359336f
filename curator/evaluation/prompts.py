"""Read training/prompts_fr.jsonl: what every arm is asked, and what a good answer is."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from curator.base import store
from curator.base.errors import DataError
from curator.french.typography import as_asked
from curator.records.example import Record
from curator.records.topic import Topic

PROMPTS = Path("training") / "prompts_fr.jsonl"


class EvalPrompt(Record):
    """One question of the evaluation.

    `category` groups the results as the seed document does (basics, ownership, ...);
    `expected_topics` are looked for in the answer as lower-case substrings; `reference` is a good
    answer, verified by rustc. Prompts recorded elsewhere may lack the topic, the difficulty and
    the reference.
    """

    id: str
    category: str
    topic: Topic | None = None
    difficulty: str | None = None
    prompt: str = ""
    expected_topics: tuple[str, ...] = ()
    reference: str | None = None

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


def prompts_digest(prompts: Iterable[EvalPrompt]) -> str:
    """Return the SHA-256 of the prompts' lines as they are asked, whatever file they are in."""
    asked = (p.model_copy(update={"prompt": p.asked}) for p in prompts)
    return hashlib.sha256(b"".join(map(store.encode, asked))).hexdigest()
