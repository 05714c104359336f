"""Read whether French prose says that the compiler refuses the code beside it.

A small grammar over text without case and accents: a sentence refuses the code when a clause puts a
predicate ("ne compile pas") on a subject that is this code ("ce code", "le programme suivant") or
on the compiler, and nothing takes it back: a negation, another subject, a condition, a correction
that is announced, an error at run time. Of several clauses, the last that decides counts.
"""

import re
from enum import Enum

from curator.text.fold import fold

CODE = r"\be\d{4}\b"


class Reading(Enum):
    """What a sentence says of the code beside it; DENIED takes back what came before it."""

    REFUSED = "refused"
    DENIED = "denied"
    SILENT = "silent"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


# Words for code, the compiler and its errors.
_NOUN = (
    r"(?:code|programme|exemple|extrait|fonction|version|definition|ecriture|lignes?|listing|encart"
    r"|boucle|signature|instruction|expression|variante|tentative|essai|implementation|declaration"
    r"|affectation|syntaxe|snippet)"
)
_THIS = (
    rf"(?:\b(?:ce|cet|cette|ces|une? tel(?:le)?|[mtsn]on|[mts]a|notre|votre) (?:\w+ )?{_NOUN}\b"
    r"|\bcel(?:ui|le)(?:-ci|-la)?\b|\bce(?:ci|la)\b|\bca\b|\bci-(?:dessous|apres|dessus)\b"
    r"|\bsuivante?s?\b|\bqui suit\b|\bprecedente?\b)"
)
COMPILER = (
    r"\b(?:compilateur|compilo|rustc|rust|cargo|borrow[ -]?checker|verificateur(?: d'emprunts?)?)\b"
)
_COMPILING = r"(?:de compilation|a la compilation|du compilateur|de types?|d'emprunts?|de rustc)"
_ERROR = rf"(?:\berreurs?\b(?! (?:de|d'|du|a|personnalisee?|\d))|\berreurs? {_COMPILING}|\berror\b)"
COMPILER_ERROR = re.compile(rf"(?:erreurs? {_COMPILING}|error\b)")
# What the compiler's errors are about.
TECHNICAL = (
    r"\b(?:deplace|emprunt|im?mutable|immuable|mutable|muable|borrow|move|moved|mismatch|expected"
    r"|cannot|lifetime|incompatible|initialis|implement)\w*|\btypes? (?:attendu|incorrect|different)"
    r"|\bdurees? de vie|\b(?:mut|copy|send|sync|compil\w+)\b|\bvit pas assez|\bhors de portee"
)
_CAUSES = (
    r"\b(?:provoque|produit|donne|cause|genere|leve|declenche|entraine|engendre|contient|comporte)"
    r"(?:nt|ra|ront)?\b"
)
_GETS = r"\b(?:obt(?:iens|ient|enons|enez|iendr\w+)|j'ai|ai-je|aur(?:ai|a|ons|ez)|avons|avez)\b"
_BAD = r"(?:refuse|rejete|interdit|invalide|illegal|incorrect|fauti[fv]|errone)e?s?\b"

