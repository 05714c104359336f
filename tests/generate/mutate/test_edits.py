"""What a mutation may cut: the text that is left is the one that a learner would have."""

from curator.generate.mutate import edits, iterators, queries, traits
from curator.generate.mutate.base import Mutation, apply
from curator.generate.mutate.syntax import Source, text


def mutants(name: str, mutations: tuple[Mutation, ...], code: str) -> list[str]:

    found = next(m.find for m in mutations if m.name == name)
    return [apply(code, site.edits) for site in found(Source(code))]


TYPE = "struct A;\n\n// Dit bonjour.\nimpl A {\n    fn un(&self) {}\n\n    fn deux(&self) {}\n}\n"


def removed(code: str, kind: str, index: int) -> str:
    source = Source(code)
    return apply(code, [edits.remove_item(source, list(source.walk(kind))[index])])


def test_an_item_goes_with_its_comment_and_one_blank_line() -> None:
    assert removed(TYPE, "impl_item", 0) == "struct A;\n"


def test_the_first_and_the_last_of_a_block_leave_no_gap() -> None:
    assert "{\n    fn deux(&self) {}\n}" in removed(TYPE, "function_item", 0)
    assert "fn un(&self) {}\n}" in removed(TYPE, "function_item", 1)


def test_the_only_one_of_a_block_leaves_it_empty() -> None:
    assert removed("impl A {\n    fn un() {}\n}\n", "function_item", 0) == "impl A {}\n"


def test_a_derive_loses_one_trait_or_goes() -> None:
    for code, left in (
        ("#[derive(Debug, Clone)]\nstruct A;\n", "#[derive(Debug)]\nstruct A;\n"),
        ("#[derive(Clone)]\nstruct A;\n", "struct A;\n"),
    ):
        source = Source(code)
        mark, names, owner = next(queries.derives(source))
        assert queries.name_of(owner) == "A"
        assert apply(code, [edits.without_derive(source, mark, names, "Clone")]) == left


def test_methods_are_named_without_their_turbofish() -> None:
    code = "fn f() { a.b().collect::<Vec<_>>(); g(); }"
    calls = list(Source(code).walk("call_expression"))
    assert [queries.method(c) for c in calls] == ["collect", "b", ""]
    assert text(queries.receiver(calls[0])) == "a.b()"
    assert queries.receiver(calls[2]) is None


def test_nobody_calls_the_method_of_drop() -> None:
    code = "struct A;\nimpl Drop for A {\n    fn drop(&mut self) {}\n}\n"
    assert mutants("missing_method", traits.MUTATIONS, code) == []
    assert mutants("pub_in_impl", traits.MUTATIONS, code) == []


def test_a_default_method_may_be_absent() -> None:
    code = "trait T {\n    fn a(&self) {}\n}\nimpl T for u8 {\n    fn a(&self) {}\n}\n"
    assert mutants("missing_method", traits.MUTATIONS, code) == []
    assert len(mutants("pub_in_impl", traits.MUTATIONS, code)) == 1


def test_an_array_has_a_map_of_its_own() -> None:
    code = "fn main() {{ let v = {}; let n: i32 = v.iter().map(|x| x + 1).sum(); }}"
    assert mutants("missing_iter", iterators.MUTATIONS, code.format("[1, 2]")) == []
    assert "v.map(|x|" in mutants("missing_iter", iterators.MUTATIONS, code.format("vec![1, 2]"))[0]
