"""What annotators read in Argilla: titles, labels, and the sentences of the panel.

The keys are the identifiers of the code: names of fields and questions (argilla/sheet.py), values
of Expectation, Origin and Decision, reasons of the rust filter. Texts with {} are filled by
curator/review/cards/panel.py, which makes what it fills in harmless first.
"""

from collections.abc import Mapping

FIELDS: Mapping[str, str] = {
    "question": "Question",
    "answer": "Réponse",
    "findings": "Ce que la machine a constaté",
}
DECISIONS: Mapping[str, str] = {
    "accepter": "Accepter",
    "corriger": "Corriger",
    "rejeter": "Rejeter",
}
# Title and description of each question; those of the ratings are in schemas/rubric.yaml.
QUESTIONS: Mapping[str, tuple[str, str]] = {
    "decision": ("Décision", "Accepter tel quel, corriger ci-dessous, ou rejeter."),
    "topic": ("Thème", "Changez-le s'il ne convient pas."),
    "difficulty": ("Niveau", "Changez-le s'il ne convient pas."),
    "reason": ("Motif du rejet", "Seulement si vous rejetez."),
    "corrected_question": ("Question corrigée", "Le texte Markdown de la question."),
    "corrected_answer": ("Réponse corrigée", "Le texte Markdown de la réponse."),
    "comment": ("Commentaire", "Ce que les autres doivent savoir."),
}
METADATA: Mapping[str, str] = {
    "theme": "Thème",
    "level": "Niveau",
    "category": "Catégorie",
    "strategy": "Stratégie",
    "batch": "Lot",
    "compile": "Compilation",
    "french": "Score de français",
    "agreement": "Accord des essais",
    "likelihood_gain": "Appui sur les faits",
    "opinion": "Avis d'un autre modèle",
}
# What models' signals come to, from the lowest values to the highest: see cards/doubt.py.
SIGNALS: Mapping[str, tuple[str, ...]] = {
    "agreement": ("faible", "moyen", "fort"),
    "likelihood_gain": ("aucun", "léger", "net"),
    "opinion": ("toujours non", "plutôt non", "partagé", "plutôt oui", "toujours oui"),
}
DOUBTS = "Indices, qui ne décident rien : {facts}."
DOUBT: Mapping[str, str] = {
    "agreement": "accord des essais, {word} (le modèle a-t-il redit la même chose ?)",
    "likelihood_gain": "appui sur les faits, {word} (le code rend-il le texte plus probable ?)",
    "opinion": "tout est vrai selon un autre modèle, {word}",
}
VECTOR = "Ressemblance"
EMPTY = "(vide)"
# The code of an example in a word or two, to filter by.
COMPILATION: Mapping[str, str] = {
    "none": "sans code vérifié",
    "failed": "à examiner",
    "alone": "conforme",
    "in_context": "conforme avec le contexte",
}
ROLES: Mapping[str, str] = {"question": "question", "answer": "réponse"}
EXPECTATIONS: Mapping[str, str] = {
    "compiles": "compile",
    "fails": "échoue",
    "may_fail": "peut échouer",
    "ignored": "non vérifié",
}
REASONS: Mapping[str, str] = {
    "does_not_compile": "ne compile pas",
    "should_not_compile": "compile, alors qu'il devrait échouer",
    "wrong_error_code": "échoue avec un autre code d'erreur",
    "wrong_claim": "le texte annonce un code que rustc ne donne pas",
    "refuted_change": "le texte se trompe sur l'effet d'un changement",
    "pseudo_code": "pseudo-code, non vérifiable",
    "free_names": "fragment, des noms manquent",
    "crate_unavailable": "crate absente, non vérifiable",
}
ORIGINS: Mapping[str, str] = {
    "authored": "écrit par une personne",
    "imported": "importé",
    "generated": "écrit par un modèle",
    "mutated": "variante d'un exemple",
    "repaired": "réparé par un modèle",
    "corrected": "corrigé par une personne",
    "planted": "faux exprès",
}
# Sentences of the panel; what stands in {} is HTML of the code that fills it in.
NO_CODE = "Aucun bloc Rust : il n'y a rien que rustc puisse vérifier."
CODE_GOOD = "rustc est d'accord : {blocks}."
CODE_BAD = "rustc n'est pas d'accord : {failed} à examiner, sur {blocks}."
BLOCKS = ("{count} bloc", "{count} blocs")
BLOCK_PLACE = "{role}, ligne {line}"
BLOCK_HEADS = ("bloc", "attendu", "résultat", "rustc")
EVERY_BLOCK = "Bloc par bloc"
FAULTS = "À examiner"
OUTPUTS = "Ce que le programme affiche ({place})"
STATED, PRINTED = "annoncé dans le texte", "obtenu"
NOTHING_STATED, NOTHING_PRINTED = "rien", "rien"
LONG_PROGRAM = "Le programme entier, {count} lignes"
LONG_OUTPUT = "Le message entier, {count} lignes"
CHANGED_PROGRAM = "Le programme changé en entier, {count} lignes ; plus haut, ce qui change"
CHANGE = "Ce que la réponse change au programme"
BREAKS = "Le changement que rustc refuse"
# What the text says that a change of the code would do, and what rustc says of it.
TRIALS = "Ce que le texte dit d'un changement du code"
TRIAL = "{role}, ligne {line}, {verdict} : {words}"
TRIAL_GOT = "Annoncé : {claim}. rustc : {got}."
TRIAL_WHY = "Annoncé : {claim}. {why}."
CLAIMS: Mapping[str, str] = {
    "compiles": "compile",
    "fails": "échoue",
    "the same error": "la même erreur",
}
CLAIM_FAILS = "échoue avec {codes}"
WHYS: Mapping[str, str] = {
    "no block is there that it could be about": "Aucun bloc n'y répond",
    "the change could be made in too many places": "Le changement est possible à trop d'endroits",
    "no block shows one place where it could be made": "Aucun bloc ne montre où le faire",
    "this rustc cannot try it": "Ce rustc ne peut pas l'essayer",
    "the change leaves names, syntax or types open": "Des noms, la syntaxe ou des types manquent",
    "it is about code that is not shown": "Il s'agit de code qui n'est pas montré",
    "the change is told in words, not in code": "Le changement est dit en mots, pas en code",
}
VERDICTS: Mapping[str, str] = {
    "holds": "✓ vrai",
    "refuted": "✗ faux",
    "untried": "non essayé, à juger",
}
NO_ERROR = "aucune erreur"
LANGUAGE = "Français : {word}."
# From which score of the French filter each word holds, from the lowest.
LANGUAGE_BOUNDS = (0.9, 0.97)
LANGUAGE_WORDS = ("à relire de près", "bon, quelques mots à vérifier", "rien à signaler")
TERMS = "Vocabulaire à vérifier : {terms}."
TERM = "« {said} » ({term} ?)"
NEAREST = "Même idée que cet exemple déjà gardé ? ({topic}) « {question} »"
NUMBER = "C'est l'exemple {id}."
ORIGIN = "Origine : {facts}. Numéro {id}."
BATCH, STRATEGY, SEED, PARENTS = "lot {}", "stratégie {}", "graine {}", "d'après {}"
IMPORT_REJECTED = "Cet exemple importé ne passe pas les filtres. Corrigez-le :"
UNCURED = "Cette correction ne passe pas encore les filtres. Reprenez-la :"
FAULT = "{reason} : {detail}"
CHANGED = "Ce que la correction a changé"
OPINIONS = "Avis à départager"
OPINION = "Avis {number} : {facts}"
OPINION_REASON, OPINION_COMMENT = "motif : {}", "« {} »"
PROPOSED = "Correction proposée par l'avis {number}"
# What a form that comes back to its annotator begins its comment with, and why it does.
RETURN_MARK = "⟲"
RETURNED = "Renvoyé : "
RETURNS: Mapping[str, str] = {
    "unchanged": (
        "« Corriger » demande un texte, un thème ou un niveau changé : changez-le, "
        "ou décidez autrement."
    ),
    "no_reason": "« Rejeter » demande un motif : choisissez-en un.",
    "unreadable": "cette réponse n'a pas pu être lue ({why}). Reprenez-la.",
    "filters": "les filtres refusent ce texte tel qu'il est : corrigez-le, ou rejetez-le.",
    "undecided": "cette décision ne tranche pas (ce texte a déjà été écarté) : changez-la.",
}
