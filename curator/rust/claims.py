"""Hold the errors that a document shows or names against what rustc says of its code.

An error that is shown is a claim about the block that it stands under, also where that block is
marked `ignore`; then it is compiled for the claim alone. An error code in prose is a claim where
the sentence says that this code gives it (french/claims.py), not where it speaks of other code.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from curator.french.changes import ChangeClaim, output_claim
from curator.french.claims import ERROR_CODE, OF_ANOTHER_BLOCK, asserted_codes, hypothetical
from curator.french.sentences import Sentence
from curator.rust import compose
from curator.rust.block_state import BlockState, externs_of
from curator.rust.document import BlockResult, Options
from curator.rust.lesson import Lesson, NamedCodes, Page, Said, ShownClaim, all_code, is_ignored
from curator.rust.shown import ShownError, is_given, shown_errors
from curator.rust.source import analyse
from curator.rust.unit import Unit
from curator.text.fold import fold
from curator.text.markdown import blocks, lines_of

_RUST_IN_TEXT = re.compile(r"\b(?:fn \w+|let (?:mut )?\w+ ?[:=]|impl\b|println!)")


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _shows(state: BlockState, error: ShownError) -> bool:
    """Tell whether the lines that an error quotes are those of a block."""
    code = _squeezed(state.block.code)
    return bool(error.quoted) and all(_squeezed(line) in code for line in error.quoted)


def _is_quoted(page: Page, state: BlockState, error: ShownError) -> bool:
    """Tell whether an output in an answer may be that of an earlier block than the one above it.

    It may where a heading or several paragraphs stand between, or words that say so.
    """
    rows = lines_of(page.markdown)[state.block.line - 1 + state.block.code.count("\n") :]
    between = rows[1 : max(1, error.line - state.block.line - state.block.code.count("\n"))]
    fence = next(
        (i for i, row in enumerate(between) if re.match(r"\s*[`~]{3,}", row)), len(between)
    )
    text = "\n".join(between[:fence]).strip()
    headed = re.search(r"^#{1,6} ", text, re.MULTILINE)
    return bool(headed or "\n\n" in text or OF_ANOTHER_BLOCK.search(fold(text)))


def _claim(lesson: Lesson, at: int, error: ShownError) -> ShownClaim | None:
    """Find the block that a shown error is about; None where there is no block to hold it against.

    The nearest above, else that of the question; where the error quotes lines, the block that has
    them.
    """
    page = lesson.pages[at]
    above, below = page.above(error.line), page.below(error.line)
    earlier = [s for p in reversed(lesson.pages[:at]) for s in reversed(p.states)]
    asked = page.role != "answer"
    near = [*above, *below, *([] if asked else earlier)] if asked else [*above, *earlier, *below]
    if not near:
        return None
    if error.loose:
        return ShownClaim(error, tuple(near))
    quoted = next((s for s in near if _shows(s, error)), None)
    if quoted:
        return ShownClaim(error, (quoted,))
    if not asked and (not above or _is_quoted(page, above[0], error)):
        return ShownClaim(error, tuple([*above, *earlier] or near))
    return ShownClaim(error, (near[0],))


def errors_of(page: Page, debug: bool) -> list[ShownError]:
    """List the errors that a page shows; in a question prose shows them too.

    In a debug question a message of rustc in quotation marks is one, without the word "error".
    """
    question = page.role == "question"
    if not (question and debug) and "err" not in page.markdown:
        return []
    return shown_errors(page.markdown, prose=question, quoted=question and debug)


def claims_above(
    page: Page, said: Sequence[Sentence], shown: Sequence[ShownError]
) -> list[tuple[ChangeClaim, list[ShownError]]]:
    """List the claims about changes whose outcome is an output: the errors shown below them."""
    found = []
    rows = lines_of(page.markdown)
    for block in (b for b in blocks(page.markdown) if not b.is_rust) if shown else ():
        last = block.line + block.code.count("\n")
        errors = [e for e in shown if block.line <= e.line <= last]
        above = next((s for s in reversed(said) if s.line < block.line - 1), None)
        if not errors or above is None:
            continue
        between = "\n".join(rows[above.line - 1 : block.line - 2])
        if re.search(r"^\s*(?:`{3}|~{3}|#{1,6} )", between, re.MULTILINE):
            continue
        codes = frozenset(e.code for e in errors if e.code)
        claim = output_claim(above, codes, page.role == "answer")
        found += [(claim, errors)] if claim else []
    return found


def shown_claims(lesson: Lesson, at: int, errors: Sequence[ShownError]) -> Iterator[ShownClaim]:
    """Yield the errors that a page shows, each with the block that it is held against."""
    for error in errors:
        found = _claim(lesson, at, error)
        if found and not _is_printed(error, lesson):
            yield found


def _is_printed(error: ShownError, lesson: Lesson) -> bool:
    """Tell whether a program of the document prints this "error:" itself."""
    return not error.code and len(error.message) > 3 and error.message in all_code(lesson)


def units_for(lesson: Lesson, options: Options) -> dict[int, list[Unit]]:
    """Return what to compile of the ignored blocks that a claim may be about, by the state's id."""
    held = {id(s): s for claim in lesson.shown for s in claim.states}
    if lesson.named:
        held |= {id(s): s for s in lesson.states()}
    return {
        key: _ignored_units(state, options)
        for key, state in held.items()
        if is_ignored(state) and not _is_refused(state, options)
    }


def _is_refused(state: BlockState, options: Options) -> bool:
    source = analyse(state.block.code)
    return source.hidden or (options.refuse_outside and source.outside != "")


