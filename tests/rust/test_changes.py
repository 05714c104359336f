"""Claims about changes, tried by the real compiler: true, false, and those that nobody can try."""

from collections.abc import Sequence
from textwrap import dedent
from typing import Any

import pytest

from curator.rust import claimed
from curator.rust.cache import compile_cached
from curator.rust.compiler import Compilation, Diagnostic, Rustc
from curator.rust.document import BlockResult, Document, Options, Text, Trial
from curator.rust.engine import check_documents
from curator.rust.fake import FakeCompiler
from curator.rust.unit import Unit

CLONED = """\
    fn main() {
        let s = String::from("a");
        let t = s.clone();
        println!("{s} {t}");
    }
"""
PUSHED = """\
    fn main() {
        let mut v = vec![1];
        v.push(2);
        println!("{v:?}");
    }
"""
LEFT = PUSHED.replace("        v.push(2);\n", "")
THREAD = """\
    use std::thread;
    fn main() {
        let v = vec![1];
        let h = thread::spawn(move || println!("{v:?}"));
        h.join().unwrap();
    }
"""
LIST = """\
    enum Liste {
        Noeud(i32, Box<Liste>),
        Fin,
    }
    fn main() {
        let _ = Liste::Noeud(1, Box::new(Liste::Fin));
    }
"""
COPY = """\
    #[derive(Clone, Copy)]
    struct P(i32);
    fn lire(p: P) -> i32 {
        p.0
    }
    fn main() {
        let p = P(1);
        lire(p);
        println!("{}", p.0);
    }
"""
DEBUG = """\
    use std::fmt::Debug;
    fn montre<T: Debug>(x: T) {
        println!("{x:?}");
    }
    fn main() {
        montre(1);
    }
"""
LONGEST = """\
    fn plus<'a>(a: &'a str, b: &'a str) -> &'a str {
        if a.len() > 1 { a } else { b }
    }
"""
TWO = """\
    fn main() {
        let mut a = 1;
        let mut b = vec![1];
        a += 1;
        b.push(a);
    }
"""
ANY = """\
    fn range<T: 'static>(t: T) -> Box<dyn std::any::Any> {
        Box::new(t)
    }
"""
PRIVATE = """\
    mod m {
        pub fn g() {
            f();
        }
        fn f() {}
    }
    fn main() {
        m::g();
    }
"""
# What fails, in debug.
MOVED = CLONED.replace("s.clone()", "s")
HELD = """\
    fn main() {
        let mut v = vec![1];
        let p = &v[0];
        v.push(2);
        println!("{p}");
    }
"""
DROPPED = """\
    struct M<'p>(&'p str);
    impl Drop for M<'_> {
        fn drop(&mut self) {
            println!("{}", self.0);
        }
    }
    fn main() {
        let mut tous = Vec::new();
        let plat = String::from("tajine");
        tous.push(M(&plat));
    }
"""


def check(rustc: Rustc, code: str, sentence: str, code_fails: str = "") -> list[BlockResult]:
    shown = f"```rust\n{dedent(code)}```\n" if code else ""
    question = (
        f"Q ?\n\n```rust,compile_fail,{code_fails}\n{dedent(code)}```\n" if code_fails else "Q ?"
    )
    answer = "```rust\nlet x = 1;\n```\n" if code_fails else shown
    texts = (Text("question", question), Text("answer", f"{answer}\n{sentence}\n"))
    [results] = check_documents([Document(texts, bool(code_fails))], rustc, Options())
    return results


def trial(results: list[BlockResult]) -> Trial:
    [found] = [t for r in results for t in r.trials]
    return found


