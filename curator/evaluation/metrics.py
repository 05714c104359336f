"""Measure a response: the seed document's metrics with the real verifier, and what it lacks.

Pure functions of texts. Shares are in 0..1, higher is better but for repetition. What each does
not show: `french` says nothing of the quality of the French, `topics` that a word is used rightly,
`rust` that the code teaches what was asked, `reference` that a different answer is a worse one.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from curator.evaluation import seed
from curator.evaluation.grounded import groundedness
from curator.evaluation.prompts import EvalPrompt
from curator.evaluation.records import Response
from curator.filters.french import languages, prose, units
from curator.french.typography import APOSTROPHE
from curator.text.markdown import SECTIONS, blocks, section_key
from curator.text.markdown import sections as read_sections

if TYPE_CHECKING:
    from sacrebleu.metrics.chrf import CHRF

READ = 50_000  # characters of a response that are judged; ten times what 1024 tokens make
UNIT = 80  # characters; langdetect is unsure of less (curator/filters/french.py)
REPEATED = 4  # words
WEIGHTS: Mapping[str, float] = {
    "french": 0.20,
    "code": 0.15,
    "topics": 0.35,
    "length": 0.15,
    "rust": 0.15,
}
LOWER_IS_BETTER = frozenset({"repetition"})
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


def french(response: str) -> float:
    """Return the share of the prose, in units of sentences of UNIT characters, that langdetect
    calls French before any other language; 0 without prose.
    """
    sentences = [s for text in prose(response) for s in _SENTENCE_END.split(text)]
    guesses = [languages(unit) for unit in units(sentences, UNIT)]
    right = sum(max(g, key=g.__getitem__, default="") == "fr" for g in guesses)
    return right / max(1, len(guesses))


def structure(response: str) -> float:
    """Return the share of the five sections that have content, as level-2 headings in order.

    Of sections in another order, the longest series in the right order counts.
    """
    keys = [section_key(name) for name in SECTIONS]
    longest = [0] * len(keys)  # sections of a right series that ends with this one
    for section in read_sections(response):
        if section.body.strip() and (key := section_key(section.title)) in keys:
            at = keys.index(key)
            longest[at] = max(longest[at], 1 + max(longest[:at], default=0))
    return max(longest) / len(keys)


def code(response: str) -> float:
    """Return 1 if there is a block that says it is Rust."""
    return float(any(block.is_rust for block in blocks(response)))


def repetition(response: str) -> float:
    """Return the share of 4-grams of words that repeat an earlier one: seq-rep-4.

    1 - distinct / all; Welleck et al. 2020, Neural Text Generation with Unlikelihood Training,
    section 6. 0 for a text of fewer words.
    """
    words = response.split()
    grams = [tuple(words[i : i + REPEATED]) for i in range(len(words) - REPEATED + 1)]
    return 1 - len(set(grams)) / len(grams) if grams else 0.0


@cache
def _chrf() -> "CHRF":
    from sacrebleu.metrics.chrf import CHRF

    return CHRF()  # chrF2: nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no


def reference(response: str, wanted: str | None) -> float | None:
    """Return chrF2 / 100 against the reference answer (Popović 2015); None without one.

    Its grams of one to six characters need no words, so that French and Rust count alike. It is a
    measure of likeness: two right answers may have little in common, and authored answers to
    different questions have 0.30 in common (standard deviation 0.05, 50 pairs). Typography is no
    difference: models are trained on printed French, and references are stored as typed.
    """
    if not wanted:
        return None
    said, good = (text.replace(APOSTROPHE, "'") for text in (response, wanted))
    score: float = _chrf().sentence_score(said, [good]).score
    return score / 100


def measure(
    prompt: EvalPrompt, response: Response, passed: Sequence[bool]
) -> dict[str, float | None]:
    """Return all metrics of a response; `passed` tells which of its checked blocks do as said.

    Of what takes long, only the first READ characters count: no text can hold up an evaluation.
    """
    text = response.response[:READ]
    measured: dict[str, float | None] = {
        "french": french(text),
        "structure": structure(text),
        "rust": seed.share(passed),
        "code": code(text),
        "topics": seed.topics(response.response, prompt.expected_topics),
        "length": seed.length(response.response),
        "repetition": repetition(text),
        "reference": reference(text, prompt.reference),
        "groundedness": groundedness(text, prompt.prompt, response.sources),
    }
    return {**measured, "composite": seed.weighted(measured, WEIGHTS)}
