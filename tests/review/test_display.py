"""What annotators see can hold no HTML, whatever a model wrote."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from curator.review.cards.display import fence, harmless, inline_code

HOSTILE = (
    '<object data="javascript:alert(1)"></object>',
    "texte <embed src=x> texte",
    "<script>alert(1)</script>",
    "![suivi](http://ailleurs.example/x.png)",
    "> <img src=x onerror=alert(1)>",
    "1. un\n   ```\n   <object data=x>\n   ```",
    "```\n````\n<object data=x>\n```",
    "~~~html\n```\n<object data=x>\n~~~",
    "`a ``` b`\n\n<object data=x>",
    "    ```\n<object data=x>",
    "$$\n\\href{javascript:alert(1)}{x}\n$$",
    "a\r```\r<object data=x>\r```\r<embed>",
    "| a |\n|---|\n| `x|<b>` |",
)
MINE = re.compile(r"</?code>")


def outside_fences(markdown: str) -> str:
    """What a page may take for HTML: the lines outside of fences, read as simply as can be."""
    kept, closing = [], ""
    for line in markdown.split("\n"):
        marks = re.match(r"`{3,}|~{3,}", line)
        if closing:
            closing = "" if line == closing else closing
        elif marks:
            closing = marks.group()
        else:
            kept.append(line)
    return "\n".join(kept)


def is_harmless(shown: str) -> bool:
    prose = MINE.sub("", outside_fences(shown))
    return "<" not in prose and "![" not in prose and "```" not in prose and "$" not in prose


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_comes_through(text: str) -> None:
    assert is_harmless(harmless(text))


@given(
    st.lists(st.sampled_from([*"<>`~$!|\\ \n\r\tab", "```", "~~~", "[x](", "> ", "1. ", "    "]))
)
def test_no_mixture_comes_through(parts: list[str]) -> None:
    assert is_harmless(harmless("".join(parts)))


@given(st.text(alphabet="`~<a\n "))
def test_a_fence_holds_its_code(code: str) -> None:
    tokens = MarkdownIt().parse(fence(code, "rust"))
    assert [t.type for t in tokens] == ["fence"]
    assert tokens[0].content.rstrip("\n") == code.rstrip("\n")


def test_plain_markdown_stays_as_it_is() -> None:
    text = (
        "## TL;DR\nPrêtez-la avec `&nom`.\n\n- un **mot**\n- [le livre](https://doc.rust-lang.org)"
    )
    assert harmless(text) == text


def test_rust_is_highlighted_whatever_its_fence_says() -> None:
    assert harmless("```rust,compile_fail,E0382\nlet x: Vec<i32>;\n```") == (
        "```rust\nlet x: Vec<i32>;\n```"
    )
    assert harmless("```E0382\nfn f() {}\n```").startswith("```rust\n")
    assert harmless("```text\nerror\n```").startswith("```text\n")


def test_generics_in_prose_are_read_as_they_were_written() -> None:
    shown = MarkdownIt("commonmark", {"html": True}).render(harmless("Un `Vec<&str>` ici."))
    assert "<code>Vec&lt;&amp;str&gt;</code>" in shown


def test_words_of_others_are_neither_markdown_nor_html() -> None:
    shown = MarkdownIt("commonmark", {"html": True}).render(inline_code("`a` | <i> **b**"))
    assert "<code>`a` | &lt;i&gt; **b**</code>" in shown