# Predicates that say by themselves that code is refused.
_REFUSED = _any(
    r"\bcompile(?:nt|ra|ront)?(?:-t-\w+)? (?:\w+ ){0,2}?(?:pas|plus|point)\b(?! (?:a pas|que))",
    r"\bechoue(?:nt|ra)? (?:\w+ )?(?:a|lors de|pendant|des) la compilation",
    r"\bcompilation .*(?:echoue|s'arrete|impossible)",
    r"\bpasse(?:nt|ra)? pas (?:a )?la compilation|\brefuse(?:ra)? de compiler",
    r"\b(?:peut|peuvent|pourra|arrive|parviens|reussis) (?:\w+ )?pas (?:a |etre |se )?(?:le )?compil",
    r"\bimpossible de (?:le )?compiler|\bempeche\w* .*de compiler|\bincompilable",
    rf"{_CAUSES} .*(?:erreurs? {_COMPILING}|{CODE}|\berror\b)",
    rf"{_GETS} (?:\w+ ){{0,2}}(?:(?:une|des|cette|l'|la) ?)?(?:{_ERROR}|{CODE})",
    rf"\b(?:s'arrete|echoue) (?:sur|avec) .*(?:{_ERROR}|{CODE})",
    rf"{_BAD} (?:\w+ )?par (?:le )?{COMPILER}",
    rf"{COMPILER}(?: \w+(?:'\w+)?){{0,4}} (?:refuse|rejette)(?:ra|-t-il)?\b",
    rf"{COMPILER}(?: \w+){{0,3}} (?:se plaint|se plaindra|proteste|rale|grogne|crie|arrete)",
    rf"{COMPILER} (?:n'accepte(?:ra)? pas|n'est pas (?:content|d'accord|satisfait)|n'aime pas)",
    rf"{COMPILER} (?:ne )?(?:\w+ ){{0,2}}(?:laisse(?:ra)? pas|pas (?:\w+ )?laisser)",
    rf"{COMPILER} (?:\w+ ){{0,2}}(?:signale|affiche|renvoie|donne)\b.*{_ERROR}",
    rf"{COMPILER} (?:me|m') ?dit que\b",
    rf"\b(?:un |une |le |la |l'|^\W*){_NOUN} (?:fauti[fv]e?|incorrecte?|erronee?|invalide|fausse?)\b",
    rf"^\W*{_NOUN} (?:fauti[fv]e?|incorrecte?|erronee?|invalide)\b|\bcontre-exemple\b",
    r"\b(?:ca|cela|ceci|code) (?:ne )?(?:marche|fonctionne|passe)(?:ra)? pas\b(?! comme)",
    r"\bne (?:peut|pouvez|peux|pouvons) (?:\w+ )?pas (?:ecrire|faire (?:ceci|ca|cela))",
    r"\b(?:pas possible|impossible)\b.* d'ecrire",
)
# Predicates that refuse code only where the clause, or the sentence before it, has it as subject.
_REFUSED_IF_CODE = _any(
    rf"\b(?:est|sont|sera|seront) (?:\w+ ){{0,2}}{_BAD}(?! (?:\w+ )?par\b)",
    rf"{_CAUSES} .*{_ERROR}",
    rf"\b(?:ai|a|y a) (?:une|cette|l')\s?{_ERROR}",
)
# Questions and orders about code that is refused.
_ASKS = _any(
    r"\bpourquoi .*\b(?:peux|puis|peut|pouvons|pouvez)\b.*\bpas\b|\bpourquoi .*pas le droit",
    rf"\bpourquoi (?:est-ce que )?(?:j'ai|ai-je|a-t-on|y a-t-il|j'obtiens)? ?(?:cette|une|l')?\s?"
    rf"(?:erreur\b|{CODE})",
    r"\bqu'est-ce qui (?:\w+ )?(?:cloche|ne va pas|va pas|empeche)|\bou est l'erreur",
    rf"\bquelle (?:est l')?erreur\b.*\b(?:compilateur|rustc|{_NOUN})\b|\bexpliquer? .*erreur {_COMPILING}",
    rf"\bcomment (?:corriger|reparer) (?:ce|cet|cette|mon|le) (?:{_NOUN}|probleme)",
)
_ORDERS = _any(
    r"^\W*(?:exercice\W+)?(?:corrige|corrigez|repare|reparez)\b",
    r"\b(?:faites|fais|faire) compiler|\btrouvez? (?:et corrigez? )?l'erreur",
    r"\bmodifiez? .*pour qu.*compile|\bcorrigez?-l[ea]\b|\ba (?:toi|vous) de l[ea] corriger",
)
_HOW = _any(r" en \w+ant\b", r"\b(?:calcul|moyenne|resultat|affich\w*|fautes?)\b")

