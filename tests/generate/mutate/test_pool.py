"""Which places the pool takes: programs that ask no more than the error that they show."""

from dataclasses import replace

import pytest

from curator.generate.mutate.base import Site
from curator.generate.mutate.pool import _at_most, _paired, mutations
from curator.generate.mutate.proof import Program, Proof
from curator.generate.mutate.render import render
from curator.records.taxonomy import Category, Difficulty
from curator.rust.compiler import Diagnostic, Rustc
from tests.generate.mutate.test_reduce import proofs

SLIP = next(m for m in mutations() if m.name == "drop_mut")
PLAIN = 'fn main() {{\n    let mut n = {0};\n    n += 1;\n    println!("{{n}}");\n}}\n'
HEAVY = (
    "fn f<'a, T: Clone>(x: &'a dyn Fn(T)) where T: Copy {{\n    let mut n = {0};\n    n += 1;\n}}\n"
)
UNSAFE = "fn main() {{\n    let mut n = {0};\n    unsafe {{ f(&raw mut n) }};\n}}\n"


def proof(code: str, level: Difficulty = Difficulty.DEBUTANT) -> Proof:
    error = Diagnostic("E0384", "cannot assign", 3, shown="x")
    program = Program("0" * 16, "answer-0", code, "2024")
    mutation = replace(SLIP, difficulty=level)
    return Proof(program, mutation, Site(()), code.replace("mut ", "", 1), code, (error,))


@pytest.mark.parametrize(
    ("code", "level", "expected"),
    [
        (PLAIN, Difficulty.DEBUTANT, True),
        (HEAVY, Difficulty.DEBUTANT, False),
        (HEAVY, Difficulty.INTERMEDIAIRE, False),
        (HEAVY, Difficulty.AVANCE, True),
        (UNSAFE, Difficulty.INTERMEDIAIRE, False),
        (UNSAFE, Difficulty.AVANCE, False),
    ],
)
def test_a_slip_stands_in_a_program_of_its_level(
    code: str, level: Difficulty, expected: bool
) -> None:
    assert _paired(proof(code.format(1), level)) is expected


def test_the_lightest_programs_come_first() -> None:
    light = [proof(PLAIN.format(n)) for n in range(6)]
    heavy = [proof(HEAVY.format(n)) for n in range(6)]
    assert _at_most([*heavy, *light], 1) == light


def test_several_errors_are_all_shown_and_said_to_be_one(rustc: Rustc) -> None:
    code = "fn plus<T: PartialOrd>(a: T, b: T) -> T {\n    if a > b { a } else { b }\n}\n\n"
    code += 'fn main() {\n    println!("{}", plus(1, 2));\n}\n'
    (found,) = proofs(code, "undeclared_parameter", rustc)
    question, _ = render(found, Category.DEBUG, 1)
    assert question.count("error[E0425]") == len(found.errors) == 3
    assert "aborting due to 3 previous errors" in question
    assert all("trois" in render(found, Category.DEBUG, n)[1] for n in range(5))


def test_an_error_in_a_test_is_one_of_cargo_test(rustc: Rustc) -> None:
    code = "pub fn lire(x: &str) -> usize {\n    x.len()\n}\n\n#[cfg(test)]\nmod tests {\n"
    code += '    use super::*;\n\n    #[test]\n    fn lit() {\n        let x = String::from("a");\n'
    code += "        assert_eq!(lire(&x), 1);\n    }\n}\n"
    (found,) = proofs(code, "forget_borrow", rustc)
    assert "cargo test" in render(found, Category.DEBUG, 1)[1]
