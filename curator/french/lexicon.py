"""Whether words are French, by pyspellchecker's list of 135,000 forms, accents aside.

Names in programs are written without accents, and in several words: "prixTotal", "nb_eleves".
"""

import re
from collections.abc import Iterable
from functools import cache

from curator.text.fold import fold

SHORT = 4  # letters: shorter words are abbreviations, and of every language
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae"})


@cache
def _written() -> frozenset[str]:
    from spellchecker import SpellChecker

    known = SpellChecker(language="fr", distance=1).word_frequency.words()
    return frozenset(form.translate(_LIGATURES) for form in known)


@cache
def _forms() -> frozenset[str]:
    return frozenset(map(fold, _written()))


def words_of(name: str) -> list[str]:
    """Return the words of a name or of a text in lower case, without accents."""
    whole = name.translate(_LIGATURES)
    plain = "".join(fold(c).upper() if c.isupper() else fold(c) for c in whole)
    return [word.lower() for word in _PARTS.findall(plain)]


def foreign_words(names: Iterable[str]) -> list[str]:
    """Return the words of names or texts that no French text has, each once, in their order."""
    words = (word for name in names for word in words_of(name))
    long = (word for word in words if len(word) >= SHORT)
    return [word for word in dict.fromkeys(long) if word not in _forms()]


def misspelt(text: str) -> list[str]:
    """Return the longer words of a French text that the list does not have with these accents."""
    words = re.findall(r"[^\W\d_]+(?:['’]hui)?", text.lower().translate(_LIGATURES))
    known = _written()
    return [w for w in dict.fromkeys(words) if len(w) >= SHORT and w.replace("’", "'") not in known]