# What takes a refusal back.
_ACCEPTED = _any(
    r"(?<!on )(?<!nous )(?<!je )(?<!le )\bcompile(?:nt|ra)?(?:-t-\w+)?\b"
    r"(?! (?:\w+ ){0,2}?(?:pas|plus|point)\b)(?<!ne compile)",
    rf"\b(?:pas|plus|jamais|rien .*) (?:\w+ )?{_BAD}",
    r"\b(?:pas|plus|sans|aucune|moindre) (?:d')?\s?erreur",
    r"\b(?:refuse|rejette|echoue)(?:ra)? (?:pas|plus|rien)\b|\brien a redire",
    r"(?<!n')\b(?:est|sont|etait) (?:\w+ )?(?:accepte|correct|valide)e?s?\b|\bcompilateur accepte\b",
    r"\b(?:celui|celle)-ci (?:oui|si|passe|marche)\b|\bil n'en est rien|\bqui marche\b",
)
_CORRECTED = _any(
    r"\bcorrig\w*|\bcorrection|\bsolution\b|\brepar\w+|\bremede|\bevit\w+|\bcontourn\w+|\bregle\b",
    r"\bresou\w+|\bresolu\w*|\bpour que\b|\bpour qu'|\bil (?:suffit|faut)\b|\bprefere\w*|\bplutot\b",
    r"\bau lieu\b|\ba la place\b|\bdispar\w+|\bconsiste\b|\bcontenter\b|\bvoici comment\b",
    r"\bbonne (?:ecriture|version|facon)|\bessa(?:ie|yez) (?:ceci|cela|ca|plutot)\b|\bpermet de\b",
)
_BELIEVED = _any(
    r"\b(?:croi\w+|pens(?:e|es|ez|ons|er|ait|erait)|attend\w+|crain\w+)\b",
    r"\b(?:faux|vrai|exact|inexact) (?:de|que)\b|\bpeut (?:provoquer|causer|produire)",
)
_RUNNING = _any(
    r"\ba l'execution\b|\bpani(?:que|c)\w*|\blogique\b|\btests?\b.* echoue|\bau lancement\b"
)
# A change that is only thought of: the code that is shown goes without it.
_TAKEN_AWAY = _any(
    r"\b(?:retir|enlev|supprim|remplac|omet|decomment)\w*|\boubli\w*",
    r"\bsinon\b|\b(?:sans|faute de) quoi\b|\bcompile(?:nt|ra)? (?:\w+ )?que\b",
    r"\b(?:compile(?:nt|ra)? pas|refusee?s?|rejetee?s?|erreur) (?:sans|si|sous|sur)\b",
    r"\bn'(?:etait|avait) pas\b|\bavant l'edition|\bdepuis (?:rust|l'edition)\b",
    r"\b(?:ancienne?s?|vieilles?) versions?\b",
)
_ADDED = _any(r"\bajout\w+|\bdeplac(?:e|ez|ons)\b")
_TRIED = _any(
    r"\b(?:si|quand|lorsqu\w*|en)\b.*\b(?:essa[iy]|tent|compil|execut|lanc)\w*",
    r"\b(?:essay|tent)ons\b|\bsi (?:on|vous|nous|l'on) ecri\w+|\bdepuis que j'ai\b",
)
_WOULD = _any(r"\b\w+(?:rai[st]|raient|rions|riez)\b")
_PAST = _any(
    r"\b(?:compilait|refusait|rejetait|donnait|disait|obtenai\w+|affichait|etai\w+|avait)\b"
)

# Subjects that are other code, and people who compile.
_OTHER = _any(
    rf"\b(?:le|la|du|au) (?:{_NOUN} )?(?:premiere?|ancienne?|seconde?)\b|\bl'(?:autre|ancien)",
    rf"{_NOUN} (?:du debut|d'origine|original|initiale?|de la question|de depart)\b",
    r"\b(?:celui|celle) (?:du|de)\b|\bplus haut\b",
)
_ABOVE = _any(r"\bci-dessus\b|\bprecedente?s?\b")
_PEOPLE = _any(r"\b(?:on|nous|je|tu|vous) (?:ne )?(?:le |la )?compil\w+")

_ASKED = _any(r"\b(?:pourquoi|comment|quel(?:le)?|qu'est-ce|ou est|expliquer?)\b")
_AHEAD = _any(
    r":\W*$|\bsuivante?s?\b|\bqui suit\b|\bci-(?:dessous|apres)\b|\bvoici\b|\bcel(?:ui|le)-ci\b"
)
_BEHIND = _any(_THIS, _GETS, r"\bpourquoi .*\b(?:compil|refus|rejet|erreur)", _ASKS.pattern)

_CONTRAST = r"\b(?:contrairement|a la difference|a l'oppose|a l'inverse) (?:a|au|aux|de|du|des|d')\b"
_SUBORDINATE = r"(?:comme|puisque|bien qu\w*|alors qu\w*|tandis qu\w*)\b"
_LEADING = re.compile(rf"^\W*(?:{_CONTRAST}|{_SUBORDINATE})[^,]*,")
_TRAILING = re.compile(rf"{_CONTRAST} [^,;]*(?:cel(?:ui|le)-ci|\bce |\bcette |\bsuivant)")
_ASIDE = re.compile(r", (?:par exemple|en effet|en revanche|par contre|lui|elle|donc|bien sur)(?=,)")
_BUT = re.compile(r"\b(?:mais|pourtant|cependant|or|alors que|tandis que)\b")
_CAUSE = re.compile(r"\b(?:car|parce qu\w*|puisque)\b.*?(?=[:?!]?\W*$)")


