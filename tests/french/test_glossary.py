"""The glossary: its terms, what it finds in a text, what prompts are told, and its pages."""

from pathlib import Path

import pytest

from curator.base.errors import DataError
from curator.cli.schemas import written_texts
from curator.french.glossary import (
    alternatives,
    guide_table,
    load_glossary,
    slips,
    table,
    terms,
    terms_for,
    told,
)
from curator.records.files import read_examples
from curator.records.project import Project
from curator.records.taxonomy import load_taxonomy
from curator.text.fold import fold
from tests.conftest import ROOT


def test_terms_are_whole_and_avoid_no_other_term() -> None:
    every = terms()
    assert 90 <= len(every) <= 200
    names = [fold(term.fr) for term in every]
    assert len(set(names)) == len(names)
    good = {fold(name) for term in every for name in (term.fr, *term.also)}
    for term in every:
        assert not good & {fold(word) for word in (*term.avoid, *term.forms)}, term.fr
        assert term.avoid or not term.forms, term.fr


def test_each_shipped_topic_has_terms() -> None:
    known = load_taxonomy(ROOT / "schemas" / "taxonomy.yaml").topics
    assert {topic for term in terms() for topic in term.topics} == {str(name) for name in known}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Une slice lit le tableau.", ["slice"]),
        ("Les slices et les Closures.", ["slice", "closure"]),
        ("Une tranche lit le tableau.", []),
        ("La variable a été bougée dans la fonction.", ["a ete bougee"]),
        ("Le vérificateur de prêt refuse.", ["verificateur de pret"]),
        ("La fonction rend une référence.", ["rend une"]),
        ("Cela rend le code lisible.", []),
        ("La fonction renvoie, ou retourne, une valeur.", []),
        ("Une fermeture (closure), une « slice », `enum` et `slice`.", []),
        ("```rust\n// une slice\n```", []),
        ("L’enum : l'enum, l'enum.", ["enum"]),
        ("Un struct-tuple, une enum-like.", []),
    ],
)
def test_words_to_avoid_are_found_in_prose(text: str, said: list[str]) -> None:
    assert [slip.said for slip in slips(text)] == said


def test_a_slip_names_its_term() -> None:
    [slip] = slips("Une closure capture.")
    assert (slip.said, slip.term.fr, slip.term.en) == ("closure", "fermeture", "closure")


@pytest.mark.slow
def test_most_of_the_authored_set_keeps_to_it() -> None:
    """A signal that all texts had would say nothing."""
    examples = list(read_examples(*Project(ROOT).authored_files()))
    found = [slips(f"{e.question}\n\n{e.answer}") for e in examples]
    assert sum(bool(one) for one in found) < len(examples) / 3


def test_a_prompt_is_told_what_its_idea_names_first() -> None:
    chosen = terms_for("lifetimes", "une tranche de chaîne rendue par une fermeture")
    assert {"tranche", "tranche de chaîne"} <= {t.fr for t in chosen[:3]}
    assert "durée de vie" in {t.fr for t in chosen} and len(chosen) == 5
    assert "tranche (slice)" in told(chosen)
    assert terms_for("recettes", "") == []


def test_alternatives_have_both_languages() -> None:
    found = {names[0]: names for names in alternatives()}
    assert {"tranche", "slice"} <= set(found["tranche"])
    assert {"propriété", "possession", "ownership"} <= set(found["propriété"])
    assert "return" in found["renvoyer"] and "retourner" in found["renvoyer"]


def test_tables_have_a_row_for_each_term() -> None:
    assert len(table().splitlines()) == len(terms()) + 2
    assert len(guide_table().splitlines()) == sum(t.guide for t in terms()) + 2
    assert "| renvoyer | rendre |" in guide_table()


def test_the_pages_are_those_that_are_written() -> None:
    for path, text in written_texts(ROOT).items():
        assert path.read_text("utf-8") == text, f"{path.name}: python -m curator.cli.schemas"


def test_a_fault_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "g.yaml"
    path.write_text("terms:\n  - {fr: tas, en: heap}\n  - {fr: pile, english: stack}\n", "utf-8")
    with pytest.raises(DataError, match=r"g\.yaml:3"):
        load_glossary(path)
