"""Every notice has a sentence in both languages, and every sentence a notice that it is for."""

import ast
import re
from collections.abc import Iterator, Mapping
from string import Formatter

import pytest

from curator.base.english import english
from curator.base.notice import Language
from curator.french.notices import french
from tests.conftest import ROOT

# Reads files of earlier versions: its notices are those that others raise, but for free_text.
LEGACY = "curator/base/legacy.py"


def raised(code: Mapping[str, str]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Where each notice is made in some sources by path, its code, and the names of its values."""
    for path, text in code.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Notice":
                yield (f"{path}:{node.lineno}", *_made(node, f"{path}:{node.lineno}"))


def _made(call: ast.Call, where: str) -> tuple[str, frozenset[str]]:
    code, *values = call.args
    assert isinstance(code, ast.Constant) and isinstance(code.value, str), f"{where}: no literal"
    names: set[str] = set()
    for one in values:
        assert isinstance(one, ast.Dict), f"{where}: the values are no literal either"
        for key in one.keys:
            assert isinstance(key, ast.Constant), f"{where}: a key is no literal"
            names.add(str(key.value))
    return code.value, frozenset(names)


def sources() -> dict[str, str]:
    files = sorted((ROOT / "curator").rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in files}


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def faults(code: Mapping[str, str], language: Language) -> Iterator[str]:
    known = set(language.sentences)
    seen = set()
    for where, notice, values in raised(code):
        if not where.startswith(LEGACY) or notice == "free_text":
            seen.add(notice)
        if notice not in known:
            yield f"{where}: {notice} has no sentence"
        elif lacking := fields(language.sentences[notice]) - values:
            yield f"{where}: {notice} lacks {', '.join(sorted(lacking))}"
    for notice in sorted(known - seen):
        yield f"nothing raises {notice}"


@pytest.mark.slow
@pytest.mark.parametrize("language", [english, french])
def test_both_tables_are_complete_and_hold_nothing_else(language: Language) -> None:
    assert list(faults(sources(), language)) == []


def test_both_tables_take_the_same_values() -> None:
    assert english.sentences.keys() == french.sentences.keys()
    for code, sentence in english.sentences.items():
        assert fields(sentence) == fields(french.sentences[code]), code


def test_no_sentence_looks_into_its_values() -> None:
    for language in (english, french):
        for sentence in language.sentences.values():
            assert all(name.isidentifier() for name in fields(sentence))


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ('Notice("unheard_of")', "a.py:1: unheard_of has no sentence"),
        ('Notice("responses_gone")', "a.py:1: responses_gone lacks path"),
        ('Notice("responses_gone", {"file": 1})', "a.py:1: responses_gone lacks path"),
        ("", "nothing raises responses_gone"),
    ],
)
def test_a_planted_fault_is_seen(source: str, fault: str) -> None:
    assert fault in list(faults({"a.py": source}, english))


@pytest.mark.parametrize("source", ["Notice(code)", 'Notice("gone", values)', 'Notice(f"a{b}")'])
def test_a_notice_that_cannot_be_read_off_the_code_is_seen(source: str) -> None:
    with pytest.raises(AssertionError, match="literal"):
        list(raised({"a.py": source}))


# Where French stands outside of curator/french: the report is French itself; filters and
# strategies carry their own wording; what models are asked and answers are made of is data.
FRENCH_ELSEWHERE = (
    *("curator/french/", "curator/report/", "curator/filters/", "curator/generate/"),
    *("curator/text/markdown.py", "curator/dataset/recipe.py", "curator/dataset/reshape.py"),
    *("curator/models/openai/flavour.py", "curator/training/export.py", LEGACY),
    "curator/review/argilla/engine/",  # runs in the environment of Argilla, which has no curator
)
_ACCENTS = re.compile("[àâäéèêëîïôöùûüçœÀÂÉÈÊËÎÏÔÖÙÛÜÇŒ«»]")


def french_strings(code: Mapping[str, str]) -> Iterator[str]:
    """Where a string of the code, docstrings aside, has French letters."""
    for path, text in code.items():
        tree = ast.parse(text)
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in docstrings
                and _ACCENTS.search(node.value)
            ):
                yield f"{path}:{node.lineno}"


@pytest.mark.slow
def test_french_wording_stands_in_its_room() -> None:
    others = {p: t for p, t in sources().items() if not p.startswith(FRENCH_ELSEWHERE)}
    assert list(french_strings(others)) == []


def test_french_wording_elsewhere_is_seen() -> None:
    code = {"curator/cli/app.py": '"""Été."""\nWORDS = {"better": f"{1} amélioré"}\n'}
    assert list(french_strings(code)) == ["curator/cli/app.py:2"]
