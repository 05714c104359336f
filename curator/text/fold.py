"""Fold case and accents, for comparing."""

import unicodedata


def fold(text: str) -> str:
    """Fold a text to lower case without accents: "Débutant" -> "debutant"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    marks = [c for c in set(decomposed) if unicodedata.combining(c)]  # few: not asked of each place
    return decomposed.translate(dict.fromkeys(map(ord, marks))) if marks else decomposed
