"""The report's French words for identifiers of the code; unknown ones stand as they are."""

from curator.records.taxonomy import taxonomy

METRICS = {
    "composite": "Score",
    "language": "Langue FR",
    "french": "Langue FR",
    "code": "Blocs de code",
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
    "composite": "moyenne pondérée des autres, sur 5",
    "language": "réponses où au moins 3 des 10 mots outils français apparaissent",
    "french": "part des unités de prose en français",
    "code": "réponses qui montrent un bloc de code",
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
VERDICTS = {"better": "amélioration", "worse": "régression", "undecided": "indécis"}
PROFILES = {"seed": "profil du document de départ", "default": "profil par défaut"}
SCORES = frozenset({"composite", "format"})
FILTERS = {
    "structure": "structure",
    "length": "longueur",
    "banned": "phrases interdites",
    "french": "français",
    "duplicates": "doublons",
    "near_duplicates": "quasi-doublons",
    "semantic_duplicates": "doublons de sens",
    "leakage": "fuite d'évaluation",
    "rust": "rustc",
}
REASONS = {
    "banned_phrase": "une phrase interdite y figure",
    "duplicate_question": "la question existe déjà",
    "duplicate_answer": "la réponse existe déjà",
    "no_prose": "aucune prose à juger",
    "not_french": "la prose n'est pas en français",
    "foreign_paragraph": "un passage est dans une autre langue",
    "contains_prompt": "une question d'évaluation y figure mot pour mot",
    "overlaps_prompt": "il reprend une large part d'une question d'évaluation",
    "resembles_prompt": "il ressemble à une question d'évaluation",
    "too_short": "la réponse est trop courte",
    "too_long": "la réponse est trop longue",
    "near_prose": "la prose est presque celle d'un autre exemple",
    "near_code": "le code est presque celui d'un autre exemple",
    "near_question": "la question est presque celle d'un autre exemple",
    "same_meaning": "même sens qu'un autre exemple",
    "no_rust_block": "la réponse ne montre aucun code Rust",
    "no_checked_block": "tous les blocs Rust sont exclus de la vérification",
    "truncated": "le modèle a été coupé avant la fin",
    "no_question": "la question est vide",
    "no_answer": "la réponse est vide",
    "unclosed_fence": "un bloc de code n'est jamais fermé",
    "unlabelled_fence": "un bloc de code ne dit pas son langage",
    "missing_section": "une des cinq sections manque",
    "section_order": "les sections sont dans un autre ordre, ou répétées",
    "empty_section": "une section est vide",
    "does_not_compile": "un bloc qui devrait compiler est refusé par rustc",
    "should_not_compile": "un bloc annoncé fautif compile",
    "wrong_error_code": "rustc donne un autre code d'erreur que celui annoncé",
    "wrong_claim": "le texte annonce un code d'erreur que rustc ne donne pas",
    "pseudo_code": "le bloc est du pseudo-code",
    "free_names": "fragment dont des noms ne sont définis nulle part",
    "crate_unavailable": "une crate n'est pas disponible ici",
    "compiler_limit": "rustc a atteint une limite de temps ou de mémoire",
    "compiler_crash": "rustc a planté sur ce bloc",
    "rustc_too_old": "ce rustc ne connaît pas l'édition du bloc",
    "refused": "le bloc échappe à la compilation",
    "run_panicked": "le programme panique sans que rien ne l'annonce",
    "run_did_not_panic": "la panique annoncée n'a pas lieu",
    "run_failed": "le programme ou un test échoue",
    "run_timeout": "le programme ne finit pas à temps",
    "run_output_limit": "le programme affiche plus que permis",
    "run_wrong_output": "le programme affiche autre chose qu'annoncé",
}
STRATEGIES = {
    "mutate": "mutation prouvée par rustc",
    "few_shot": "modèle, avec exemples",
    "evolve": "modèle, exemple transformé",
    "from_docs": "modèle, d'après la documentation",
    "repair": "modèle, réparation",
}
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
    "exactitude": "exactitude",
    "code": "code",
    "completude": "complétude",
    "pedagogie": "pédagogie",
    "format": "format",
    "topic": "thème",
    "difficulty": "niveau",
}


def reason(code: str) -> str:
    """What "filter.reason" or "reason" means."""
    return REASONS.get(code.rpartition(".")[2], code)


def axis(name: str, value: str) -> str:
    """The French name of a value of "category", "topic" or "difficulty"."""
    known = taxonomy()
    found: dict[str, str] = {}
    if name == "category":
        found = {str(key): label.label for key, label in known.categories.items()}
    elif name == "topic":
        found = {str(key): label.label for key, label in known.topics.items()}
    elif name == "difficulty":
        found = {str(key): label.label for key, label in known.difficulties.items()}
    return found.get(value, value)


def group(name: str) -> str:
    """The French name of a category of the evaluation: a topic, the basics, or as it stands."""
    return "bases" if name == "basics" else axis("topic", name)
