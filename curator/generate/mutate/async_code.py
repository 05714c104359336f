"""Errors of a learner with asynchronous code: nobody waits, nobody runs, nobody owns."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.edits import replace
from curator.generate.mutate.queries import arguments, enclosing, field, one_line, opened
from curator.generate.mutate.syntax import Source, inside, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from tree_sitter import Node

LONGEST = 40  # characters of an expression that prose may quote


def missing_await(source: Source) -> Iterator[Site]:
    """`f().await` -> `f()`: the future itself in the place of its result."""
    for node in opened(source).walk("await_expression"):
        awaited = node.named_children[0]
        said = one_line(source, awaited)
        if "\n" not in text(node) and len(said) <= LONGEST and inside(node, "function_item"):
            edit = Edit(awaited.end_byte, node.end_byte, "")
            yield Site((edit,), {"expression": said, "fonction": enclosing(node)})


def _run_by_tokio(source: Source) -> Iterator[tuple["Node", "Node", "Node"]]:
    """Yield the attribute of tokio on an `async fn main`, the function, and its `async`."""
    for attribute in source.walk("attribute_item"):
        main = attribute.next_named_sibling
        if not text(attribute).startswith("#[tokio::main") or main is None:
            continue
        marks = [n for child in main.children for n in (child, *child.children)]
        word = next((n for n in marks if n.type == "async"), None)
        if text(field(main, "name")) == "main" and word is not None:
            yield attribute, main, word


def async_main(source: Source) -> Iterator[Site]:
    """`async fn main` without the attribute of a library that runs it."""
    for attribute, main, _ in _run_by_tokio(source):
        if ".await" not in text(main):
            continue  # a plain `fn main` would do
        edit = Edit(attribute.start_byte, main.start_byte, "")
        # What the slots name must be left by the cuts.
        yield Site((edit,), {"attribut": text(attribute), "attente": ".await"})


def await_in_sync(source: Source) -> Iterator[Site]:
    """A plain `fn main` that awaits."""
    for attribute, main, word in _run_by_tokio(source):
        if ".await" in text(main):
            edit = Edit(attribute.start_byte, word.end_byte + 1, "")
            yield Site((edit,), {"attribut": text(attribute)})


def async_without_move(source: Source) -> Iterator[Site]:
    """`async move { ... }` -> `async { ... }` for a task that outlives its function."""
    for node in opened(source).walk("async_block"):
        mark = next((c for c in node.children if c.type == "move"), None)
        if mark is not None and mark.next_sibling is not None:
            edit = Edit(mark.start_byte, mark.next_sibling.start_byte, "")
            yield Site((edit,), {"fonction": enclosing(node)})


def unboxed_recursion(source: Source) -> Iterator[Site]:
    """`Box::pin(f(x)).await` -> `f(x).await` within `async fn f`."""
    for call in source.walk("call_expression"):
        given = arguments(call)
        if text(field(call, "function")) != "Box::pin" or len(given) != 1:
            continue
        name = enclosing(call)
        if name and text(given[0]).startswith(f"{name}("):
            slots = {"fonction": name, "appel": text(given[0])}
            yield Site((replace(call, text(given[0])),), slots)


MUTATIONS = (
    Mutation(
        "missing_await",
        Topic.ASYNC,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0277", "E0308", "E0369", "E0599", "E0600", "E0608", "E0609"}),
        missing_await,
    ),
    Mutation(
        "await_in_sync",
        Topic.ASYNC,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0728"}),
        await_in_sync,
    ),
    Mutation("async_main", Topic.ASYNC, Difficulty.INTERMEDIAIRE, frozenset({"E0752"}), async_main),
    Mutation(
        "async_without_move",
        Topic.ASYNC,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0373"}),
        async_without_move,
    ),
    Mutation(
        "unboxed_recursion",
        Topic.ASYNC,
        Difficulty.AVANCE,
        frozenset({"E0733"}),
        unboxed_recursion,
    ),
)
