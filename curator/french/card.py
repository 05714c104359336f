"""The French half of the dataset card: curator/dataset/card.py counts what is filled in."""

NAME = "RustSensei, questions et réponses vérifiées"
NO_GAPS = "aucun"
TOTAL, TOPIC = "total", "thème"
AUTHORS, LICENCES = "Auteurs", "Licences"
UNKNOWN = "inconnu", "inconnue"  # of an author, of a licence
ANNOTATOR = "annotateur {}"
ORIGINS = {
    "authored": ("écrit pour ce projet", "écrits pour ce projet"),
    "imported": ("importé", "importés"),
    "generated": (
        "écrit par un modèle, accepté par des relecteurs",
        "écrits par un modèle, acceptés par des relecteurs",
    ),
    "mutated": (
        "tiré d'un exemple vérifié par une mutation, accepté par des relecteurs",
        "tirés d'un exemple vérifié par une mutation, acceptés par des relecteurs",
    ),
    "repaired": (
        "corrigé par un modèle, accepté par des relecteurs",
        "corrigés par un modèle, acceptés par des relecteurs",
    ),
    "corrected": ("corrigé par un relecteur", "corrigés par des relecteurs"),
}
NOT_REVIEWED = "Aucun relecteur extérieur n'a encore relu ces exemples."
WERE_REVIEWED = "exemple a été relu", "exemples ont été relus"
PERSON = "personne"
REVIEWED = "{reviewed}, par {reviewers} ; alpha de Krippendorff sur la décision (unités) : {alpha}."
CARD = """# RustSensei : apprendre Rust en français

{total} questions et réponses pour enseigner Rust en français ({categories}).
Chaque bloc de code a été soumis à rustc ; chaque réponse a cinq sections.

## Contenu

{cells}

Répartition : {splits}. Un exemple, ses parents et ses quasi-doublons sont du même côté.
La configuration `default` a les conversations de chaque partie, telles qu'un élève les lit : les
blocs de ses questions y sont sans les étiquettes que `examples.jsonl` garde. `records`
(`{records}`) a une ligne pour chacune : id, thème, niveau, catégorie, origine, et `split` et
`row`, sa partie et son rang, à partir de 0, dans cette partie.
Équilibre des cellules (entropie normalisée, 1 = égal) : {balance}.

## Origine

{origins}

## Vérification et relecture

- Blocs Rust conformes à ce que le texte en dit, selon rustc : {rust} des exemples.
- Prose en français, unité par unité : {french} des exemples.
- {review}

## Lacunes connues

Exemples qui manquent pour atteindre les cibles ({gaps} en tout) : {lacking}.

Message système de l'entraînement : « {system} »
"""
