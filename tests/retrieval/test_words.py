"""Words of texts and of French questions."""

from pathlib import Path

import pytest

from curator.base.errors import DataError
from curator.retrieval.words import CODE_WEIGHT, glossary, query, stem, with_english, words


@pytest.mark.parametrize(
    ("word", "stemmed"),
    [("borrows", "borrow"), ("libraries", "library"), ("matches", "match"), ("closures", "closure"),
     ("status", "status"), ("less", "less"), ("is", "is"), ("boxes", "box"), ("types", "type")],
)  # fmt: skip
def test_the_plural_goes(word: str, stemmed: str) -> None:
    assert stem(word) == stemmed


def test_an_identifier_gives_itself_and_its_parts() -> None:
    assert list(words("should_panic RefCell E0382 été")) == (
        ["should_panic", "should", "panic", "refcell", "ref", "cell", "e0382", "ete"]
    )
    assert list(words("the `?` operator and a && b")) == ["the", "?", "operator", "and", "a", "&&",
                                                         "b"]  # fmt: skip


def asked(question: str) -> set[str]:
    return {w for meaning, _ in query(question) for part in meaning for w in part}


def test_a_question_gives_english_words_and_keeps_code() -> None:
    found = asked("Comment prêter une chaîne sans en perdre la propriété avec &mut String ?")
    assert {"borrow", "string", "ownership", "mut"} <= found
    assert not {"comment", "une", "sans", "la", "en"} & found


def test_the_longest_phrase_counts_and_elisions_do_not_hide_it() -> None:
    english = glossary().english
    assert english("une durée de vie") == [(("lifetime",),)]
    assert "lifetime" in asked("À quoi sert l’annotation d’une durée de vie ?")
    assert (("borrow", "checker"),) in english("Que fait le vérificateur d’emprunts ?")


def test_a_word_that_is_english_too_counts_once() -> None:
    assert query("un test") == [((("test",),), 1)]


def test_embeddings_read_the_question_and_its_english() -> None:
    assert with_english("Que fait l’emprunt ?") == "Que fait l’emprunt ? borrow"


def test_a_letter_that_is_a_name_stays_and_an_elided_one_goes() -> None:
    assert "c" in asked("une fonction écrite en C")
    assert "c" not in asked("c’est une fonction")


def test_an_error_code_is_a_strong_word() -> None:
    assert ((("e0502",),), CODE_WEIGHT) in query("Que veut dire E0502 ?")


def test_every_key_of_the_glossary_finds_itself_and_gives_words() -> None:
    import yaml

    file = Path("curator/retrieval/glossaire.yaml")
    for key in yaml.safe_load(file.read_text("utf-8"))["terms"]:
        assert glossary().english(str(key).replace("*", "")), key


def test_a_file_that_is_no_glossary_is_named(tmp_path: Path) -> None:
    path = tmp_path / "g.yaml"
    path.write_text("terms: [a, b]")
    with pytest.raises(DataError, match=r"g\.yaml: no glossary"):
        glossary(path)