SHARED = """\
    use std::cell::RefCell;
    use std::rc::Rc;
    fn main() {
        let a = Rc::new(RefCell::new(1));
        let b = Rc::clone(&a);
        *b.borrow_mut() += 1;
        println!("{}", a.borrow());
    }
"""
EITHER = """\
    enum E {
        A,
        B,
    }
    fn f(e: E) -> u8 {
        match e {
            E::A => 1,
            E::B => 2,
        }
    }
"""
LOOP = """\
    fn main() {
        let noms = vec![String::from("a")];
        for n in &noms {
            println!("{n}");
        }
        println!("{}", noms.len());
    }
"""
TRUE = [
    (SHARED, "Sans `Rc::clone`, `a` serait déplacée : E0382."),
    (SHARED, "Sans le `*`, rustc répond E0368."),
    (EITHER, "Sans la branche `E::B => 2,`, rustc répond E0004."),
    (LOOP, "Sans le `&`, la boucle consommerait `noms`, et `noms.len()` serait refusé (E0382)."),
    (LOOP, "Écrire `for n in noms` rendrait `noms.len()` illégal : E0382."),
    (PUSHED, "Le `mut` est nécessaire : sans lui, E0596."),
    (CLONED, "Sans `clone`, on obtient E0382."),
    (CLONED, "Sans le `.clone()`, ça ne compile pas."),
    (PUSHED, "Si on retire `mut`, on obtient E0596."),
    (LEFT, "Sans `mut`, le code compile encore."),
    (THREAD, "Sans `move`, E0373."),
    (LIST, "Sans `Box`, on aurait E0072."),
    (COPY, "Sans `Copy`, le `println!` serait refusé (E0382)."),
    (COPY, "Sans `#[derive(Clone, Copy)]`, rustc refuserait `p.0` (E0382)."),
    (DEBUG, "Sans `T: Debug`, la fonction serait refusée (E0277)."),
    (DEBUG, "Sans la borne `Debug`, E0277."),
    (LONGEST, "Sans `'a`, E0106."),
    (LONGEST, "Sans `'a`, l'écriture `fn plus(a: &str, b: &str) -> &str` est refusée avec E0106."),
    (TWO, "Sans `mut`, on obtient E0384."),
    (TWO, "Sans `mut`, on obtient E0596."),
    (ANY, "Sans `'static`, E0310."),
    (CLONED, "Remplacer `let t = s.clone();` par `let t = &s;` compilerait aussi."),
    (PRIVATE, "`m::f()` dans `main` donnerait E0603."),
    (PRIVATE, "Si `f` était `pub`, le code compilerait encore."),
    (CLONED, "Avec `s` au lieu de `s.clone()`, ça ne compile pas (E0382)."),
]
FALSE = [
    (EITHER, "Sans la branche `E::B => 2,`, le code compile encore.", "E0004"),
    (LOOP, "Écrire `for n in noms` suffirait.", "E0382"),
    (PUSHED, "Le `mut` n'est pas utile : sans lui, le code compile encore.", "E0596"),
    (CLONED, "Sans `clone`, on obtient E0502.", "E0382"),
    (CLONED, "Sans `clone`, le code compile encore.", "E0382"),
    (PUSHED, "Si on retire `mut`, on obtient E0384.", "E0596"),
    (PUSHED, "Sans `mut` le code compile encore.", "E0596"),
    (LEFT, "Sans `mut`, le code ne compile plus.", "no error"),
    (THREAD, "Sans `move`, le programme compilerait aussi.", "E0373"),
    (LIST, "Sans `Box`, le type compilerait aussi.", "E0072"),
    (COPY, "Sans `Copy`, on aurait E0204.", "E0382"),
    (DEBUG, "Sans la borne `Debug`, la fonction serait acceptée.", "E0277"),
    (LONGEST, "Sans `'a`, la fonction compilerait aussi.", "E0106"),
    (TWO, "Sans `mut`, on obtient E0502.", "E0384"),
    (CLONED, "Remplacer `s.clone()` par `s` compilerait aussi.", "E0382"),
    (PRIVATE, "`m::g()` dans `main` donnerait E0603.", "no error"),
]
UNTRIED = [
    (CLONED, "Sans `clone`, il faudrait une référence : `let t = &s;` compile aussi.", "not shown"),
    (SHARED, "Sans `RefCell`, la modification serait refusée (E0594).", "open"),
    (CLONED, "Sans `unsafe`, le code ne compile pas.", "no block shows"),
    (COPY, "Sans `Copy`, un second appel serait refusé (E0505).", "not shown"),
    (COPY, "Sans `Clone`, l'appel serait refusé dans une autre crate.", "not shown"),
    (COPY, "Sans `Copy`, `lire(p) + lire(p)` serait refusé (E0204).", "lire(p) + lire(p)"),
    (COPY, "Sans `Copy` ni `Clone`, on aurait E0599.", "several changes"),
    (CLONED, "Si c'était un entier, sans `clone` le code compilerait encore.", "another condition"),
    (CLONED, "Sans le dernier appel, le programme compilerait.", "told in words"),
    (CLONED, 'Sans `let s = String::from("a");`, on aurait E0382.', "open"),
    (COPY, "`lire(p, 1)` dans `main` donnerait E0382.", "open"),
    (DEBUG, "Avec `String` au lieu de `T`, ça ne compile pas (E0382).", "open"),
]
MENDING = [
    (MOVED, "E0382", "En ajoutant `.clone()` à `s`, tout compile.", "holds"),
    (MOVED, "E0382", "En ajoutant `mut` devant `s`, tout compile.", "refuted"),
    (MOVED, "E0382", "Remplacer `let t = s;` par `let t = &s;` conviendrait aussi.", "holds"),
    (MOVED, "E0382", "Ajouter `mut` devant `t` échoue avec la même erreur.", "holds"),
    (MOVED, "E0382", "Ajouter `.clone()` à `s` échoue avec la même erreur.", "refuted"),
    (HELD, "E0502", "Appeler `drop(p)` avant `v.push(2)` conviendrait aussi.", "refuted"),
    (HELD, "E0502", "On pourrait aussi appeler `drop(p)` avant `v.push(2)`.", "refuted"),
    (HELD, "E0502", "Appeler `drop(p)` ici conviendrait aussi.", "refuted"),
    (HELD, "E0502", "Placer `v.push(2);` après le `println!` ferait taire rustc.", "holds"),
    (HELD, "E0502", "Placez `println!(\"{p}\");` avant `v.push(2);` et tout compile.", "holds"),
    (MOVED, "E0382", "Vous pouvez aussi appeler `s.clone()`.", "untried"),
    (MOVED, "E0382", "Ajouter `&` devant `s` conviendrait aussi.", "holds"),
    (MOVED, "E0382", "Si vous remplacez `s` par un entier, l'erreur disparaît.", "untried"),
    (HELD, "E0502", "Appeler `drop(p)` avant `v.push(2)` ne suffirait pas.", "untried"),
    (DROPPED, "E0597", "Appeler `drop(tous)` à la fin de `main` conviendrait aussi.", "refuted"),
    (DROPPED, "E0597", "Placer `let plat = String::from(\"tajine\");` avant `let mut tous` "
     "conviendrait aussi.", "holds"),
    (DROPPED, "E0597", "Sans `impl Drop`, le programme compilerait.", "holds"),
    (DROPPED, "E0597", "Sans `impl Drop`, E0597 subsiste.", "refuted"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "sentence"), TRUE)
