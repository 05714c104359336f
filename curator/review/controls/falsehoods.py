"""Propose false statements for a text that is right: only words change, each in one place of it.

A code    every mention of the text's one error code becomes that of another error
An output a number or a truth value that a program is said to print becomes another
A claim   a sentence more: without some word of the code, it would compile

None is known to be false before rustc or the program's run has refuted it (plant.py).
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from curator.french import sheet as wording
from curator.records.example import Example
from curator.text.markdown import SECTIONS, Fence, fences

Kind = Literal["code", "output", "claim"]
KINDS: tuple[Kind, ...] = ("code", "output", "claim")

_CODE = re.compile(r"\bE\d{4}\b")
# Errors that learners meet, by what they are about: the other code is to be a likely one.
_RELATED = (
    ("E0382", "E0505", "E0507", "E0509", "E0381", "E0384", "E0596", "E0594"),
    ("E0499", "E0502", "E0503", "E0506", "E0597", "E0716", "E0515", "E0373", "E0521"),
    ("E0106", "E0261", "E0621", "E0310", "E0491", "E0495", "E0700"),
    ("E0277", "E0308", "E0282", "E0283", "E0369", "E0599", "E0614", "E0605", "E0606"),
    ("E0046", "E0053", "E0117", "E0119", "E0038", "E0407", "E0195", "E0204"),
    ("E0004", "E0023", "E0026", "E0027", "E0063", "E0005", "E0560", "E0609"),
    ("E0425", "E0432", "E0433", "E0412", "E0603", "E0616", "E0624", "E0423"),
    ("E0133", "E0728", "E0744", "E0752", "E0733", "E0708"),
)
_STATED = re.compile(r"//.*?\baffiche(?:nt|ra)? ?: ?(.+)$", re.MULTILINE)
_NUMBER = re.compile(r"(?<![\w.])\d{1,6}(?![\w])")
_TRUTH = {"true": "false", "false": "true"}
_TRUTHS = re.compile(r"\b(?:true|false)\b")
_OUTPUTS = ("text", "txt", "console", "output", "sortie")
# What code may lack so that rustc refuses it; the group is the word that the sentence names.
_NEEDED = (
    re.compile(r"(#\[derive\([^)]*\)\])"),
    re.compile(r"(\.clone\(\))"),
    re.compile(r"\b(mut) "),
    re.compile(r"\b(move) \|"),
    re.compile(r"(\.iter\(\))"),
    re.compile(r"(\.to_string\(\))"),
    re.compile(r"(\.as_ref\(\))"),
    re.compile(r"\b(pub) "),
    re.compile(r"\b(dyn) "),
    re.compile(r"(\.await)\b"),
    re.compile(r"\b(unsafe) \{"),
    re.compile(r"(#\[test\])"),
)
_END = re.compile(rf"\n+## {SECTIONS[-1]}\b")  # what is to be retained


@dataclass(frozen=True)
class Proposal:
    """A text with one false statement: what it was (empty where it is an addition), what it is."""

    kind: Kind
    question: str
    answer: str
    was: str
    now: str


def proposals(example: Example, rng: random.Random) -> Iterator[Proposal]:
    """Yield the false statements that a right text could have, of each kind in a random order."""
    yield from _other_codes(example, rng)
    yield from _other_outputs(example, rng)
    yield from _false_claims(example, rng)


def _other_codes(example: Example, rng: random.Random) -> Iterator[Proposal]:
    codes = set(_CODE.findall(f"{example.question}\n{example.answer}"))
    if len(codes) != 1:
        return
    [code] = codes
    related = next((family for family in _RELATED if code in family), _RELATED[0])
    for other in rng.sample(related, len(related)):
        if other != code:
            question, answer = (t.replace(code, other) for t in (example.question, example.answer))
            yield Proposal("code", question, answer, code, other)


def _other_outputs(example: Example, rng: random.Random) -> Iterator[Proposal]:
    answer = example.answer
    found = [(at, was, now) for first, end in _stated(answer)
             for at, was, now in _other_values(answer, first, end, rng)]  # fmt: skip
    for at, was, now in rng.sample(found, len(found)):
        text = answer[:at] + now + answer[at + len(was) :]
        yield Proposal("output", example.question, text, _line(answer, at), _line(text, at))


def _stated(answer: str) -> list[tuple[int, int]]:
    """Find where an answer states what a program prints: in comments, in fences of output."""
    places = [m.span(1) for m in _STATED.finditer(answer)]
    for fence in fences(answer):
        word = fence.info.split(",")[0].strip().lower()
        if word in _OUTPUTS and not re.search(r"\berror\b|panicked", fence.code):
            start = answer.find(fence.code)
            places += [(start, start + len(fence.code))] if start >= 0 else []
    return places


def _other_values(
    text: str, first: int, end: int, rng: random.Random
) -> Iterator[tuple[int, str, str]]:
    for number in _NUMBER.finditer(text, first, end):
        value = int(number[0])
        other = value + (1 if value < 2 else rng.choice((-1, 1)))
        yield number.start(), number[0], str(other)
    for truth in _TRUTHS.finditer(text, first, end):
        yield truth.start(), truth[0], _TRUTH[truth[0]]


def _line(text: str, at: int) -> str:
    return text[text.rfind("\n", 0, at) + 1 : (text + "\n").find("\n", at)].strip()


def _false_claims(example: Example, rng: random.Random) -> Iterator[Proposal]:
    shown = [f for f in fences(example.answer) if f.is_rust]
    words = sorted({word for fence in shown for word in _needed(fence)})
    for word in rng.sample(words, len(words)):
        fits = [s for s in wording.HARMLESS if word[0].isalpha() or not s.startswith("Le ")]
        sentence = rng.choice(fits).format(word=word)
        if answer := _with_sentence(example.answer, sentence):
            yield Proposal("claim", example.question, answer, "", sentence)


def _needed(fence: Fence) -> Iterator[str]:
    """Yield the words that stand once in a block: of several, a reader could not tell which."""
    for pattern in _NEEDED:
        found = pattern.findall(fence.code)
        if len(found) == 1:
            yield found[0]


def _with_sentence(answer: str, sentence: str) -> str:
    """Put a sentence at the end of the prose before what is to be retained; "" where none is."""
    end = _END.search(answer)
    if end is None:
        return ""
    before = answer[: end.start()]
    last = before.rsplit("\n", 1)[-1]
    prose = re.match(r"[^\W_]|[`\u00ab]", last) is not None and last.rstrip().endswith(
        (".", "!", "?")
    )
    return f"{before}{' ' if prose else chr(10) * 2}{sentence}{answer[end.start() :]}"
