"""The engine on small programs: what counts as proof, and what becomes of it."""

from dataclasses import replace
from pathlib import Path
from string import Template

import pytest

from curator.base.errors import DataError
from curator.generate.mutate import texts as wordings
from curator.generate.mutate.base import Edit, Mutation, Site, apply
from curator.generate.mutate.facts import slots
from curator.generate.mutate.pool import find_mutants
from curator.generate.mutate.proof import Program, programs, prove
from curator.generate.mutate.render import render
from curator.generate.mutate.syntax import Source
from curator.generate.mutate.texts import common
from curator.records.taxonomy import Category, Difficulty
from curator.records.topic import Topic
from curator.rust.block_state import block_states
from curator.rust.compiler import Compilation, Crate, Diagnostic, Rustc
from curator.rust.document import Document, Options, Text
from curator.rust.expect import Expectation
from curator.rust.fake import FakeCompiler
from tests.generate.mutate.programs import example_with

CODE = "fn main() {\n    let mut total = 1;\n    total += 1;\n}\n"
PROGRAM = Program("0" * 16, "answer-0", CODE, "2021")
NOT_MUT = Diagnostic("E0384", "cannot assign twice", 3, shown="error[E0384]: ...")


def drop_mut(source: Source) -> list[Site]:
    start = source.code.find("mut ")
    return [Site((Edit(start, start + 4, ""),), {"nom": "total"})]


def mutation(name: str = "drop_mut", codes: str = "E0384") -> Mutation:
    return Mutation(name, Topic.BORROWING, Difficulty.DEBUTANT, frozenset(codes.split()), drop_mut)


def refusing(*errors: Diagnostic) -> FakeCompiler:
    """A compiler that refuses what lacks `mut`."""
    refused = Compilation(False, errors)
    return FakeCompiler(lambda text: Compilation(True) if "mut " in text else refused)


@pytest.mark.parametrize(
    "edits", [(Edit(3, 1, ""),), (Edit(0, 2, ""), Edit(1, 3, "")), (Edit(0, 99, ""),)]
)
def test_edits_that_overlap_or_leave_the_text(edits: tuple[Edit, ...]) -> None:
    with pytest.raises(ValueError, match="overlap"):
        apply("fn f() {}", edits)


def test_edits_count_bytes() -> None:
    assert apply("é = 1", (Edit(2, 3, " :"),)) == "é := 1"


@pytest.mark.parametrize(
    "errors",
    [
        (Diagnostic("E0596", "another code", 3, shown="x"),),
        (NOT_MUT, Diagnostic("E0308", "one code too many", 3, shown="x")),
        (Diagnostic("E0384", "no line", 0, shown="x"),),
        (Diagnostic("E0384", "nothing to quote", 3),),
        (NOT_MUT,) * 6,
    ],
)
def test_no_proof(errors: tuple[Diagnostic, ...]) -> None:
    assert prove([PROGRAM], [mutation()], refusing(*errors), Options()) == []


def test_a_text_belongs_to_the_first_mutation_that_it_proves() -> None:
    asked = [mutation("other", "E0308"), mutation("first"), mutation("second")]
    found = prove([PROGRAM], asked, refusing(NOT_MUT), Options())
    assert [p.mutation.name for p in found] == ["first"]


def test_a_repair_must_compile() -> None:
    spoil = Edit(0, 0, "// no compile\n")
    faulty = Mutation(
        "faulty", Topic.BORROWING, Difficulty.DEBUTANT, frozenset({"E0384"}),
        lambda source: [Site(s.edits, s.slots, repair=(spoil,)) for s in drop_mut(source)],
    )  # fmt: skip
    refused = Compilation(False, (NOT_MUT,))
    sound = FakeCompiler(lambda t: refused if "mut " not in t else Compilation(True))
    picky = FakeCompiler(lambda t: refused if "mut " not in t or "//" in t else Compilation(True))
    assert len(prove([PROGRAM], [faulty], sound, Options())) == 1
    assert prove([PROGRAM], [faulty], picky, Options()) == []


