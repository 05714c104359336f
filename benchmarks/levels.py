"""Levels of the authored examples: the table of constructs against the rule of words before it.

    .venv/bin/python benchmarks/levels.py
The examples are divided by the hash that is their id; the table's limits were fitted on one half.
"""

import re
from pathlib import Path

from curator.generate.mutate.levels import level
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic
from curator.rust.source import analyse
from curator.text.markdown import blocks

AUTHORED = Path(__file__).parent.parent / "raw" / "authored"
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


def by_words(code: str, topic: Topic) -> Difficulty:
    """Return the level that the former rule gives."""
    bare = analyse(code).bare
    harder = sum(home is not topic and re.search(p, bare) is not None for p, home in WORDS)
    return ORDER[2 if harder >= 3 else min(harder, 1)]


def code_of(example: Example) -> str:
    """Return all the Rust of an example."""
    texts = (example.question, example.answer)
    return "\n".join(b.code for text in texts for b in blocks(text) if b.is_rust)


def main() -> None:
    """Print how often each rule agrees with the labels."""
    examples = [e for path in sorted(AUTHORED.glob("*.jsonl")) for e in read_examples(path)]
    print(f"{len(examples)} authored examples\nrule       half      exactly  within one")
    for name, rule in (("words", by_words), ("constructs", level)):
        for half, rest in (("fitted", 0), ("held out", 1)):
            some = [e for e in examples if int(e.id, 16) % 2 == rest]
            apart = [
                abs(ORDER.index(rule(code_of(e), e.topic)) - ORDER.index(e.difficulty))
                for e in some
            ]
            exact, near = (sum(d <= most for d in apart) / len(apart) for most in (0, 1))
            print(f"{name:10} {half:9} {exact:7.0%} {near:11.0%}")


if __name__ == "__main__":
    main()
