"""What the finders must leave alone: places where a wording would not be true."""

import pytest

from curator.generate.mutate import (
    async_code,
    borrowing,
    closures,
    enums,
    modules,
    pattern_matching,
    sharing,
    structs,
    testing,
    unsafe_code,
)
from curator.generate.mutate.base import apply
from curator.generate.mutate.closures import _missing_move
from curator.generate.mutate.error_handling import _missing_error_type
from curator.generate.mutate.iterators import _not_iterable
from curator.generate.mutate.lifetimes import _borrowed_field
from curator.generate.mutate.ownership import _drop_clone
from curator.generate.mutate.queries import opened
from curator.generate.mutate.syntax import Source

ENUM = """enum Feu {
    Vert,
    Rouge,
    Panne(u8),
}

fn duree(feu: &Feu) -> u32 {
    match feu {
        Feu::Vert => 30,
        Feu::Panne(code) => u32::from(*code),
        Feu::Rouge => 25,
    }
}

fn main() {
    println!("{}", duree(&Feu::Vert));
}
"""

TESTED = """fn double(n: u32) -> u32 {
    n * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aide() -> u32 {
        double(1)
    }

    #[test]
    fn un_test() {
        assert_eq!(double(4), aide() * 4);
    }
}
"""


@pytest.mark.parametrize(
    "code", [ENUM, TESTED, 'fn main() { let v = vec![1]; print!("é{}", v[0]); }']
)
def test_opened_macros_keep_every_offset(code: str) -> None:
    assert len(opened(Source(code)).code.encode()) == len(code.encode())


def test_a_call_in_a_macro_is_found_and_quoted_as_it_stands() -> None:
    argument = "u32::MIN.max(3)"
    code = TESTED.replace("(double(4)", f"(double(4, {argument})")
    site = next(iter(testing.test_arity(Source(code))))
    assert site.slots["argument"] == argument
    assert "assert_eq!(double(4), aide() * 4)" in apply(code, site.edits)


def test_only_calls_in_tests_lose_an_argument() -> None:
    code = TESTED.replace("double(", "double(2, ")
    assert [s.slots["fonction"] for s in testing.test_arity(Source(code))] == ["un_test"]


def test_the_only_argument_is_not_forgotten() -> None:
    assert not list(testing.test_arity(Source(TESTED)))


def test_the_last_arm_keeps_its_path() -> None:
    assert [s.slots["nom"] for s in enums.bare_variant(Source(ENUM))] == ["Vert"]


def test_joined_arms_keep_the_value_that_needs_no_variable() -> None:
    made = [apply(ENUM, s.edits) for s in pattern_matching.or_binding(Source(ENUM))]
    assert len(made) == 2
    assert "Feu::Vert | Feu::Panne(code) => 30,\n" in made[0]
    assert "Feu::Panne(code) | Feu::Rouge => 25,\n" in made[1]


def test_a_function_of_a_primitive_type_is_no_function_of_a_module() -> None:
    assert list(modules.unqualified_call(Source(ENUM))) == []


def test_an_asynchronous_main_loses_who_runs_it_and_keeps_what_it_awaits() -> None:
    code = "async fn f() {}\n\n#[tokio::main]\nasync fn main() {\n    f().await;\n}\n"
    made = {
        find.__name__: [apply(code, s.edits).split("\n\n")[1] for s in find(Source(code))]
        for find in (async_code.async_main, async_code.await_in_sync, async_code.missing_await)
    }
    assert made["async_main"] == ["async fn main() {\n    f().await;\n}\n"]
    assert made["await_in_sync"] == ["fn main() {\n    f().await;\n}\n"]
    assert made["missing_await"] == ["#[tokio::main]\nasync fn main() {\n    f();\n}\n"]
    assert not list(async_code.async_main(Source(code.replace("#[tokio::main]\n", ""))))


def test_only_a_call_of_itself_needs_a_box() -> None:
    code = "async fn f() {\n    Box::pin(g()).await;\n    Box::pin(f()).await;\n}\n"
    (site,) = async_code.unboxed_recursion(Source(code))
    assert apply(code, site.edits).count("Box::pin(g())") == 1


