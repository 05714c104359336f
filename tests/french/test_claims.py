"""Sentences that say that the code shown gives an error, and those that only speak of errors."""

import pytest

from curator.french.claims import asserted_codes, hypothetical
from curator.french.sentences import sentences

CODE = 'let s = String::new();\nlet t = s;\nprintln!("{s}");'
ASSERTING = """
C'est l'erreur E0382.
C’est l’erreur `E0382`.
C'est bien l'erreur E0382 : la valeur `s` a été déplacée avant.
Le texte ne vit pas assez longtemps : c'est l'erreur E0597.
La valeur est déplacée, d'où E0382.
La valeur est déplacée, d'où l'erreur E0382.
rustc répond E0382.
Le compilateur signale l'erreur `E0382` à la dernière ligne.
rustc refuse ce programme avec E0382.
Ce code donne E0382.
Ce programme ne compile pas : E0382.
Ce programme provoque l'erreur E0382.
Votre code est refusé avec E0382.
On obtient l'erreur E0382.
Vous obtenez E0382 parce que `s` est déplacée.
L'erreur E0382 vient du déplacement de `s`.
`rustc` affiche `error[E0382]`.
Il s'agit de l'erreur E0382.
Voici l'erreur : E0382.
J'obtiens E0382 :
J'ai l'erreur E0382.
""".strip().split("\n")
SPEAKING = """
Sans `clone`, on aurait E0382.
Sans clone, c'est l'erreur E0382.
E0382 signale un déplacement.
Le code E0499 apparaît quand deux emprunts exclusifs se chevauchent.
Si on relit `s`, on obtient E0382.
En ajoutant une ligne, on obtient E0382.
Devant E0382, cherchez le déplacement.
Pourquoi E0382 existe-t-elle ?
Ailleurs, c'est E0502.
Avec une `String`, on obtient E0507.
Écrire `drop(s)` ensuite donne E0382.
L'erreur E0382 signifie que la valeur a été déplacée.
Un second appel donnerait E0382.
Ce n'est pas l'erreur E0382.
E0382 se corrige souvent par une référence.
La plupart des débutants rencontrent E0382 tôt ou tard.
`fn choisir(a: &str, b: &str) -> &str` donne l'erreur E0106.
Quand on oublie `mut`, rustc répond E0596.
- `E0499` : deux emprunts exclusifs ;
Lisez `rustc --explain E0382`.
Imaginons un second appel : c'est E0382.
Retenez ces codes : E0382, E0499, E0502, E0505.
Deux erreurs reviennent : E0382 et E0502.
Si `s` était lue ensuite, elle serait déplacée. C'est alors E0382.
""".strip().split("\n")


def asserted(text: str) -> frozenset[str]:
    return frozenset(c for s in sentences(text) for c in asserted_codes(s, CODE))


@pytest.mark.parametrize("text", ASSERTING)
def test_a_sentence_that_asserts(text: str) -> None:
    assert len(asserted(text)) == 1


@pytest.mark.parametrize("text", SPEAKING)
def test_a_sentence_that_does_not(text: str) -> None:
    assert not asserted(text)


def test_other_code_in_the_sentence_is_its_subject() -> None:
    assert asserted("Avec ceci : `let t = s;` est refusé.") == frozenset()
    assert asserted('rustc refuse `println!("{s}");` avec E0382.') == {"E0382"}
    assert asserted("rustc refuse `drop(autre)` avec E0382.") == frozenset()


def test_sentences_end_outside_of_code() -> None:
    found = list(sentences("Un `a. b` ici. Deux !\n\nTrois `x;\ny` ?\n\n```rust\nlet a. b;\n```"))
    assert [(s.line, s.text) for s in found] == [
        (1, "Un `a. b` ici."), (1, "Deux !"), (3, "Trois `x; y` ?"),
    ]  # fmt: skip
    assert [s.spans for s in found] == [("a. b",), (), ("x; y",)]
    assert [s.asks for s in found] == [False, False, True]
    assert found[0].folded == "un ⟦0⟧ ici."


def test_a_condition_reaches_to_the_end_of_its_paragraph() -> None:
    first, second = sentences("Sans `clone`, `s` serait déplacée. C'est E0382.")
    assert hypothetical(first)
    assert hypothetical(second)
