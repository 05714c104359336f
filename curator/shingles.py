"""What texts are compared by: the words of prose, the tokens of Rust code, shingles of either.

Prose and code are told apart by fence lines, because a full Markdown parse takes most of the time
of a comparison; a test holds the split against the parser's on every authored example.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

_FENCE = re.compile(
    r"^ {0,3}(`{3,}|~{3,})([^\n`]*)\n(.*?)(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL
)
_INLINE_CODE = re.compile(r"`+[^`\n]*`+")
_SECTION = re.compile(r"^##[ \t].*$", re.MULTILINE)
_WORD = re.compile(r"[a-z0-9]+")
_TOKEN = re.compile(
    r"//[^\n]*|/\*.*?\*/"  # comments
    r'|b?r#*".*?"#*|b?"(?:\\.|[^"\\])*"|b?\'(?:\\[^\']+|[^\'\\])\''  # texts and characters
    r"|'?[A-Za-z_]\w*!?|\d[\w.]*|::|->|=>|[^\w\s]",
    re.DOTALL,
)
_KEYWORDS = """as async await break const continue crate dyn else enum extern false fn for if impl
in let loop match mod move mut pub ref return self static struct super trait true type union unsafe
use where while bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 _"""
_KEPT = frozenset(_KEYWORDS.split())
_DECLARES = frozenset(("fn", "struct", "enum", "trait", "type", "const", "static", "mod", "union"))
_PATH_OR_CALL = frozenset(("(", "::"))


@dataclass(frozen=True)
class Parts:
    """A text's prose, and the code of its Rust blocks: those meant to fail, and the others."""

    prose: str
    failing: str
    code: str


def split(markdown: str) -> Parts:
    """The parts of a Markdown text; fences in another language belong to none of them."""
    failing: list[str] = []
    code: list[str] = []

    def take(block: "re.Match[str]") -> str:
        words = block[2].replace(",", " ").lower().split()
        if words and words[0] in ("rust", "rs"):
            (failing if "compile_fail" in words else code).append(block[3])
        return "\n"

    prose = _FENCE.sub(take, markdown)
    prose = _SECTION.sub("", _INLINE_CODE.sub(" ", prose))
    return Parts(prose, "\n".join(failing), "\n".join(code))


def words(text: str) -> list[str]:
    """The words of a text in lower case and ASCII; other letters lose their accent or vanish."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore")
    return _WORD.findall(plain.decode("ascii"))


def _lexemes(code: str) -> Iterator[str]:
    for token in _TOKEN.findall(code):
        if token.startswith(("//", "/*")):
            continue
        literal = '"' in token or token[0].isdigit() or (token[-1] == "'" and len(token) > 1)
        yield "0" if literal else token


def tokens(code: str) -> list[str]:
    """Rust code as tokens that survive a change of names, literals, comments and layout.

    Literals are "0". Variables, fields, lifetimes and what the code itself declares are "_";
    keywords, primitive types, macros, and the functions, methods, types and modules of others
    keep their names.
    """
    raw = list(_lexemes(code))
    following = [*raw, ""][1:]
    own = {name for word, name in zip(raw, following, strict=True) if word in _DECLARES}
    made: list[str] = []
    before = ""
    for token, after in zip(raw, following, strict=True):
        kept = token in _KEPT or not (token[0].isalpha() or token[0] in "_'")
        if not kept and token not in own:
            variant = before == "::" and len(made) > 1 and made[-2] == "_"
            lower = token[0].islower() or token[0] == "'"
            variable = lower and token[-1] != "!" and after not in _PATH_OR_CALL and before != "::"
            kept = not (variant or variable)
        made.append(token if kept else "_")
        before = token
    return made


def edit(failing: Sequence[str], fixed: Sequence[str]) -> frozenset[tuple[str, int]]:
    """The tokens that failing code has more or less often than its fixed form, and by how many.

    The same error put elsewhere into a program gives the same edit. Empty where either is empty.
    """
    if not (failing and fixed):
        return frozenset()
    change = Counter(failing)
    change.subtract(Counter(fixed))
    return frozenset((token, count) for token, count in change.items() if count)


def shingles(items: Sequence[str], size: int) -> set[str]:
    """Every `size` neighbouring words or tokens, joined; a shorter text is one shingle."""
    if len(items) < size:
        return {" ".join(items)} if items else set()
    return set(map(" ".join, zip(*(items[i:] for i in range(size)), strict=False)))


def jaccard(one: set[T], other: Collection[T]) -> float:
    """|A and B| / |A or B| (Jaccard 1901), 0 where both are empty; `other` repeats nothing."""
    both = len(one.intersection(other))
    total = len(one) + len(other) - both
    return both / total if total else 0.0
