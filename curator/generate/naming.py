"""Whether the names and texts of a program are those of a French lesson, in the form of Rust."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.french.lexicon import foreign_words
from curator.generate.mutate.syntax import Source, inside, text

if TYPE_CHECKING:
    from tree_sitter import Node

_TYPES = ("struct_item", "enum_item", "trait_item", "enum_variant", "type_item")
_OTHERS = ("function_item", "mod_item", "field_declaration")
_PATTERNS = ("let_declaration", "parameter", "for_expression")
_CAMEL = re.compile(r"[A-Z][A-Za-z0-9]*")
_SNAKE = re.compile(r"_?[a-z0-9_]*")
# Names that Rust gives, or that every program has.
_USUAL = {"main", "new", "tests", "test", "self", "default", "iter", "from", "push", "next", "mock"}
# What is filled in when a text is printed; what escapes stand for; names of people and places.
_NO_PROSE = re.compile(r"\{[^}]*\}|\\.|\b[A-ZÀ-Ý]\w*")
MOST = 1  # foreign words in the texts that a program prints: a name, such as that of a dish


def _named(source: Source, kinds: tuple[str, ...]) -> Iterator["Node"]:
    for node in source.walk(*kinds):
        name = node.child_by_field_name("name")
        given = inside(node, "impl_item")
        of_trait = given is not None and given.child_by_field_name("trait") is not None
        if name is not None and not (node.type == "function_item" and of_trait):
            yield name


def _bound(source: Source) -> Iterator["Node"]:
    """Yield the names that patterns bind."""
    for node in source.walk(*_PATTERNS):
        pattern = node.child_by_field_name("pattern")
        todo = [] if pattern is None else [pattern]
        while todo:
            one = todo.pop()
            if one.type == "identifier":
                yield one
            todo.extend(one.children)


def own_names(code: str) -> list[str]:
    """Return the names that a program gives, but for usual ones, and the texts that it has."""
    source = Source(code)
    named = (*_named(source, (*_TYPES, *_OTHERS)), *_bound(source))
    texts = [text(node) for node in source.walk("string_content")]
    return [name for name in map(text, named) if name not in _USUAL] + texts


def naming_fault(code: str) -> tuple[str, str]:
    """Return what is wrong with the names and texts of a program, and which; ("", "") for nothing.

    "unidiomatic_name" is one that rustc warns of; "foreign_name" and "foreign_text" have words that
    are not French.
    """
    source = Source(code)
    types = [text(node) for node in _named(source, _TYPES)]
    others = [text(node) for node in (*_named(source, _OTHERS), *_bound(source))]
    odd = [name for name in types if not _CAMEL.fullmatch(name)]
    odd += [name for name in others if not _SNAKE.fullmatch(name)]
    if odd:
        return "unidiomatic_name", odd[0]
    if foreign := foreign_words(n for n in (*types, *others) if n not in _USUAL):
        return "foreign_name", ", ".join(foreign)
    printed = [text(node) for node in source.walk("string_content")]
    foreign = foreign_words(_NO_PROSE.sub(" ", one) for one in printed)
    return ("foreign_text", ", ".join(foreign)) if len(foreign) > MOST else ("", "")