def _told(code: str) -> bool:
    return re.search(rf"{CODE}|\brustc\b|\bcargo\b|^error", code) is not None


def plain(text: str) -> str:
    """Fold a text for reading; of inline code, only error codes and tools' names stay words."""
    text = fold(text).replace("\u2019", "'")
    text = re.sub(r"`([^`\n]*)`", lambda m: m.group(1) if _told(m.group(1)) else " x ", text)
    return re.sub(r"\s+", " ", re.sub(r"[^\w\s'.,;:!?()\[\]\u2026/-]+|_", " ", text))


def sentences(paragraph: str) -> list[str]:
    """Split a paragraph in plain form into its sentences; a semicolon ends one, too."""
    return [s for s in re.split(r"(?<=[.!?;\u2026])\s+", paragraph) if re.search(r"\w", s)]


def _clause(clause: str, sentence: str, after: bool) -> Reading:
    """Read one clause: is code refused in it, or accepted, or neither?"""
    if _ACCEPTED.search(clause):
        return Reading.DENIED
    other = _OTHER.search(clause) or _PEOPLE.search(clause)
    if other or (not after and _ABOVE.search(clause)):
        return Reading.SILENT
    if _WOULD.search(clause) and not _TRIED.search(sentence):
        return Reading.SILENT
    if _REFUSED.search(clause):
        return Reading.REFUSED
    about_code = re.search(rf"{_THIS}|\b{_NOUN}\b", sentence)
    return Reading.REFUSED if about_code and _REFUSED_IF_CODE.search(clause) else Reading.SILENT


def _taken_back(part: str, after: bool) -> bool:
    """Tell whether a part of a sentence speaks of a correction, a belief, or a change."""
    if _CORRECTED.search(part) or _BELIEVED.search(part) or _RUNNING.search(part):
        return True
    if _TAKEN_AWAY.search(part) or (_ADDED.search(part) and not _TRIED.search(part)):
        return True
    lacking = re.search(r"\bsans\b", part) is not None
    return (lacking and (after or not re.search(_THIS, part))) or (
        after and _PAST.search(part) is not None
    )


def _part(part: str, after: bool) -> Reading:
    if _taken_back(part, after):
        return Reading.DENIED
    part = _LEADING.sub("", part)
    clauses = [_clause(c, part, after) for c in re.split(r"[,:()]", part)]
    return next((r for r in reversed(clauses) if r is not Reading.SILENT), Reading.SILENT)


def read_sentence(sentence: str, after: bool = False) -> Reading:
    """Read a sentence in plain form that stands before the code, or after it.

    What follows "mais" counts more than what it contradicts, and a reason given does not count.
    """
    if _RUNNING.search(sentence):
        return Reading.DENIED
    if _ORDERS.search(sentence):
        return Reading.DENIED if _HOW.search(sentence) else Reading.REFUSED
    if _ASKS.search(sentence):
        return Reading.REFUSED
    if sentence.rstrip().endswith("?") and not _ASKED.search(sentence):
        return Reading.SILENT
    if _TRAILING.search(sentence) and not _LEADING.search(sentence):
        return Reading.DENIED
    sentence = _ASIDE.sub("", sentence)
    for words in (_CAUSE.sub("", sentence), sentence):
        for part in reversed(_BUT.split(words)):
            if (reading := _part(part, after)) is not Reading.SILENT:
                return reading
    return Reading.SILENT


def refused_below(paragraph: str, pointing: bool) -> str | None:
    """Return the sentence by which a paragraph says that the code below it is refused, if any.

    With `pointing`, there is code above as well: the sentence must point ahead.
    """
    said = None
    for sentence in sentences(plain(paragraph)):
        reading = read_sentence(sentence)
        if reading is Reading.DENIED:
            said = None
        elif reading is Reading.REFUSED and (not pointing or _AHEAD.search(sentence)):
            said = sentence
    return said


def refused_above(paragraph: str) -> str | None:
    """Return the sentence by which a paragraph says that the code above it is refused, if any."""
    for sentence in sentences(plain(paragraph)):
        if _BEHIND.search(sentence) and read_sentence(sentence, after=True) is Reading.REFUSED:
            return sentence
    return None


def supposed(text: str) -> bool:
    """Tell whether a text in plain form speaks of what was, or would be with other code."""
    return _taken_back(text, after=True) or _WOULD.search(text) is not None
