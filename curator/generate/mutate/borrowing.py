"""Errors of learners with references and mutability."""

from collections.abc import Iterator

from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.syntax import Source, text
from curator.taxonomy import Difficulty, Topic


def _drop_mut(source: Source) -> Iterator[Site]:
    """`let mut x` -> `let x`."""
    for let in source.walk("let_declaration"):
        pattern = let.child_by_field_name("pattern")
        mark = next((c for c in let.children if c.type == "mutable_specifier"), None)
        if mark and pattern and pattern.type == "identifier":
            edit = Edit(mark.start_byte, pattern.start_byte, "")
            yield Site((edit,), {"nom": text(pattern)})


MUTATIONS = (
    Mutation(
        "drop_mut",
        Topic.BORROWING,
        Difficulty.DEBUTANT,
        frozenset({"E0596", "E0384"}),
        _drop_mut,
    ),
)
