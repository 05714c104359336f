"""Tell how much Rust a program asks of its reader, from the constructs that it uses.

Each construct of CONSTRUCTS has a level and, where it is what a topic teaches, that topic, in which
it is expected and counts for less. Points add up: one construct of the second level that is not the
topic's own makes a program of the second level. The limits were fitted on half of the authored
examples (benchmarks/levels.py reports both halves).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curator.generate.mutate.syntax import Source, text
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic

if TYPE_CHECKING:
    from tree_sitter import Node

SECOND, THIRD = 2, 4  # points of a construct of the second and of the third level
LIMITS = (2, 10)  # the points from which on a program is of the second and of the third level


@dataclass(frozen=True)
class Construct:
    """A construct: its points, the topic that teaches it, the names and nodes that show it.

    `parts` are pairs of a node's kind and what its text begins with.
    """

    points: int
    home: Topic | None = None
    names: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    parts: tuple[tuple[str, str], ...] = ()


def _of(points: int, home: Topic | None = None, names: str = "", kinds: str = "",
        parts: tuple[tuple[str, str], ...] = ()) -> Construct:  # fmt: skip
    return Construct(points, home, frozenset(names.split()), frozenset(kinds.split()), parts)


CONSTRUCTS: dict[str, Construct] = {
    "lifetime": _of(SECOND, Topic.LIFETIMES, kinds="lifetime"),
    "type parameter": _of(SECOND, Topic.GENERICS, kinds="type_parameter"),
    "where clause": _of(THIRD, Topic.GENERICS, kinds="where_clause"),
    "constant parameter": _of(SECOND, Topic.GENERICS, kinds="const_parameter"),
    "phantom type": _of(THIRD, Topic.GENERICS, names="PhantomData"),
    "for all lifetimes": _of(THIRD, Topic.LIFETIMES, kinds="higher_ranked_trait_bound"),
    "captured lifetimes": _of(THIRD, Topic.LIFETIMES, kinds="use_bounds"),
    "trait": _of(SECOND, Topic.TRAITS, kinds="trait_item"),
    "implemented trait": _of(SECOND, Topic.TRAITS, kinds="implemented_trait"),
    "trait of a trait": _of(THIRD, Topic.TRAITS, kinds="trait_of_a_trait"),
    "implementation for all types": _of(THIRD, Topic.TRAITS, kinds="blanket_impl"),
    "associated type": _of(SECOND, Topic.TRAITS, kinds="associated_type"),
    "trait object": _of(SECOND, Topic.TRAITS, kinds="dynamic_type"),
    "impl Trait": _of(SECOND, Topic.TRAITS, kinds="abstract_type"),
    "operator trait": _of(THIRD, Topic.TRAITS, names="Add Sub Mul Neg Index Deref DerefMut"),
    "drop": _of(THIRD, Topic.OWNERSHIP, names="Drop"),
    "conversion trait": _of(THIRD, Topic.TRAITS, names="AsRef Borrow Into ToOwned Cow"),
    "any": _of(THIRD, Topic.TRAITS, names="Any downcast downcast_ref"),
    "From": _of(SECOND, Topic.ERROR_HANDLING, names="From Error"),
    "operator ?": _of(SECOND, Topic.ERROR_HANDLING, kinds="try_expression"),
    "closure": _of(SECOND, Topic.CLOSURES, kinds="closure_expression"),
    "move": _of(SECOND, Topic.CLOSURES, kinds="move"),
    "closure trait": _of(SECOND, Topic.CLOSURES, names="FnMut FnOnce Fn"),
    "function pointer": _of(SECOND, Topic.CLOSURES, kinds="fn_pointer"),
    "adapter": _of(SECOND, Topic.ITERATORS, names=(
        "map filter filter_map flat_map zip enumerate take_while skip_while rev step_by")),
    "hard adapter": _of(
        SECOND, Topic.ITERATORS, names="fold scan flatten peekable windows try_fold"
    ),
    "own iterator": _of(THIRD, Topic.ITERATORS, parts=(("impl_item", "Iterator"),)),
    "map or set": _of(SECOND, names="HashMap BTreeMap HashSet BTreeSet VecDeque"),
    "box": _of(SECOND, names="Box"),
    "counted": _of(SECOND, Topic.OWNERSHIP, names="Rc Weak"),
    "inner mutability": _of(THIRD, Topic.BORROWING, names="RefCell Cell OnceCell"),
    "shared between threads": _of(THIRD, names="Arc Mutex RwLock"),
    "thread": _of(SECOND, names="thread mpsc"),
    "memory functions": _of(
        THIRD, Topic.OWNERSHIP, names="take replace swap transmute MaybeUninit"
    ),
    "raw pointer": _of(THIRD, Topic.UNSAFE, kinds="pointer_type"),
    "foreign code": _of(THIRD, Topic.UNSAFE, kinds="extern_modifier union_item"),
    "unsafe": _of(SECOND, Topic.UNSAFE, kinds="unsafe_block unsafe"),
    "async": _of(SECOND, Topic.ASYNC, kinds="async await_expression async_block"),
    "poll": _of(THIRD, Topic.ASYNC, names="Future Pin Context Poll Waker Wake"),
    "macro": _of(THIRD, kinds="macro_definition"),
    "if let": _of(SECOND, Topic.PATTERN_MATCHING, kinds="let_condition let_chain"),
    "let else": _of(SECOND, Topic.PATTERN_MATCHING, kinds="let_else"),
    "binding by @": _of(SECOND, Topic.PATTERN_MATCHING, kinds="captured_pattern"),
    "slice pattern": _of(THIRD, Topic.PATTERN_MATCHING, kinds="slice_pattern"),
    "visibility of a crate": _of(SECOND, Topic.MODULES, parts=(("visibility_modifier", "pub("),)),
    "re-export": _of(SECOND, Topic.MODULES, kinds="pub_use"),
    "disjoint borrows": _of(SECOND, Topic.BORROWING, names="split_at_mut iter_mut"),
}  # fmt: skip

_OF_MEMORY = {"take", "replace", "swap"}  # only as functions of std::mem


def _shapes(node: "Node") -> Iterator[str]:
    """Yield what a node is beyond its kind."""
    trait = node.child_by_field_name("trait")
    if node.type == "impl_item" and trait is not None:
        yield "implemented_trait"
        kind = text(node.child_by_field_name("type"))
        names = text(node.child_by_field_name("type_parameters"))
        if names and kind.lstrip("&") in names.strip("<>").replace(":", " ").split():
            yield "blanket_impl"
    if node.type == "trait_item" and node.child_by_field_name("bounds") is not None:
        yield "trait_of_a_trait"
    if node.type == "let_declaration" and node.child_by_field_name("alternative") is not None:
        yield "let_else"
    if node.type == "function_type" and text(node).startswith("fn"):
        yield "fn_pointer"
    if node.type == "use_declaration" and text(node).startswith("pub"):
        yield "pub_use"


def _seen(source: Source) -> tuple[set[str], set[str], set[tuple[str, str]]]:
    """Return the names that a program uses, the kinds and shapes of its nodes, and some texts."""
    names, kinds, parts = set[str](), set[str](), set[tuple[str, str]]()
    todo = [source.root]
    while todo:
        node = todo.pop()
        todo.extend(node.children)
        kinds.add(node.type)
        kinds.update(_shapes(node))
        if node.type.endswith("identifier") and not node.children:
            name = text(node)
            above = node.parent
            if name not in _OF_MEMORY or (above is not None and "mem::" in text(above)):
                names.add(name)
        if node.type == "impl_item":
            parts.add(("impl_item", text(node.child_by_field_name("trait"))))
        elif node.type == "visibility_modifier":
            parts.add((node.type, text(node)))
    return names, kinds, parts


def constructs(code: str) -> list[str]:
    """List the constructs of a program, in the order of CONSTRUCTS."""
    names, kinds, parts = _seen(Source(code))

    def occurs(one: Construct) -> bool:
        texts = any(
            k == kind and t.startswith(begin) for kind, begin in one.parts for k, t in parts
        )
        return bool(one.names & names or one.kinds & kinds) or texts

    return [name for name, one in CONSTRUCTS.items() if occurs(one)]


def points(found: Iterable[str], topic: Topic) -> int:
    """Add up the points of constructs; those that the topic teaches count one less."""
    chosen = [CONSTRUCTS[name] for name in found]
    return sum(one.points - (one.home is topic) for one in chosen)


def level(code: str, topic: Topic, least: Difficulty = Difficulty.DEBUTANT) -> Difficulty:
    """Return the level of a program for a topic, and at least `least`."""
    order = list(Difficulty)
    total = points(constructs(code), topic)
    return max(order[sum(total >= limit for limit in LIMITS)], least, key=order.index)
