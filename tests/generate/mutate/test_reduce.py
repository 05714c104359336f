"""Cuts: what may go, what an error needs, and that what is left was proven."""

import pytest

from curator.generate.mutate.base import Edit, Mutation, Site, apply
from curator.generate.mutate.cuts import blank_lines, comments, cuts, joined, shifted
from curator.generate.mutate.pool import mutations
from curator.generate.mutate.proof import Proof, programs, prove
from curator.generate.mutate.reduce import is_reached, passes_nothing, reduce_proofs
from curator.rust.compiler import Rustc
from curator.rust.document import Options
from tests.generate.mutate.programs import example_with

LONG = """
use std::collections::HashMap;

// Un compteur de visites.
struct Visites {
    total: u32,
    par_jour: HashMap<String, u32>,
}

enum Saison {
    Ete,
    Hiver,
    Automne,
}

fn nom(saison: &Saison) -> &'static str {
    match saison {
        Saison::Ete => "été",
        Saison::Hiver => "hiver",
        Saison::Automne => "automne",
    }
}

fn main() {
    let visites = Visites { total: 3, par_jour: HashMap::new() };
    println!("{} {}", visites.total, visites.par_jour.len()); // affiche : 3 0
    println!("{} {}", nom(&Saison::Ete), nom(&Saison::Hiver));
    let mut compte = 1;
    compte += 1;
    println!("{compte}"); // affiche : 2
}
"""


def proofs(code: str, name: str, rustc: Rustc) -> list[Proof]:
    chosen = [m for m in mutations() if m.name == name]
    return prove(programs([example_with(code)], rustc, Options()), chosen, rustc, Options())


def made(code: str, cut: tuple[tuple[int, int], ...]) -> str:
    return apply(code, [Edit(a, b, "") for a, b in cut])


@pytest.mark.slow
def test_a_mutant_is_cut_to_what_its_error_needs(rustc: Rustc) -> None:
    (proof,) = reduce_proofs(proofs(LONG, "drop_mut", rustc), rustc, Options())
    fixed = 'fn main() {\n    let mut compte = 1;\n    compte += 1;\n    println!("{compte}");\n}\n'
    assert proof.fixed.strip() == fixed.strip()
    assert proof.broken == proof.fixed.replace("mut ", "")
    assert proof.errors[0].code == "E0384"
    assert proof.errors[0].line == 3
    assert reduce_proofs([proof], rustc, Options()) == [proof]


@pytest.mark.slow
def test_the_error_stays_what_it_was(rustc: Rustc) -> None:
    before = proofs(LONG, "missing_arm", rustc)
    after = reduce_proofs(before, rustc, Options())
    assert [p.errors[0].message for p in after] == [p.errors[0].message for p in before]
    assert all(p.fixed.count("=>") >= 2 for p in after)  # a match of one arm is no choice
    assert all(is_reached(p) for p in after)


def test_a_program_has_no_comments_but_for_what_justifies_unsafe_code(rustc: Rustc) -> None:
    (program,) = programs([example_with(LONG)], rustc, Options())
    assert "//" not in program.code
    kept = "fn f() {\n    // SAFETY : deux lignes\n    // de preuve\n    g(); // ajout\n}\n"
    assert made(kept, comments(kept)) == kept.replace(" // ajout", "")


def test_blank_lines_go_but_for_those_in_a_text() -> None:
    code = 'fn f() {\n\n    g("a\n\n\nb");\n\n\n    h();\n\n}\n\n'
    assert made(code, blank_lines(code)) == 'fn f() {\n    g("a\n\n\nb");\n\n    h();\n}\n'


@pytest.mark.parametrize("gone", ["Automne,", "use std::collections::HashMap;", "let mut compte"])
def test_what_may_be_cut(gone: str) -> None:
    assert any(gone not in made(LONG, cut) for cut in cuts(LONG, ()))


def test_no_cut_touches_an_edit() -> None:
    place = LONG.encode().index(b"compte = 1")
    assert all("let mut compte" in made(LONG, cut) for cut in cuts(LONG, [Edit(place, place, "")]))


def test_edits_move_with_what_is_cut() -> None:
    cut = joined([((2, 4),), ((3, 6), (10, 12))])
    assert cut == ((2, 6), (10, 12))
    assert shifted([Edit(0, 1, "a"), Edit(8, 9, "b"), Edit(14, 14, "c")], cut) == (
        Edit(0, 1, "a"),
        Edit(4, 5, "b"),
        Edit(8, 8, "c"),
    )


@pytest.mark.slow
def test_an_error_in_a_function_keeps_a_call_of_it(rustc: Rustc) -> None:
    code = "fn double(n: u32) -> u32 {\n    let mut m = n;\n    m *= 2;\n    m\n}\n\nfn main() {\n"
    code += '    println!("bonjour");\n    println!("{}", double(4));\n}\n'
    (proof,) = reduce_proofs(proofs(code, "drop_mut", rustc), rustc, Options())
    assert "double(4)" in proof.fixed
    assert "bonjour" not in proof.fixed


WHOLE = """
enum Issue {
    Gagne,
    Nul,
    Perd,
}

fn issue(a: u32, b: u32) -> Issue {
    if a == b {
        return Issue::Nul;
    }
    match (a + 3 - b) % 3 {
        1 => Issue::Gagne,
        _ => Issue::Perd,
    }
}

fn texte(issue: &Issue) -> &'static str {
    match issue {
        Issue::Gagne => "gagné",
        Issue::Nul => "nul",
        _ => "perdu",
    }
}

fn main() {
    let mut parties = 1;
    parties += 1;
    println!("{} {parties}", texte(&issue(1, 2)));
}
"""


@pytest.mark.parametrize("kept", ["return Issue::Nul", "Gagne,", "Issue::Gagne =>", "Nul,"])
def test_a_function_keeps_what_it_does(kept: str) -> None:
    shorter = [made(WHOLE, cut) for cut in cuts(WHOLE, ())]
    assert all(kept in code for code in shorter if "fn issue" in code and "fn texte" in code)


@pytest.mark.slow
def test_a_method_that_nothing_names_is_not_reached(rustc: Rustc) -> None:
    code = "struct P(u32);\n\nimpl P {\n    fn f(&self) -> u32 {\n        let mut n = self.0;\n"
    code += "        n += 1;\n        n\n    }\n}\n\nfn main() {\n    let p = P(1);\n"
    called, alone = (
        f'{code}    println!("{{}}", p.f());\n}}\n',
        f'{code}    println!("{{}}", p.0);\n}}\n',
    )
    assert [is_reached(p) for p in proofs(called, "drop_mut", rustc)] == [True]
    assert [is_reached(p) for p in proofs(alone, "drop_mut", rustc)] == [False]


def test_a_pattern_that_names_every_field_has_no_rest() -> None:
    code = "struct P { a: u8, b: u8 }\nfn f(p: P) -> u8 { let P { a, .. } = p; a }\n"
    assert not passes_nothing(code)
    assert passes_nothing(code.replace(", b: u8", ""))


def test_a_mutation_says_what_it_needs() -> None:
    assert Mutation.__dataclass_fields__["needs"].default == frozenset()
    assert Site(()).repair == ()
