"""Folding: case and accents go, whatever the script."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from curator.text.fold import fold

MARKED = st.text(
    st.sampled_from("eéÉœŒçñ\u0301\u0308\u0345ﬁİßΆ가 .") | st.characters(codec="utf-8")
)


@given(MARKED)
def test_only_combining_characters_are_lost(text: str) -> None:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    assert fold(text) == letters.replace("\u2019", "'")


def test_a_french_word() -> None:
    assert fold("DÉBUTANT, à l'Été") == "debutant, a l'ete"


def test_typography_is_folded() -> None:
    assert fold("L’Été\u202f: «\u00a0ici\u00a0»\u202f?") == fold("l'ete : « ici » ?")
