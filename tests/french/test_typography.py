"""French typography: in prose, once, and never in code."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from curator.filters.duplicates import DuplicateSettings
from curator.filters.french import FrenchFilter, FrenchSettings
from curator.filters.near_duplicates import NearDuplicateSettings
from curator.filters.registry import make_filters
from curator.french.typography import typed, typeset, typeset_markdown
from curator.records.example import example_id
from curator.records.files import read_examples
from curator.records.project import Project
from curator.text.markdown import SECTIONS, blocks, headings, section_key
from curator.text.shingles import words
from tests.conftest import ROOT
from tests.french.test_expectations import SENTENCES, said

H, N = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("l'un : « a » ; b ?", f"l’un{H}: «{H}a{H}»{N}; b{N}?"),
        ("Aujourd'hui, qu'on s'en serve !", f"Aujourd’hui, qu’on s’en serve{N}!"),
        ("Vraiment ?! Oui.", f"Vraiment{N}?! Oui."),
        ("(pourquoi ?) **Note :** oui", f"(pourquoi{N}?) **Note{H}:** oui"),
        ("«mot», «  mots »", f"«{H}mot{H}», «{H}mots{H}»"),
        ("100 % ou 5 %d", f"100{N}% ou 5 %d"),
        ("'none' d::e", "'none' d::e"),
        ("b'a', &'a str, 'x'", "b'a', &'a str, 'x'"),
        ("a != b ; std::io ; x ?Sized", f"a != b{N}; std::io{N}; x ?Sized"),
        ("println! et l'opérateur ?", f"println! et l’opérateur{N}?"),
        ("http://a.b:80 10:30 :) :: :-", "http://a.b:80 10:30 :) :: :-"),
        ("sans espace; ni: là!", "sans espace; ni: là!"),
        ("« \n»", "« \n»"),
    ],
)
def test_prose(given: str, expected: str) -> None:
    assert typeset(given) == expected
    assert typeset(expected) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("l'`enum` : « `a ; b'c` » ?", f"l’`enum`{H}: «{H}`a ; b'c`{H}»{N}?"),
        ("jusqu'*ici* d'[un](l'x : y)", "jusqu’*ici* d’[un](l'x : y)"),
        ("# Quoi ?\n\n- l'un ;\n- d'eux !", f"# Quoi{N}?\n\n- l’un{N};\n- d’eux{N}!"),
        ("> l'eau\n> d'ici", "> l’eau\n> d’ici"),
        ("| l'un | : |\n|---|:--|\n| d'eux ? | ! |", f"| l’un | : |\n|---|:--|\n| d’eux{N}? | ! |"),
        ("![l'eau](l'eau.png) <b title=\"l'eau\">", "![l’eau](l'eau.png) <b title=\"l'eau\">"),
        ("<https://x.fr/l'un> https://x.fr/l'a d'x", "<https://x.fr/l'un> https://x.fr/l'a d’x"),
        ("```rust\n// l'un : ?\n```\nl'un", "```rust\n// l'un : ?\n```\nl’un"),
        ("~~~\nl'un\n```\nl'un\n~~~\nl'un", "~~~\nl'un\n```\nl'un\n~~~\nl’un"),
        ("```\nl'un : jamais fermé", "```\nl'un : jamais fermé"),
        ("- a\n\n  ```\n  l'un\n  ```\n\n  l'un", "- a\n\n  ```\n  l'un\n  ```\n\n  l’un"),
        ("    l'un : code\n\nl'un", "    l'un : code\n\nl’un"),
        ("-     l'un : code\n", "-     l'un : code\n"),
        ("un ` seul : l'un", "un ` seul : l'un"),
        ("\\`l'un` : `l'eau`", "\\`l'un` : `l'eau`"),
        ("``a ` l'un`` l'un", "``a ` l'un`` l’un"),
        ("`a\nl'un` l'un", "`a\nl'un` l’un"),
        ("<pre>\nl'un\n\nd'eux\n</pre>\n", "<pre>\nl'un\n\nd'eux\n</pre>\n"),
        ("<!-- l'un : -->\n\nl'un", "<!-- l'un : -->\n\nl’un"),
        ("[l'un] d'ici\n\n[l'un]: http://x \"l'un\"", "[l'un] d’ici\n\n[l'un]: http://x \"l'un\""),
        ("l'un\r\nd'eux ?\r\n", f"l’un\r\nd’eux{N}?\r\n"),
        ("l'un  \nd'eux \\\n!", "l’un  \nd’eux \\\n!"),
    ],
)
def test_markdown(given: str, expected: str) -> None:
    assert typeset_markdown(given) == expected


# Lines of which each is what it looks like, wherever it stands.
PLAIN = (
    *("l'un : deux ;", "«mot»", "« l'`x` »", "d'`l'un`", "", "  ", "    l'un ?", "- l'un ?"),
    *("  - d'eux", "> l'un", "1. l'un", "2. `l'un`", "# !", "## Quoi ?", "| l'a ? | b |"),
    *("[d'a](l'b 'c ?')", "![l'un](d'e)", "``l'un ` d'b``", "---", "* ! x", "&nbsp; l'un"),
    *("d'eux  ", "l'eau\u202f?", "l’eau\u00a0:", "https://l'a.fr/b ?", "<https://l'a.fr>"),
    *("*l'un ?*", "_d'_", "```\nl'un\n```", "~~~rust\nl'un ?\n```\n~~~", "- ```\n  l'un\n  ```"),
)
ODD = (
    *("`a ; b", "c` d'e ?", "\tl'un", "```", "```rust", "~~~", "  ```", ">", "> ```", "2. `l'un"),
    *("<pre>", "</pre>", "<b>l'un ?</b>", "<a href='l'un ?'", "<!-- l'un", "-->", "|---|---|"),
    *("[l'un]: l'b ?", "[l'un]", "\\`l'un`", "=====", "- - l'un", "-     l'un", "\\", "l'un\\"),
    *("`````", "<?l'a", "  ~~~", "- ```"),
)
LINES = st.sampled_from(PLAIN + ODD)
TEXTS = st.one_of(
    st.lists(LINES, max_size=10).map("\n".join),
    st.lists(LINES, max_size=6).map(" ".join),
    st.text(st.sampled_from("`~<>[]()!?:;«»' ’\u00a0\u202f\nal|#-*\\\"&=1.\t"), max_size=40),
)


def code_of(markdown: str) -> list[object]:
    """All code, HTML and addresses of a text, by a parse."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    inner = [c for t in tokens for c in t.children or ()]
    return [
        (t.type, t.info, t.attrs, "" if t.type == "image" else t.content)
        for t in (*tokens, *inner)
        if t.type not in ("inline", "text") and (t.content or t.attrs)
    ]


