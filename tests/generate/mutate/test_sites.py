"""Where errors are put, and how they are repaired: what a learner would write, and wanted."""

import pytest

from curator.generate.mutate import modules, operators, pattern_matching, structs, testing
from curator.generate.mutate.base import Site, apply
from curator.generate.mutate.ownership import _for_by_value, _partial_move, _use_after_move
from curator.generate.mutate.syntax import Source
from curator.generate.mutate.traits import (
    _copy_with_heap,
    _missing_derive,
    _missing_impl,
    _missing_method,
    _pub_in_impl,
    _receiver_mismatch,
)

BOOK = """struct Livre {
    titre: String,
}

fn ranger(livre: Livre) -> usize {
    livre.titre.len()
}

fn main() {
    let livre = Livre { titre: String::from("Nedjma") };
    println!("{}", ranger(livre));
}
"""

TESTED = """fn double(n: u32) -> u32 {
    n * 2
}

fn seuil(n: u32) -> u32 {
    let bas = n / 2;
    bas + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_test() {
        assert_eq!(double(4), 8);
        assert_eq!(double(7), 14);
        assert_eq!(double(0), 0);
        assert_eq!(seuil(4), 3);
    }
}
"""

TRAITS = """trait Vehicule {
    fn plaque(&self) -> String;
}

trait Bus: Vehicule {
    fn places(&self) -> u32;
    fn neuf() -> Self;
}

trait Marque {}

struct Car;

impl Marque for Car {}

impl Vehicule for Car {
    fn plaque(&self) -> String {
        String::from("DK-4412")
    }
}

impl Bus for Car {
    fn places(&self) -> u32 {
        50
    }

    fn neuf() -> Self {
        Car
    }
}

impl Clone for Car {
    fn clone(&self) -> Self {
        Car
    }
}
"""


def both(code: str, site: Site) -> tuple[str, str]:
    """Return the broken and the corrected program."""
    return apply(code, site.edits), apply(code, site.repair)


@pytest.mark.parametrize(
    ("statement", "way"),
    [
        ("ranger(noms);", "argument"),
        ("let autres = noms;", "affectation"),
        ("let autres = noms.into_iter().count();", "methode"),
        ("drop(noms);", ""),  # who drops a value wants it no more
        ("for nom in noms {}", ""),  # a loop may borrow instead: for_by_value
        ("std::thread::spawn(move || noms.len());", ""),
        ("let n = noms.len();", ""),
    ],
)
def test_how_a_value_goes_is_known_or_there_is_no_mutant(statement: str, way: str) -> None:
    code = f"fn main() {{\n    let noms = vec![1];\n    {statement}\n}}\n"
    assert [s.slots["nature"] for s in _use_after_move(Source(code))] == ([way] if way else [])


def test_a_collection_used_below_its_loop_is_lent_to_it() -> None:
    code = "fn main() {\n    let noms = vec![1];\n    for nom in noms {\n    }\n}\n"
    (site,) = _for_by_value(Source(code))
    broken, fixed = both(code, site)
    assert "for nom in noms {" in broken
    assert "for nom in &noms {" in fixed
    assert broken.count("noms.len()") == fixed.count("noms.len()") == 1


def test_a_loop_over_a_parameter_is_left_alone() -> None:
    code = "fn f(noms: Vec<u8>) {\n    for nom in noms {\n    }\n}\n"
    assert not list(_for_by_value(Source(code)))


def test_a_field_keeps_its_name_when_it_is_taken() -> None:
    (site,) = _partial_move(Source(BOOK))
    broken, fixed = both(BOOK, site)
    assert "let titre = livre.titre;" in broken
    assert "let titre = &livre.titre;" in fixed


def test_a_field_that_is_read_on_its_own_below_is_not_taken() -> None:
    code = BOOK.replace("ranger(livre)", "livre.titre")
    assert not list(_partial_move(Source(code)))


def test_a_field_whose_name_is_that_of_a_variable_is_not_taken() -> None:
    code = BOOK.replace("    let livre", "    let titre = 1;\n    let livre")
    assert not list(_partial_move(Source(code)))


def test_a_rank_becomes_a_letter_by_a_byte() -> None:
    code = """fn main() {
    let noms = vec!["Ada", "Léa"];
    for nom in &noms {
        println!("{nom}");
    }
}
"""
    (site,) = operators.letter_of_number(Source(code))
    broken, fixed = both(code, site)
    rank, letter = site.slots["rang"], site.slots["lettre"]
    for text in (broken, fixed):
        assert f"for ({rank}, nom) in noms.iter().enumerate() {{" in text
        assert f'print!("{{{letter}}}. ");' in text
    assert f"(65 + {rank}) as char" in broken
    assert f"(b'A' + {rank} as u8) as char" in fixed


def test_a_loop_that_does_not_print_gets_no_letters() -> None:
    code = "fn main() {\n    for n in &[1] {\n        let m = n;\n    }\n}\n"
    assert not list(operators.letter_of_number(Source(code)))


