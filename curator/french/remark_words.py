"""The words by which a comment in Rust code says that the line at it is refused."""

import re

from curator.french import verdicts

_CROSSES = r"\u274c\u2717\u2718\u2716\u26d4\u00d7\U0001f6ab\U0001f4a5"
# Only comments with one of these are read.
WORTH_READING = re.compile(
    r"compil|err|refus|rejet|interdi|e\d{4}|rust|borrow|fauti|incorrect|inval|ill[ée]g|imposs"
    r"|faux|permis"
    r"|march|fonctionn|\b(?:ko|nope|nan|niet|non|pas|po|mauvais|rat[ée]|[ée]chec|[ée]choue|stop"
    r"|boum|aïe)\b"
    rf"|[{_CROSSES}]|accept|cannot|mismatch"
    r"|moved|expected",
    re.IGNORECASE,
)
# A mark before a remark that says why the line is refused; what is only bad style has it, too.
MARK = re.compile(
    rf"^\W*(?:[{_CROSSES}]|(?i:ko|nope"
    r"|pas (?:bon|permis|possible|autorisé|le droit|valide)|faux|mauvais|rat[ée]|boum|aïe|non|nan"
    r"|niet"
    r"|impossible|(?:interdit|refusé|rejeté|illégal|invalide|incorrect"
    r"|erroné)e?)\s*(?:[:,!(.\u2014-]|$))"
)
REASON = re.compile(
    rf"{verdicts.TECHNICAL}|{verdicts.CODE}|\b(?:a bouge|est partie?|donnee?|cedee?|consommee?"
    rf"|possede|prete"
    r"|inconnue?|introuvable|manquante?|hors de portee|pas mut|constante?)\b"
    r"|\b(?:ne |n')(?:\w+ |se |s'|peut ){0,2}\w+ (?:pas|plus)\b"
)
NO_REASON = re.compile(
    r"pani[qc]|\b(?:si|quand)\b|lent|style|convention|lisib|execution|perf|warning|avert"
    r"|accept|pas une erreur|(?<!pas )permis|avant (?:rust|l'edition)|utile|solde|montant|stock"
    r"|place\b|droits?\b|negati|vide\b"
    r"|depasse|debord|compile\b(?! (?:pas|plus))"
)
# A whole remark that says it of the line: "ne passera pas", "`s` déplacée : erreur".
SHORT = re.compile(
    r"(?:ca |ceci )?(?:ne |n')?(?:passe|marche|fonctionne)(?:ra)? pas\W*$"
    rf"|(?=.*(?:{verdicts.TECHNICAL}))(?:(?:ne |n')?\w+ pas\b|.*: (?:erreur|refuse|interdit)e?\W*$)"
)
