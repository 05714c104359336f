"""Make the changes of code that prose speaks of: remove, replace, add, move, write.

Every function returns all ways to read what is asked; prose rarely says which `&` it means. What
cannot be made mechanically has none.
"""

import re
from itertools import islice

from curator.french.changes import Change
from curator.rust.insertion import added, called, moved
from curator.rust.pieces import MOST
from curator.rust.removal import removed
from curator.rust.rewriting import became, replaced, written
from curator.rust.source import analyse

_ALL = 4 * MOST  # of which some break the syntax
# Names whose import a change would want, if it brings them.
_IMPORTS = {
    "Rc": "std::rc::Rc", "Arc": "std::sync::Arc", "Cell": "std::cell::Cell",
    "RefCell": "std::cell::RefCell", "Mutex": "std::sync::Mutex", "RwLock": "std::sync::RwLock",
    "HashMap": "std::collections::HashMap", "HashSet": "std::collections::HashSet",
    "BTreeMap": "std::collections::BTreeMap", "VecDeque": "std::collections::VecDeque",
    "Cow": "std::borrow::Cow", "Debug": "std::fmt::Debug", "Display": "std::fmt::Display",
}  # fmt: skip


def edits(change: Change, code: str) -> list[str]:
    """Return the code after a change, in every way that it can be made; [] where there is none."""
    made = {
        "remove": removed,
        "replace": replaced,
        "add": added,
        "move": moved,
        "call": called,
        "become": became,
        "write": written,
    }[change.kind](change, code)
    sound = not analyse(code).broken
    tried = list(islice(made, _ALL + 1))
    if len(tried) > _ALL:
        return []
    different = [
        text
        for text in dict.fromkeys(tried)
        if text != code and not (sound and analyse(text).broken)
    ]
    return [_imported(text, code) for text in different] if len(different) <= MOST else []


def _imported(text: str, before: str) -> str:
    """Import the well-known names that a change brought."""
    bare, known = analyse(text).bare, analyse(before).bare
    for name, path in _IMPORTS.items():
        used = rf"\b{name}\b"
        named = rf"\buse\s[^;]*{used}"
        if re.search(used, bare) and not re.search(used, known) and not re.search(named, bare):
            text = f"use {path};\n{text}"
    return text
