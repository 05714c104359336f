"""A small documentation of our own, and an embedder that needs no package."""

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from curator.models.base import ignore
from curator.retrieval.words import words

BOOK = {
    "book/ch04-lending.html": """<main><h1 id="lending">References and Borrowing</h1>
<p>A reference borrows a value; the owner keeps its ownership.</p>
<h2 id="mutable">Mutable References</h2><p>{mutable}</p>
<pre><code class="language-rust">fn grow(text: &amp;mut String) { text.push('!'); }</code></pre>
<h2 id="dangling">Dangling References</h2><p>{dangling}</p></main>""",
    "error_codes/E0382.html": """<main><h1 id="error-code-e0382">Error code E0382</h1>
<p>A variable was used after its contents have been moved elsewhere.</p></main>""",
    "reference/tests.html": """<main><h1 id="should">The should_panic attribute</h1>
<p>A test function with should_panic passes if its body panics. {filler}</p></main>""",
}
FILLER = {
    "mutable": "A mutable reference changes what it borrows. " * 8,
    "dangling": "The compiler guarantees that no reference outlives its value. " * 7,
    "filler": "It may say which message is expected. " * 8,
}


class Hashed:
    """A fake Embedder: a text's vector counts its words in 64 places."""

    name = "hashed words"

    def __init__(self) -> None:
        self.read = 0

    def questions(self, texts: Sequence[str]) -> Any:
        import numpy as np

        rows = np.zeros((len(texts), 64), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in words(text):
                row[zlib.crc32(word.encode()) % 64] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1)

    def passages(self, texts: Sequence[str], done: Any = ignore) -> Any:
        self.read += len(texts)
        done(len(texts))
        return self.questions(texts)


@pytest.fixture
def rust_docs(tmp_path: Path) -> Path:
    root = tmp_path / "docs"
    for name, page in BOOK.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        for word, text in FILLER.items():
            page = page.replace(f"{{{word}}}", text)
        (root / name).write_text(page)
    return root


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Hashed:
    """The fake in place of the embedder, and a cache of the test's own."""
    made = Hashed()
    monkeypatch.setattr("curator.retrieval.build.embedder", lambda settings: made)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return made
