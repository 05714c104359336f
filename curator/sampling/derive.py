"""Derive from a row of the train split what an answer to it can be checked by.

tests   the reference has tests, or a main that asserts: they become hidden tests
prints  the question has a program and the reference its mended version: an answer's program prints
        the same, and its main still uses what the learner's uses
prints  the reference's main calls what the question asks for, or the learner's does where the
        reference's shows more: it runs in the place of the answer's own

Nobody can meet a demand that was not made: all that a hidden test or main names has to stand in the
question; and the lines of a mended program have to be those that the learner's main was to print.
What a program prints is found out by running it (curator/sampling/prove.py).
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from curator.evaluation.solving.items import items_in, names_in, renamed_main, walk
from curator.evaluation.solving.programs import rust_fences
from curator.rust.source import analyse
from curator.rust.syntax import text_of, tree_of

if TYPE_CHECKING:
    from tree_sitter import Node

_WORD = re.compile(r"[A-Za-z_]\w*")
_TEXT = re.compile(r"[^\W\d_]+")
_TEST = re.compile(r"#\s*\[\s*test\s*\]")
_ASSERTS = re.compile(r"\bassert(?:_eq|_ne)?\s*!")
_SCOPED = re.compile(r"\b([A-Za-z_]\w*)(?:::<[^>]*>)?::([A-Za-z_]\w*)")
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')
_PRINTS = re.compile(r"\be?print(?:ln)?\s*!")
_PLACE = re.compile(r"\{[^{}]*\}")
_ASYNC = re.compile(r"\basync\b")
_KINDS = ("fn", "struct", "enum", "union", "trait", "const", "static", "type", "macro")
_DEFINES = {
    "function_item", "function_signature_item", "struct_item", "enum_item", "union_item",
    "trait_item", "const_item", "static_item", "type_item", "mod_item", "macro_definition",
    "enum_variant", "field_declaration",
}  # fmt: skip
_KNOWN = frozenset(("main", "Ok", "Err", "Some", "None", "Self"))  # to every learner
_BINDS = ("let_declaration", "for_expression")


class Derived(NamedTuple):
    """What an answer is to be checked by: hidden tests, or what its program prints.

    `keeps`, `uses` and `main`: see SampledTask and its check.
    """

    keeps: tuple[str, ...]
    tests: str = ""
    uses: tuple[str, ...] = ()
    main: str = ""


class Underivable(NamedTuple):
    """Why there is no check: a snake_case reason, and more of it."""

    reason: str
    detail: str = ""


def derive(question: str, reference: str) -> Derived | Underivable:
    """Return what an answer to a question can be checked by; see the module."""
    asked, shown = rust_fences(question), rust_fences(reference)
    tests = next((found for code in shown if (found := _tests_of(code))), "")
    if tests:
        return _hidden(question, shown, tests)
    main = next((found for code in shown if (found := main_of(code))), "")
    if not main:
        return Underivable("no_check", "the reference has neither tests nor a main")
    theirs = next((found for code in asked if (found := main_of(code))), "")
    if theirs:
        mended = _mended(asked, shown, theirs, main)
        called = _called(question, shown, theirs) if isinstance(mended, Underivable) else mended
        return called if isinstance(called, Derived) else mended
    if _ASSERTS.search(analyse(main).bare) and not _is_async(main):
        return _hidden(question, shown, f"#[test]\n{renamed_main(main, 'main_of_reference')}")
    return _called(question, shown, main)


def main_of(code: str) -> str:
    """Return the `fn main` at the top level of a text; "" without one."""
    return next((item.text for item in items_in(code) if item.name == "fn main"), "")


def _literals(code: str) -> set[str]:
    """Return the texts in code; how a value is put into one is no difference."""
    return {_PLACE.sub("{}", text) for text in _LITERAL.findall(code)} - {'"{}"'}


def unforeseen(question: str, main: str, output: str) -> list[str]:
    """Return the words of an output that neither a question nor the main that runs has."""
    known = set(_TEXT.findall(f"{question}\n{main}")) | _KNOWN | {"true", "false"}
    return sorted({word for word in _TEXT.findall(output) if word not in known})


def literals(code: str) -> list[str]:
    """Return the texts in code, with their marks."""
    return _LITERAL.findall(analyse(code).without_comments())


def identifiers(code: str) -> set[str]:
    """Return the words of Rust code, less those in literals and comments."""
    return set(_WORD.findall(analyse(code).bare))


def _hidden(question: str, shown: Sequence[str], tests: str) -> Derived | Underivable:
    own = [_without_tests(code) for code in shown]
    keeps, unnamed = _demanded(question, own, tests)
    if unnamed:
        return Underivable("unnamed", ", ".join(unnamed))
    if not keeps:
        return Underivable("no_check", "the tests call nothing that an answer has to have")
    return Derived(keeps, tests=tests)


def _is_async(main: str) -> bool:
    return _ASYNC.search(main.split("{")[0]) is not None


def _called(question: str, shown: Sequence[str], main: str) -> Derived | Underivable:
    if _is_async(main):
        return Underivable("no_check", "its main is async")
    keeps, unnamed = _demanded(question, shown, main)
    if unnamed:
        return Underivable("unnamed", ", ".join(unnamed))
    if not keeps:
        return Underivable("no_check", "the reference's main calls nothing that was asked for")
    return Derived(keeps, main=main)


def _mended(
    asked: Sequence[str], shown: Sequence[str], theirs: str, main: str
) -> Derived | Underivable:
    known = {name for code in shown for name in names_in(code)}
    items = dict.fromkeys(item.name for code in asked for item in items_in(code))
    keeps = tuple(name for name in items if name in known and _is_kept(name))
    shared = identifiers(theirs) & identifiers(main)
    named = {name for code in asked for name in _defined(code)}
    uses = tuple(sorted(shared & (named | _bound(theirs)) - {"main", "_"}))
    if len(_PRINTS.findall(main)) > len(_PRINTS.findall(theirs)):
        return Underivable("unforeseeable", "the reference's main prints more than the learner's")
    if new := sorted(_literals(main) - _literals("\n".join(asked))):
        return Underivable("unforeseeable", f"the reference's main has {', '.join(new)}")
    if not uses:
        return Underivable("weak", "nothing of the learner's main is left in the reference's")
    return Derived(keeps, uses=uses)


def _demanded(question: str, shown: Sequence[str], code: str) -> tuple[tuple[str, ...], list[str]]:
    """Return the items of a reference that some code needs, and what the question names not."""
    words, needed = set(_WORD.findall(question)), identifiers(code)
    defined = {name for text in shown for name in _defined(text)} - _KNOWN
    defined -= _bound(code) - {name for text in shown for name in analyse(text).declares}
    unnamed = (needed & defined) - words
    for head, tail in _SCOPED.findall(analyse(code).bare):
        if head in defined and tail not in words:  # a constructor that nobody was asked for
            unnamed.add(f"{head}::{tail}")
    names = sorted(name for text in shown for name in names_in(text))
    wanted = needed & defined
    keeps = (name for name in names if _is_kept(name) and name.split(" ", 1)[1] in wanted)
    return tuple(dict.fromkeys(keeps)), sorted(unnamed)


def _is_kept(name: str) -> bool:
    kind, _, called = name.partition(" ")
    return kind in _KINDS and _WORD.fullmatch(called) is not None and called != "main"


def _defined(code: str) -> Iterator[str]:
    """Yield the names of the items, variants and fields of a text, at any depth."""
    for node in walk(tree_of(code)):
        if _of_trait(node):  # it is called by what the trait is for, as `next` by a loop
            continue
        if node.type in _DEFINES and (name := text_of(node.child_by_field_name("name"))):
            yield name


def _of_trait(node: "Node") -> bool:
    """Tell whether a node is a function or type of an `impl TRAIT for TYPE`."""
    above = node.parent.parent if node.parent else None
    return bool(above and above.type == "impl_item" and above.child_by_field_name("trait"))


def _bound(main: str) -> set[str]:
    """Return the names that the `let` and `for` of a text bind."""
    names = set[str]()
    for node in walk(tree_of(main)):
        if node.type in _BINDS and (pattern := node.child_by_field_name("pattern")):
            names |= {text_of(one) for one in walk(pattern) if one.type == "identifier"}
    return names


def _tests_of(code: str) -> str:
    """Return the tests of a text: what stands in its module of tests, or those at its top level."""
    if not _TEST.search(analyse(code).bare):
        return ""
    inside, beside = list[str](), list[str]()
    for attributes, node in _top(code):
        text = "\n".join((*attributes, text_of(node)))
        if node.type == "mod_item" and _TEST.search(text_of(node)):
            body = text_of(node.child_by_field_name("body"))
            inside.append(body.strip().removeprefix("{").removesuffix("}"))
        elif node.type == "function_item" and _TEST.search("\n".join(attributes)):
            beside.append(text)
    return "\n".join([*inside, *beside]).strip()


def _without_tests(code: str) -> str:
    """Return a text without its module of tests, and the tests at its top level."""
    kept = [
        "\n".join((*attributes, text_of(node)))
        for attributes, node in _top(code)
        if not _TEST.search("\n".join((*attributes, text_of(node))))
    ]
    return "\n".join(kept)


def _top(code: str) -> Iterator[tuple[list[str], "Node"]]:
    """Yield what stands at the top level of a text, each with the attributes above it."""
    above = list[str]()
    for node in tree_of(code).children:
        if node.type == "attribute_item":
            above.append(text_of(node))
        elif not node.type.endswith("comment"):
            yield above, node
            above = []
