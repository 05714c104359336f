"""Fold case, accents and typography, for comparing."""

import unicodedata


def fold(text: str) -> str:
    """Fold a text to lower case without accents: "Débutant" -> "debutant".

    What French typography sets (U+2019, U+00A0, U+202F) becomes what a keyboard types.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold()).replace("\u2019", "'")
    marks = [c for c in set(decomposed) if unicodedata.combining(c)]  # few: not asked of each place
    return decomposed.translate(dict.fromkeys(map(ord, marks))) if marks else decomposed