def test_a_reference_is_taken_of_what_is_worth_printing() -> None:
    for value in ("String::new()", "vec![]", "HashMap::new()", "tokio::spawn(f())"):
        code = f"fn main() {{\n    let mut x = {value};\n    g(&mut x);\n}}\n"
        assert not list(borrowing._read_across(Source(code))), value
    (site,) = borrowing._read_across(
        Source("fn main() {\n    let mut x = vec![1];\n    g(&x);\n}\n")
    )
    assert site.slots["emprunt"] == "&x[0]"


def test_the_parameter_of_a_closure_is_no_parameter_of_its_function() -> None:
    code = "fn main() {\n    let f = |x: &mut u8| *x += 1;\n}\n"
    assert not list(borrowing._shared_parameter(Source(code)))


def test_what_a_function_promises_is_not_what_it_asks() -> None:
    assert not list(closures._fn_too_strict(Source("fn f() -> impl FnMut() {\n    || ()\n}\n")))
    assert list(closures._fn_too_strict(Source("fn f(g: impl FnMut()) {\n    g()\n}\n")))


def test_two_halves_are_two_borrows() -> None:
    code = "fn f(v: &mut [u8]) {\n    let (a, b) = v.split_at_mut(2);\n    g(a, b);\n}\n"
    (site,) = sharing.two_halves(Source(code))
    assert "let a = &mut v[..2];\n    let b = &mut v[2..];" in apply(code, site.edits)


def test_a_list_that_is_needed_later_is_lent_to_a_scope() -> None:
    code = "fn main() {\n    let v = vec![1];\n    f(&v);\n}\n"
    for find in (sharing.thread_borrows, sharing.two_iterators):
        (site,) = find(Source(code))
        assert "    f(&v);\n" in apply(code, site.repair)
        assert not list(find(Source(code.replace("    f(&v);\n", ""))))


def test_the_phantom_field_goes_with_its_values_and_its_import() -> None:
    code = (
        "use std::marker::PhantomData;\nstruct Id<T> {\n    n: u8,\n    t: PhantomData<T>,\n}\n"
        "fn f() -> Id<u8> {\n    Id { n: 1, t: PhantomData }\n}\n"
    )
    (site,) = sharing.unused_parameter(Source(code))
    left = apply(code, site.edits)
    assert "Phantom" not in left
    assert "Id { n: 1 }" in left


def test_a_function_that_holds_unsafe_code_is_left_as_it_is() -> None:
    code = "fn lire(p: &u8) -> u8 { unsafe { *(p as *const u8) } }\nfn main() { lire(&1); }\n"
    assert list(unsafe_code.unsafe_fn(Source(code))) == []
    assert [s.slots["nom"] for s in unsafe_code.unsafe_fn(Source(ENUM))] == ["duree"]


def test_a_counted_pointer_is_no_second_value_when_cloned() -> None:
    code = "fn main() {\n    let a = Rc::new(1);\n    let b = a.clone();\n}\n"
    assert not list(_drop_clone(Source(code)))
    assert list(_drop_clone(Source(code.replace("Rc::new(1)", "vec![1]"))))


def test_a_method_called_by_its_path_is_no_associated_function() -> None:
    code = "struct P;\nimpl P {\n    fn f(&self) {}\n}\nfn main() {\n    P::f(&P);\n}\n"
    assert not list(structs.type_dot(Source(code)))
    assert list(structs.type_dot(Source(code.replace("&self", ""))))


def test_only_what_a_function_returns_loses_its_error_type() -> None:
    code = "fn f() {\n    let r: Result<u8, String> = Ok(1);\n}\n"
    assert not list(_missing_error_type(Source(code)))
    assert list(_missing_error_type(Source("fn f() -> Result<u8, String> {\n    Ok(1)\n}\n")))


def test_a_closure_in_a_closure_keeps_its_move() -> None:
    code = "fn f() -> impl Fn(u8) -> u8 {\n    move |x| g(move || x)\n}\n"
    assert len(list(_missing_move(Source(code)))) == 1


def test_a_loop_over_characters_keeps_its_range() -> None:
    loop = "fn main() {\n    for c in 'a'..'z' {}\n    for i in 0..3 {}\n}\n"
    (site,) = _not_iterable(Source(loop))
    assert site.slots["valeur"] == "3"


def test_a_field_of_a_variant_belongs_to_its_enum() -> None:
    (site,) = _borrowed_field(Source("enum E {\n    V { nom: String },\n}\n"))
    assert site.slots["type"] == "E"
