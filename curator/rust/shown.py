"""Read the compiler errors that a text shows as output, and compare their words with rustc's.

`error[E0308]: mismatched types` is one wherever it stands in a block of output, or in the prose of
a question. An error without a code is one if it stands above a place (`--> src/main.rs:2:5`) or
is known to be rustc's: cargo and programs print lines that begin with "error:" too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from curator.french.claims import CLOSING, DENIED, GUILLEMETS, OPENING
from curator.rust.compiler import Diagnostic
from curator.text.fold import fold
from curator.text.markdown import Block, blocks, passages

_HEAD = re.compile(r"^[\s>]*(?:error|erreur)(?:\[(E\d{4})\])?(?:: ?(.*)|$)")
_OTHER_HEAD = re.compile(r"^[\s>]*(?:warning|help|note|aide)\b.*: ")
_PLACE = re.compile(r"^\s*-->\s")
_QUOTED_LINE = re.compile(r"^\s*\d+\s*[|│] ?(?:[/|\\_ ]* )?(.*\S)")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
# What cargo says of its own work, or rustc of its end.
_OF_CARGO = re.compile(
    r"^(?:could not compile|aborting due to|test failed|process didn't|linking with|failed to"
    r"|no such|could not find|doctest failed|build failed|package |manifest |the lock file"
    r"|\d+ targets? failed|unexpected argument|the following required|invalid value"
    r"|unrecognized subcommand)"
)
_KNOWN = re.compile(
    r"lifetime may not live long enough|cannot find (?:macro|attribute|derive macro)"
    r"|expected .*found|expected (?:one of|expression|item|pattern|type|identifier|[`;,])"
    r"|future cannot be sent between threads|captured variable cannot escape"
    r"|unclosed delimiter|(?:mismatched|unexpected) closing delimiter"
    r"|this (?:arithmetic )?operation will|no rules expected|unknown start of token"
    r"|format argument must be|positional arguments? in|argument never used"
    r"|implementation of .* is not general enough|higher-ranked|recursion limit reached"
    r"|missing .* for|unused |unreachable |usage of an `unsafe`|literal out of range"
    r"|prefix `?\w+`? is unknown|comparison operators cannot be chained"
    r"|extern blocks must be unsafe|unterminated |unknown character escape"
    r"|struct literals are not allowed|invalid left-hand side"
)
# What rustc says of code that it refuses, whoever quotes it.
_MESSAGE = re.compile(
    r"\s*(?:(?:use|borrow) of moved value|value (?:used|borrowed) here after move"
    r"|cannot (?:borrow|assign|move out of|return (?:reference|value)|infer type) "
    r"|cannot find (?:value|macro|type|function) |mismatched types|type annotations needed"
    r"|lifetime may not live long enough|missing lifetime specifier"
    r"|.{0,40}does not live long enough|the trait bound |no method named "
    r"|recursive type .* has infinite size|non-exhaustive patterns)"
)
_NAMED = re.compile(r"`[^`]*`|\"[^\"]*\"|'[^' ]*'|" + GUILLEMETS)
_FILLERS = {
    "a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "it", "its", "of", "on", "or",
    "that", "the", "this", "to", "was",
}  # fmt: skip


@dataclass(frozen=True)
class ShownError:
    """An error that a text shows: the line in the text, code or "", message, lines it quotes.

    A `loose` one is only quoted: any error of the block may be meant.
    """

    line: int
    code: str
    message: str
    quoted: tuple[str, ...] = ()
    loose: bool = False

    @property
    def name(self) -> str:
        """What to call it in a message."""
        return self.code or f"error: {self.message}"


def shown_in(block: Block) -> Iterator[ShownError]:
    """Yield the errors of rustc in a block of output, in order."""
    lines = _ANSI.sub("", block.code).split("\n")
    heads = [i for i, line in enumerate(lines) if _HEAD.match(line)]
    for at, end in zip(heads, [*heads, len(lines)][1:], strict=True):
        below: list[str] = []
        for line in lines[at + 1 : end]:
            if _OTHER_HEAD.match(line):
                break
            below.append(line)
        head = _HEAD.match(lines[at])
        found = _error(head, block.line + at, below) if head else None
        if found:
            yield found


def _error(head: "re.Match[str]", line: int, below: list[str]) -> ShownError | None:
    code, message = head.group(1) or "", (head.group(2) or "").strip()
    placed = any(_PLACE.match(row) for row in below)
    known = code or ((placed or _KNOWN.search(message)) and not _OF_CARGO.match(message))
    quoted = tuple(m.group(1) for row in below if (m := _QUOTED_LINE.match(row)))
    return ShownError(line, code, message, quoted) if known else None


def shown_in_prose(markdown: str) -> Iterator[ShownError]:
    """Yield the errors that prose quotes with "error" before them, in code spans or not."""
    for line, text in passages(markdown):
        for span in re.finditer(r"error\[(E\d{4})\](?:: ?([^`\n]*))?", text):
            at = line + text.count("\n", 0, span.start())
            yield ShownError(at, span.group(1), (span.group(2) or "").strip())
        for span in re.finditer(
            rf"(?:^|`|{OPENING} ?)error: ?([^\n{CLOSING}]*)", text, re.MULTILINE
        ):
            if _KNOWN.search(span.group(1)):
                at = line + text.count("\n", 0, span.start())
                yield ShownError(at, "", span.group(1).strip(" `"))


def quoted_messages(markdown: str) -> Iterator[ShownError]:
    """Yield the messages of rustc that prose has in quotation marks or code spans."""
    for line, text in passages(markdown):
        for mark in re.finditer(rf"`+ ?([^`\n]+?) ?`+|{OPENING}\s?([^{CLOSING}\n]+)", text):
            message = mark.group(1) or mark.group(2)
            start = max(text.rfind(end, 0, mark.start()) for end in ".!?;")
            if _MESSAGE.match(message) and not DENIED.search(fold(text[start + 1 : mark.start()])):
                at = line + text.count("\n", 0, mark.start())
                yield ShownError(at, "", message.strip(), loose=True)


def shown_errors(markdown: str, prose: bool, quoted: bool = False) -> list[ShownError]:
    """List the errors that a text shows, in the order of their lines.

    With `prose` also those in prose, with `quoted` messages in quotation marks as well.
    """
    outputs = [b for b in blocks(markdown) if not b.is_rust]
    found = [e for block in outputs for e in shown_in(block)]
    found += shown_in_prose(markdown) if prose else ()
    found += quoted_messages(markdown) if quoted else ()
    return sorted(found, key=lambda e: e.line)


def _words(message: str) -> frozenset[str]:
    bare = _NAMED.sub(" ", message.split("…")[0].split("...")[0]).casefold()
    return frozenset(re.findall(r"[a-z]+", bare)) - _FILLERS


def _alike(shown: str, given: str, share: float) -> bool:
    """Tell whether two messages say the same in other words: names aside, enough are shared."""
    one, other = _words(shown), _words(given)
    if not one or not other:
        return True
    return len(one & other) >= share * min(len(one), len(other))


def is_given(shown: ShownError, errors: Sequence[Diagnostic]) -> bool:
    """Tell whether rustc gives an error that is shown.

    A code must be the same; its wording is another from version to version, and may be translated.
    Without a code, most words must be the same, names aside; a syntax error may name other tokens
    that were expected.
    """
    if shown.loose and errors:
        return True
    if shown.code:
        return any(e.code == shown.code for e in errors)
    expected = shown.message.startswith("expected ")
    return any(
        _alike(shown.message, e.message, 0.6)
        or (expected and not e.code and e.message.startswith("expected "))
        for e in errors
    )