def test_the_first_repair_that_compiles_is_taken() -> None:
    tries = [Edit(0, 0, f"// {n}\n") for n in ("no", "yes", "later")]
    several = Mutation(
        "several", Topic.BORROWING, Difficulty.DEBUTANT, frozenset({"E0384"}),
        lambda source: [replace(s, repair=(e,)) for s in drop_mut(source) for e in tries],
    )  # fmt: skip
    refused = Compilation(False, (NOT_MUT,))
    picky = FakeCompiler(lambda t: refused if "mut " not in t or "no" in t else Compilation(True))
    (proof,) = prove([PROGRAM], [several], picky, Options())
    assert proof.fixed.startswith("// yes\n")


@pytest.mark.parametrize(
    "code", ["fn f() { todo!() }", "fn f() {}\n" * 50, "/// ```\nfn f() {}", "// TODO\nfn f() {}"]
)
def test_blocks_that_are_no_programs_to_mutate(code: str) -> None:
    assert programs([example_with(code)], FakeCompiler(), Options()) == []


def test_what_does_not_compile_is_not_mutated() -> None:
    assert programs([example_with("fn f() {}")], refusing(NOT_MUT), Options()) == []


@pytest.mark.slow
def test_the_pool_is_the_same_each_time_and_its_texts_too(rustc: Rustc) -> None:
    example = example_with(CODE.replace("total += 1;", 'total += 1;\n    println!("{total}");'))
    first, second = (find_mutants([example], rustc, Options()) for _ in range(2))
    assert first == second
    assert {m.mutation for m in first} >= {"drop_mut", "read_across_change"}
    assert len({m.key for m in first}) == len(first)
    assert all(m.parent == example.id for m in first)
    for one in first:
        for form in one.categories:
            assert one.render(form, 1) == one.render(form, 1)
    assert len({first[0].render(Category.DEBUG, seed) for seed in range(20)}) > 5


def test_what_is_quoted_is_what_rustc_prints(rustc: Rustc) -> None:
    texts = (CODE.replace("mut ", ""), "pub fn f(x: &str) -> u8 { x }\n")
    alone = [rustc.compile(Crate((t,), "2021", "lib", alone=True)).errors for t in texts]
    together = [rustc.compile(Crate((t,), "2021")).errors for t in texts]
    assert alone == together
    said = alone[0][0].shown
    assert said.startswith("error[E0384]: cannot assign twice to immutable variable `total`\n")
    assert " --> src/main.rs:3:5\n" in said
    assert "help:" not in said


def test_a_slot_that_the_site_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    made = wordings.texts("drop_mut").model_copy(update={"tldr": ("${absent}",) * 4})
    monkeypatch.setattr("curator.generate.mutate.render.texts", lambda name: made)
    (proof,) = prove([PROGRAM], [mutation()], refusing(NOT_MUT), Options())
    assert slots(proof)["avant"] == "let total = 1;"
    with pytest.raises(DataError, match="absent"):
        render(proof, Category.DEBUG, 1)


@pytest.mark.parametrize(
    ("section", "text", "why"),
    [
        ("debug", "sans code ni message", "lacks"),
        ("tldr", "un slot ${cassé", "broken slot"),
        ("indices", "une phrase, et non une liste", "unreadable|valid"),
    ],
)
def test_wordings_that_break_a_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: str, text: str, why: str
) -> None:
    import yaml

    said = yaml.safe_load((wordings.FOLDER / "drop_mut.yaml").read_text("utf-8"))
    (tmp_path / "spoilt.yaml").write_text(yaml.safe_dump({**said, section: [text] * 4}))
    monkeypatch.setattr(wordings, "FOLDER", tmp_path)
    with pytest.raises(DataError, match=why):
        wordings.texts("spoilt")
    with pytest.raises(DataError, match="unreadable"):
        wordings.texts("absent")


def test_no_question_about_a_change_says_that_the_program_shown_fails() -> None:
    shared = common()
    for opening in shared.ouvertures_concepts:
        for ask in shared.questions_concepts:
            for fault in ("retire le `mut` de `x`", "écrit `A::B()`, avec des parenthèses"):
                asked = Template(ask.texte).safe_substitute(faute=fault)
                text = f"{opening.split('] ')[-1]}\n\n```rust\nfn main() {{}}\n```\n\n{asked}"
                [state] = block_states(Document((Text("question", text),)), Options())
                assert state.expected.expectation is Expectation.COMPILES, (opening, asked)
