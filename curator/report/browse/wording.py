"""The words of the page, in French and English by the same codes."""

from collections.abc import Callable, Mapping

from curator.filters.registry import reason_of
from curator.records.rejections import FULL
from curator.report.language import Lang, say, speaking, words

# What the page says: (French, English). {n}, {m} and {x} are filled in by the page; a noun by its
# number stands after a colon, as in a notice (curator/base/notice.py).
PAGE: dict[str, tuple[str, str]] = {
    "skip": ("Aller à la liste", "Skip to the list"),
    "search": ("Chercher dans les textes", "Search the texts"),
    "filters": ("Filtrer", "Filter"),
    "overview": ("Vue d'ensemble", "Overview"),
    "all": ("tous", "all"),
    "clear": ("Tout montrer", "Show everything"),
    "count": ("{n} sur {m}", "{n} of {m}"),
    "none": (
        "Rien ne correspond à ces filtres.",
        "Nothing matches these filters.",
    ),
    "empty": ("Il n'y a encore rien à montrer ici.", "There is nothing to show here yet."),
    "choose": ("Choisissez un exemple dans la liste.", "Choose an example from the list."),
    "unknown": ("Aucun exemple ne porte l'identifiant {x}.", "No example has the id {x}."),
    "back": ("Retour à la liste", "Back to the list"),
    "previous": ("Précédent", "Previous"),
    "next": ("Suivant", "Next"),
    "link": ("Lien vers cet exemple", "Link to this example"),
    "question": ("Question", "Question"),
    "answer": ("Réponse", "Answer"),
    "blank": ("Aucun texte n'est enregistré ici.", "No text is recorded here."),
    "verdicts": ("Ce que disent les filtres", "What the filters say"),
    "passed": ("passe", "passes"),
    "failed": ("rejette", "rejects"),
    "rest": ("pas consulté", "not asked"),
    "score": ("mesure {x}", "score {x}"),
    "reviews": ("Ce que disent les relecteurs", "What reviewers say"),
    "facts": ("Origine et mesures", "Origin and measures"),
    "others": ("À côté", "Beside it"),
    "line": ("ligne {n}", "line {n}"),
    "fix": ("Du code fautif au code corrigé", "From the faulty code to the corrected code"),
    "changes": ("Ce qui a changé", "What changed"),
    "unchanged": ("{n:ligne|lignes} sans changement", "{n:line|lines} without a change"),
    "same": ("aucun changement", "no change"),
    "whatif": ("Et si une borne changeait ?", "What if a bound changed?"),
    "bound": ("Borne", "Bound"),
    "value": ("Valeur", "Value"),
    "now": ("aujourd'hui {x}", "now {x}"),
    "pass": (
        "{n:rejeté|rejetés} par cette borne la {n:?passerait|passeraient}, dont {m} que rien "
        "d'autre ne retient.",
        "{n} that this bound rejects would pass it; nothing else is known against {m} of them.",
    ),
    "pass_rest": (
        "Des filtres n'ont pas encore été consultés pour {n} de ceux-là.",
        "For {n} of them, some filters have not been asked yet.",
    ),
    "fall": (
        "{n:retenu serait rejeté|retenus seraient rejetés}.",
        "{n:accepted one|accepted ones} would be rejected.",
    ),
    "fall_at_most": (
        "Au plus {n:retenu serait rejeté|retenus seraient rejetés} : une mesure peut être celle "
        "d'une autre borne.",
        "At most {n:accepted one|accepted ones} would be rejected: a score may be that of another "
        "bound.",
    ),
    "fall_unknown": (
        "Combien de retenus une borne plus stricte rejetterait, les mesures ne le disent pas.",
        "The scores do not tell how many accepted ones a stricter bound would reject.",
    ),
    "only": ("Ne montrer que ceux-là", "Show only these"),
    "measured": (
        "D'après les mesures enregistrées ; rien n'est recalculé, et aucun filtre ne tourne.",
        "From the scores on record; no filter runs again.",
    ),
    "sides": ("Côte à côte", "Side by side"),
    "keys": ("Clavier", "Keys"),
    "key_sides": ("retenus et rejetés côte à côte", "accepted and rejected side by side"),
    "key_column": ("l'une ou l'autre colonne", "the one or the other column"),
    "key_next": ("exemple suivant, précédent", "next example, previous one"),
    "key_search": ("chercher", "search"),
    "key_help": ("cette aide", "this help"),
    "key_escape": ("fermer, ou revenir à la liste", "close, or go back to the list"),
    "close": ("Fermer", "Close"),
    "noscript": (
        "Cette page a besoin de JavaScript, qu'elle porte en elle : rien n'est chargé du réseau.",
        "This page needs JavaScript, which it carries itself: nothing is loaded from a network.",
    ),
    "made": (
        "Produit par curator {x}. Cette page ne charge rien du réseau.",
        "Made by curator {x}. This page loads nothing from a network.",
    ),
}
FACETS: dict[str, tuple[str, str]] = {
    "status": ("Verdict", "Verdict"),
    "change": ("Changement", "Change"),
    "source": ("Lot", "Batch"),
    "arm": ("Bras", "Arm"),
    "topic": ("Thème", "Topic"),
    "level": ("Niveau", "Level"),
    "category": ("Catégorie", "Category"),
    "strategy": ("Stratégie", "Strategy"),
    "reason": ("Raison", "Reason"),
    "review": ("Relecture", "Review"),
    "split": ("Partie", "Split"),
}
VALUES: dict[str, dict[str, tuple[str, str]]] = {
    "status": {
        "accepted": ("retenu", "accepted"),
        "rejected": ("rejeté", "rejected"),
        "unjudged": ("pas encore jugé", "not judged yet"),
        "written": ("écrit ou importé", "written or imported"),
        "left_out": ("laissé de côté", "left out"),
        "conforme": ("conforme", "does as it says"),
        "en-echec": ("en échec", "fails"),
        "sans-code": ("sans code", "no code"),
    },
    "review": {
        "accepted": ("accepté en relecture", "accepted in review"),
        "rejected": ("rejeté en relecture", "rejected in review"),
        "corrected": ("remplacé par sa correction", "replaced by its correction"),
        "superseded": ("correction non retenue", "correction not chosen"),
        "disputed": ("en désaccord", "disputed"),
        "pending": ("en attente de relecture", "waiting for review"),
    },
    "strategy": {  # of one that no strategy made, where it comes from
        "authored": ("écrit pour ce projet", "written for this project"),
        "imported": ("importé", "imported"),
        "generated": ("écrit par un modèle", "written by a model"),
        "mutated": ("tiré d'une mutation", "made by a mutation"),
        "repaired": ("réparé par un modèle", "repaired by a model"),
        "corrected": ("corrigé par un relecteur", "corrected by a reviewer"),
        "planted": ("faux exprès", "wrong on purpose"),
    },
    "change": {
        "came": ("arrivé", "came"),
        "went": ("parti", "went"),
        "changed": ("changé", "changed"),
        "better": ("mieux noté", "scored higher"),
        "worse": ("moins bien noté", "scored lower"),
        "same": ("note égale", "scored the same"),
        "unscored": ("sans note", "not scored"),
    },
}
FACTS: dict[str, tuple[str, str]] = {
    "id": ("identifiant", "id"),
    "origin": ("origine", "origin"),
    "author": ("auteur", "author"),
    "source": ("source", "source"),
    "batch": ("lot", "batch"),
    "model": ("modèle", "model"),
    "seed": ("graine", "seed"),
    "created": ("créé", "created"),
    "licence": ("licence", "licence"),
    "rustc": ("rustc", "rustc"),
    "parents": ("tiré de", "made from"),
    "left_out": ("laissé de côté", "left out"),
    "truncated": ("coupé à la limite de tokens", "cut at its limit of tokens"),
    "yes": ("oui", "yes"),
    "parent": ("l'exemple dont il vient", "the example that it comes from"),
    "similar": ("l'exemple auquel il ressemble", "the example that it is like"),
}
TITLES: dict[str, tuple[str, str]] = {
    "all": ("Tous les exemples", "All examples"),
    "curated": ("Le jeu retenu", "The curated set"),
    "evaluation": ("Les réponses évaluées", "The evaluated answers"),
    "batch": ("Lot {x}", "Batch {x}"),
    "file": ("{x}", "{x}"),
    "diff": ("De {x}", "From {x}"),
}
# What the page of a difference says beside that.
DIFF: dict[str, tuple[str, str]] = {
    "to": (" à ", " to "),
    "colon": (" : ", ": "),
    "lead": (
        "{came:arrivé|arrivés}, {went:parti|partis}, {changed:changé|changés}, "
        "{same:resté tel quel|restés tels quels}.",
        "{came} came, {went} went, {changed} changed, {same:stayed as it was|stayed as they were}.",
    ),
    "figures": ("Les chiffres côte à côte", "Figures side by side"),
    "alike": (
        "Les chiffres qui sont les mêmes des deux côtés ({n}) ne sont pas montrés.",
        "Figures that are the same on both sides ({n}) are not shown.",
    ),
    "what": ("ce qui a changé", "what changed"),
    "difference": ("Écart", "Difference"),
    "interval": ("Intervalle {x}", "{x} interval"),
    "verdict": ("Verdict", "Verdict"),
    "metric": ("Métrique", "Metric"),
    "answers": ("Les notes, avec leur intervalle", "Scores, with their intervals"),
    "before": ("avant", "before"),
    "question": ("question", "question"),
    "answer": ("réponse", "answer"),
    "split": ("partie", "split"),
    "all": ("ensemble", "all"),
    "rejected for": ("raison du rejet", "rejected for"),
    "made by": ("origine", "made by"),
    "examples": ("exemples", "examples"),
    "accepted": ("retenus", "accepted"),
    "words an answer": ("mots par réponse", "words an answer"),
    "category": ("catégorie", "category"),
    "difficulty": ("niveau", "difficulty"),
    "topic": ("thème", "topic"),
    "better": ("amélioration", "better"),
    "worse": ("régression", "worse"),
    "undecided": ("indécis", "undecided"),
    "short": ("trop peu pour conclure", "too few to conclude"),
}


