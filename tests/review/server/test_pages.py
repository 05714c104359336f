"""Our changes fit the page of the Argilla that is pinned, and no other."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from curator.french.typography import typeset
from curator.review.argilla.server.launch import ENGINE
from tests.review.server.test_text import load

pages = load("pages")
DATA = ENGINE / "argilla_sqlite" / "page"


def texts(messages: dict[str, Any]) -> list[str]:
    found = []
    for value in messages.values():
        found += texts(value) if isinstance(value, dict) else [value]
    return found


def test_french_is_set_as_it_is_printed() -> None:
    shown = texts(json.loads((DATA / "fr.json").read_text("utf-8")))
    assert len(shown) > 290
    assert [text for text in shown if text != typeset(text)] == []


def test_a_change_is_made_where_it_fits() -> None:
    change = pages.Change("of ", "sur ", 2)
    page = {"a": "of 1, of 2", "b": "rien"}
    assert pages.changed(page, [change]) == {"a": "sur 1, sur 2"}


@pytest.mark.parametrize("text", ["of 1", "of 1, of 2, of 3", ""])
def test_another_page_is_left_as_it_is(text: str) -> None:
    with pytest.raises(pages.OtherPage, match="'of ' stands"):
        pages.changed({"a": text}, [pages.Change("of ", "sur ", 2)])


def test_another_page_is_not_half_changed(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("</head>")
    with pytest.raises(pages.OtherPage):
        pages.amend(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    assert (tmp_path / "index.html").read_text() == "</head>"


def test_the_changes_fit_the_page_that_is_pinned(server_python: Path, tmp_path: Path) -> None:
    [static] = server_python.parent.parent.glob("lib/python3*/site-packages/argilla_server/static")
    files = [*static.glob("_nuxt/*.js"), *static.rglob("*.html")]
    page = {str(path): path.read_text("utf-8") for path in files}
    changed = pages.changed(page, pages.changes())
    assert len(changed) > 20
    assert all(path.read_text("utf-8") == page[str(path)] for path in files)
    main = next(text for text in changed.values() if '"fr.js":function' in text)
    assert re.search(r'code:"fr",name:"Français"', main)
