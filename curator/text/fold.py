"""Text without case and accents, for comparing."""

import unicodedata


def fold(text: str) -> str:
    """`text` in lower case without accents: "Débutant" -> "debutant"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
