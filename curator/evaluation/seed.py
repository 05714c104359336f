"""Measure by the seed document's metrics, to compare with runs from elsewhere (`--profile seed`).

Pure functions of the response's text, by the letter of issue 7. They are crude, and kept as they
are: " est " in an English text counts as French, and a topic that is only named as covered.
"""

import re
from collections.abc import Mapping, Sequence

from curator.evaluation.fences import fences
from curator.text.markdown import SECTIONS, section_key

FRENCH_WORDS = ("le", "la", "les", "de", "du", "des", "un", "une", "est", "sont")
SHORTEST, LONGEST = 100, 800  # white-space words
WEIGHTS: Mapping[str, float] = {
    "language": 0.20,
    "code": 0.15,
    "topics": 0.35,
    "length": 0.15,
    "compilation": 0.15,
}
_MAIN = "fn main"
_HASH_MAP = "HashMap"
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+)$", re.MULTILINE)


def language(response: str) -> float:
    """Return 1 if three or more of FRENCH_WORDS occur, in lower case, between spaces."""
    text = response.lower()
    return float(sum(f" {word} " in text for word in FRENCH_WORDS) >= 3)


def code(response: str) -> float:
    """Return 1 if there is a fenced block, whatever its label."""
    return float(bool(fences(response)))


def words(response: str) -> int:
    """Count the words between white space."""
    return len(response.split())


def length(response: str) -> float:
    """Return 1 if the response has from SHORTEST to LONGEST words."""
    return float(SHORTEST <= words(response) <= LONGEST)


def topics(response: str, expected: Sequence[str]) -> float | None:
    """Return the share of the expected topics that occur in lower case; None if none are."""
    text = response.lower()
    return sum(t.lower() in text for t in expected) / len(expected) if expected else None


def sections(response: str) -> float:
    """Return the share of the five sections that have a heading, whatever level and accents."""
    titles = {section_key(title) for title in _HEADING.findall(response)}
    return sum(section_key(name) in titles for name in SECTIONS) / len(SECTIONS)


def rust_blocks(response: str) -> list[tuple[int, str]]:
    """Return the blocks to compile, each with its first line: labelled rust, or not at all."""
    labelled = ((f.label.lower().replace(",", " ").split(), f) for f in fences(response))
    return [(f.line, f.code) for label, f in labelled if not label or label[0] == "rust"]


def wrapped(block: str) -> str | None:
    """Wrap a block in `fn main`, importing HashMap where it is used; None if it has a main."""
    if _MAIN in block:
        return None
    head = "use std::collections::HashMap;\n" if _HASH_MAP in block else ""
    return f"{head}fn main() {{\n{block}\n}}\n"


def share(passed: Sequence[bool]) -> float | None:
    """Return the share of blocks that compile; None without a block."""
    return sum(passed) / len(passed) if passed else None


def weighted(metrics: Mapping[str, float | None], weights: Mapping[str, float]) -> float:
    """Return 5 times the weighted sum of metrics in 0..1; one that is not measured counts 0."""
    return 5 * sum(weight * (metrics[name] or 0.0) for name, weight in weights.items())


def measure(
    response: str, expected: Sequence[str], passed: Sequence[bool]
) -> dict[str, float | None]:
    """Return all metrics of a response; `passed` tells which of its `rust_blocks` compile."""
    measured: dict[str, float | None] = {
        "language": language(response),
        "code": code(response),
        "length": length(response),
        "words": words(response),
        "topics": topics(response, expected),
        "compilation": share(passed),
        "sections": sections(response),
    }
    score, form = weighted(measured, WEIGHTS), 5 * (measured["sections"] or 0)
    return {**measured, "composite": score, "format": form}
