"""Tell which side a clause takes for code: words of refusal and of consent, and what negates them.

One vocabulary for verbs, nouns and adjectives, in the plain form of `refusal.plain`. A word that is
negated counts for the other side: "n'accepte pas" refuses, "aucune objection" consents.
"""

import re
from enum import Enum

from curator.french.quoted import is_english
from curator.french.verdicts import (
    CODE,
    COMPILER,
    COMPILING,
    COMPLAINING,
    CONSENTING,
    MESSAGE,
    MISHAPS,
    REFUSING,
)


class Stance(Enum):
    """The side that a clause takes."""

    AGAINST = "against"
    FOR = "for"
    NONE = "none"


# One error, and not errors in general.
_ERRORS = (
    rf"{MESSAGE}|error|(?:une|cette|deux|trois|quelques|encore|belle|seule|qu'une) (?:belle "
    rf"|jolie )?"
    rf"(?:erreurs?|faute(?! de\b| d'))|^\W*erreurs?"
    rf"|(?<!les )(?<!des )(?<!aux )(?<!vos )(?<!ces )(?<!ses )(?<!nos )(?:erreur"
    rf"|faute)s?(?= {COMPILING})|(?<!par )defaut(?! de\b| d')"
)
_WORD = re.compile(
    rf"(?<![\w])(?:(?P<against>{REFUSING}|{COMPLAINING}|{MISHAPS}|{_ERRORS})"
    rf"|(?P<consent>{CONSENTING}))(?!\w)"
)
# What negates the word after it, and the word before it.
_NEGATED = re.compile(
    r"\b(?:(?:pas|plus|jamais|guere|point|aucune?|cess\w+|arret\w+ (?=de )|rien|incapable"
    r"|impossible|inutile"
    r"|refus\w*|empech\w*|interdi\w*|moyen)\b(?: (?!pourquoi|qu|comment|et\b|mais|car\b"
    r"|compilateur|rustc)[\w']+){0,3}?"
    r"|(?:sans|nul(?:le)?|ni|moindre|absence|loin|fini\w*|disparai\w*|moins|zero|non|exempte?)\b"
    r"(?: (?:la|le|les|aucun\w*|une?|de|d'|l'|plus))*)[ '-]*$"
)
_NEGATED_AFTER = re.compile(
    r"(?:-t-\w+)? (?:(?!est\b|sont\b|et\b|car\b)\w+ ){0,2}?(?:pas|(?<!pas )plus(?! (?:avant"
    r"|loin))|jamais|guere|point|rien"
    r"|aucune?|nullement)\b|\W+(?:disparai\w*|s'(?:envole|evanouit|efface))"
)
# These do so twice where "ne" or "pas" stands there, too: "pas moyen de", "refuse de".
_ALREADY = re.compile(r"\b(?:refus\w*|impossible|incapable|empech\w*|interdi\w*|rien)\b")


# The compiler does not do something else than it should, or asks for what is not there.
_STUBBORN = re.compile(
    rf"{COMPILER},?(?: (?:lui|quant a lui))?,? (?:ne |n')(?!(?:a|ont) )(?:\w+ |l'|se |s'|en "
    rf"|y ){{0,2}}?"
    r"(?!(?:me|te|nous|vous|lui|leur|se|en|y)\b|exig|impos|demand|reclam|oblig|sa(?:it|ura)|peu[tx]"
    r"|pourra|dedui|devin|connai|voi[rst]|gener|calcul|insere|lit|regarde|verifi"
    r"|execut|optimis|suppose|fait|copie|dispos|dit|trouve|signal|emet|affich|garanti|prouv|analys"
    rf"|{REFUSING}|{COMPLAINING})\w+ (?:\w+ )?(?:pas|jamais|guere|point|nullement)\b(?! (?:d'"
    rf"|une? )erreur)"
    r"|\b(?:la compilation|le build|la construction) (?:ne |n')\w+ (?:pas|jamais|guere|point)\b"
    rf"|{COMPILER},? (?:lui,? )?non\W*$|{COMPILER} (?:lui )?ne (?:veut|voudra) rien"
    r"|\b(?:aucune?|nul|jamais|personne|ni\b.* ni) .*\bn(?:e |')(?:laisse|accept|compil|veut"
    r"|voudra|valide"
    r"|passe)\w*"
    rf"|{COMPILER} (?:\w+ )?(?:exig|attend|reclam|demand)\w* .*\b(?:n'avons|n'ai|n'a|ne l'a"
    rf"|recoit|trouve"
    r"|manque|lui (?:donne|sert|fourni|propose|passe)\w*)\b"
)


def stance(clause: str) -> Stance:
    """Tell the side that a clause in plain form takes, its words of refusal before the others."""
    if _STUBBORN.search(clause):
        return Stance.AGAINST
    found = Stance.NONE
    for word in _WORD.finditer(clause):
        negated = _NEGATED.search(clause[max(0, word.start() - 40) : word.start()])
        after = _NEGATED_AFTER.match(clause[word.end() : word.end() + 40])
        against = (word["against"] is not None) is not bool(negated or after)
        if negated and _ALREADY.search(negated[0]) and word["consent"]:
            against = True
        if against:
            return Stance.AGAINST
        if word["consent"] and re.fullmatch(r"(?:re)?\w+er|plaire|raison de", word[0]):
            continue
        found = Stance.FOR
    return found


