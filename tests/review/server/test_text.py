"""What is typed in the search box never breaks the search. Needs no environment of Argilla's."""

import importlib
import sqlite3
import sys
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.review.argilla.server.launch import ENGINE


def load(name: str) -> ModuleType:
    """A module of the engine that needs nothing of Argilla's: its package does, and stays out."""
    package = ModuleType("engine_alone")
    package.__path__ = [str(ENGINE / "argilla_sqlite")]
    sys.modules.setdefault(package.__name__, package)
    return importlib.import_module(f"{package.__name__}.{name}")


text = load("text")
WORDS = ["amour", "beau", "ciel", "-", "|", "+", "(", ")", '"', "*", "~2", "\\", " ", "é", "%"]


@pytest.fixture(scope="module")
def table() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5 (dataset, f0, f1)")
    rows = [("d", "amour beau", "ciel"), ("d", "beau", "é"), ("x", "amour beau ciel", "")]
    connection.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
    return connection


def matches(table: sqlite3.Connection, typed: str, column: str | None = None) -> set[int]:
    query = text.expression(typed, "d", column)
    if query is None:
        return set()
    return {row for (row,) in table.execute("SELECT rowid FROM t WHERE t MATCH ?", (query,))}


@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join) | st.text(max_size=60))
def test_any_input_is_a_query_that_stays_in_the_dataset(
    table: sqlite3.Connection, typed: str
) -> None:
    everywhere = matches(table, typed)
    assert everywhere <= {1, 2}
    assert matches(table, typed, "f0") <= {1, 2}


@given(st.lists(st.sampled_from(["amour", "beau", "ciel"]), min_size=1, max_size=6))
def test_words_are_all_required_and_minus_is_the_rest(
    table: sqlite3.Connection, words: list[str]
) -> None:
    held = {1: {"amour", "beau", "ciel"}, 2: {"beau"}}
    expected = {row for row, has in held.items() if set(words) <= has}
    assert matches(table, " ".join(words)) == expected
    assert matches(table, f"-({' '.join(words)})") == {1, 2} - expected


@pytest.mark.slow
@pytest.mark.parametrize(
    "typed",
    [
        "beau " * 3000,
        "(" * 3000 + "beau" + ")" * 3000,
        "-(" * 500,
        "beau | beau " * 900,
        "(beau | amour -" * 300 + ")" * 300,
    ],
)
def test_a_very_long_text_is_one_too(table: sqlite3.Connection, typed: str) -> None:
    assert matches(table, typed) in ({1, 2}, set())


def test_the_name_of_a_dataset_is_no_word_of_its_records(table: sqlite3.Connection) -> None:
    assert matches(table, "d") == set()
