"""Sentences that say what a change of the code would do, and those that look like it."""

import pytest

from curator.french.changes import ChangeClaim
from curator.french.changes import change_claims as of_sentences
from curator.french.sentences import sentences


def change_claims(markdown: str) -> list[ChangeClaim]:
    return list(of_sentences(sentences(markdown)))


CLAIMS = [
    ("Sans le `clone`, on obtient E0382.", "fails", "remove", "clone", "", ""),
    ("Sans `move`, E0373.", "fails", "remove", "move", "", ""),
    ("Sans `#[derive(Clone)]`, rustc répond E0599.", "fails", "remove", "#[derive(Clone)]", "", ""),
    ("Si on retire `mut`, on obtient E0596.", "fails", "remove", "mut", "", ""),
    ("Si l'on supprime `mut`, le code ne compile plus.", "fails", "remove", "mut", "", ""),
    ("Retirer `&` provoque E0308.", "fails", "remove", "&", "", ""),
    ("Sans `mut` le code compile encore.", "compiles", "remove", "mut", "", ""),
    ("Ce code ne compile pas sans `mut`.", "fails", "remove", "mut", "", ""),
    ("Remplacer `&x` par `x` donnerait E0507.", "fails", "replace", "&x", "x", ""),
    ("Avec `String` au lieu de `&str`, ça ne compile pas.", "fails", "replace", "&str", "String",
     ""),
    ("`s.clone()` au lieu de `s` compilerait.", "compiles", "replace", "s", "s.clone()", ""),
    ("Si vous remplacez `Rc` par `Arc`, l'erreur disparaît.", "compiles", "replace", "Rc", "Arc",
     ""),
    ("En ajoutant `.clone()` à `s`, tout compile.", "compiles", "add", ".clone()", "", "at"),
    ("Appeler `drop(x)` à la fin de `main` conviendrait aussi.", "compiles", "add", "drop(x)", "",
     "end"),
    ("Appeler `drop(x)` ici conviendrait aussi.", "compiles", "add", "drop(x)", "", "here"),
    ("On pourrait aussi appeler `drop(x)` avant `f()`.", "compiles", "add", "drop(x)", "",
     "before"),
    ("Ajoutez `mut` devant `x` et tout compile.", "compiles", "add", "mut", "", "before"),
    ("Placez `f();` après `g();` et tout compile.", "compiles", "move", "f();", "", "after"),
    ("Écrire `let mut v` suffirait.", "compiles", "write", "let mut v", "", ""),
    ("`m::f(3)` dans `main` donnerait E0603.", "fails", "call", "m::f(3)", "", "end"),
    ("`f(3)` serait refusé par E0308.", "fails", "call", "f(3)", "", "end"),
    ("Si `P` devient `Copy`, le bloc compile.", "compiles", "become", "P", "Copy", ""),
    ("Si `f` était `pub(crate)`, ce serait refusé (E0364).", "fails", "become", "f", "pub(crate)",
     ""),
    ("Retirer `move` ne change pas l'erreur.", "same", "remove", "move", "", ""),
    ("Ajouter `use a::b;` échoue avec la même erreur.", "same", "add", "use a::b;", "", ""),
    ("Sans `'a`, l'écriture `fn f(x: &str) -> &str` est refusée.", "fails", "write",
     "fn f(x: &str) -> &str", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "outcome", "kind", "code", "new", "where"), CLAIMS)
def test_a_claim_and_its_change(
    text: str, outcome: str, kind: str, code: str, new: str, where: str
) -> None:
    [claim] = change_claims(text)
    change = claim.change
    assert change is not None, claim.why
    assert (claim.outcome, change.kind, change.code, change.new, change.where) == (
        outcome, kind, code, new, where,
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Ajoutez `mut` devant `x`.",
        "Suffit-il d'ajouter `mut` ?",
        "Pourquoi, sans `move`, ai-je E0373 ?",
        "Le programme suivant compile sans `unsafe`.",
        "`split_at_mut` suffirait ici, sans `unsafe`.",
        "Sans `clone`, la boucle serait plus rapide.",
        "Sur une variable déclarée sans `mut`, c'est interdit.",
        "Le motif oublie `Err`, et rustc le refuse.",
        "Je croyais que sans `mut` cela compilerait.",
        "Avec un `Mutex`, la même boucle est refusée :",
        "Une fonction sans `pub` n'est visible que dans son module.",
        "Vous pouvez aussi ajouter `Debug`.",
        "La panique `Sans x` est rare.",
        "`main` serait refusé.",
    ],
)
def test_what_claims_nothing_of_a_change(text: str) -> None:
    assert not change_claims(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Sans `Copy`, un second appel serait refusé.", "not shown"),
        ("Un second appel ne compilerait pas sans `Copy`.", "not shown"),
        ("Sans `Copy`, relire `p` serait refusé.", "not shown"),
        ("Sans `pub`, l'appel serait refusé dans une autre crate.", "not shown"),
        ("En édition 2015, sans `dyn`, le code compilerait encore.", "not shown"),
        ("Si `P` contenait une `String`, sans `clone` on aurait E0204.", "another condition"),
        ("Sans `Copy` ni `Clone`, on aurait E0599.", "several changes"),
        ("Ajouter `'a` ne suffirait pas.", "not said to fail"),
        ("Sans le dernier appel, le programme compilerait.", "told in words"),
        (
            "Sans `x`, rien ne compile plus, mais avec une copie le tout compilerait.",
            "another does",
        ),
    ],
)
def test_what_cannot_be_tried_says_why(text: str, why: str) -> None:
    [claim] = change_claims(text)
    assert claim.change is None
    assert why in claim.why


def test_the_line_is_that_of_the_sentence() -> None:
    [claim] = change_claims("# Titre\n\nUne phrase.\nSans `mut`, E0596.\n")
    assert (claim.sentence.line, claim.codes) == (4, {"E0596"})
