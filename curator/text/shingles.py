"""Reduce texts to what they are compared by: words of prose, tokens of Rust code, shingles.

Prose and code are separated by fence lines, because a full Markdown parse would take most of the
time of a comparison; a test compares the result with the parser's on every authored example.
"""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

_FENCE = re.compile(
    r"^ {0,3}(`{3,}|~{3,})([^\n`]*)\n(.*?)(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL
)
_INLINE_CODE = re.compile(r"`+[^`\n]*`+")
_SECTION = re.compile(r"^##[ \t].*$", re.MULTILINE)
_BLANK = re.compile(r"\n\s*\n")
_ERROR = re.compile(r"E\d{4}$")
_WORD = re.compile(r"[a-z0-9]+")
_COMMENT_OR_TEXT = re.compile(
    r"//[^\n]*|/\*.*?\*/"
    r'|(b?r#*".*?"#*|b?"(?:\\.|[^"\\])*"|b?\'(?:\\[^\']+|[^\'\\])\'|\b\d[\w.]*)',
    re.DOTALL,
)
_TOKEN = re.compile(r"'?[A-Za-z_]\w*!?|0|::|->|=>|[^\w\s]")
_NAMES = frozenset(f"{string.ascii_letters}_'")
_VARIABLES = frozenset(f"{string.ascii_lowercase}_'")
_KEYWORDS = """as async await break const continue crate dyn else enum extern false fn for if impl
in let loop match mod move mut pub ref return self static struct super trait true type union unsafe
use where while bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 _"""
KEYWORDS = frozenset(_KEYWORDS.split())
_DECLARES = frozenset(("fn", "struct", "enum", "trait", "type", "const", "static", "mod", "union"))
_PATH_OR_CALL = frozenset(("(", "::"))


@dataclass(frozen=True)
class Parts:
    """A text's prose, and the code of its Rust blocks: those meant to fail, and the others.

    `errors` are the compiler error codes that the fences of failing blocks name.
    """

    prose: str
    failing: str
    code: str
    errors: frozenset[str]


def split(markdown: str) -> Parts:
    """Split a Markdown text into its parts; fences in other languages belong to none of them."""
    failing: list[str] = []
    code: list[str] = []
    errors: set[str] = set()

    def take(block: "re.Match[str]") -> str:
        words = block[2].replace(",", " ").split()
        if words and words[0].lower() in ("rust", "rs"):
            (failing if "compile_fail" in words else code).append(block[3])
            errors.update(w for w in words if "compile_fail" in words and _ERROR.match(w))
        return "\n"

    prose = _FENCE.sub(take, markdown)
    prose = _SECTION.sub("", _INLINE_CODE.sub(" ", prose))
    return Parts(prose, "\n".join(failing), "\n".join(code), frozenset(errors))


def has_fences(markdown: str) -> bool:
    """Tell whether a Markdown text has a fenced block, of any language."""
    return bool(_FENCE.search(markdown))


def without_fences(markdown: str) -> str:
    """Return a Markdown text without its fenced blocks, of any language, and headings of sections.

    Code in a line of prose stays: without it, the line would be no sentence.
    """
    prose = _SECTION.sub("", _FENCE.sub("\n", markdown))
    return _BLANK.sub("\n\n", prose).strip()


def words(text: str) -> list[str]:
    """List the words of a text in lower-case ASCII; letters lose their accents, others vanish.

    A typographic apostrophe parts words as a typed one does.
    """
    folded = text.casefold().replace("\u2019", "'")
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore")
    return _WORD.findall(plain.decode("ascii"))


def tokens(code: str) -> list[str]:
    """List the tokens of Rust code that survive a change of names, literals, comments and layout.

    Literals are "0". Variables, fields, lifetimes and what the code itself declares are "_";
    keywords, primitive types, macros, and the functions, methods, types and modules of others
    keep their names.
    """
    plain = _COMMENT_OR_TEXT.sub(lambda match: " 0 " if match[1] else " ", code)
    raw = _TOKEN.findall(plain)
    following = [*raw, ""][1:]
    own = {name for word, name in zip(raw, following, strict=True) if word in _DECLARES}
    kept = ["", ""]  # two before the first, so that the one before `::` can be looked up
    before = ""
    for token, after in zip(raw, following, strict=True):
        if token in KEYWORDS or token[0] not in _NAMES:
            kept.append(token)
        elif token in own:
            kept.append("_")
        elif before == "::":  # a variant or function of an own type, or of somebody else's
            kept.append("_" if kept[-2] == "_" else token)
        else:
            variable = token[0] in _VARIABLES and token[-1] != "!" and after not in _PATH_OR_CALL
            kept.append("_" if variable else token)
        before = token
    return kept[2:]


def edit(failing: Sequence[str], fixed: Sequence[str]) -> frozenset[tuple[str, int]]:
    """Count the tokens that failing code has more or less often than its fixed form.

    The same error put elsewhere into a program gives the same edit. Empty where either is empty.
    """
    if not (failing and fixed):
        return frozenset()
    change = Counter(failing)
    change.subtract(Counter(fixed))
    return frozenset((token, count) for token, count in change.items() if count)


def shingles(items: Sequence[str], size: int) -> set[str]:
    """Join every `size` neighbouring words or tokens; a shorter text is one shingle."""
    if len(items) < size:
        return {" ".join(items)} if items else set()
    return set(map(" ".join, zip(*(items[i:] for i in range(size)), strict=False)))


def jaccard(first: set[T], second: Collection[T]) -> float:
    """Return |A and B| / |A or B| (Jaccard 1901), 0 for two empty ones; `second` has no repeats."""
    both = len(first.intersection(second))
    total = len(first) + len(second) - both
    return both / total if total else 0.0