def _ignored_units(state: BlockState, options: Options) -> list[Unit]:
    """Compile an ignored block as it stands, in main, and after the blocks before it."""
    code = state.block.code
    before = [s.block.code for s in (*state.question, *state.answer) if not is_ignored(s)]
    attempts = [compose.as_is(code), *compose.in_main(code)]
    if analyse(code).has_statements:
        attempts = attempts[1:]
    if analyse(code).balanced:
        attempts += compose.after(compose.Composition.AFTER_QUESTION, before, code)
    texts = dict.fromkeys(a.text for a in attempts)
    return [Unit(t, state.edition, externs_of(t, options.externs)) for t in texts]


@dataclass(frozen=True)
class _Fault:
    """A false claim: the block that it is blamed on, its line, what is claimed, what rustc gives.

    Without `verified`, the block is ignored, and what rustc says of it does not decide.
    """

    state: BlockState
    line: int
    claimed: str
    given: str
    verified: bool = True

    @property
    def message(self) -> str:
        if not self.verified:
            return f"the text says {self.claimed} (line {self.line}): this block alone cannot show"
        return f"the text says {self.claimed} (line {self.line}), rustc gives {self.given}"


def _names(codes: frozenset[str]) -> str:
    return ", ".join(sorted(codes)) or "no error"


def _shown_faults(lesson: Lesson) -> Iterator[_Fault]:
    """Yield the shown errors that rustc does not give for the block that they stand under."""
    for claim in lesson.shown:
        said = [lesson.said(state) for state in claim.states]
        known = [s for s in said if s is not None]
        if any(is_given(claim.error, s.errors) for s in known):
            continue
        blamed = claim.states[0]
        if len(known) < len(said) or not all(s.sure for s in known):
            if is_ignored(blamed):
                yield _Fault(blamed, claim.error.line, claim.error.name, "", verified=False)
            continue
        given = frozenset(e.code or f"error: {e.message}" for e in known[0].errors)
        yield _Fault(blamed, claim.error.line, claim.error.name, _names(given))


def named_codes(lesson: Lesson, at: int, said: Iterable[Sentence]) -> Iterator[NamedCodes]:
    """Yield those sentences of a page that name error codes."""
    for sentence in said:
        codes = frozenset(ERROR_CODE.findall(sentence.text))
        if codes:
            asserted = asserted_codes(sentence, all_code(lesson))
            general = hypothetical(sentence)
            yield NamedCodes(lesson.pages[at], sentence.line, codes, general, asserted)


def _false_name(lesson: Lesson) -> tuple[NamedCodes, frozenset[str]] | None:
    """Return a sentence that names an error that rustc does not give, with the codes it gives.

    Prose may mention other errors beside, but where code fails, at least one of those that it
    names must be among those that rustc gives; a debug question's error must be there; and where
    nothing fails, no sentence may say that it does.
    """
    said = {id(s): lesson.said(s) for s in lesson.states()}
    if any(s is None or not s.sure for s in said.values()) or lesson.elsewhere:
        return None
    given = frozenset(c for s in said.values() if s for c in s.codes)
    names = lesson.named
    meant = [n for n in names if not n.general]
    shown = {claim.error.code for claim in lesson.shown}
    asked = [n for n in names if n.page.role == "question"]
    codes = frozenset(c for n in names for c in n.codes)
    if given and meant and not (codes | shown) & given:
        return meant[0], given
    if lesson.document.debug and asked and not frozenset(c for n in asked for c in n.codes) & given:
        return asked[0], given
    for name in (n for n in names if n.asserted):
        near = name.page.states if name.page.role == "question" else ()
        own = frozenset(c for s in near for c in (said[id(s)] or Said()).codes) if near else given
        if not own:
            return name, own
    return None


def shows_other_code(lesson: Lesson) -> bool:
    """Tell whether a block that is not marked as Rust may be Rust that a sentence is about."""
    fences = (b for p in lesson.pages for b in blocks(p.markdown) if not b.is_rust)
    return any(_RUST_IN_TEXT.search(b.code) and "error" not in b.code for b in fences)


def _prose_faults(lesson: Lesson, results: Sequence[BlockResult]) -> Iterator[_Fault]:
    states = list(lesson.states())
    checked = [s for s in states if not is_ignored(s)]
    if not lesson.named or not checked or not all(r.passed for r in results):
        return
    found = _false_name(lesson)
    if found:
        name, given = found
        failing = [s for s in checked if s.expected.expectation != "compiles"]
        near = name.page.above(name.line) if name.asserted else []
        blamed = next(s for s in (*failing, *near, *checked) if not is_ignored(s))
        yield _Fault(blamed, name.line, _names(name.codes), _names(given))


def check_claims(lesson: Lesson, results: Sequence[BlockResult]) -> list[BlockResult]:
    """Return `results`, in the order of the blocks, with `wrong_claim` where a claim is false.

    A block that does not do what is expected already has its reason; one that is ignored has none
    but for a false claim about it.
    """
    states = list(lesson.states())
    faults: dict[int, _Fault] = {}
    for fault in (*_shown_faults(lesson), *_prose_faults(lesson, results)):
        faults.setdefault(id(fault.state), fault)
    pairs = zip(states, results, strict=True)
    return [_with(faults.get(id(state)), result) for state, result in pairs]


def _with(fault: _Fault | None, result: BlockResult) -> BlockResult:
    if fault is None or not result.passed:
        return result
    reason = "wrong_claim" if fault.verified else ""
    return replace(result, reason=reason, message=fault.message)
