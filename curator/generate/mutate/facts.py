"""Gather what wordings may name: the site's facts, rustc's first error, the lines that change."""

import difflib
import re

from curator.generate.mutate.proof import Proof
from curator.generate.mutate.reading import expected_and_found, meaning, number
from curator.generate.mutate.syntax import Source, text
from curator.rust.compiler import Diagnostic
from curator.rust.source import analyse

SHORT = 60  # characters of a line of code that prose may quote
_FAMILIES = {
    "Option": {"famille": "Option", "un_famille": "une `Option`", "il_famille": "elle"},
    "Result": {"famille": "Result", "un_famille": "un `Result`", "il_famille": "il"},
}


def _code_of(line: str) -> str:
    """Return a line of code without the comment at its end."""
    end = len(analyse(line).bare.rstrip())
    return (line[:end] if line[end:].lstrip().startswith("//") else line).strip()


def _quotable(code: str) -> bool:
    return bool(code) and "`" not in code and len(code) <= SHORT


def _changes(proof: Proof) -> dict[str, str]:
    """Return the lines that change, where they are one line before, after, or both.

    `avant` and `apres` are the first pair; `ligne_changee` and `ajoutee` say that nothing else
    changes.
    """
    broken, right = proof.broken.rstrip().split("\n"), proof.fixed.rstrip().split("\n")
    matcher = difflib.SequenceMatcher(None, broken, right, autojunk=False)
    changed = [op for op in matcher.get_opcodes() if op[0] != "equal"]
    _, a, b, c, d = changed[0]
    pair = {"avant": broken[a:b], "apres": right[c:d]}
    lines = {name: _code_of(rows[0]) for name, rows in pair.items() if len(rows) == 1}
    said = {name: line for name, line in lines.items() if line}
    alone = len(changed) == 1 and all(map(_quotable, said.values()))
    if alone and len(said) == 2:
        said["ligne_changee"] = str(a + 1)
        if a + 1 == proof.errors[0].line:
            said["sur_place"] = said["ligne_changee"]
    rows = [row for row in right[c:d] if row.strip()]
    if len(changed) == 1 and not [row for row in broken[a:b] if row.strip()] and len(rows) == 1:
        added = _code_of(rows[0])
        said |= {"ajoutee": added} if _quotable(added) else {}
    return said


def _use(error: Diagnostic) -> int:
    """Return the first line that rustc shows below the error's, which may be a declaration's."""
    shown = (int(n) for n in re.findall(r"^ *(\d+) +\|", error.shown, re.MULTILINE))
    return next((line for line in shown if line > error.line), error.line)


def _family(error: Diagnostic) -> dict[str, str]:
    """Return whether rustc found an `Option` or a `Result`, where it did."""
    both = expected_and_found(error)
    words = both[1] if both else error.message
    family = re.search(r"(?:^|`)(?:std::\w+::)?(Option|Result)<", words)
    return _FAMILIES[family[1]] if family else {}


def _in_tests(code: str, line: int) -> bool:
    """Tell whether a line is in a module that only `cargo test` compiles."""
    modules = (
        m for m in Source(code).walk("mod_item") if m.start_point[0] < line <= m.end_point[0]
    )
    return any(m.prev_sibling is not None and "cfg(test)" in text(m.prev_sibling) for m in modules)


def slots(proof: Proof) -> dict[str, str]:
    """Return what wordings may name; what is not known of this very code is not there."""
    first = proof.errors[0]
    said = {"erreur": first.code, "rustc": first.message, "ligne": str(first.line)}
    said["usage"] = str(_use(first))
    line = _code_of(proof.broken.split("\n")[first.line - 1])
    said |= {"code_ligne": line} if _quotable(line) else {}
    said |= {"sens": meaning(first)} if meaning(first) else {}
    said |= {"demarre": "main"} if analyse(proof.broken).has_main else {}
    said |= {"sous_test": "oui"} if _in_tests(proof.broken, first.line) else {}
    if len(proof.errors) > 1:
        said["combien"] = number(len(proof.errors))
    if both := expected_and_found(first):
        said |= {"attendu_type": both[0], "trouve_type": both[1]}
    return {**_family(first), **said, **_changes(proof), **proof.site.slots}
