"""Read what a block should do, as a person does: its fence, its comments, the text before it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from curator.french import cues
from curator.rust.source import analyse
from curator.text.fold import fold
from curator.text.markdown import Block

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

    `said_by` is "fence", "comment", "todo", "text" or "question".
    """

    expectation: Expectation
    codes: frozenset[str] = frozenset()
    said_by: str = "fence"


def _from_comment(block: Block) -> ExpectedOutcome | None:
    source = analyse(block.code)
    for comment in source.comments:
        if comment.code_follows and cues.WRONG_COMMENT.match(fold(comment.text)):
            codes = frozenset(CODE.findall(comment.text.upper()))
            return ExpectedOutcome(Expectation.FAILS, codes, "comment")
    if any(c.text.upper().startswith("TODO") for c in source.comments):
        # A stub may stand for what is to be written; without one, the code is unfinished.
        stub = STUB.search(source.bare)
        return ExpectedOutcome(Expectation.MAY_FAIL if stub else Expectation.FAILS, said_by="todo")
    return None


def _from_prose(before: str) -> ExpectedOutcome | None:
    """Read what the last sentence before a block says of it."""
    paragraph = before.rstrip().rsplit("\n\n", 1)[-1]
    if not paragraph.endswith(":"):
        return None
    sentence = re.split(r"(?<=[.!?;])\s", paragraph)[-1]
    if cues.WRONG_TEXT.search(fold(sentence)):
        return ExpectedOutcome(Expectation.FAILS, frozenset(CODE.findall(sentence)), "text")
    return None


def expected_outcome(block: Block, before: str, debug_question: bool) -> ExpectedOutcome:
    """Tell what is expected of a Rust block; `before` is the text above its fence.

    The fence's rustdoc attributes win, then comments in the code, then the sentence before. The
    code of a debug question may fail: its claims are held against what rustc says.
    """
    if any(a == "ignore" or a.startswith("ignore-") for a in block.attributes):
        return ExpectedOutcome(Expectation.IGNORED)
    if block.has("compile_fail"):
        return ExpectedOutcome(Expectation.FAILS, frozenset(block.error_codes))
    said = _from_comment(block) or _from_prose(before)
    if said:
        return said
    return (
        ExpectedOutcome(Expectation.MAY_FAIL, said_by="question")
        if debug_question
        else ExpectedOutcome(Expectation.COMPILES)
    )
