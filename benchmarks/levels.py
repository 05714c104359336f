"""Levels of the authored examples: rules of code, and a blind reading, against the labels.

    .venv/bin/python benchmarks/levels.py
The examples are divided by the hash that is their id; whatever was fitted was fitted on one half.
The reading is docs/readings/levels-2026-11-28.jsonl: what an AI reader said of 90 examples without
their labels.
"""

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from curator.generate.mutate.levels import constructs, level, points
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.taxonomy import Category, Difficulty
from curator.records.topic import Topic
from curator.rust.source import analyse
from curator.text.markdown import Block, blocks

ROOT = Path(__file__).parent.parent
AUTHORED = ROOT / "raw" / "authored"
READING = ROOT / "docs" / "readings" / "levels-2026-11-28.jsonl"
ORDER = list(Difficulty)
# The rule that was used before: words that are harder to read, outside of their topic.
WORDS: tuple[tuple[str, Topic | None], ...] = (
    (r"(?<!\w)'(?!static\b)[a-z]\w*\b(?!')", Topic.LIFETIMES),
    (r"[<,]\s*[A-Z]\w*\s*:(?!:)|\bwhere\b|\bimpl\s+Fn", Topic.GENERICS),
    (r"\bdyn\b", Topic.TRAITS),
    (r"\basync\b|\bFuture\b", Topic.ASYNC),
    (r"\bunsafe\b", Topic.UNSAFE),
    (r"\bthread::|\bArc\b|\bMutex\b|\bRefCell\b|\bRc\b", None),
)


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Errors by their own level, listed before the fit: the slips of the first weeks are all others.
SECOND_ERRORS = _codes(
    "E0015 E0034 E0072 E0106 E0117 E0119 E0191 E0200 E0277 E0283 E0364 E0368 E0373 E0392 E0408 "
    "E0451 E0499 E0502 E0505 E0506 E0507 E0508 E0515 E0532 E0597 E0605 E0621 E0716 E0726 E0752 "
    "E0790"
)
THIRD_ERRORS = _codes(
    "E0038 E0080 E0158 E0207 E0210 E0310 E0446 E0509 E0521 E0659 E0700 E0720 E0732 E0733 E0793"
)
# The errors of the second level that a topic is about: there they count for half.
HOME = {
    Topic.OWNERSHIP: frozenset({"E0505", "E0507"}),
    Topic.BORROWING: frozenset({"E0499", "E0502", "E0505", "E0506"}),
    Topic.LIFETIMES: frozenset({"E0106", "E0515", "E0597", "E0716"}),
    Topic.TRAITS: frozenset({"E0277"}),
    Topic.GENERICS: frozenset({"E0277", "E0283"}),
    Topic.ERROR_HANDLING: frozenset({"E0277"}),
    Topic.ASYNC: frozenset({"E0277"}),
}
ERROR_POINTS = 4  # of an error of the second level, in the points of constructs
ERROR_LIMITS = (3, 10)  # the limits with these points; both were fitted on one half

Rule = Callable[[Example], Difficulty]


def _rust(text: str) -> list[Block]:
    return [b for b in blocks(text) if b.is_rust]


def code_of(example: Example) -> str:
    """Return all the Rust of an example."""
    return "\n".join(b.code for t in (example.question, example.answer) for b in _rust(t))


def by_words(example: Example) -> Difficulty:
    """Return the level that the former rule gives."""
    bare = analyse(code_of(example)).bare
    harder = sum(home is not example.topic and re.search(p, bare) is not None for p, home in WORDS)
    return ORDER[2 if harder >= 3 else min(harder, 1)]


def by_constructs(example: Example) -> Difficulty:
    """Return the level that the table of constructs gives."""
    return level(code_of(example), example.topic)


def error_points(example: Example) -> int:
    """Return what the error of a debug question weighs; 0 for other examples.

    A lint has no code and counts as an error of the second level, a panic as one of the third.
    """
    if example.category != Category.DEBUG:
        return 0
    shown = _rust(example.question)
    codes = {code for b in shown for code in b.error_codes}
    if codes & THIRD_ERRORS or (not codes and any(b.has("should_panic") for b in shown)):
        return 2 * ERROR_POINTS
    if codes & HOME.get(example.topic, frozenset()):
        return ERROR_POINTS // 2
    return ERROR_POINTS if codes & SECOND_ERRORS or not codes else 0


def by_error_too(example: Example) -> Difficulty:
    """Return the level from the constructs and from the error of the question."""
    total = points(constructs(code_of(example)), example.topic) + error_points(example)
    return ORDER[sum(total >= limit for limit in ERROR_LIMITS)]


RULES: dict[str, Rule] = {
    "words": by_words,
    "constructs": by_constructs,
    "and error": by_error_too,
}


def agreement(pairs: Iterable[tuple[Difficulty, Difficulty]]) -> str:
    """Say how often two levels are the same, and how often one apart at most."""
    apart = [abs(ORDER.index(a) - ORDER.index(b)) for a, b in pairs]
    exact, near = (sum(d <= most for d in apart) / len(apart) for most in (0, 1))
    return f"{exact:7.0%} {near:11.0%}"


def main() -> None:
    """Print how often each rule, and the reader, agree with the labels."""
    examples = [e for path in sorted(AUTHORED.glob("*.jsonl")) for e in read_examples(path)]
    print(f"{len(examples)} authored examples\nrule       half      exactly  within one")
    for name, rule in RULES.items():
        for half, rest in (("fitted", 0), ("held out", 1)):
            some = [e for e in examples if int(e.id, 16) % 2 == rest]
            print(f"{name:10} {half:9} {agreement((rule(e), e.difficulty) for e in some)}")
    read = [json.loads(line) for line in READING.read_text("utf-8").splitlines()]
    for one, other in (("read", "label"), ("read", "table"), ("label", "table")):
        pairs = [(Difficulty(r[one]), Difficulty(r[other])) for r in read]
        print(f"{len(read)} read: {one}, {other:6} {agreement(pairs)}")


if __name__ == "__main__":
    main()
