"""What is searched: Rust's documentation or Markdown files."""

from pathlib import Path

import pytest

from curator.base.errors import DataError
from curator.retrieval import RagSettings, load_index
from curator.retrieval.sources import digest, files, find_root, markdown_passages, passages

GUIDE = """Avant tout titre.

# Guide d’emprunt

Texte.

## Règles

```md
## pas un titre
```

## Règles

Encore.
"""


def test_markdown_sections_have_addresses_and_the_headings_above(tmp_path: Path) -> None:
    (tmp_path / "guide.md").write_text(GUIDE)
    found = markdown_passages(tmp_path / "guide.md", tmp_path)
    assert [(p.address, p.title) for p in found] == [
        ("guide.md", ""),
        ("guide.md#guide-demprunt", "Guide d’emprunt"),
        ("guide.md#règles", "Guide d’emprunt > Règles"),
        ("guide.md#règles-1", "Guide d’emprunt > Règles"),
    ]
    assert found[2].markdown == "```md\n## pas un titre\n```"


def test_what_repeats_is_taken_once(rust_docs: Path) -> None:
    page = rust_docs / "book" / "ch04-lending.html"
    (rust_docs / "book" / "index.html").write_bytes(page.read_bytes())
    pages = files(rust_docs)
    assert len(pages) == 4
    assert {p.address.partition("#")[0] for p in passages(rust_docs, pages)} == {
        "book/ch04-lending.html", "error_codes/E0382.html", "reference/tests.html"
    }  # fmt: skip


def test_the_digest_knows_names_and_contents(rust_docs: Path) -> None:
    before = digest(rust_docs, files(rust_docs))
    assert digest(rust_docs, files(rust_docs)) == before
    page = rust_docs / "error_codes" / "E0382.html"
    page.write_text(page.read_text() + " ")
    assert digest(rust_docs, files(rust_docs)) != before


def test_nothing_to_search_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="no documents here"):
        load_index(RagSettings(embeddings="none"), tmp_path)
    with pytest.raises(DataError, match="no such folder of documents"):
        find_root(tmp_path / "absent")
    monkeypatch.setenv("CURATOR_RUST_DOCS", str(tmp_path))
    with pytest.raises(DataError, match="the Rust documentation is not installed"):
        load_index(RagSettings(embeddings="none"))


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=r"a\.md: not UTF-8"):
        load_index(RagSettings(embeddings="none"), tmp_path)
