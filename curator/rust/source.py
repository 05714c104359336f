"""See what can be seen in a Rust text without compiling it: comments, names, shape, dangers.

Most is read by regular expressions from the text whose comments and literals are blanked out,
because thousands of texts are looked at; the syntax tree (syntax) is only made where items or
nesting are asked for. None of it is exact, and none needs to be: what is seen here decides how a
text is compiled, never whether it is right.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from curator.rust.isolation import NAME, USE, reaches_outside, reads_files, touches_others
from curator.rust.syntax import Item, Shape, items_of, shape_of

_QUOTED = re.compile(
    r"""//[^\n]*
    |/\*(?:[^*/]|\*(?!/)|/(?!\*)|/\*(?:[^*]|\*(?!/))*\*/)*\*/
    |\bb?c?r(?P<hash>\#*)"(?s:.*?)"(?P=hash)
    |"(?:[^"\\]|\\(?s:.))*"
    |'(?:[^'\\\n]|\\(?:x[0-9A-Fa-f]{2}|u\{[^}]*\}|.))'""",
    re.VERBOSE,
)
_ITEM_NAME = re.compile(
    r"\b(?:fn|struct|enum|union|trait|type|mod|const|static|macro_rules\s*!)\s+([A-Za-z_]\w*)"
)
# Where names are bound: let, for, closures and match arms; parameters; type parameters.
_BINDINGS = (
    re.compile(r"\blet\s+([^=;:{]*)"),
    re.compile(r"\bfor\s+([^{;]*?)\s+in\b"),
    re.compile(r"\|([^|\n:]*)[|:]"),
    re.compile(r"([^,;{}\n]*)=>"),
    re.compile(r"(\w+)\s*:(?!:)"),
    re.compile(r"\b(?:fn|struct|enum|trait|type|impl)\s*\w*\s*<([^>]*)>"),
)
_LEFT_STATEMENT = re.compile(r"^(?:let|match|if|for|while|loop|return)\b|^'\w+\s*:", re.MULTILINE)
_MAIN = re.compile(r"(?<!async )(?<!unsafe )\bfn\s+main\s*\(\s*\)\s*(?:->[^{]*)?\{")
# The library asserts so of numbers of its generics: chunks, arrays, windows of a fixed size.
_LATE_CONSTANT = re.compile(r"\bconst\b|\bas_r?chunks|\barray_|_windows\b|::<\s*\d")
# Without these words no code reaches the system but to print, wait and count time.
_SYSTEM = re.compile(
    r"\b(?:unsafe|extern|env|fs|net|process|sys|libc|args|File|OpenOptions|Command)\b"
)
_PLACE = re.compile(
    r"\b(?:type_name\w*|module_path|Location|caller|[Bb]acktrace|\w*_hook|link_section)\b|\bfile\s*!"
)
# Durations from 0.2 seconds on: most programs take two milliseconds.
_WAIT = re.compile(r"from_secs|\bfrom_millis\(\s*(?:[2-9]\d\d|\d{4,})")
_DIRECTIVE = re.compile(r"""["\n;]\s*\.|\\n\s*\.|\b(?:concat|stringify|macro_rules)\b|\.inc""")
_CRATE_NAME = re.compile(r"#\s*!\s*\[\s*crate_name\b")
_EXPORT = re.compile(r"#[ \t]*\[[ \t]*macro_export\b[^\]\n]*\]")
_ROOT = re.compile(r"(?<![\w:])crate(?=\s*::)")


@dataclass(frozen=True)
class Comment:
    """A comment without its marks, the code before it on its line, and the line below it."""

    text: str
    beside: str
    below: str

    @property
    def code_follows(self) -> bool:
        """Whether its own line, or the next one, has code."""
        return bool(self.beside) or bool(self.below and not self.below.startswith("//"))


