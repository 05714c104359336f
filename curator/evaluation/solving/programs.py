"""From an answer and its question to the programs that the answer may mean.

The last fence with all items that are asked for counts. Answers rarely repeat what they leave
alone, so it is tried as it stands, then with the learner's own items that it lacks, then with those
of the answer's other fences as well: always its own items stand for others of that name.
"""

from collections.abc import Sequence, Set

from curator.evaluation.fences import Fence, fences
from curator.evaluation.solving.items import (
    Item,
    completed,
    is_statements,
    items_in,
    names_in,
    with_impls,
)
from curator.rust.source import analyse

_RUST = ("rust", "rs", "")


def rust_fences(text: str) -> list[str]:
    """Return the code of the fences of a text that are Rust, or do not say what they are."""
    return [fence.code for fence in fences(text) if _is_rust(fence)]


def _is_rust(fence: Fence) -> bool:
    return fence.label.lower().replace(",", " ").split(" ")[0] in _RUST


def programs(answer: str, question: str, keeps: Sequence[str], main: bool = True) -> list[str]:
    """Return the texts to try, in order: the first that compiles is what the answer means.

    Without `main`, the learner's own `fn main` completes nothing. There is none where no fence of
    the answer, completed, has the items that are asked for.
    """
    theirs = [item for code in rust_fences(question) for item in items_in(code)]
    theirs = _last(theirs if main else [item for item in theirs if item.name != "fn main"])
    own = [with_impls(code, theirs) for code in rust_fences(answer)]
    chosen = _chosen(own, theirs, keeps)
    if chosen is None:
        return []
    code = _as_items(own[chosen])
    others = [item for at, text in enumerate(own) if at != chosen for item in items_in(text)]
    attempts = (code, completed(code, theirs), completed(code, _last([*theirs, *others])))
    wanted = set(keeps)
    return [text for text in dict.fromkeys(attempts) if wanted <= names_in(text) and _fair(text)]


def _chosen(own: Sequence[str], theirs: Sequence[Item], keeps: Sequence[str]) -> int | None:
    """Return which fence counts: it has all that is asked for, or most of it by itself."""
    wanted = set(keeps)
    if not own:
        return None
    has = [len(wanted & names_in(code)) for code in own]
    best = max(has)
    known = {item.name for item in theirs}
    if wanted and not best:
        return _adding(own, known)
    # Among equals, one that shares an item with the question; then the last.
    places = [at for at, count in enumerate(has) if count == best]
    related = [at for at in places if known & names_in(own[at])]
    return (related or places)[-1]


def _adding(own: Sequence[str], known: Set[str]) -> int | None:
    """Return the last fence that adds to the learner's items: an impl for a type of theirs."""
    types = {name.split(" ", 1)[1] for name in known if name.startswith(("struct ", "enum "))}
    heads = [{n.rpartition(" ")[2] for n in names_in(c) if n.startswith("impl ")} for c in own]
    return next((at for at in reversed(range(len(own))) if heads[at] & types), None)


def _as_items(code: str) -> str:
    """Put what can only be the body of a function into a main."""
    return f"fn main() {{\n{code}\n}}\n" if is_statements(code) else code


def _last(items: Sequence[Item]) -> list[Item]:
    """Return items in their order, of several of one name the last."""
    last = {(item.name, item.text if item.name == "use" else ""): item for item in items}
    return list(last.values())


def _fair(code: str) -> bool:
    """Tell whether a text is compiled as it stands, and reads no file while it is."""
    source = analyse(code)
    return not source.hidden and not source.outside