@pytest.mark.slow
@settings(max_examples=600, derandomize=True)
@given(TEXTS)
@example("> `a ; b\n> l'un\n``l'un ` d'b``")
@example("a `b\n2. c` l'un")
@example("# !\n\n* ! d")
def test_code_is_what_it_was(text: str) -> None:
    assert code_of(typeset_markdown(text)) == code_of(text)
    assert code_of(typed(text)) == code_of(text)


def letters(markdown: str) -> str:
    """All words in one, since "1«1" is one word and "1 « 1" two."""
    return "".join(words(markdown))


@given(TEXTS)
def test_printed_twice_is_printed_once(text: str) -> None:
    printed = typeset_markdown(text)
    assert typeset_markdown(printed) == printed
    assert letters(printed) == letters(text)


@pytest.mark.slow
@settings(max_examples=300)
@given(st.lists(st.sampled_from(PLAIN), max_size=10).map("\n".join))
def test_there_is_a_way_back(text: str) -> None:
    printed, keyed = typeset_markdown(text), typed(text)
    assert typed(keyed) == keyed
    assert typed(printed) == keyed
    assert typeset_markdown(keyed) == printed
    assert letters(keyed) == letters(text)


@given(TEXTS)
def test_plain_text_twice_is_once(text: str) -> None:
    assert typeset(typeset(text)) == typeset(text)


def authored() -> list[tuple[str, str, str]]:
    files = sorted((ROOT / "raw" / "authored").glob("*.jsonl"))
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    return [(row["id"], row["question"], row["answer"]) for row in rows]


@pytest.mark.slow
def test_the_authored_set_comes_back_from_print() -> None:
    """Ids stay, code stays, sections are found, and no apostrophe of French prose is left."""
    for name, question, answer in authored():
        asked, answered = typeset_markdown(question), typeset_markdown(answer)
        assert example_id(typed(asked), typed(answered)) == name
        assert words(answered) == words(answer)
        assert [b.code for b in blocks(answered)] == [b.code for b in blocks(answer)]
        assert code_of(asked) == code_of(question) and code_of(answered) == code_of(answer)
        titles = {section_key(title) for title in headings(answered)}
        assert {section_key(s) for s in SECTIONS} <= titles


def test_no_filter_sees_the_difference() -> None:
    """What is imported printed is judged as if it were typed, and is no new text."""
    french = FrenchFilter(FrenchSettings())
    known = list(read_examples(*Project(ROOT).authored_files()))[::12]
    printed = [
        e.model_copy(
            update={"question": typeset_markdown(e.question), "answer": typeset_markdown(e.answer)}
        )
        for e in known
    ]
    assert all(v.passed for v in french.judge(printed))
    for settings_type in (DuplicateSettings, NearDuplicateSettings):
        [compared] = make_filters([settings_type()], known, ROOT)
        reasons = [v.reason for v in compared.judge(printed)]
        assert all(reasons), (settings_type.__name__, reasons)


@pytest.mark.slow
def test_what_prose_says_of_code_is_read_in_print() -> None:
    for sentence in SENTENCES:
        text = sentence.get("text", "")
        if text and sentence["place"].endswith(("before", "after")):
            assert said({**sentence, "text": typeset_markdown(text)}) == said(sentence), text
