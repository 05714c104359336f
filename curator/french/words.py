"""Name identifiers of the code in French, for the report; unknown ones stand as they are."""

from curator.records.taxonomy import taxonomy

METRICS = {
    "composite": "Score",
    "solved": "Questions résolues",
    "compiles": "Programmes réparés",
    "ideas": "Idées dites",
    "must_not": "Fautes à ne pas faire",
    "relevance": "Pertinence",
    "form": "Forme",
    "language": "Langue FR",
    "french": "Langue FR",
    "code": "Code juste et à propos",
    "length": "Longueur réponse",
    "topics": "Thèmes attendus",
    "compilation": "Taux de compilation",
    "rust": "Rust conforme",
    "format": "Format",
    "sections": "Sections présentes",
    "words": "Mots par réponse",
    "structure": "Structure",
    "repetition": "Répétition",
    "reference": "Proximité de la référence",
    "groundedness": "Appui sur la documentation",
}
MEANINGS = {
    "composite": "ce que la réponse apporte, sur 5 (docs/score.md)",
    "solved": "part des réponses qui passent le contrôle de leur question, exécuté",
    "compiles": "part des réponses dont le programme compile là où celui de la question ne "
    "compilait pas, ou qui résolvent la question",
    "ideas": "part des idées attendues, dites dans une phrase ou montrées dans du code",
    "must_not": "part des fautes guettées qui sont commises ; moins vaut mieux",
    "relevance": "la réponse reprend-elle les noms et les mots de la question",
    "form": "finie, lisible en une fois, sans répétition",
    "language": "réponses où au moins 3 des 10 mots outils français apparaissent",
    "french": "part des unités de prose en français",
    "code": "blocs qui font ce que le texte en dit et portent sur la question",
    "length": "réponses de 100 à 800 mots",
    "topics": "part des thèmes attendus qui sont nommés",
    "compilation": "part des blocs d'une réponse qui compilent, chacun seul",
    "rust": "part des blocs Rust qui font ce que le texte en dit, selon rustc",
    "format": "sections attendues, sur 5",
    "sections": "part des sections attendues",
    "words": "longueur moyenne",
    "structure": "les cinq sections, dans l'ordre",
    "repetition": "part du texte qui se répète ; moins vaut mieux",
    "reference": "ressemblance avec la réponse de référence",
    "groundedness": "part de la réponse qui s'appuie sur les passages fournis",
}
# What a code means under the seed document's profile, where that is something else.
SEED_METRICS = {"code": "Blocs de code"}
SEED_MEANINGS = {
    "composite": "somme pondérée du document de départ, sur 5",
    "code": "part des réponses où figure au moins un bloc de code",
}
VERDICTS = {"better": "amélioration", "worse": "régression", "undecided": "indécis"}
PROFILES = {"seed": "profil du document de départ", "default": "profil par défaut"}
SCORES = frozenset({"composite", "format"})
STANDINGS = {
    "accepted": "acceptés",
    "rejected": "rejetés",
    "corrected": "remplacés par leur correction",
    "disputed": "en désaccord",
    "pending": "en attente",
}
ORIGINS = {
    "authored": "écrits pour ce projet",
    "imported": "importés",
    "generated": "écrits par un modèle",
    "mutated": "tirés d'une mutation",
    "repaired": "réparés par un modèle",
    "corrected": "corrigés par un relecteur",
    "planted": "faux exprès",
}
ENDS = {
    "targets_met": "cibles atteintes",
    "candidates": "limite de candidats",
    "minutes": "limite de temps",
    "low_yield": "rendement trop faible",
    "nothing_left": "plus rien à essayer",
    "done": "terminé",
    "early_stopping": "arrêt anticipé",
    "stopped": "arrêté à la demande",
}
BATCH_STATES = {
    "running": "en cours",
    "interrupted": "interrompu : curator augment le reprend",
    "stale": "interrompu, et ce dont il dépend a changé : curator batches",
    "empty": "commencé, sans candidat : curator batches",
    "unreadable": "illisible : curator batches",
}
# Stages of a candidate's making (Stage.name), and the reasons that end one (Stage.reason).
STAGES = {
    "program": "programme",
    "error": "erreur prouvée",
    "question": "question",
    "tldr": "TL;DR",
    "explanation": "explication",
    "points": "points à retenir",
    "filters": "filtres",
}
STAGE_REASONS = {
    "truncated": "coupé à la limite de tokens",
    "copied": "copie du programme montré",
    "unidiomatic_name": "nom contraire à l'usage de Rust",
    "foreign_name": "nom qui n'est pas français",
    "foreign_text": "texte affiché qui n'est pas français",
    "does_not_compile": "ne compile pas",
    "warning": "rustc avertit",
    "needs_more": "demande une crate, une saisie ou un fichier",
    "nothing_to_run": "rien à exécuter",
    "does_not_run": "ne s'exécute pas jusqu'au bout",
    "no_output": "n'affiche rien",
    "repeated_words": "affiche deux fois les mêmes mots sur une ligne",
    "no_error": "aucune erreur du thème et du niveau",
    "unfinished": "phrase inachevée",
    "wrong_verb": "début de phrase inattendu",
    "speaks_of_outcome": "parle du résultat",
    "not_french": "n'est pas en français",
    "unknown_number": "nombre absent des faits",
    "unknown_word": "mot inconnu",
    "unknown_name": "nom absent des faits",
    "unclosed_code": "code non refermé",
    "off_program": "sans rapport avec le programme",
}
MARKS = {
    "start": "Début (modèle non entraîné)",
    "best": "Meilleure validation",
    "checkpoint": "Point de reprise",
    "end": "Fin",
    "died": "Interruption",
    "resumed": "Reprise",
    "lowered": "Mémoire réduite",
    "skipped": "Ligne écartée",
    "corrupt": "Point de reprise abîmé",
}
QUESTIONS = {
    "decision": "décision",
    "naturel": "question naturelle",
    "exactitude": "exactitude",
    "code": "code",
    "completude": "complétude",
    "pedagogie": "pédagogie",
    "format": "format",
    "topic": "thème",
    "difficulty": "niveau",
}

SIGNALS = {
    "repetition": "répétition",
    "overlap": "mots de la question repris",
    "code_share": "part de code",
    "off_glossary": "mots hors du glossaire",
    "french": "certitude du français",
    "agreement": "accord des essais",
    "log_likelihood": "vraisemblance de la réponse",
    "likelihood_gain": "appui sur les faits",
    "opinion": "avis d'un autre modèle",
}


def axis(name: str, value: str) -> str:
    """Name a value of "category", "topic" or "difficulty" in French."""
    known = taxonomy()
    labels: dict[str, str] = {}
    if name == "category":
        labels = {str(key): label.label for key, label in known.categories.items()}
    elif name == "topic":
        labels = {str(key): label.label for key, label in known.topics.items()}
    elif name == "difficulty":
        labels = {str(key): label.label for key, label in known.difficulties.items()}
    return labels.get(value, value)


def group(name: str) -> str:
    """Name a category of the evaluation in French: a topic, the basics, or as it stands."""
    return "bases" if name == "basics" else axis("topic", name)
