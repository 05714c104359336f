"""A model's Markdown as HTML: to be read, and nothing else."""

import re
import time

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from curator.report.prose import SHOWN, render

ALLOWED = {
    *("p", "ul", "ol", "li", "pre", "code", "em", "strong", "blockquote", "hr", "br", "table"),
    *("thead", "tbody", "tr", "th", "td", "html", "head", "body", "-text"),
}
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[clic](javascript:alert(1))",
    '[clic](https://ailleurs.example/ "t")',
    "![suivi](https://ailleurs.example/p.gif)",
    "<https://ailleurs.example>",
    "[a]: https://ailleurs.example\n\n[a]",
    '```"><script>alert(1)</script>\ncode\n```',
    "| a |\n|:-:|\n| <b onclick=x> |",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "# <iframe src=//e>\n\n</details></li></ul></main><h1>faux</h1>",
    "7. sept",
    "--><style>*{display:none}</style>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(text: str) -> None:
    html = render(text)
    tree = HTMLParser(html)
    names = {n.tag for n in tree.root.traverse(include_text=True)} if tree.root else set()
    assert names <= ALLOWED
    for node in tree.root.traverse() if tree.root else ():
        assert set(node.attributes) <= {"class"}
        assert node.attributes.get("class") in (None, "titre")


def test_an_answer_reads_as_it_is_meant() -> None:
    html = render("## TL;DR\nUn **mot** et `&str`.\n\n```rust\nfn main() {}\n```\n\n1. un\n2. deux")
    assert '<p class="titre">TL;DR</p>' in html
    assert "<strong>mot</strong>" in html
    assert "<code>&amp;str</code>" in html
    assert "<pre><code>fn main() {}\n</code></pre>" in html
    assert html.count("<li>") == 2


@pytest.mark.parametrize("unit", ["a", "[", "*", "`", "> ", "- ", "<", "|a", "\n\n# t\n", "_a"])
def test_a_million_characters_are_cut_and_soon(unit: str) -> None:
    began = time.monotonic()
    html = render(unit * (1_000_000 // len(unit)))
    assert len(html) < 5 * SHOWN + 500
    assert "caractères" in html
    assert not re.search(r"<(?!/?(p|pre)\b)", html)
    assert time.monotonic() - began < 60  # a guard against quadratic time, not a measure
