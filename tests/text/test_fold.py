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
    assert fold(text) == "".join(c for c in decomposed if not unicodedata.combining(c))


def test_a_french_word() -> None:
    assert fold("DÉBUTANT, à l'Été") == "debutant, a l'ete"
