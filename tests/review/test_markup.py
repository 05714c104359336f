"""What a card's HTML is made of, whatever a model or a compiler wrote."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.review.cards.change import diff
from curator.review.cards.highlight import highlighted
from curator.review.cards.listing import LONG, block, listing, patch
from curator.review.cards.markup import escaped, field
from curator.review.cards.panel import shortened
from curator.review.cards.prose import rendered
from curator.rust.pointers import Pointer
from tests.review.reading import read, words
from tests.review.test_display import HOSTILE

OURS = {
    "div", "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "em", "strong",
    "hr", "br", "table", "thead", "tbody", "tr", "th", "td", "pre", "code", "span", "a", "details",
    "summary",
}  # fmt: skip
MORE = (
    *HOSTILE,
    "</code></pre></div><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[clic](javascript:alert(1)) [clic](data:text/html,x) <javascript:alert(1)>",
    '[clic](https://a.example/"onmouseover="alert(1))',
    "[a]\n\n[a]: https://a.example/ 'x\" onclick=\"alert(1)'",
    "```rust\n'</span></code><svg onload=alert(1)>\n```",
    "```rust\n// \\u202e fin\n/* <style>*{display:none}</style>\n```",
    "# <!-- -->\n<![CDATA[x]]>\n<?php x ?>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62;",
    "texte\n\n\n\n    <object data=x>",
    '<div class="curator"><details open ontoggle=alert(1)>',
)


def is_ours(html: str) -> bool:
    """Tell whether a field is one block of HTML in Markdown, with no element but ours."""
    found = read(html).elements
    plain = all(
        tag in OURS
        and set(attributes) <= {"class", "href", "rel", "data-said"}
        and re.fullmatch(r"(?:(?:curator|hljs)[\w-]*(?: |$))*", attributes.get("class", ""))
        and re.match(r"https?://|$", attributes.get("href", ""))
        for tag, attributes in found
    )
    return plain and html.startswith('<div class="curator">') and not re.search(r"\n\s*\n", html)


@pytest.mark.parametrize("text", MORE)
def test_nothing_of_a_candidate_is_more_than_text(text: str) -> None:
    shown = field(rendered(text), listing(text, True), listing(text, False), diff(text, "", True))
    assert is_ours(shown)
    assert is_ours(field(patch(text), escaped(text), block(text, "rust", fold="{count}")))


SOUP = [
    *"<>`~$!|\\ \n\r\tab'\"&;-+",
    "```",
    "```rust\n",
    "~~~",
    "[x](",
    "> ",
    "1. ",
    "    ",
    "</pre>",
]


@given(st.lists(st.sampled_from(SOUP)))
def test_no_mixture_is_more_than_text(parts: list[str]) -> None:
    text = "".join(parts)
    assert is_ours(field(rendered(text), listing(text, True), patch(text)))


@given(st.text(alphabet="`~<a\n '\"/*{}&é$\\"))
def test_a_listing_holds_its_code_to_the_letter(code: str) -> None:
    for is_rust in (True, False):
        assert read(listing(code, is_rust)).words.strip("\n") == code.strip("\n")


def test_what_rustc_says_beside_a_line_is_text() -> None:
    pointer = Pointer(1, True, ('^ "<img src=x onerror=alert(1)>', "`</pre>`"))
    shown = field(listing("let x = 1;", True, [pointer]))
    assert is_ours(shown)
    assert read(shown).words.strip() == "let x = 1;"


def test_code_cannot_read_as_what_it_is_not() -> None:
    assert "\u202e" not in listing('let a = "\u202e";', True) + escaped("\u2066")


@pytest.mark.parametrize(
    ("code", "piece", "kind"),
    [
        ("fn f<'a>(x: &'a str) {}", "'a", "symbol"),
        ("impl Drop for M<'_> {}", "'_", "symbol"),
        ("let x: &'static str;", "'static", "symbol"),
        ("let c = 'a';", "'a'", "string"),
        ("let c = b'x';", "b'x'", "string"),
        ('let s = r#"fn "x""#;', 'r#"fn "x""#', "string"),
        ("x.iter().sum::<i32>();", "sum", "title"),
        ('println!("{x}");', "println", "built_in"),
        ("#[derive(Debug)]\nstruct S;", "#[derive(Debug)]", "meta"),
        ("async fn f() {}", "async", "keyword"),
        ("let v: Vec<u8>;", "Vec", "type"),
        ("// let x", "// let x", "comment"),
    ],
)
def test_rust_has_the_colours_of_its_grammar(code: str, piece: str, kind: str) -> None:
    shown = "\n".join(highlighted(code, True))
    assert f'<span class="hljs-{kind}">{escaped(piece)}</span>' in shown


def test_a_lifetime_colours_nothing_after_it() -> None:
    code = "struct M<'p> {\n    plat: &'p str,\n}\n\nfn main() {\n    let x = 1;\n}"
    assert '<span class="hljs-keyword">let</span>' in highlighted(code, True)[5]
    assert "hljs-string" not in "".join(highlighted(code, True))


def test_a_comment_over_lines_is_closed_on_each() -> None:
    first, second = highlighted("/* un\ndeux */", True)
    assert first == '<span class="hljs-comment">/* un</span>'
    assert second == '<span class="hljs-comment">deux */</span>'


def test_code_that_nests_deeper_than_the_stack_is_shown() -> None:
    code = "(" * 20_000
    assert read(listing(code, True)).words.strip() == code


def test_long_blocks_are_folded_unless_rustc_points_into_them() -> None:
    code = "\n".join(f"let x{n} = {n};" for n in range(LONG + 1))
    assert block(code, "rust").startswith("<details")
    assert block(code, "rust", [Pointer(1, True, ("^",))]).startswith("<pre")
    assert block("let x = 1;", "rust").startswith("<pre")


def test_a_text_is_cut_between_words() -> None:
    assert shortened("un deux trois", 8) == "un deux…"
    assert shortened("un deux", 8) == "un deux"
    assert shortened("abcdefghij", 4) == "abcd…"


def test_prose_keeps_its_form() -> None:
    text = "## Titre\n\nUn **mot** et `Vec<T>`.\n\n- *un*\n\n| a | b |\n|---|---|\n| c | d |"
    shown = rendered(text)
    tags = [tag for tag, _ in read(shown).elements]
    assert tags[:4] == ["h2", "p", "strong", "code"]
    assert {"li", "em", "table", "td"} <= set(tags)
    assert words(shown).startswith("Titre\nUn mot et Vec<T>.")
    link = rendered("[le livre](https://doc.rust-lang.org)")
    assert read(link).elements[1][1]["href"] == "https://doc.rust-lang.org"
