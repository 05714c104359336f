"""What annotators read where they choose between two answers."""

from collections.abc import Mapping

FIELDS: Mapping[str, str] = {"question": "Question", "left": "Réponse A", "right": "Réponse B"}
CHOICE = "Laquelle donneriez-vous à un élève ?"
CHOICE_HELP = (
    "Jugez d'abord ce qui est vrai, puis ce qui aide à comprendre ; la longueur ne compte pas."
)
CHOICES: Mapping[str, str] = {
    "left": "Réponse A",
    "right": "Réponse B",
    "both": "Les deux se valent",
    "neither": "Ni l'une ni l'autre",
}
WHY, WHY_HELP = "Pourquoi ?", "En une phrase : ce qui a décidé."
METADATA: Mapping[str, str] = {"theme": "Thème", "level": "Niveau"}
GUIDE = """\
# Deux réponses, une question

Deux modèles ont répondu à la même question ; leur ordre est tiré au sort, et rien ne dit lequel a
écrit quoi. Dites laquelle vous donneriez à un élève de ce niveau, et pourquoi.

- Une phrase fausse pèse plus qu'une phrase maladroite.
- Si les deux feraient aussi bien l'affaire, choisissez « Les deux se valent ».
- S'il ne faut donner ni l'une ni l'autre, dites-le : c'est une réponse comme les autres.
- Une réponse coupée ou qui se répète reste une réponse : jugez ce que l'élève lirait.

Au clavier : `1` à `4` pour choisir, `Maj Entrée` pour écrire pourquoi, `Échap` pour en sortir,
`Entrée` pour soumettre.
"""
