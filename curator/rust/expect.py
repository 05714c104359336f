"""Read what a block should do, as a person does: its fence, its comments, the text before it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from curator.french import refusal
from curator.rust.remarks import refused_by_comment
from curator.text.markdown import Block, blocks

CODE = re.compile(r"\bE\d{4}\b")
STUB = re.compile(r"\b(?:todo|unimplemented)\s*!")


class Expectation(StrEnum):
    """What a block should do with rustc."""

    COMPILES = "compiles"
    FAILS = "fails"
    MAY_FAIL = "may_fail"
    IGNORED = "ignored"


@dataclass(frozen=True)
class ExpectedOutcome:
    """What a block should do, the error codes that are named for it, and what says so.

    `said_by` is "fence", "comment", "text" or "question".
    """

    expectation: Expectation
    codes: frozenset[str] = frozenset()
    said_by: str = "fence"


# rustc's own words, as a fence shows them.
_OUTPUT = re.compile(r"^error(?:\[E\d{4}\])?: .*$", re.MULTILINE)


@dataclass(frozen=True)
class Surroundings:
    """The text before a block's fence and after it; in an answer, also the question's text.

    `question` is given where the question shows code: what an answer says of "this code" without
    pointing ahead is said of that.
    """

    before: str = ""
    after: str = ""
    question: str = ""


def _failing(sentence: str, said_by: str) -> ExpectedOutcome:
    codes = frozenset(CODE.findall(sentence.upper()))
    return ExpectedOutcome(Expectation.FAILS, codes, said_by)


def _above(surroundings: Surroundings) -> str | None:
    """Read the paragraph directly above a block."""
    *earlier, paragraph = re.split(r"\n\s*\n", surroundings.before.strip())
    code_above = bool(earlier) and earlier[-1].rstrip().endswith(("```", "~~~"))
    if paragraph.endswith(("```", "~~~")) or paragraph.startswith("#"):
        return None
    return refusal.refused_below(paragraph, code_above or bool(surroundings.question))


def _below(surroundings: Surroundings) -> str | None:
    """Read the paragraph directly below a block, and the compiler's output that it introduces."""
    paragraph, _, rest = re.sub(r"\n\s*\n", "\n\n", surroundings.after.strip()).partition("\n\n")
    if paragraph.startswith(("```", "~~~")):
        paragraph, rest = "", surroundings.after
    shown = next(iter(blocks(rest)), None) if rest.lstrip().startswith(("```", "~~~")) else None
    if shown and shown.is_rust and paragraph.endswith(":"):
        return None
    if shown and not shown.is_rust and (errors := _OUTPUT.findall(shown.code)):
        repeated = surroundings.question and errors[0] in surroundings.question
        compiling = "error[" in errors[0] or "-->" in shown.code
        if repeated or refusal.supposed(refusal.plain(paragraph)):
            return None
        if compiling and (not paragraph or paragraph.endswith(":")):
            return paragraph or "output"
    return refusal.refused_above(paragraph) if paragraph else None


def expected_outcome(block: Block, surroundings: Surroundings, debug_question: bool) -> ExpectedOutcome:
    """Tell what is expected of a Rust block, from its fence, its comments, the prose around it.

    The fence's rustdoc attributes win, then comments in the code, then the paragraph above it,
    then what stands below it. The code of a debug question may fail: the codes that it names are
    claims, which are held against what rustc says.
    """
    if any(a == "ignore" or a.startswith("ignore-") for a in block.attributes):
        return ExpectedOutcome(Expectation.IGNORED)
    if block.has("compile_fail"):
        return ExpectedOutcome(Expectation.FAILS, frozenset(block.error_codes))
    if (comment := refused_by_comment(block.code)) is not None:
        return _failing(comment, "comment")
    if (sentence := _above(surroundings) or _below(surroundings)) is not None:
        said = _failing(sentence, "text")
        if not (debug_question and said.codes):
            return said
    return (
        ExpectedOutcome(Expectation.MAY_FAIL, said_by="question")
        if debug_question
        else ExpectedOutcome(Expectation.COMPILES)
    )


def claimed_codes(prose: str, fences: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Collect the error codes that a text names, in its prose and in the output that it shows."""
    shown = {c for text in fences for c in re.findall(r"error\[(E\d{4})\]", text)}
    return frozenset(CODE.findall(prose)), frozenset(shown)