# That the compiler is spoken of.
_TOPIC = re.compile(
    rf"{COMPILER}(?<!(?<!compilateur )\brust)(?<!\bcargo)|\bcargo (?:build|check|run|ne|n'"
    rf"|refuse(?! de (?!c|faire|constr|prod|gener))|s'|vous|me)\b|{CODE}|{MESSAGE}"
    rf"|\b(?:re)?compil(?:ation|er|ant|ez|ons)\b"
    rf"|erreurs? (?:{COMPILING}|de (?:typage|visibilite)|de syntaxe(?! dans (?:le|la|un)))"
    r"|type[- ]checker|verification des emprunts|\ble build\b|^\W*build\b|\brust,? non\b"
    r"|\bregles? (?:de rust"
    r"|d'emprunt|de propriete|d'ownership|de visibilite|du borrow)|la construction (?:echoue"
    r"|s'arrete|s'interrompt|plante)\b(?! (?:si|quand))|(?:chance|question|moyen) .*\bcompil"
    r"|\bincompil|(?:aucun|(?:pas|jamais|point) d(?:e |')|nul) ?(?:executable|binaire)s?\b"
    r"|\bce que rust\b"
)
# What speaks of refusals without telling of one.
_NEUTRAL = re.compile(
    r"\b(?:calculs?|resultats? (?:est|sont)|enonce|(?<!la )reponse|total|somme|moyenne|logique"
    r"|(?<!rendu )(?<!rend )comptes?|bogues?|bugs?)\b"
    r"|\b(?:(?:sai[ts]|sav(?:oir|ent)|voit) (?:\w+ )?qu\w*|dedui\w*|garanti(?:t|ssent|r)"
    r"|assure (?:que|la"
    r"|le|l')|suppose|verifie|indique\w* au"
    r"|(?:dire|dit|disent) au|prouve\w*|transform\w*|converti\w*|protege\w*|avec le message"
    r"|satisfaire|apais\w*|rassur\w*|explique\b|cf|chapitre|est un code|le code d'erreur"
    r"|types? d'erreurs?|\be\d+ : voir"
    r"|p(?:eut|ourra) (?:\w+ )?refuser (?!ce)|doi(?:t|vent) refuser|chaque|souvent|parfois"
    r"|rarement|generalement|en general|la plupart)\b"
)


# A rule, and no single refusal.
_GENERIC = re.compile(
    r"\brefus\w* (?:en revanche |par contre |aussi )?(?:(?:d'|de )(?!(?:le |la |l')?(?:aller"
    r"|compil|contin|poursui|produi|gener|avanc))|certain|les |des |deux |tou[ts])"
    r"|\bp(?:eut|ourra) (?:\w+ )?refuser\b"
)


# What the compiler forbids or prevents in general.
_RULE = re.compile(
    r"\b(?:interdi\w*|empech\w*|prohib\w*|proscri\w*|evit\w*) (?:aussi |donc |ainsi )?(?:les|des"
    r"|deux|tou[ts]e?s?|certain\w*"
    r"|chaque|plusieurs|l'(?:usage|emploi|acces)|(?:de |d')(?!toute|(?:le |la |l')?(?:aller"
    r"|compil|contin|poursui|ecri|faire)))\b"
)


# An error code that is only mentioned, or gone.
_MENTIONED = re.compile(
    r"\bvoir (?!apparai|surgi|tomb|arriv|s'affich)|\battention a|(?:pour"
    r"|(?<!illustration )(?<!demonstration )(?<!exemple )(?<!classique )de|sur|a) l'erreur"
    r"|\b(?:pas|plus) d"
    r"|code d'erreur|\badieu\b|n'est plus\b|souvenir|\bfini\w*|termine|disparu|resolu"
    r"|regle[er]?\b|\bciao\b"
)


def tells_consent(clause: str) -> bool:
    """Tell whether a clause says that the compiler takes code."""
    return bool(re.search(COMPILER, clause)) and stance(clause) is Stance.FOR


def _named(clause: str, sentence: str) -> bool:
    """Tell whether a clause gives an error code as what happens: "et là, E0382"."""
    return re.search(CODE, clause) is not None and not _MENTIONED.search(sentence)


def tells_refusal(clause: str, sentence: str) -> bool:
    """Tell whether a clause says in any words that the compiler does not take code."""
    general = _RULE.search(clause) and not re.search(r"\b(?:cet?|cette|ceci|cela|ca)\b", clause)
    if _NEUTRAL.search(clause) or general or not _TOPIC.search(sentence):
        return False
    if is_english(sentence.split(MESSAGE)[0]):
        return False
    if _GENERIC.search(clause) and not sentence.rstrip().endswith(":"):
        return False
    side = stance(clause)
    return side is Stance.AGAINST or (side is Stance.NONE and _named(clause, sentence))
