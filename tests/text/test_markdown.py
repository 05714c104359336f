import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from curator.text.markdown import blocks, lines_of, paragraphs, section_key, sections


def test_a_block_knows_its_place_and_attributes() -> None:
    [block] = blocks("Texte.\n\n```rust,compile_fail,E0382\nlet x = 1;\n```\n")
    assert (block.language, block.line, block.closed) == ("rust", 4, True)
    assert block.has("compile_fail")
    assert block.error_codes == ("E0382",)


@pytest.mark.parametrize(
    ("info", "rust"),
    [
        ("rust", True),
        ("rs", True),
        ("Rust", True),
        ("rust ignore", True),
        ("compile_fail,E0382", True),
        ("no_run", True),
        ("edition2024", True),
        ("", False),
        ("text", False),
        ("toml", False),
        ("console", False),
    ],
)
def test_which_fences_are_rust(info: str, rust: bool) -> None:
    [block] = blocks(f"```{info}\nx\n```")
    assert block.is_rust is rust


def test_the_edition_of_a_fence() -> None:
    assert blocks("```rust,edition2024\n```")[0].edition == "2024"
    assert blocks("```rust\n```")[0].edition is None


def test_fences_by_commonmark() -> None:
    text = "~~~rust\na\n~~~\n\n- liste\n\n  ````rust\n  ```\n  b\n  ````\n\n> ```rust\n> c\n> ```\n"
    assert [b.code for b in blocks(text)] == ["a\n", "```\nb\n", "c\n"]
    assert all(b.closed for b in blocks(text))


def test_indented_code_is_no_block() -> None:
    assert blocks("Texte\n\n    let x = 1;\n") == []


@pytest.mark.parametrize("text", ["```rust\nlet x = 1;", "```rust", "````rust\nx\n```\n"])
def test_a_block_that_never_ends(text: str) -> None:
    assert not blocks(text)[0].closed


def test_sections_with_what_stands_below() -> None:
    found = sections("avant\n\n## TL;DR\nun\n### plus bas\ndeux\n\n## Fin\n")
    assert [(s.title, s.body) for s in found] == [("TL;DR", "un\n### plus bas\ndeux"), ("Fin", "")]


def test_no_heading_no_section() -> None:
    assert sections("du texte") == []
    assert sections("") == []


def test_a_heading_inside_code_is_no_section() -> None:
    assert sections("```text\n## TL;DR\n```") == []


def test_sections_are_compared_by_their_letters() -> None:
    assert section_key("À retenir :") == section_key("a retenir") == "aretenir"


def test_prose_is_what_people_read() -> None:
    text = "## TL;DR\nDu `code` ici.\n\n```rust\nfn main() {}\n```\n\n- un\n- deux\n\n<b>html</b>"
    assert list(paragraphs(text)) == ["Du   ici.", "un", "deux", "<b>html</b>"]


# What markdown-it, str.split and str.splitlines do not agree on, and what opens and closes.
PIECES = (
    *("\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x00", "\t", " ", "    "),
    *(
        "```",
        "````",
        "~~~",
        "```rust\n",
        "```text\r",
        "> ",
        "> > ",
        "- ",
        "1. ",
        "## ",
        "## TL;DR\n",
    ),
    *(
        "#",
        "`",
        "|",
        "|-|\n",
        "<b>",
        "[a](",
        "a",
        "fn x() {}",
        "é",
        "\\",
        "# let",
        "## ",
        "---\n",
        "=\n",
    ),
)
markdowns = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@settings(max_examples=500, deadline=None)
@given(markdowns)
def test_nothing_raises_and_every_block_is_where_it_says(text: str) -> None:
    lines = lines_of(text)
    for block in blocks(text):
        opening = lines[block.line - 2]
        assert "```" in opening or "~~~" in opening
        count = block.code.count("\n") + (not block.code.endswith("\n") and block.code != "")
        ended = block.line - 1 + count
        assert ended <= len(lines)
        if block.closed:
            assert set(lines[ended].strip(" \t>")) in ({"`"}, {"~"})
    for section in sections(text):
        assert section.body in "\n".join(lines)
    assert all(map(str.strip, paragraphs(text)))


@settings(max_examples=300, deadline=None)
@given(markdowns)
def test_an_open_block_is_closed_by_what_closes_it(text: str) -> None:
    whole = f"{text}\n\n```\ncode"  # a block at the margin: the new one, or one left open above
    before = blocks(whole)
    assume(before[-1].code.endswith("code"))
    assert not before[-1].closed
    ended = [blocks(f"{whole}\n{mark * 90}") for mark in "`~"]
    assert sorted(after[len(before) - 1].closed for after in ended) == [False, True]


@settings(deadline=None)
@given(markdowns)
def test_line_ends_do_not_change_what_is_read(text: str) -> None:
    plain = "\n".join(lines_of(text))
    assert blocks(plain) == blocks(text)
    assert sections(plain) == sections(text)
    assert list(paragraphs(plain)) == list(paragraphs(text))


def test_a_lone_carriage_return_ends_a_line() -> None:
    [block] = blocks("```text\n10%\r50%\r100%\n```")
    assert (block.code, block.closed) == ("10%\n50%\n100%\n", True)
    [block] = blocks("## TL;DR\r\n\r\n```rust\r\nlet x = 1;\r\n```\r\n")
    assert (block.line, block.closed) == (4, True)


def test_a_fence_that_is_indented_like_code_closes_nothing() -> None:
    [block] = blocks("```\na\n    ```")
    assert not block.closed
