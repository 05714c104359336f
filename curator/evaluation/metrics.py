"""Measure whether a response helps the learner: it solves, explains, shows, and can be read.

    composite = 5 * substance * (FORM_LEAST + weights of French and form)          docs/score.md

Substance is what an answer is worth to who asked. Where a prompt has a check, solving it comes
first, and what is said and shown counts half without it; where it has none, ideas are everything.
Form only takes away: nothing that is without substance gains by it. Shares are in 0..1; higher is
better but for must_not and repetition. `structure`, `reference`, `groundedness` and `repetition`
are measured beside the score and are no part of it.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from curator.evaluation import ideas, seed
from curator.evaluation.grounded import groundedness
from curator.evaluation.prompts import EvalPrompt
from curator.evaluation.records import Response
from curator.evaluation.relevance import relevance, shared_names
from curator.evaluation.solving.groups import Said
from curator.evaluation.solving.kinds import Claim
from curator.evaluation.solving.run import Outcome
from curator.evaluation.weights import WEIGHTS, Weights
from curator.filters.french import languages, prose, units
from curator.french.shortwords import spoken_language
from curator.french.typography import APOSTROPHE
from curator.rust.syntax import tree_of
from curator.text.markdown import SECTIONS, section_key
from curator.text.markdown import sections as read_sections

if TYPE_CHECKING:
    from sacrebleu.metrics.chrf import CHRF

READ = 50_000  # characters of a response that are judged; ten times what 1024 tokens make
UNIT = 80  # characters; langdetect is unsure of less (curator/filters/french.py)
REPEATED = 4  # words
REPEATED_LEAST = 0.2  # of these; code and terms repeat themselves
LOWER_IS_BETTER = frozenset({"repetition", "must_not"})
ATTEMPTED = 2  # names of the question that a block takes up
LONGEST = 800  # words; a learner has asked one question
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


class Shown(NamedTuple):
    """A Rust block of an answer, and whether it does as the text says."""

    code: str
    passed: bool


def french(response: str) -> float | None:
    """Return the share of the prose, in units of sentences of UNIT characters, that langdetect
    calls French before any other language; short ones by their words. None without prose.
    """
    sentences = [s for text in prose(response) for s in _SENTENCE_END.split(text)]
    parts = list(units(sentences, UNIT))
    return sum(map(_is_french, parts)) / len(parts) if parts else None


def _is_french(text: str) -> bool:
    guess = languages(text)
    if max(guess, key=guess.__getitem__, default="") == "fr":
        return True
    return len(text) < UNIT and spoken_language(text) == "fr"


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


def form(response: Response) -> float:
    """Return 1 for a text that is finished, of a length to be read, and does not repeat itself."""
    text = response.response
    repeated = max(0.0, repetition(text[:READ]) - REPEATED_LEAST) / (1 - REPEATED_LEAST)
    longer = max(0.0, len(text.split()) / LONGEST - 1)
    return max(0.0, float(response.finished) - repeated - longer)


def code(blocks: Sequence[Shown], question: str, solved: bool) -> float | None:
    """Return the share of blocks that do as the text says, as far as they are of the question.

    Blocks that only hand the question's own code back are not counted; None without any other.
    Where a program of the answer solved the question, its code did as it says.
    """
    own = [block for block in blocks if ideas.own_lines(question, [block.code]).strip()]
    if solved or not own:
        return 1.0 if solved else None
    share = sum(block.passed for block in own) / len(own)
    return share * relevance(question, "\n".join(f"```\n{block.code}\n```" for block in own))


def sound_blocks(prompt: EvalPrompt, blocks: Sequence[Shown], outcome: Outcome | None) -> list[str]:
    """Return the code in which an idea may be shown; all of it, if a program solved.

    Those are blocks that do as the text says, and attempts: Rust by its syntax, about the question.
    """
    by_program = _by_program(prompt, outcome)
    return [b.code for b in blocks if b.passed or by_program or _attempts(prompt.prompt, b.code)]


def _attempts(question: str, code: str) -> bool:
    """Tell whether a block that fails tries to solve the question, rather than list words."""
    return not tree_of(code).has_error and len(shared_names(question, code)) >= ATTEMPTED


def compiles(question: str, blocks: Sequence[Shown], outcome: Outcome | None) -> float | None:
    """Return 1 where an attempt compiles and the question's own program does not, or solves it."""
    if outcome is None:
        return None
    attempted = any(_attempts(question, block.code) for block in blocks)
    return float(outcome.solved or (outcome.compiles and attempted))


def _by_program(prompt: EvalPrompt, outcome: Outcome | None) -> bool:
    """Tell whether a program of the answer solved its prompt, and not what it claims."""
    return bool(outcome and outcome.solved) and not isinstance(prompt.check, Claim)


def measure(
    prompt: EvalPrompt,
    response: Response,
    blocks: Sequence[Shown],
    outcome: Outcome | None,
    weights: Weights = WEIGHTS,
) -> dict[str, float | None]:
    """Return all metrics of a response; `outcome` is that of the prompt's check, if it has one.

    Of what takes long, only the first READ characters count: no text can hold up an evaluation.
    """
    text = response.response[:READ]
    solved = bool(outcome and outcome.solved)
    sound = sound_blocks(prompt, blocks, outcome)
    said = ideas.count(prompt.ideas, prompt.prompt, text, sound)
    broken = [group for group in prompt.must_not if group.found(Said(text))]
    measured: dict[str, float | None] = {
        "solved": float(solved) if outcome else None,
        "compiles": compiles(prompt.prompt, blocks, outcome),
        "ideas": sum(said) / len(said),
        "must_not": len(broken) / len(prompt.must_not) if prompt.must_not else None,
        "code": code(blocks, prompt.prompt, _by_program(prompt, outcome)),
        "relevance": 1.0 if solved else relevance(prompt.prompt, text),
        "french": french(text),
        "form": form(response),
        "rust": seed.share([block.passed for block in blocks]),
        "structure": structure(text),
        "repetition": repetition(text),
        "reference": reference(text, prompt.reference),
        "groundedness": groundedness(text, prompt.prompt, response.sources),
    }
    return {**measured, "composite": composite(measured, len(broken) / len(said), weights)}


def composite(
    measured: Mapping[str, float | None], broken: float = 0.0, weights: Weights = WEIGHTS
) -> float:
    """Return the score, 0..5, of an answer's metrics.

    What an answer must not have costs an idea each: `broken` is that as a share of the ideas.
    """
    value = {name: number or 0.0 for name, number in measured.items()}
    net = (value["ideas"] - broken - weights.chance) / (1 - weights.chance)
    said = max(0.0, net) * value["relevance"]
    shown = 1.0 if measured["code"] is None else value["code"]
    explained = said * (1 - weights.code + weights.code * shown)
    substance = explained
    if measured["solved"] is not None:
        counted = explained * (1.0 if value["solved"] else weights.unsolved)
        done = max(value["solved"], weights.compiles * value["compiles"])
        substance = weights.solved * done + (1 - weights.solved) * counted
    french_part = weights.french * value["french"]
    manner = 1 - weights.french - weights.form + french_part + weights.form * value["form"]
    return 5 * substance * manner * readable(measured["french"])


def readable(french_share: float | None) -> float:
    """Return 0..1: an answer in another language is of no use to who asked in French.

    Half of the prose in French is enough; a text without prose is in no language.
    """
    return 1.0 if french_share is None else min(1.0, french_share / 0.5)
