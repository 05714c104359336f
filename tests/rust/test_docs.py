"""Passages of the Rust documentation, from the installed one and from a page of our own."""

from pathlib import Path

import pytest

from curator.base.errors import DataError
from curator.records.taxonomy import taxonomy
from curator.rust.docs import find_docs, pages, passages
from curator.rust.toolchain import find_toolchain

PAGE = """<html><body><nav>menu</nav><main>
<h1 id="lending">Lending</h1>
<p>A <code>&amp;T</code> only
looks.</p>
<pre class="playground"><code class="language-rust edition2021"><span class="boring">fn main() {
</span>let a = 1 &lt; 2;
<span class="boring">}</span></code></pre>
<section class="note"><p>Note: <em>nothing</em> moves.</p></section>
<h2 id="twice">Twice</h2>
<ul><li>one</li><li>two <code>x</code></li></ul>
<h3 id="empty">Empty</h3>
<h2 id="last">Last</h2><table><tr><td>cell</td></tr></table>
</main></body></html>"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "book" / "es").mkdir(parents=True)
    (tmp_path / "book" / "ch01-lending.html").write_text(PAGE)
    (tmp_path / "book" / "es" / "ch01-lending.html").write_text(PAGE)
    (tmp_path / "book" / "print.html").write_text(PAGE)
    (tmp_path / "book" / "moved.html").write_text("<html><body>moved</body></html>")
    return tmp_path


def test_a_page_becomes_sections(root: Path) -> None:
    found = passages(root / "book" / "ch01-lending.html", root)
    assert [(p.address, p.title) for p in found] == [
        ("book/ch01-lending.html#lending", "Lending"),
        ("book/ch01-lending.html#twice", "Lending > Twice"),
        ("book/ch01-lending.html#last", "Lending > Last"),
    ]
    assert found[0].markdown == (
        "A `&T` only looks.\n\n```rust\nlet a = 1 < 2;\n```\n\nNote: nothing moves."
    )
    assert found[1].markdown == "- one\n- two `x`"
    assert found[2].markdown == "cell"


def test_a_page_that_points_elsewhere_has_no_passage(root: Path) -> None:
    assert passages(root / "book" / "moved.html", root) == []


def test_translations_and_whole_books_are_left_out(root: Path) -> None:
    names = [p.relative_to(root).as_posix() for p in pages(root)]
    assert names == ["book/ch01-lending.html", "book/moved.html"]
    assert pages(root, ("book/*-lending.html",)) == [root / "book" / "ch01-lending.html"]


def test_without_documentation_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CURATOR_RUST_DOCS", str(tmp_path))
    with pytest.raises(DataError, match="rustup component add rust-docs"):
        find_docs(None)


def test_every_topic_has_passages_in_the_installed_documentation() -> None:
    try:
        root = find_docs(find_toolchain().sysroot)
    except DataError as missing:
        pytest.skip(str(missing))
    for topic, label in taxonomy().topics.items():
        of_topic = [p for page in pages(root, label.docs) for p in
                    passages(page, root)]  # fmt: skip
        assert len(of_topic) >= 5, topic
        assert all(p.markdown.strip() and p.address for p in of_topic)
