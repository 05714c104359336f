"""Conversations that ask for an example, and the model's text read back as one."""

import hashlib
import random
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from string import Template

from curator.base.errors import DataError
from curator.base.seeds import derive_seed
from curator.base.shipped import own_folder
from curator.base.yaml_file import did_you_mean
from curator.generate.grammar import EXAMPLE
from curator.generate.mutate import texts
from curator.generate.recipe import GenerateSettings
from curator.models.base import ChatRequest, Message
from curator.records.example import Example
from curator.records.taxonomy import Difficulty, Slot, taxonomy
from curator.text.markdown import SECTIONS, section_key

PREFIX = "# Question\n"
FOLDER = Path(__file__).parent / "strategies" / "prompts"
OWN = "prompts"  # the folder of a project whose files take the place of those here
_ANSWER = re.compile(r"^#{1,3} *r[ée]ponse\b.*$", re.IGNORECASE | re.MULTILINE)
_NEXT = re.compile(r"^# *question\b.*$", re.IGNORECASE | re.MULTILINE)
_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)


def prompt_text(name: str) -> str:
    """Return a prompt, without its last line end: the open project's own, or the shipped one.

    Raises DataError for a text of the project with a slot that nothing fills.
    """
    own = own_folder(OWN)
    file = own / f"{name}.txt" if own else None
    return _own_text(file) if file and file.is_file() else _read(FOLDER / f"{name}.txt")


@cache
def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8").rstrip("\n")
    except OSError as error:
        raise DataError(f"cannot read: {error.strerror}", where=path) from error
    except UnicodeDecodeError as error:
        raise DataError("this is no UTF-8 text", where=path) from error


def _own_text(path: Path) -> str:
    text, shipped = Template(_read(path)), Template(_read(FOLDER / path.name))
    known = shipped.get_identifiers()
    if not text.is_valid():
        raise DataError("a $ begins no name of a slot", where=path, hint="write $$ for the sign")
    for slot in text.get_identifiers():
        if slot not in known:
            near = did_you_mean(slot, known) or ": this prompt has no slots"
            raise DataError(f"nothing fills the slot ${slot}{near}", where=path)
    return text.template


def check_prompts() -> None:
    """Raise DataError for a file of the project's prompts/ whose name no shipped prompt has."""
    names = {path.name for path in FOLDER.glob("*.txt")}
    for file in sorted((own_folder(OWN) or FOLDER).glob("*")):
        if file.name in names:
            prompt_text(file.stem)
        elif file.is_file() and not file.name.startswith("."):
            near = did_you_mean(file.name, sorted(names))
            raise DataError(f"no prompt has this name{near}", where=file)


def prompt_sha256(*names: str) -> str:
    """The digest of prompt texts and of what frames them, which goes into provenance."""
    parts = [prompt_text(name) for name in ("system", "form", *names)]
    return hashlib.sha256("\x00".join([*parts, PREFIX, EXAMPLE]).encode("utf-8")).hexdigest()


def texts_sha256() -> str:
    """Return the digest of every text that candidates are made with: wordings and prompts."""
    named = [f"{p.name}\x00{p.read_text('utf-8')}" for p in sorted(texts.FOLDER.glob("*.yaml"))]
    for path in sorted(FOLDER.glob("*.txt")):
        named.append(f"{path.name}\x00{prompt_text(path.stem)}\n")
    return hashlib.sha256("\x00".join([*named, PREFIX]).encode("utf-8")).hexdigest()


def fill(name: str, **values: str) -> str:
    """A prompt text with its slots filled."""
    return Template(prompt_text(name)).substitute(values)


def _distance(example: Example, slot: Slot) -> tuple[int, int, int]:
    levels = list(Difficulty)
    apart = abs(levels.index(example.difficulty) - levels.index(slot.difficulty))
    return (example.topic != slot.topic, example.category != slot.category, apart)


def choose_shots(examples: Sequence[Example], slot: Slot, count: int) -> list[Example]:
    """`count` examples nearest to a slot: its topic first, then its category and difficulty.

    Equally near ones are drawn by slot, so that its requests share them.
    """
    draw = random.Random(derive_seed(*slot))  # noqa: S311
    mixed = sorted(examples, key=lambda e: e.id)
    draw.shuffle(mixed)
    return sorted(mixed, key=lambda e: _distance(e, slot))[:count]


def instruction(name: str, slot: Slot, **values: str) -> str:
    """A prompt text for an example of a slot, and the form that it must have."""
    names = taxonomy()
    text = fill(
        name,
        category=names.categories[slot.category].label,
        topic=names.topics[slot.topic].label,
        difficulty=names.difficulties[slot.difficulty].label,
        definition=names.categories[slot.category].definition,
        **values,
    )
    return f"{text}\n\n{prompt_text('form')}"


def few_shot_instruction(slot: Slot, idea: str = "") -> str:
    """The order for an example of a slot about an idea, and the form that it must have."""
    return instruction("few_shot", slot, idea=idea or taxonomy().topics[slot.topic].label)


def format_example(question: str, answer: str) -> str:
    """A question and its answer as the text that a model is asked to write."""
    return f"{PREFIX}{question}\n\n# Réponse\n{answer}"


def conversation(shots: Sequence[Example]) -> list[Message]:
    """The system's words, and each shot as an order and its fulfilment."""
    turns = [Message("system", prompt_text("system"))]
    for shot in shots:
        turns.append(Message("user", few_shot_instruction(shot.slot)))
        turns.append(Message("assistant", format_example(shot.question, shot.answer)))
    return turns


def ask(
    turns: Sequence[Message], wanted: str, seed: int, settings: GenerateSettings
) -> ChatRequest:
    """The conversation that ends with an order; the assistant's turn is begun with PREFIX."""
    ends = (*turns, Message("user", wanted), Message("assistant", PREFIX))
    return ChatRequest(ends, settings.sampling, seed, EXAMPLE if settings.grammar else None)


def parse_example(text: str) -> tuple[str, str]:
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
