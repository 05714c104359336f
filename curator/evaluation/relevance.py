"""Tell how far an answer has to do with its question: it takes up what only that one is about.

A question's own terms are the names in its code, and the words of its prose that are neither common
in French nor in every lesson on Rust. Words are compared by their beginnings, for endings change.
"""

import re
from functools import cache

from curator.evaluation.fences import fences, outside
from curator.french.glossary import alternatives
from curator.text.fold import fold
from curator.text.shingles import KEYWORDS

ENOUGH = 2  # of the question's terms
_STEM = 5  # letters by which words are compared
_NAME = re.compile(r"[A-Za-z_]\w+")
_WORD = re.compile(r"[^\W\d_]{4,}")
_SPAN = re.compile(r"`+([^`\n]*)`+")
_COMMON = """
main println print format vec vec! string str option result some none self clone iter into from
new push len unwrap std collections hashmap fmt debug derive impl assert assert_eq test super
aussi autre autres avant avec avoir cela celle celui ceux chaque chez chose comme comment comprends
contre dans depuis deux devant dire dois doit donc donne donner elle elles encore entre etre faire
fait falloir faut fois juste leur leurs lors lorsque mais marche mieux moins notre nous parce
pendant peut peux plus plutot pour pourquoi pouvoir premier premiere prendre puis quand quel quelle quels
quelque quelques quoi rien sans sera seul seule seulement soit sont sorte sous suis tous tout toute
toutes tres trois trop utilise utiliser utilisez vers veux voici voir votre vous vraiment
affiche afficher ajoute ajouter appel appelle appeler argument bibliotheque bloc boucle champ code
coder compilateur compile compiler condition copie corriger correction crate declaration difference
donnee donnees ecrire ecris emprunt emprunts erreur exemple explication expliquer expression fichier
fonction fonctions instruction langage lecture ligne lignes liste memoire message methode methodes
modifier module nombre note objet operation partie passer point possible principal probleme produit
programme propriete question reference references regle renvoie renvoyer resultat retour rust rustc
serait signature simple solution structure texte trait traits type types utile valeur valeurs
variable variables version
"""


@cache
def _common() -> frozenset[str]:
    """Return the beginnings of the words that say nothing of what a question is about."""
    terms = " ".join(name for names in alternatives() for name in names)
    return frozenset(_stem(word) for word in re.findall(r"\w+!?", fold(f"{_COMMON} {terms}")))


def _stem(word: str) -> str:
    return word[:_STEM]


def _names(code: str) -> set[str]:
    return {fold(name) for name in _NAME.findall(code) if name not in KEYWORDS}


def terms(question: str) -> frozenset[str]:
    """Return the beginnings of the names and words that a question is about."""
    prose = fold(outside(question))
    code = " ".join([*(f.code for f in fences(question)), *_SPAN.findall(prose)])
    words = _names(code) | set(_WORD.findall(_SPAN.sub(" ", prose)))
    return frozenset(map(_stem, words)) - _common()


def relevance(question: str, answer: str) -> float:
    """Return 0..1: how many of ENOUGH of a question's terms an answer takes up."""
    wanted = terms(question)
    used = frozenset(_stem(word) for word in re.findall(r"\w+", fold(answer)))
    return min(1.0, len(wanted & used) / min(ENOUGH, len(wanted))) if wanted else 1.0