@dataclass(frozen=True)
class Source:
    """What can be seen in a Rust text; each property is found when it is first asked for."""

    code: str

    @cached_property
    def bare(self) -> str:
        """The text with comments and literals blanked out; its lines stay where they are."""
        return _QUOTED.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), self.code)

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        """The comments, in order."""
        return tuple(_comment(self.code, first, end) for first, end in self.comment_spans)

    @cached_property
    def comment_spans(self) -> tuple[tuple[int, int], ...]:
        """Where the comments stand in the text: first and end of each, in order."""
        quoted = _QUOTED.finditer(self.code)
        return tuple(m.span() for m in quoted if m.group().startswith(("//", "/*")))

    def without_comments(self, gap: str = "") -> str:
        """Return the text without its comments, with `gap` in the place of each."""
        kept, at = [], 0
        for first, end in self.comment_spans:
            kept.append(self.code[at:first])
            at = end
        return gap.join([*kept, self.code[at:]])

    @cached_property
    def defines(self) -> frozenset[str]:
        """The names that the text defines or binds."""
        names = set(_ITEM_NAME.findall(self.bare))
        for pattern in _BINDINGS:
            names.update(NAME.findall(" ".join(pattern.findall(self.bare))))
        for path in USE.findall(self.bare):
            # The last name of each path, or its alias, is what it brings.
            names.update(re.findall(r"[A-Za-z_]\w*\b(?!\s*::)", path))
        return frozenset(names)

    @cached_property
    def declares(self) -> frozenset[str]:
        """The names of its types, traits and functions."""
        return frozenset(_ITEM_NAME.findall(self.bare)) - {"main"}

    @cached_property
    def balanced(self) -> bool:
        """Whether every bracket is closed in its turn."""
        open_: list[str] = []
        for mark in re.findall(r"[()\[\]{}]", self.bare):
            if mark in "([{":
                open_.append(mark)
            elif not open_ or open_.pop() + mark not in ("()", "[]", "{}"):
                return False
        return not open_

    @cached_property
    def has_main(self) -> bool:
        """Whether there is a `fn main` at the top level."""
        return "main" in self.bare and any(
            self.bare[: m.start()].count("{") == self.bare[: m.start()].count("}")
            for m in re.finditer(r"\bfn\s+main\b", self.bare)
        )

    @cached_property
    def begins(self) -> bool:
        """Whether a program can begin with it: it has a main, or imports one."""
        imported = (re.search(r"\bmain\b", path) for path in USE.findall(self.bare))
        return self.has_main or any(imported)

    @cached_property
    def main_returns(self) -> bool:
        """Whether its `fn main` returns a value."""
        return re.search(r"\bfn\s+main\s*\(\s*\)\s*->", self.bare) is not None

    @cached_property
    def odd_main(self) -> bool:
        """Whether its main is not written as that of a program: imported, generic, async."""
        return self.begins and _MAIN.search(self.bare) is None

    @cached_property
    def may_fail_late(self) -> bool:
        """Whether what a program uses of it matters: instructions, constants of generics.

        Such constants, its own or the standard library's, are evaluated for the types and numbers
        that are used, once these are known; only instructions that are used are assembled.
        """
        return self.assembles or _LATE_CONSTANT.search(self.bare) is not None

    @cached_property
    def sees_outside(self) -> bool:
        """Whether a run of it may see more than itself: files, the process, any memory."""
        return _SYSTEM.search(self.bare) is not None

    @cached_property
    def waits(self) -> bool:
        """Whether a run of it may sleep for long."""
        return "sleep" in self.bare and _WAIT.search(self.bare) is not None

    @cached_property
    def sees_its_place(self) -> bool:
        """Whether a run of it may see the module or the file that it stands in."""
        return _PLACE.search(self.bare) is not None

    @cached_property
    def has_tests(self) -> bool:
        """Whether it has tests, or code for tests only."""
        attribute = r"#\s*\[\s*(?:test\b|cfg\s*\(\s*test\b|tokio::test)"
        return "test" in self.bare and re.search(attribute, self.bare) is not None

    @cached_property
    def has_ellipsis(self) -> bool:
        """Whether something is left out ("..." or "…") in the code itself."""
        return "…" in self.bare or "..." in self.bare

    @cached_property
    def asks(self) -> bool:
        """Whether the operator `?` occurs."""
        operator = r"[)\]\w]\s*\?(?!\s*Sized)"
        return "?" in self.bare and re.search(operator, self.bare) is not None

    @property
    def awaits(self) -> bool:
        """Whether `.await` occurs."""
        return ".await" in self.bare

    @cached_property
    def assembles(self) -> bool:
        """Whether it has machine instructions of its own, for an assembler to judge."""
        return "asm" in self.bare and re.search(r"\b\w*asm\s*!", self.bare) is not None

    @cached_property
    def no_program(self) -> bool:
        """Whether it cannot be made a program by a main: it says so, or a macro may write one."""
        said = "#" in self.bare and re.search(r"\[\s*(?:no_\w+|crate_type)\b", self.bare)
        macro = r"\bmacro_rules\b.*\bmain\b"
        written = not self.has_main and re.search(macro, self.bare, re.DOTALL)
        return bool(said or written) or self.broken or not self.balanced

    @cached_property
    def hidden(self) -> bool:
        """Whether it may be left out of compilation as a whole."""
        return "cfg" in self.bare and re.search(r"#\s*!\s*\[\s*cfg", self.bare) is not None

    @cached_property
    def names_crate(self) -> bool:
        """Whether it gives its crate a name."""
        return "crate_name" in self.bare and _CRATE_NAME.search(self.bare) is not None

    @cached_property
    def has_no_main(self) -> bool:
        """Whether it says that it is a program that starts elsewhere."""
        return "no_main" in self.bare and re.search(r"#\s*!\s*\[\s*no_main", self.bare) is not None

    @cached_property
    def outside(self) -> str:
        """The first construct that reaches out of the text; "" if there is none."""
        return reaches_outside(self.bare)

    @cached_property
    def reads_files(self) -> bool:
        """Whether compiling it may read a file beside its own."""
        return reads_files(self.bare)

    @cached_property
    def alone(self) -> bool:
        """Whether it cannot share a crate: it depends on its root, or could touch other texts."""
        # rustc gives up a whole crate for a loose brace, and an assembler's directive may say
        # something of what is assembled after it, or read a file.
        directive = self.assembles and _DIRECTIVE.search(self.code) is not None
        loose = not self.balanced or self._shape.leaves
        return loose or directive or touches_others(self.bare)

    @cached_property
    def names_root(self) -> bool:
        """Whether there is a path from the root of the crate."""
        return "crate" in self.bare and _ROOT.search(self.bare) is not None

    @cached_property
    def exports_macros(self) -> bool:
        """Whether it puts macros at the root of its crate."""
        return "macro_export" in self.bare

    def rooted_at(self, module: str) -> str:
        """Return the text for a module: with its paths from the root (`crate::x`) going through it.

        Its macros stay in it; where a path leads to one, that is an error, which is not its own.
        """
        if not self.names_root and not self.exports_macros:
            return self.code
        changes = [(m.start(), m.end(), module) for m in _ROOT.finditer(self.bare)]
        exports = _EXPORT.finditer(self.bare) if self.exports_macros else ()
        changes += [(m.start(), m.end(), " " * len(m.group())) for m in exports]
        pieces, before = list[str](), 0
        for start, end, text in sorted(changes):
            pieces += [self.code[before:start], text]
            before = end
        return "".join([*pieces, self.code[before:]])

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The items at the top level, with the attributes above them."""
        return tuple(items_of(self.code))

    @cached_property
    def _shape(self) -> Shape:
        return shape_of(self.code)

    @property
    def broken(self) -> bool:
        """Whether its syntax looks wrong."""
        return self._shape.broken

    @property
    def only_items(self) -> bool:
        """Whether there is nothing but items at the top level."""
        return self._shape.only_items

    @property
    def calls_macro(self) -> bool:
        """Whether a macro is called at the top level: an item or a statement, who knows."""
        return self._shape.calls

    @property
    def has_statements(self) -> bool:
        """Whether a statement stands at the top level: it is no crate as it is."""
        if self._shape.broken:  # then only what is at the left edge stands there for sure
            return _LEFT_STATEMENT.search(self.bare) is not None
        return self._shape.statements


@lru_cache(maxsize=8192)
def analyse(code: str) -> Source:
    """Return what can be seen in a text; never fails, whatever the text is."""
    return Source(code)


def _comment(code: str, start: int, end: int) -> Comment:
    text = code[start:end].lstrip("/!*").rstrip("*/ \n").strip()
    before = code[code.rfind("\n", 0, start) + 1 : start].strip()
    following = code[end:].lstrip("\n").split("\n", 1)[0].strip() if "\n" in code[end:] else ""
    return Comment(text, before, following)
