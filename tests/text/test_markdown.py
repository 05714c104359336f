import pytest

from curator.text.markdown import blocks, paragraphs, section_key, sections


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
