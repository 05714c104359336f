"""Errors of a learner with visibility, paths and imports."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curator.generate.mutate.base import Edit, Mutation, Site
from curator.generate.mutate.edits import remove_with_comma
from curator.generate.mutate.queries import field, function_of, in_tests, named, opened
from curator.generate.mutate.syntax import Source, inside, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from tree_sitter import Node

_SHARED = ("function_item", "struct_item", "enum_item", "mod_item", "field_declaration")
_PRIMITIVES = {
    *("bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str"),
    *("u8", "u16", "u32", "u64", "u128", "usize"),
}


_RELATIVE = {"crate", "self", "super"}  # no names of modules
_SHADOWED = {"core", "std", "alloc"}  # a module of such a name is a subject of its own


def drop_pub(source: Source) -> Iterator[Site]:
    """Something of a module without the `pub` that others need."""
    for mark in source.walk("visibility_modifier"):
        item, module = mark.parent, inside(mark, "mod_item")
        if item is None or item.type not in _SHARED or module is None:
            continue
        module = inside(item, "mod_item") if item.type == "mod_item" else module
        if module is None:
            continue
        slots = {
            "nom": text(field(item, "name")),
            "module": text(field(module, "name")),
            "visibilite": text(mark),
        }
        yield Site((Edit(mark.start_byte, mark.end_byte + 1, ""),), slots)


def _imports(source: Source) -> Iterator["Node"]:
    """Yield every `use`, but in programs where a module hides a crate of the same name."""
    if not named(source, "mod_item") & _SHADOWED:
        yield from source.walk("use_declaration")


def drop_use(source: Source) -> Iterator[Site]:
    """A `use` of one name left out."""
    for use in _imports(source):
        path = field(use, "argument")
        if path is None or path.type != "scoped_identifier" or in_tests(use):
            continue
        if use.named_children[0].type == "visibility_modifier":
            continue
        slots = {"nom": text(field(path, "name")), "chemin": text(path)}
        edit = remove_with_comma(source, use)
        rest = source.code.encode("utf-8")[edit.end :]
        more = len(rest) - len(rest.lstrip(b"\n"))  # the blank line below goes as well
        above = source.code.encode("utf-8")[: edit.start].rstrip(b" ")
        lone = not above or above.endswith((b"\n\n", b"{\n"))
        yield Site((Edit(edit.start, edit.end + (more if lone else 0), ""),), slots)


def import_root(source: Source) -> Iterator[Site]:
    """A `use` without the first part of its path (`std`, `crate`, `super`, a module)."""
    for use in _imports(source):
        path = field(use, "argument")
        if path is None or path.type != "scoped_identifier":
            continue
        root, rest = text(path).split("::", 1)
        slots = {"racine": root, "chemin": text(path), "reste": rest}
        start = path.start_byte
        edit = Edit(start, start + len(root.encode()) + 2, "")
        for kept in _first_use(source, use, text(field(path, "name"))):
            yield Site((edit, kept), slots)


def _first_use(source: Source, use: "Node", name: str) -> Iterator[Edit]:
    """Yield an edit that changes nothing, on a name that was imported.

    It keeps what uses the import from being cut: rustc refuses the import either way.
    """
    for node in opened(source).walk("identifier", "type_identifier"):
        if node.start_byte > use.end_byte and text(node) == name:
            yield Edit(node.start_byte, node.end_byte, name)
            return


def unqualified_call(source: Source) -> Iterator[Site]:
    """A function of a module called without the path to it."""
    for call in opened(source).walk("call_expression"):
        path = field(call, "function")
        if path is None or path.type != "scoped_identifier":
            continue
        module, name = text(field(path, "path")), field(path, "name")
        last = module.split("::")[-1]
        if name is None or not last.islower() or last in _PRIMITIVES | _RELATIVE | _SHADOWED:
            continue
        slots = {"nom": text(name), "module": module, "fonction": function_of(call)}
        yield Site((Edit(path.start_byte, name.start_byte, ""),), slots)


MUTATIONS = (
    Mutation(
        "drop_pub",
        Topic.MODULES,
        Difficulty.DEBUTANT,
        frozenset({"E0603", "E0616", "E0624"}),
        drop_pub,
    ),
    Mutation(
        "drop_use",
        Topic.MODULES,
        Difficulty.DEBUTANT,
        frozenset({"E0405", "E0412", "E0425", "E0433"}),
        drop_use,
    ),
    Mutation(
        "import_root",
        Topic.MODULES,
        Difficulty.INTERMEDIAIRE,
        frozenset({"E0432", "E0433"}),
        import_root,
    ),
    Mutation(
        "unqualified_call",
        Topic.MODULES,
        Difficulty.DEBUTANT,
        frozenset({"E0425"}),
        unqualified_call,
    ),
)
