"""Read what a block should do, as a person does: its fence, its comments, the text before it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from curator.french import refusal, verdicts
from curator.french.claims import OF_ANOTHER_BLOCK
from curator.rust.fence import is_ignored
from curator.rust.remarks import refused_by_comment
from curator.rust.shown import shown_in
from curator.text.fold import fold
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


IGNORED = ExpectedOutcome(Expectation.IGNORED)


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


# rustc's own words, as a fence shows them, or the file that it includes them from; cargo's and
# programs' words are none.
_OUTPUT = re.compile(r"^error(?:\[E\d{4}\])?: .*$|^\{\{#\w*include .*$", re.MULTILINE)
_OTHER_OUTPUT = re.compile(
    r"panicked at|^error: (?:test failed|process|failed to run)", re.MULTILINE
)
_FENCE = ("```", "~~~")
_HEADING = re.compile(r"^(#{2,6} .*)\n(?!\n)", re.MULTILINE)  # with text directly below it
_HIDDEN = re.compile(r"<!--.*?-->", re.DOTALL)  # no reader sees it
_FENCE_BELOW = re.compile(r"\n[>\s]*(?:```|~~~)")  # also in a quotation or a list
# Paragraphs that books put between prose and code: the file's name, and a caption.
_MARKS = r"(?:<[^>]+>|[*_`>\s])*"
_FILE = re.compile(
    rf"^{_MARKS}(?:(?:nom du )?fichier\s*:)?{_MARKS}[\w./-]+\.\w+{_MARKS}:?{_MARKS}$", re.I
)
_CAPTION = re.compile(
    rf"^{_MARKS}(?:encart|listing|extrait|figure|exemple|code)\s+[\d.-]+\s*:", re.I
)


def _paragraphs(text: str) -> list[str]:
    """Split a text at blank lines, without HTML comments, names of files, code below prose."""
    seen = _HEADING.sub(r"\1\n\n", _HIDDEN.sub("", text))
    every = (p.strip() for p in re.split(r"\n\s*\n", seen.strip()))
    shown = (p if p.startswith(_FENCE) else _FENCE_BELOW.split(p, maxsplit=1)[0] for p in every)
    return [p for p in shown if p and not _FILE.match(p)]


def _above(surroundings: Surroundings) -> str | None:
    """Read the paragraph directly above a block."""
    *earlier, paragraph = ["", *_paragraphs(surroundings.before)]
    if paragraph.endswith(_FENCE) or paragraph.startswith(("#", "|")):
        return None
    code_above = bool(earlier) and earlier[-1].endswith(_FENCE)
    return refusal.refused_below(paragraph, code_above or bool(surroundings.question))


def _is_of(code: str, fence: Block) -> bool:
    """Tell whether output is that of rustc, and not of the program itself or of other code."""
    squeezed = "".join(code.split())
    return any(
        (error.code or error.message not in code)
        and all("".join(line.split()) in squeezed for line in error.quoted)
        for error in shown_in(fence)
    )


def _shows_error(introduction: str, fence: Block, code: str, question: str) -> bool:
    """Tell whether a fence below a block shows what rustc says of it."""
    shown = fence.code
    errors = _OUTPUT.findall(shown)
    if not errors or _OTHER_OUTPUT.search(shown) or (question and errors[0] in question):
        return False
    if errors[0].startswith("error") and not _is_of(code, fence):
        return False
    if OF_ANOTHER_BLOCK.search(fold(introduction)):
        return False
    text = refusal.plain(introduction[-1000:]).strip()
    said = re.split(r"(?<=[.!?])\s", text)
    if refusal.supposed(said[-1]) or refusal.of_a_change(text):
        return False
    by_rustc = errors[0].startswith("error[") or "-->" in shown
    return by_rustc or not introduction or "erreur" in said[-1] or "compil" in said[-1]


def _first_fence(text: str) -> str:
    """Cut a text that begins with a fence after it: what follows need not be parsed."""
    first, *lines = text.split("\n")
    mark = first[:3]
    closing = (
        at for at, line in enumerate(lines) if line.strip() and not line.strip(mark[0] + " ")
    )
    end = next((at for at in closing if lines[at].lstrip().startswith(mark)), len(lines))
    return "\n".join([first, *lines[: end + 1]])


def _below(surroundings: Surroundings, code: str) -> str | None:
    """Read the paragraph directly below a block, and the compiler's output that it introduces."""
    following = _paragraphs(surroundings.after)
    if following and _CAPTION.match(following[0]):
        caption = following.pop(0)
        if (said := refusal.refused_below(caption, pointing=False)) is not None:
            return said
    paragraph = following.pop(0) if following and not following[0].startswith(_FENCE) else ""
    if following and following[0].startswith(_FENCE):
        shown = blocks(_first_fence("\n\n".join(following)))[0]
        if not shown.is_rust and _shows_error(paragraph, shown, code, surroundings.question):
            return paragraph
        if shown.is_rust and paragraph.endswith(":"):
            return None
    return refusal.refused_above(paragraph, surroundings.question)


def expected_outcome(
    block: Block, surroundings: Surroundings, debug_question: bool
) -> ExpectedOutcome:
    """Tell what is expected of a Rust block, from its fence, its comments, the prose around it.

    The fence's rustdoc attributes win, then comments in the code, then the paragraph above it,
    then what stands below it. The code of a debug question may fail: the codes and messages that it
    names are claims, which are held against what rustc says.
    """
    if is_ignored(block):
        return IGNORED
    if block.has("compile_fail"):
        return ExpectedOutcome(Expectation.FAILS, frozenset(block.error_codes))
    if (comment := refused_by_comment(block.code)) is not None:
        return _failing(comment, "comment")
    sentence = _above(surroundings)
    if sentence is None:
        sentence = _below(surroundings, block.code)
    if sentence is not None:
        said = _failing(sentence, "text")
        named = said.codes or verdicts.MESSAGE in sentence
        if not (debug_question and named):
            return said
    return (
        ExpectedOutcome(Expectation.MAY_FAIL, said_by="question")
        if debug_question
        else ExpectedOutcome(Expectation.COMPILES)
    )
