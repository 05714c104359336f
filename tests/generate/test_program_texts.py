"""The names, words and texts of the programs that a model writes: French, and in the usual form."""

import pytest

from curator.french.learner import begins_well, elide, speaks_of_outcome
from curator.french.lexicon import foreign_words, misspelt
from curator.generate.naming import naming_fault
from curator.generate.programs import plain_names, read_program, repeats_words, spaced_texts
from tests.generate.test_from_program import main


def test_names_lose_their_accents_and_texts_keep_theirs() -> None:
    code = 'fn main() {\n    let été = 3;\n    println!("été : {}", été);\n}\n'
    assert plain_names(code) == 'fn main() {\n    let ete = 3;\n    println!("été : {}", ete);\n}\n'


def test_comments_of_a_model_go() -> None:
    trial = read_program('fn main() {\n    // affiche 3\n    println!("{}", 4);\n}\n```', True, "")
    assert "affiche" not in trial.code
    assert read_program("fn main() {", False, "").reason == "truncated"


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ('fn main() {\n    println!("Émile Zola, Germinal");\n}', ""),
        ('fn main() {\n    println!("the answer was given");\n}', "foreign_text"),
        ("enum Etat { En_Cours }", "unidiomatic_name"),
        ("struct Trajet { depart: String, arrivee: String }", ""),
        ("impl std::fmt::Display for Trajet { fn fmt(&self) {} }", ""),
        ("fn compute_length() {}", "foreign_name"),
    ],
)
def test_names_and_texts_are_french_and_of_the_usual_form(code: str, fault: str) -> None:
    assert naming_fault(code)[0] == fault


def test_words_are_looked_up_without_accents_and_in_parts() -> None:
    assert foreign_words(["prixTotal", "nb_eleves", "Œuvre", "randonnée"]) == []
    assert foreign_words(["get_neighbors", "prix"]) == ["neighbors"]


def test_prose_is_looked_up_with_its_accents() -> None:
    assert misspelt("L'œuvre d'aujourd'hui et l'arrêt des bus à 8 h") == []
    assert misspelt("Les arrets de la riviere") == ["arrets", "riviere"]


def test_french_of_one_sentence() -> None:
    assert (
        elide("Je ajoute ce que il faut et le onzième.") == "J'ajoute ce qu'il faut et le onzième."
    )
    assert elide("Le étage du ascenseur, sa humidité.") == ("L'étage de l'ascenseur, son humidité.")
    assert elide("La hauteur du hibou, le oui, la une, sa hache, du onzième.") == (
        "La hauteur du hibou, le oui, la une, sa hache, du onzième."
    )
    about = "Le programme suivant"
    assert begins_well(f"{about} doit calculer un prix.", f"{about} doit")
    assert not begins_well(f"{about} doit calcule un prix.", f"{about} doit")
    assert speaks_of_outcome("Le programme suivant corrige une erreur.")
    assert not speaks_of_outcome("Le programme suivant calcule un prix.")


@pytest.mark.parametrize(
    ("written", "spaced"),
    [
        ('println!("Total: {}", 3)', 'println!("Total : {}", 3)'),
        ('println!("{nom}: {age}!")', 'println!("{nom}: {age} !")'),
        ('println!("{x:?} {x: >5} {x:02}")', 'println!("{x:?} {x: >5} {x:02}")'),
        ('println!("12:30, a::b")', 'println!("12:30, a::b")'),
        ('println!("La humidité de le étage")', "println!(\"L'humidité de l'étage\")"),
        ('"cle: 3".split(": ")', '"cle: 3".split(": ")'),
    ],
)
def test_printed_texts_get_french_spaces(written: str, spaced: str) -> None:
    assert spaced_texts(main(f"{written};")) == main(f"{spaced};")


@pytest.mark.parametrize(
    ("printed", "repeats"),
    [
        ("10 litres de carburant litres de carburant", True),
        ("Le prix : 3 euros\nLe prix : 4 euros", False),
        ("rouge 30 s, vert 3 s, rouge 30 s", True),
        ('[Livre { titre: "a" }, Livre { titre: "b" }]', False),
        ("3 et 4 et 3 et 4", False),
    ],
)
def test_a_line_that_says_two_words_twice_is_told(printed: str, repeats: bool) -> None:
    assert repeats_words(printed) == repeats
