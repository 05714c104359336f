import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.records.files import read_examples
from curator.records.project import Project
from curator.text.markdown import blocks
from curator.text.shingles import edit, jaccard, shingles, split, tokens, words
from tests.conftest import ROOT

AUTHORED = list(read_examples(*Project(ROOT).authored_files()))


@pytest.mark.parametrize("example", AUTHORED, ids=lambda e: e.id)
def test_the_split_by_lines_is_that_of_the_parser(example) -> None:  # type: ignore[no-untyped-def]
    for text in (example.question, example.answer):
        rust = [b for b in blocks(text) if b.is_rust]
        failing = [b.code for b in rust if b.has("compile_fail")]
        sound = [b.code for b in rust if not b.has("compile_fail")]
        parts = split(text)
        assert parts.failing.split() == "\n".join(failing).split()
        assert parts.code.split() == "\n".join(sound).split()


def test_prose_has_no_code_and_no_section_title() -> None:
    text = "## Solution\nUn `Vec` suffit.\n```text\nerror\n```\n### Titre\n```rust\nf()\n```\nFin."
    assert words(split(text).prose) == ["un", "suffit", "titre", "fin"]


def test_an_open_fence_ends_with_the_text() -> None:
    assert split("Voici\n~~~rust\nlet x = 1;").code == "let x = 1;"


def test_words_know_no_case_and_no_accent() -> None:
    assert words("L'Éléphant, à 3 h !") == ["l", "elephant", "a", "3", "h"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("let total = 1;", "let somme = 250_u8;"),
        ('println!("{x}"); // dit x', 'println!("autre // chose") /* rien */;'),
        ("fn aire(l: f64) -> f64 { l * l }", "fn carre(x: f64) -> f64 { x * x }"),
        ("enum A {} let a = A::B;", "enum Forme {} let f = Forme::Rond;"),
        ("fn f<'a>(x: &'a str) {}", "fn f<'t>(x: &'t str) {}"),
        ("let c = 'a'; let d = b'\\n';", "let c = '\"'; let d = b'x';"),
    ],
)
def test_names_and_literals_do_not_matter(one: str, other: str) -> None:
    assert tokens(one) == tokens(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("v.push(1);", "v.pop(1);"),
        ("let x = Rc::new(1);", "let x = Arc::new(1);"),
        ("let x: u8 = 1;", "let x: u16 = 1;"),
        ("println!(1)", "panic!(1)"),
        ("let x = 1;", "let mut x = 1;"),
    ],
)
def test_what_is_called_does(one: str, other: str) -> None:
    assert tokens(one) != tokens(other)


def test_the_same_error_elsewhere_is_the_same_edit() -> None:
    program = "let mut a = 1; let mut b = 2; a += b; b += a;"
    first, second = program.replace("mut a", "a"), program.replace("mut b", "b")
    fixed = tokens(program)
    assert edit(tokens(first), fixed) == edit(tokens(second), fixed) == {("mut", -1)}
    assert edit(tokens(program.replace("+=", "-=")), fixed) != edit(tokens(first), fixed)
    assert edit([], fixed) == edit(fixed, []) == edit(fixed, fixed) == frozenset()


def test_shingles_and_their_likeness() -> None:
    assert shingles(["a", "b", "c"], 2) == {"a b", "b c"}
    assert shingles(["a"], 2) == {"a"}
    assert shingles([], 2) == set()
    assert jaccard({1, 2, 3}, [2, 3, 4]) == 0.5
    assert jaccard(set(), ()) == 0.0


@given(st.text(alphabet="`~ \nrust,aé'\"/*#", max_size=200))
def test_any_text_can_be_split(text: str) -> None:
    parts = split(text)
    for code in (parts.code, parts.failing):
        assert tokens(code) == tokens(code)
    assert all(w.isascii() for w in words(parts.prose))
