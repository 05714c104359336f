"""Few-shot generation: examples of the same cell as shots, and the model's text as an example."""

import hashlib
import random
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from string import Template

from curator.answer import SECTIONS, section_key
from curator.example import Example
from curator.generate.plan import Request, derive_seed
from curator.models.base import Message
from curator.taxonomy import Category, Difficulty, Topic, taxonomy

STRATEGY = "few_shot"
PREFIX = "# Question\n"
_PROMPTS = Path(__file__).parent / "prompts"
_ANSWER = re.compile(r"^#{1,3} *r[ée]ponse\b.*$", re.IGNORECASE | re.MULTILINE)
_NEXT = re.compile(r"^# *question\b.*$", re.IGNORECASE | re.MULTILINE)
_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)


@cache
def prompt_file(name: str) -> str:
    """The text of a prompt, without its last line end."""
    return (_PROMPTS / f"{name}.txt").read_text("utf-8").rstrip("\n")


def templates_sha256() -> str:
    """The digest of the prompt texts, which goes into provenance."""
    text = prompt_file("system") + "\x00" + prompt_file(STRATEGY) + "\x00" + PREFIX
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _distance(example: Example, request: Request) -> tuple[int, int, int]:
    levels = list(Difficulty)
    apart = abs(levels.index(example.difficulty) - levels.index(request.difficulty))
    return (example.topic != request.topic, example.category != request.category, apart)


def choose_shots(examples: Sequence[Example], request: Request, count: int) -> list[Example]:
    """`count` examples nearest to a request: its topic first, then its category and difficulty.

    Equally near ones are drawn by cell and category, so that neighbouring requests share them.
    """
    draw = random.Random(derive_seed(*request.cell, request.category))  # noqa: S311
    mixed = sorted(examples, key=lambda e: e.id)
    draw.shuffle(mixed)
    return sorted(mixed, key=lambda e: _distance(e, request))[:count]


def _ask(category: Category, topic: Topic, difficulty: Difficulty, idea: str) -> str:
    names = taxonomy()
    return Template(prompt_file(STRATEGY)).substitute(
        category=names.categories[category].label,
        topic=names.topics[topic].label,
        difficulty=names.difficulties[difficulty].label,
        definition=names.categories[category].definition,
        idea=idea,
    )


def write_out(question: str, answer: str) -> str:
    """A question and its answer as the text that a model is asked to write."""
    return f"{PREFIX}{question}\n\n# Réponse\n{answer}"


def messages(request: Request, shots: Sequence[Example]) -> list[Message]:
    """The conversation for a request; the assistant's turn is begun with PREFIX."""
    turns = [Message("system", prompt_file("system"))]
    for shot in shots:
        idea = taxonomy().topics[shot.topic].label
        turns.append(Message("user", _ask(shot.category, shot.topic, shot.difficulty, idea)))
        turns.append(Message("assistant", write_out(shot.question, shot.answer)))
    ask = _ask(request.category, request.topic, request.difficulty, request.idea)
    return [*turns, Message("user", ask), Message("assistant", PREFIX)]


def read_back(text: str) -> tuple[str, str]:
    """The question and answer in what a model wrote after PREFIX; either may be empty.

    Without an answer's heading, the answer begins at the first section's; without any, all is
    answer. What follows a second "# Question" is another example and is cut.
    """
    text = _NEXT.split(text.removeprefix(PREFIX), maxsplit=1)[0]
    found = _ANSWER.search(text)
    if found:
        return text[: found.start()].strip(), text[found.end() :].strip()
    names = {section_key(name) for name in SECTIONS}
    for heading in _HEADING.finditer(text):
        if section_key(heading.group(1)) in names:
            return text[: heading.start()].strip(), text[heading.start() :].strip()
    return "", text.strip()