def said(pair: tuple[str, str], lang: Lang) -> str:
    """Choose the words of a language."""
    return pair[lang == "en"]


def page_words(lang: Lang) -> dict[str, str]:
    """Return what the page says, by code."""
    return {code: said(pair, lang) for code, pair in PAGE.items()}


def fact(code: str, lang: Lang) -> str:
    """Name a fact of an example; a code that is not known stands as it is."""
    return said(FACTS.get(code, (code, code)), lang)


def value_label(facet: str, value: str, lang: Lang) -> str:
    """Name a value of a facet; a name or identifier stands as it is."""
    if value in VALUES.get(facet, {}):
        return said(VALUES[facet][value], lang)
    with speaking(lang):
        return _NAMED[facet](value) if facet in _NAMED else value


def _full_slot(reason: str) -> str:
    """Say in words that a slot had no room; "" for another reason."""
    head, _, slot = reason.partition(": ")
    if head != FULL:
        return ""
    axes = ("topic", "difficulty", "category")
    named = [words.axis(*one) for one in zip(axes, slot.split("/"), strict=False)]
    return say(f"case pleine : {', '.join(named)}", f"slot full: {', '.join(named)}")


_NAMED: Mapping[str, Callable[[str], str]] = {
    "reason": lambda value: _full_slot(value) or words.reason(value),
    "strategy": words.strategy,
    "level": lambda value: words.axis("difficulty", value),
    "topic": lambda value: words.axis("topic", value),
    "category": lambda value: words.axis("category", value),
}


def reason_label(code: str, lang: Lang) -> str:
    """Say what "filter.reason" means; a code that is not known stands as it is."""
    reason = reason_of(code)
    return reason.fr if lang == "fr" else reason.en


def filter_label(name: str, lang: Lang) -> str:
    """Name a filter."""
    with speaking(lang):
        return words.filter_name(name)
