"""Build the conversations that ask a model for an example, and read its text back as one."""

import hashlib
import random
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from string import Template

from curator.base.seeds import derive_seed
from curator.generate.grammar import EXAMPLE
from curator.generate.mutate import texts
from curator.generate.recipe import GenerateSettings
from curator.models.base import ChatRequest, Message
from curator.records.example import Example
from curator.records.taxonomy import Difficulty, Slot, taxonomy
from curator.text.markdown import SECTIONS, section_key

PREFIX = "# Question\n"
FOLDER = Path(__file__).parent / "strategies" / "prompts"
_ANSWER = re.compile(r"^#{1,3} *r[ée]ponse\b.*$", re.IGNORECASE | re.MULTILINE)
_NEXT = re.compile(r"^# *question\b.*$", re.IGNORECASE | re.MULTILINE)
_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)


@cache
def prompt_text(name: str) -> str:
    """Read the prompt prompts/<name>.txt, without its last line end."""
    return (FOLDER / f"{name}.txt").read_text("utf-8").rstrip("\n")


def prompt_sha256(*names: str) -> str:
    """Return the digest of prompts and of what surrounds them; it goes into provenance."""
    parts = [prompt_text(name) for name in ("system", "form", *names)]
    return hashlib.sha256("\x00".join([*parts, PREFIX, EXAMPLE]).encode("utf-8")).hexdigest()


def texts_sha256() -> str:
    """Return the digest of all prompts and all wordings of mutations."""
    files = sorted([*FOLDER.glob("*.txt"), *texts.FOLDER.glob("*.yaml")])
    named = [f"{p.name}\x00{p.read_text('utf-8')}" for p in files]
    return hashlib.sha256("\x00".join([*named, PREFIX]).encode("utf-8")).hexdigest()


def fill(name: str, **values: str) -> str:
    """Return a prompt with its $slots filled."""
    return Template(prompt_text(name)).substitute(values)


def _distance(example: Example, slot: Slot) -> tuple[int, int, int]:
    levels = list(Difficulty)
    apart = abs(levels.index(example.difficulty) - levels.index(slot.difficulty))
    return (example.topic != slot.topic, example.category != slot.category, apart)


def choose_shots(examples: Sequence[Example], slot: Slot, count: int) -> list[Example]:
    """Return the `count` examples nearest to a slot: by topic, then by category and difficulty.

    Ties are drawn with the slot as the seed, so that all requests of a slot share their shots and
    the model reads them once.
    """
    draw = random.Random(derive_seed(*slot))  # noqa: S311
    mixed = sorted(examples, key=lambda e: e.id)
    draw.shuffle(mixed)
    return sorted(mixed, key=lambda e: _distance(e, slot))[:count]


def instruction(name: str, slot: Slot, **values: str) -> str:
    """Return the prompt `name` for an example of a slot, followed by the form to keep to."""
    labels = taxonomy()
    text = fill(
        name,
        category=labels.categories[slot.category].label,
        topic=labels.topics[slot.topic].label,
        difficulty=labels.difficulties[slot.difficulty].label,
        definition=labels.categories[slot.category].definition,
        **values,
    )
    return f"{text}\n\n{prompt_text('form')}"


def few_shot_instruction(slot: Slot, idea: str = "") -> str:
    """Return the instruction to write an example of a slot about an idea, or about its topic."""
    return instruction("few_shot", slot, idea=idea or taxonomy().topics[slot.topic].label)


def format_example(question: str, answer: str) -> str:
    """Return a question and its answer in the form that a model is asked to write."""
    return f"{PREFIX}{question}\n\n# Réponse\n{answer}"


def conversation(shots: Sequence[Example]) -> list[Message]:
    """Return the system message, then each shot as an instruction and the text that fulfils it."""
    messages = [Message("system", prompt_text("system"))]
    for shot in shots:
        messages.append(Message("user", few_shot_instruction(shot.slot)))
        messages.append(Message("assistant", format_example(shot.question, shot.answer)))
    return messages


def chat_request(
    messages: Sequence[Message], wanted: str, seed: int, settings: GenerateSettings
) -> ChatRequest:
    """Return the request that ends a conversation with an instruction.

    The assistant's turn already begins with PREFIX, so that even a model that takes no grammar
    starts in the right form.
    """
    whole = (*messages, Message("user", wanted), Message("assistant", PREFIX))
    return ChatRequest(whole, settings.sampling, seed, EXAMPLE if settings.grammar else None)


def parse_example(text: str) -> tuple[str, str]:
    """Return the question and the answer in what a model wrote after PREFIX; either may be empty.

    Without a heading for the answer, it begins at the first section's heading; without any of
    these, all is answer. What follows a second "# Question" is another example, and is cut off.
    """
    text = _NEXT.split(text.removeprefix(PREFIX), maxsplit=1)[0]
    boundary = _ANSWER.search(text)
    if boundary:
        return text[: boundary.start()].strip(), text[boundary.end() :].strip()
    names = {section_key(name) for name in SECTIONS}
    for heading in _HEADING.finditer(text):
        if section_key(heading.group(1)) in names:
            return text[: heading.start()].strip(), text[heading.start() :].strip()
    return "", text.strip()
