"""Sections become chunks: short ones together, long ones cut between their blocks."""

from curator.retrieval.chunks import LONG, SHORT, blocks, chunks
from curator.rust.docs import Passage

LINE = "Une phrase qui dit quelque chose. "


def section(anchor: str, text: str, page: str = "a.html") -> Passage:
    return Passage(f"{page}#{anchor}", f"Page > {anchor}", text)


def test_a_short_section_goes_with_the_next_under_its_heading() -> None:
    [one] = chunks([section("intro", "Bref."), section("suite", LINE * 10)])
    assert (one.address, one.title) == ("a.html#intro", "Page > intro")
    assert one.sections == ("a.html#intro", "a.html#suite")
    assert "Bref.\n\n### suite\n\nUne phrase" in one.markdown


def test_sections_that_are_long_enough_or_on_other_pages_stay_apart() -> None:
    enough = LINE * (SHORT // len(LINE) + 1)
    assert len(chunks([section("a", enough), section("b", enough)])) == 2
    assert len(chunks([section("a", "Bref."), section("b", enough, "b.html")])) == 2


def test_a_long_section_is_cut_between_blocks_and_nothing_is_lost() -> None:
    code = "```rust\nfn a() {\n\n}\n```"
    parts = [LINE * 20, code, LINE * 20, LINE * 20]
    made = chunks([section("long", "\n\n".join(parts))])
    assert len(made) > 1
    assert {c.address for c in made} == {"a.html#long"}
    assert all(len(c.markdown) <= LONG for c in made)
    assert "\n\n".join(c.markdown for c in made) == "\n\n".join(parts)


def test_a_block_that_is_too_long_is_cut_between_lines_and_fenced_again() -> None:
    lines = [f"let variable_{i} = {i};" for i in range(200)]
    made = chunks([section("code", "\n".join(["```rust", *lines, "```"]))])
    assert all(c.markdown.startswith("```rust\n") and c.markdown.endswith("\n```") for c in made)
    assert [line for c in made for line in c.markdown.split("\n")[1:-1]] == lines
    [*prose] = chunks([section("prose", LINE * 100)])
    assert all(len(c.markdown) <= LONG for c in prose)
    assert " ".join(c.markdown for c in prose).split() == (LINE * 100).split()


def test_blank_lines_inside_a_fence_do_not_end_its_block() -> None:
    text = "a\n\n```rust\nx\n\ny\n```\n\n~~~~\n```\n~~~~\nb"
    assert list(blocks(text)) == ["a", "```rust\nx\n\ny\n```", "~~~~\n```\n~~~~\nb"]


def test_a_section_of_signs_alone_is_no_chunk() -> None:
    assert chunks([section("a", "---")]) == []
