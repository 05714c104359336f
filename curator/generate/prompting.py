"""Build the conversations that ask a model for an example, and read its text back as one."""

import hashlib
import heapq
import random
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from string import Template

from curator.base.errors import DataError
from curator.base.faults import did_you_mean
from curator.base.seeds import derive_seed
from curator.base.shipped import own_folder
from curator.french.glossary import terms, terms_for, told
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
BLOCK, PART = "\n===\n", "\n---\n"  # what stands between examples in a prompt, and in them
LISTS = ("situations.txt",)  # prompts of which a line at a time is taken
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


def _shape(text: str) -> set[int]:
    """Count the parts of each block of a prompt, which is one where code does not cut it."""
    return {len(block.split(PART)) for block in text.split(BLOCK)}


def _own_text(path: Path) -> str:
    text, shipped = Template(_read(path)), Template(_read(FOLDER / path.name))
    known = shipped.get_identifiers()
    if not text.is_valid():
        raise DataError("a $ begins no name of a slot", where=path, hint="write $$ for the sign")
    for slot in text.get_identifiers():
        if slot not in known:
            near = did_you_mean(slot, known) or ": this prompt has no slots"
            raise DataError(f"nothing fills the slot ${slot}{near}", where=path)
    parts = _shape(shipped.template)
    if parts != {1} and _shape(text.template) != parts:
        named = " and ".join(map(str, sorted(parts)))
        what = f"its blocks, between lines of ===, are to have {named} parts, between lines of ---"
        raise DataError(what, where=path)
    if path.name in LISTS and not text.template.strip():
        raise DataError("this list is empty", where=path, hint="write one a line")
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
    """Return the digest of prompts and of what surrounds them; it goes into provenance."""
    parts = [prompt_text(name) for name in ("system", "vocabulary", "form", *names)]
    whole = "\x00".join([*parts, _terms_text(), PREFIX, EXAMPLE])
    return hashlib.sha256(whole.encode("utf-8")).hexdigest()


def texts_sha256() -> str:
    """Return the digest of every text that candidates are made with: wordings and prompts."""
    named = [f"{p.name}\x00{p.read_text('utf-8')}" for p in sorted(texts.FOLDER.glob("*.yaml"))]
    for path in sorted(FOLDER.glob("*.txt")):
        named.append(f"{path.name}\x00{prompt_text(path.stem)}\n")
    return hashlib.sha256("\x00".join([*named, _terms_text(), PREFIX]).encode("utf-8")).hexdigest()


def _terms_text() -> str:
    """Return the glossary that prompts take terms from; a digest of prompts follows it."""
    return "\n".join(term.model_dump_json() for term in terms())


def fill(name: str, **values: str) -> str:
    """Return a prompt with its $slots filled."""
    return Template(prompt_text(name)).substitute(values)


_LEVELS = {level: number for number, level in enumerate(Difficulty)}


def _distance(example: Example, slot: Slot) -> tuple[int, int, int]:
    apart = abs(_LEVELS[example.difficulty] - _LEVELS[slot.difficulty])
    return (example.topic != slot.topic, example.category != slot.category, apart)


def choose_shots(examples: Sequence[Example], slot: Slot, count: int) -> list[Example]:
    """Return the `count` examples nearest to a slot: by topic, then by category and difficulty.

    Ties are drawn with the slot as the seed, so that all requests of a slot share their shots and
    the model reads them once.
    """
    draw = random.Random(derive_seed(*slot))  # noqa: S311
    mixed = sorted(examples, key=lambda e: e.id)
    draw.shuffle(mixed)
    return heapq.nsmallest(count, mixed, key=lambda e: _distance(e, slot))


def instruction(name: str, slot: Slot, **values: str) -> str:
    """Return the prompt `name` for an example of a slot, with some terms and the form to keep."""
    labels = taxonomy()
    text = fill(
        name,
        category=labels.categories[slot.category].label,
        topic=labels.topics[slot.topic].label,
        difficulty=labels.difficulties[slot.difficulty].label,
        definition=labels.categories[slot.category].definition,
        **values,
    )
    chosen = terms_for(str(slot.topic), values.get("idea", ""))
    vocabulary = [fill("vocabulary", terms=told(chosen))] if chosen else []
    return "\n\n".join([text, *vocabulary, prompt_text("form")])


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