def test_what_is_true_holds(rustc: Rustc, code: str, sentence: str) -> None:
    results = check(rustc, code, sentence)
    found = trial(results)
    assert (found.verdict, found.why) == ("holds", "")
    assert found.change
    assert all(r.passed for r in results)


@pytest.mark.parametrize(("code", "sentence", "got"), FALSE)
def test_what_is_false_is_refused(rustc: Rustc, code: str, sentence: str, got: str) -> None:
    [result] = check(rustc, code, sentence)
    assert (result.reason, trial([result]).verdict) == ("refuted_change", "refuted")
    assert got in result.message
    assert sentence.rstrip(".") in result.message
    assert result.line == dedent(code).count("\n") + 4


@pytest.mark.parametrize(("code", "sentence", "why"), UNTRIED)
def test_what_is_not_clear_is_not_refused(rustc: Rustc, code: str, sentence: str, why: str) -> None:
    [result] = check(rustc, code, sentence)
    assert result.passed
    assert (trial([result]).verdict, why in trial([result]).why) == ("untried", True)


@pytest.mark.parametrize(("code", "error", "sentence", "verdict"), MENDING)
def test_what_would_mend_the_question(
    rustc: Rustc, code: str, error: str, sentence: str, verdict: str
) -> None:
    question, answer = check(rustc, code, sentence, code_fails=error)
    assert trial([question, answer]).verdict == verdict
    assert question.passed
    assert answer.reason == ("refuted_change" if verdict == "refuted" else "")


def test_a_claim_about_a_block_that_is_not_there(rustc: Rustc) -> None:
    results = check(rustc, "", "Sans `mut`, E0596.")
    assert results == []
    [ignored] = check(rustc, PUSHED, "Sans `mut`, E0384.".replace("`mut`", "`async`"))
    assert ignored.passed


def test_an_ignored_block_is_never_changed(rustc: Rustc) -> None:
    answer = f"```rust,ignore\n{dedent(PUSHED)}```\n\nSans `mut`, E0384.\n"
    [[result]] = check_documents([Document((Text("answer", answer),))], rustc, Options())
    assert result.passed
    assert trial([result]).verdict == "untried"


