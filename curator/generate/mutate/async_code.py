"""Errors of a learner who turns a program asynchronous without need."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.queries import calls, field, implements, opened
from curator.generate.mutate.syntax import Source, inside, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from tree_sitter import Node


# What already waits in its own way, or is asynchronous: the wordings would not be true of it.
_WAITS = re.compile(r"\basync\b|\bFuture\b|\bthread\b|\bspawn\b|\brecv\b|\bsleep\b")


def _sync(source: Source) -> Iterator[tuple["Node", Edit, list["Node"]]]:
    """Yield the plain functions with a result, the edit that makes them `async`, their calls."""
    if _WAITS.search(source.code):
        return
    for function in opened(source).walk("function_item"):
        name, result = text(field(function, "name")), field(function, "return_type")
        head = text(function).split("{")[0]
        if name == "main" or result is None or implements(function) or "impl " in head:
            continue
        if any(word in head.split() for word in ("async", "unsafe", "const")):
            continue
        called = list(calls(source, name))
        keyword = next(n for n in function.children if n.type == "fn")
        if called and all(inside(c, "function_item") for c in called):
            yield function, Edit(keyword.start_byte, keyword.start_byte, "async "), called


def async_fn(source: Source) -> Iterator[Site]:
    """A function that waits for nothing made `async`: its callers get a future."""
    for function, edit, _ in _sync(source):
        kind = " ".join(text(field(function, "return_type")).split())
        yield Site((edit,), {"nom": text(field(function, "name")), "type": kind})


def await_in_sync(source: Source) -> Iterator[Site]:
    """A function made `async` and awaited in functions that are not."""
    for function, edit, called in _sync(source):
        waits = [Edit(c.end_byte, c.end_byte, ".await") for c in called]
        edits = tuple(sorted([edit, *waits], key=lambda e: e.start))
        callers = {text(field(inside(c, "function_item") or c, "name")) for c in called}
        if len(callers) == 1:
            slots = {"nom": text(field(function, "name")), "appelant": next(iter(callers))}
            yield Site(edits, slots)


def async_main(source: Source) -> Iterator[Site]:
    """`async fn main` without anything to run it."""
    if _WAITS.search(source.code):
        return
    for function in source.walk("function_item"):
        if text(field(function, "name")) == "main" and not inside(function, "mod_item"):
            keyword = next(n for n in function.children if n.type == "fn")
            if keyword.start_byte == function.start_byte:
                yield Site((Edit(keyword.start_byte, keyword.start_byte, "async "),))


MUTATIONS = (
    Mutation(
        "async_fn",
        Topic.ASYNC,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0277", "E0308", "E0369", "E0599", "E0600", "E0608", "E0609"}),
        async_fn,
    ),
    Mutation(
        "await_in_sync",
        Topic.ASYNC,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0728"}),
        await_in_sync,
    ),
    Mutation("async_main", Topic.ASYNC, Difficulty.INTERMEDIAIRE, frozenset({"E0752"}), async_main),
)