def test_the_parameter_of_a_closure_is_not_taken_for_one_of_the_function() -> None:
    code = "fn f() -> u32 {\n    let g = |n: u32| n + 1;\n    g(2)\n}\n"
    assert not list(operators.needless_deref(Source(code)))
    assert list(operators.needless_deref(Source("fn f(n: u32) -> u32 {\n    n + 1\n}\n")))


def test_the_field_of_a_wrapper_is_no_element() -> None:
    code = "struct P(u8);\nimpl P {\n    fn f(&self) -> u8 {\n        self.0\n    }\n}\n"
    assert not list(operators.index_of_tuple(Source(code)))
    for body in ("p.0 + p.1", "let p = (1, 2);\n    p.0", "let p = Point(1, 2);\n    p.0"):
        code = f"fn f(p: (u8, u8)) -> u8 {{\n    {body}\n}}\n"
        assert "0" in [s.slots["rang"] for s in operators.index_of_tuple(Source(code))]


def test_a_body_of_one_line_that_a_test_calls_is_emptied() -> None:
    (site,) = testing.empty_body(Source(TESTED))
    assert apply(TESTED, site.edits).startswith("fn double(n: u32) -> u32 {\n}\n")
    assert site.slots["nom"] == "double"


def test_a_body_that_no_test_calls_often_enough_is_kept() -> None:
    once = TESTED.replace("        assert_eq!(double(7), 14);\n", "")
    assert not list(testing.empty_body(Source(once)))
    assert not list(testing.empty_body(Source(TESTED.replace("#[test]", ""))))


def test_a_shadowed_crate_is_no_lesson_on_imports() -> None:
    code = "mod core {}\nuse std::fmt::Debug;\nfn f(v: impl Debug) {}\n"
    for find in (modules.drop_use, modules.import_root):
        assert not list(find(Source(code)))
        assert list(find(Source(code.replace("mod core {}", ""))))


def test_what_uses_a_wrong_import_cannot_be_cut() -> None:
    code = "use std::fmt::Debug;\nfn f(v: impl Debug) {}\n"
    (site,) = modules.import_root(Source(code))
    start = code.index("Debug", 20)
    assert (start, start + 5) in [(e.start, e.end) for e in site.edits]
    assert apply(code, site.edits) == code.replace("std::", "")


def test_the_only_field_is_not_forgotten() -> None:
    assert not list(structs.missing_field(Source(BOOK)))


@pytest.mark.parametrize(("name", "count"), [("len", 1), ("sort", 0), ("aire", 1), ("doubler", 0)])
def test_only_a_method_that_reads_is_taken_for_a_field(name: str, count: int) -> None:
    code = f"""impl C {{
    fn aire(&self) -> u32 {{ 1 }}
    fn doubler(&mut self) -> u32 {{ 2 }}
}}
fn main() {{
    let n = c.{name}();
}}
"""
    assert len(list(structs.method_without_call(Source(code)))) == count


def test_arms_whose_values_differ_in_kind_are_not_joined() -> None:
    code = (
        "fn f(o: E) {\n    match o {\n        E::A(x) => { x; }\n        E::B => g(),\n    }\n}\n"
    )
    assert not list(pattern_matching.or_binding(Source(code)))
    assert list(pattern_matching.or_binding(Source(code.replace("{ x; }", "h(x),"))))


@pytest.mark.parametrize("pattern", ["Err(e)", "Cow::Owned(_)"])
def test_a_pattern_that_nobody_takes_for_granted_keeps_its_if(pattern: str) -> None:
    code = f"fn main() {{\n    if let {pattern} = f() {{\n        g();\n    }}\n}}\n"
    assert not list(pattern_matching.refutable_let(Source(code)))
    assert list(pattern_matching.refutable_let(Source(code.replace(pattern, "Some(x)"))))


def test_clone_stays_where_copy_goes() -> None:
    (site,) = _copy_with_heap(Source(BOOK))
    broken, fixed = both(BOOK, site)
    assert broken.startswith("#[derive(Clone, Copy)]\nstruct Livre")
    assert fixed.startswith("#[derive(Clone)]\nstruct Livre")
    assert site.slots["champ"] == "String"


def test_a_trait_without_methods_is_no_implementation_to_write() -> None:
    missing = {s.slots["trait"]: dict(s.slots) for s in _missing_impl(Source(TRAITS))}
    assert set(missing) == {"Vehicule", "Bus"}
    assert missing["Vehicule"]["enfant"] == "Bus"
    assert "enfant" not in missing["Bus"]


def test_only_traits_that_learners_implement_have_errors_in_them() -> None:
    for find in (_missing_method, _receiver_mismatch):
        assert {s.slots["trait"] for s in find(Source(TRAITS))} == {"Vehicule", "Bus"}
    assert "neuf" not in {s.slots["nom"] for s in _pub_in_impl(Source(TRAITS))}


def test_a_derive_that_another_needs_is_kept() -> None:
    code = "#[derive(Debug, Clone, Copy, PartialEq, Eq)]\nstruct P;\n"
    assert [s.slots["trait"] for s in _missing_derive(Source(code))] == ["Debug"]