def test_the_solution_is_meant_from_another_section(rustc: Rustc) -> None:
    other = "```rust\nfn double(n: u8) -> u8 {\n    n * 2\n}\n```\n"
    answer = f"```rust\n{dedent(PUSHED)}```\n\n{other}\nSans `mut`, E0596.\n"
    [results] = check_documents([Document((Text("answer", answer),))], rustc, Options())
    assert trial(results).verdict == "holds"
    assert trial(results[1:]).change == "-    let mut v = vec![1];\n+    let v = vec![1];"


def test_a_fragment_is_changed_inside_of_what_makes_it_a_program(rustc: Rustc) -> None:
    code = "    let mut v = vec![1];\n    v.push(2);\n"
    assert trial(check(rustc, code, "Sans `mut`, E0596.")).verdict == "holds"
    assert trial(check(rustc, code, "Sans `mut`, E0384.")).verdict == "refuted"


def test_a_claim_of_the_question_is_held_against_its_own_code(rustc: Rustc) -> None:
    asked = f"Sans `mut`, j'obtiens E0384.\n\n```rust\n{dedent(PUSHED)}```\n"
    texts = (Text("question", asked), Text("answer", "```rust\nlet x = 1;\n```\n"))
    [[question, answer]] = check_documents([Document(texts)], rustc, Options())
    assert (question.reason, question.line, answer.reason) == ("refuted_change", 1, "")


def test_a_limit_refutes_nothing() -> None:
    def verdict(source: str) -> Compilation:
        return Compilation("mut" in source, problem="" if "mut" in source else "time")

    answer = f"```rust\n{dedent(PUSHED)}```\n\nSans `mut`, E0384.\n"
    document = Document((Text("answer", answer),))
    [[result]] = check_documents([document], FakeCompiler(verdict), Options())
    assert (result.reason, trial([result]).verdict) == ("", "untried")


def test_too_many_places_are_not_tried() -> None:
    lines = "".join(f"    let mut v{i} = {i};\n" for i in range(40))
    answer = "".join(f"```rust\nfn f{n}() {{\n{lines}}}\n```\n\n" for n in range(30))
    compiler = FakeCompiler(lambda source: Compilation(True))
    document = Document((Text("answer", answer + "Sans `mut`, E0596.\n"),))
    [results] = check_documents([document], compiler, Options())
    assert trial(results).why == "the change could be made in too many places"


def test_all_documents_are_tried_in_one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    error = Diagnostic("E0596", "cannot borrow `v` as mutable", 2)
    rounds: list[int] = []

    def verdict(source: str) -> Compilation:
        return Compilation(True) if "mut" in source else Compilation(False, (error,))

    def counted(units: Sequence[Unit], *more: Any) -> list[Compilation]:
        rounds.append(len(units))
        return compile_cached(units, *more)

    monkeypatch.setattr(claimed, "compile_cached", counted)
    made = [dedent(PUSHED).replace("v", f"v{n}") for n in range(20)]
    documents = [
        Document((Text("answer", f"```rust\n{code}```\n\nSans `mut`, E0596.\n"),)) for code in made
    ]
    results = check_documents(documents, FakeCompiler(verdict), Options(cores=1))
    assert [trial(r).verdict for r in results] == ["holds"] * 20
    assert rounds == [20]


OUTPUTS = [
    ("Sans `mut`, rustc répond :", "E0596", "holds"),
    ("Sans `mut`, rustc répond :", "E0384", "refuted"),
    ("Si on retire `mut`, on obtient :", "E0596", "holds"),
    ("Avec `let w = 1;` au lieu de `let x = 1;`, rustc répond :", "E0596", "untried"),
    ("Si la variable n'était pas modifiable, rustc répondrait :", "E0596", "untried"),
]


@pytest.mark.parametrize(("sentence", "code", "verdict"), OUTPUTS)
def test_an_output_below_a_change_is_what_the_change_gives(
    rustc: Rustc, sentence: str, code: str, verdict: str
) -> None:
    output = f"```text\nerror[{code}]: cannot\n```"
    [result] = check(rustc, PUSHED, f"{sentence}\n\n{output}")
    assert trial([result]).verdict == verdict
    assert result.reason == ("refuted_change" if verdict == "refuted" else "")


@pytest.mark.parametrize(
    "sentence", ["rustc répond :", "Si on compile ce programme, rustc répond :", "Voici :"]
)
def test_an_output_below_anything_else_is_the_blocks(rustc: Rustc, sentence: str) -> None:
    [result] = check(rustc, PUSHED, f"{sentence}\n\n```text\nerror[E0596]: cannot borrow\n```")
    assert result.reason in ("wrong_claim", "should_not_compile")
    assert result.trials == ()
