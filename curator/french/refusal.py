"""Read whether French prose says that the compiler refuses the code beside it.

A small grammar over text without case and accents: a sentence refuses the code when a clause puts a
predicate ("ne compile pas") on a subject that is this code ("ce code", "le programme suivant") or
on the compiler, and nothing takes it back: a negation, another subject, a condition, a correction
that is announced, an error at run time. Of several clauses, the last that decides counts.
"""

import re
import unicodedata
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
    r"(?:code(?! (?:postal|d'|de (?:retour|sortie)|secret))|programme|exemple|extrait|fonction|version|definition|ecriture|ligne|listing|encart"
    r"|boucle|signature|instruction|expression|variante|tentative|essai|implementation|declaration"
    r"|affectation|syntaxe|snippet|structure|closure|fermeture)s?"
)
_THIS = (
    rf"(?:\b(?:ce|cet|cette|ces|une? tel(?:le)?|[mtsn]on|[mts]a|notre|votre) (?:\w+ )?{_NOUN}\b"
    r"|\bcel(?:ui|le)(?:-ci|-la)?\b|\bce(?:ci|la)\b|\bca\b|\bci-(?:dessous|apres|dessus)\b"
    r"|\bsuivante?s?\b|\bqui suit\b|\bprecedente?\b)"
)
COMPILER = r"\b(?:(?<!notre )(?<!votre )(?<!un )compilateur|compilo|rustc|rust|cargo|borrow[ -]?checker|verificateur(?: d'emprunts?)?)\b"
_COMPILING = (
    r"(?:de compil\w*|(?:a|lors de|au moment de|pendant) la compilation|du (?:compilateur|verificateur|borrow)"
    r"|de types?(?! x\b)"
    r"|d'emprunts?|de durees? de vie|de rustc)"
)
_ERROR = (
    rf"(?:(?:message d')?\berreurs?\b(?! (?:de\b|d'|du\b|a\b|personnalise|\d))"
    rf"|\berreurs? {_COMPILING}|\berror\b)"
)
COMPILER_ERROR = re.compile(rf"(?:erreurs? {_COMPILING}|error\b)")
# What the compiler's errors are about.
TECHNICAL = (
    r"\b(?:deplace|emprunt|im?mutable|immuable|mutable|muable|borrow|move|moved|mismatch|expected"
    r"|cannot|lifetime|incompatible|initialis|implement)\w*|\btypes? (?:attendu|incorrect|different)"
    r"|\btypes? .*\battendue?s?\b|\bdurees? de vie|\bvit pas assez|\bhors de portee|\bprivee?s?\b"
    r"|\b(?:mut|copy|send|sync|trait|champ|methode|compil\w+)\b|\bexhausti|\bnon couvert"
)
_CAUSES = (
    r"\b(?:(?:provoque|produi[tr]|donne|cause|genere|leve|declenche|entraine|engendre|contient"
    r"|comporte|vau(?=[td]))(?:r|e|t|dra|nt|ra|ront)?|(?:mene(?:r|ra)?|conduit|conduire|aboutit) a|se solde par)\b"
)
_GETS = (
    r"(?:\b(?:on|nous|vous) (?:n')?obt(?:ient|iendr\w+)|\b(?:obt(?:iens|enons|enez|iendr\w+)|j'ai|ai-je"
    r"|aur(?:ai|a|ons|ez)|recevons|recevez|verrez|tombe sur|se heurte a))\b"
)
_BAD = r"(?:refuse|rejete|interdit|invalide|illegal|incorrect|fauti[fv]|errone)e?s?\b"
_FAULTY = r"(?:fauti[fv]|incorrect|errone|invalide|faux|fausse)e?s?\b"
_REFUSES = r"(?:refuse|rejette)(?:ra|-t-il)?\b|va (?:le |la )?(?:refuser|rejeter)\b"
_COMPLAINS = (
    r"se plain(?:t|dra|dre)|protest|ral(?:e|er)\b|grogne|hurle|crie|(?:nous|m'|vous) ?arrete"
    r"|s'y oppose|s'oppose|(?:nous|m'|vous) ?en empeche|m'(?:empeche|interdit)|l'interdit"
)

# Predicates that say by themselves that code is refused.
_REFUSED = _any(
    r"\bcompile(?:nt|ra|ront)?(?:-t-\w+)? (?:\w+ ){0,2}?(?:pas|(?<!pas )plus|point)\b"
    r"(?! (?:a pas|que|plus|aussi|moins)\b)",
    rf"\b(?:version|code|essai) qui ne (?:marche|fonctionne) pas\b",
    r"\b(?:va|vont|veut|veulent) (?:\w+ )?pas (?:se )?(?:compiler|marcher|fonctionner|passer)\b",
    r"\b(?:echou|plant|coinc|bloqu)(?:e|ent|era|er)\b (?:\w+ )?(?:(?:a|lors de|pendant|des) la compilation|a compiler)",
    r"\bcompilation .*(?:echou|s'arrete|impossible)|\b(?:echouer|casse) la compilation",
    r"\bpasse(?:nt|ra)? pas (?:a )?la compilation|\brefuse(?:ra|nt)? de (?:se )?compiler",
    r"\b(?:peut|peuvent|pourra|peux|pouvons|pouvez|arrive|parviens|reussis) (?:\w+ )?pas (?:a |etre |se )?"
    r"(?:le |faire )?compil",
    r"\bimpossible de (?:le )?compiler|\bempeche\w* .*de compiler|\bincompilable",
    rf"^\W*{_CAUSES} .*(?:erreurs? {_COMPILING}|{CODE}|\berror\b)",
    rf"{_GETS} (?:\w+ ){{0,3}}(?:(?:une|des|cette|ce|l'|la|le|un) ?)?(?:{_ERROR}|{CODE})",
    rf"\b(?:s'arrete|echoue) (?:sur|avec) .*(?:{_ERROR}|{CODE})",
    r"\baucune? .* ne compile\b|\bcompil\w+ .*(?:sans succes|en vain)",
    rf"{COMPILER} (?:detecte|trouve|voit) (?:l'|une )\s?erreur (?:dans|sur|ici)\b",
    rf"^\W*(?:c'est|ceci est) {_BAD}\W*$",
    rf"^\W*(?:(?:l'|un )?exemple (?:\w+ )?d')?erreur (?:{_COMPILING}|{CODE})\W*$",
    rf"{_BAD} (?:\w+ )?par (?:le )?{COMPILER}",
    rf"{COMPILER}(?: \w+(?:'\w+)?){{0,4}} (?:{_REFUSES})|{COMPILER}(?: \w+){{0,3}} (?:{_COMPLAINS})",
    rf"{COMPILER} (?:n'accepte(?:ra)? pas|n'aime pas|n(?:e|'en) veut|n'est pas (?:content|d'accord|satisfait|"
    r"de cet avis))",
    rf"{COMPILER} (?:interdit|n'autorise pas|ne permet pas) (?:ceci|cela|ce|cet|cette|d'ecrire)\b",
    rf"{COMPILER} (?:ne )?(?:\w+ ){{0,2}}(?:laisse(?:ra)? pas|pas (?:\w+ )?laisser)",
    rf"{COMPILER} (?:\w+ ){{0,2}}(?:signale|affiche|renvoie|renvoyer|donne|sort|crache|emet)\b"
    rf".*(?:{_ERROR}|{CODE})",
    rf"{COMPILER} (?:me|m') ?dit que\b",
    rf"(?:\bune? |\bde |^\W*){_NOUN} {_FAULTY}|\b{_NOUN} {_FAULTY}\W*$|\bcontre-exemple\b",
    r"\b(?:ca|cela|ceci|code) (?:ne )?(?:marche|fonctionne|passe)(?:ra)? pas\b(?! comme)",
    r"\bne (?:peut|pouvez|peux|pouvons) (?:\w+ )?pas (?:ecrire|faire (?:ceci|ca|cela))",
    r"\b(?:pas possible|impossible)\b.* d'ecrire",
    r"^\W*(?:incorrect|faux|fautif|invalide|errone|refuse)e?\W*$",
)
# Predicates that refuse code only where the sentence has it as subject.
_REFUSED_IF_CODE = _any(
    rf"\b(?:est|sont|sera|seront)(?:-\w+)? (?:\w+ ){{0,2}}{_BAD}(?! (?:\w+ )?par\b)",
    r"\b(?:est|sont|sera|seront) pas (?:valide|correct|accepte|permis|autorise|legal|compilable|admis)e?s?\b",
    rf"(?<!fonction )(?<!methode ){_CAUSES} .*{_ERROR}|{_CAUSES} .*{CODE}",
    rf"{_CAUSES} .*erreurs? {_COMPILING}|\b(?:est|sont|avec) (?:\w+ )?une erreur {_COMPILING}",
    rf"\b(?:ai|a|y a|avons|avez|avoir) (?:une|cette|l')\s?{_ERROR}|\bcode\b.* (?:va echouer|echouera)\b",
    r"\berreur (?:avec|sur|dans) (?:ce|cet|cette|le|la|mon|ma)\b",
    r"\btentative .*\bechoue",
)
# Questions and orders about code that is refused.
_CANNOT = r"\bpourquoi .*(?:\b(?:peux|puis|peut|pouvons|pouvez)\b.*\bpas\b|pas le droit)"
_I_CANNOT = r"\bpourquoi (?:est-ce que )?(?:je|ne puis-je|n'ai-je)\b.*\bpas\b"
_ASKS = _any(
    rf"\bpourquoi (?:est-ce que )?(?:j'ai|ai-je|a-t-on|y a-t-il|j'obtiens)? ?(?:cette|une|l')?\s?"
    rf"(?:erreur\b|{CODE})",
    r"\bqu'est-ce qui (?:\w+ )?(?:cloche|ne va pas|va pas|empeche)|\bou est l'erreur",
    r"\b(?:quel est|ou est|c'est quoi) le probleme (?:avec|dans|de) (?:ce|mon|cette|ma)\b",
    rf"\bquelle (?:est l')?erreur\b.*(?:{COMPILER}|\b{_NOUN}\b)",
    rf"\bexpliquer? .*erreur (?:{_COMPILING}|{CODE})|\bque signifie (?:cette|l') ?erreur",
    rf"(?<!voici )\bcomment (?:corriger|reparer) (?:ce|cet|cette|mon|le) (?:{_NOUN}|probleme)",
    r"(?<!voici )\bcomment (?:faire compiler|faire pour que .*compile)",
    r"\bcomment .*(?:resoudre|regler|debarrasser|supprimer) (?:de )?(?:cette|l') ?erreur",
    rf"\b(?:d'ou|a quoi|que (?:veut|signifie)) .*erreur (?:{_COMPILING}|{CODE})",
    r"\bcomprends pas (?:\w+ )?(?:l'|cette )erreur|\best-ce normal .* compile pas\b",
    r"\baid(?:er?|e-moi|ez-moi) a (?:corriger|reparer|(?:faire )?compiler)\b",
    rf"\b(?:peux-tu|pou(?:vez|rriez)-vous|pourrais-tu) (?:corriger|reparer) {_THIS}",
    r"\bque .*(?:changer|modifier|corriger|ajouter)\b.* compile\b",
)
_ORDERS = _any(
    r"^\W*(?:exercice[ \d]*\W+)?(?:corrige|repare)z?\b ?(?:$|[:,.!]"
    rf"|(?:ce|cet|cette|ces|le|la|les|l'|mon) ?(?:{_NOUN}|erreurs?)\b)",
    r"\b(?:faites|fais) compiler|\b(?:trouve|repere|cherche|identifie)z? (?:et corrigez? )?l'erreur",
    r"\b(?:modifiez?|fai(?:s|tes) en sorte) .*qu.*compile|\brend(?:s|ez) .*\bcompilable",
    r"^\W*a corriger\W*$|\bcorrigez?-l(?:a|es?)\b|\ba (?:toi|vous) de l(?:a|es?) corriger",
)
_HOW = _any(r" en \w+ant\b", r"\b(?:calcul|moyenne|resultat|affich\w*|fautes?)\b")

# What takes a refusal back.
_ACCEPTED = _any(
    r"(?<!on )(?<!nous )(?<!je )(?<!le )(?<!etre )(?<!ne )(?<!n'y )\bcompile(?:nt|ra)?(?:-t-\w+)?\b"
    r"(?! (?:\w+ ){0,2}?(?:pas|plus|point)\b)",
    rf"\b(?:pas|plus|jamais|rien .*) (?:\w+ )?{_BAD}",
    rf"\b(?:pas|plus|sans|aucune|moindre) (?:avoir )?(?:d')?\s?erreur|{_CAUSES} (?:pas|plus|aucune)\b",
    r"\b(?:refuse|rejette|echoue|plaint|proteste)(?:ra)?(?:-t-\w+)? (?:pas|plus|rien)\b",
    r"\b(?:ne|n') ?\w+ (?:pas|plus) (?:\w+ )?(?:d')? ?erreur|\brien a redire|\bdit plus rien",
    r"(?<!n')\b(?:est|sont|etait) (?:\w+ )?(?:accepte|correct|valide)e?s?\b|\bcompilateur accepte\b",
    r"\b(?:celui|celle)-ci (?:oui|si|passe|marche)\b|\bil n'en est rien|(?<!ne )\bconvien(?:t|dra)\b|\bqui marche\b",
)
_CORRECTED = _any(
    r"\bcorrig\w*|\bcorrection|\bsolution\b|\brepar\w+|\bremede|\bevit\w+|\bcontourn\w+|\bregle (?:le|l')",
    r"\bresou\w+|\bresolu\w*|\bpour que\b|\bpour qu'|\bil (?:suffit|faut)\b|\bprefere\w*|(?<!voyez )\bplutot\b",
    r"\bau lieu\b|\ba la place\b|\bdispar\w+|\bconsiste\b|\bcontenter\b|\bvoici comment\b",
    r"\bbonne (?:ecriture|version|facon)|\bessa(?:ie|yez) (?:ceci|cela|ca|plutot)\b|\bpermet de\b",
)
_BELIEVED = _any(
    r"\b(?:croi\w+|pens(?:e|es|ez|ons|er|ait|erait)|crain\w+)\b",
    r"\bs'attend\w*|\b(?:faux|vrai|exact|inexact) (?:de|que)\b|\bpeut (?:provoquer|causer|produire)",
    r"\bcomment (?:ecrire|tester|verifier|savoir)\b|\bpas necessaire\b|\bil se peut\b",
)
_RUNNING = _any(
    r"\ba l'execution\b|\bpani(?:que|c)\w*|\berreurs? de logique\b|\btests?\b.* echoue|\bau lancement\b"
)
# A change that is only thought of: the code that is shown goes without it.
_TAKEN_AWAY = _any(
    r"\bcommentee?s?\b|\ben commentaires?\b|\best ici commente\b",
    r"\b(?:retir|enlev|supprim|remplac|omet|decomment)\w*|\boubli\w*",
    r"\bsinon\b|\b(?:sans|faute de) quoi\b|\bcompile(?:nt|ra)? (?:\w+ )?que\b",
    r"\b(?:compile(?:nt|ra)? pas|refusee?s?|rejetee?s?|erreur) (?:sans|sous|sur|en (?:c|java|python))\b",
    r"\ben version (?:stable|beta)\b",
    r"\bsi (?:l'on|on|vous|tu|nous) (?:obt|av|a\b|as\b|rencontr|voy)",
    r"\bn'(?:etait|avait) pas\b|\bavant l'edition|\bdepuis (?:rust|l'edition)\b",
    r"\b(?:ancienne?s?|vieilles?) versions?\b",
)
_ADDED = _any(
    r"\bajout\w+",
    r"\b(?:erreurs?|refusee?s?|rejetee?s?|compile(?:nt|ra)? pas)\b[^,:]* (?:si|quand|lorsqu\w*)\b",
)
_IF = _any(
    r"\bsi (?:l'on|on|nous|vous|tu) |\b(?:quand|lorsqu\w*)\b",
    r"\bessaye[rz]? (?:avec|(?:de |d')(?!compil|execut|lanc))",
)
_TRIED = _any(
    r"\b(?:si|quand|lorsqu\w*|en)\b ?(?:(?:l'on|on|nous|vous|tu|je|j') ?)?"
    r"(?:essa[iy]|tent|compil|execut|lanc)\w*",
    r"\b(?:essay|tent)ons\b|\bsi (?:on|vous|nous|l'on) ecri\w+|\bdepuis que j'ai\b",
)
_DONE = _any(_TRIED.pattern, r"^\W*[a-z]+(?:er|ir|re)\b")
_WOULD = _any(
    r"\b(?!extrait|portrait|retrait|abstrait|devr|pourr)\w+(?:rai[st]|raient|rions|riez)\b"
)
_PAST = _any(
    r"\b(?:compilait|refusait|rejetait|donnait|disait|obtenai\w+|affichait|etai\w+|avait)\b"
)

_HAS_REFUSED = _any(rf"{COMPILER} (?:\w+ )?(?:a|l'a|avait) (?:\w+ )?refuse\b")

# Subjects that are other code, and people who compile.
_OTHER = _any(
    rf"\b(?:le|la|du|au) (?:{_NOUN} )?(?:premiere?(?! (?:ligne|instruction|affectation))|ancienne?)\b|\bl'(?:autre|ancien)",
    rf"{_NOUN} (?:du debut|d'origine|original|initiale?|de la question|de depart)\b",
    r"\b(?:celui|celle) (?:du|de)\b|\bplus haut\b",
)
_ABOVE = _any(r"\bci-dessus\b|\bprecedente?s?\b")
_PEOPLE = _any(r"\b(?:on|nous|je|tu|vous) (?:ne )?(?:le |la )?compil\w+")

_ASKED = _any(r"\b(?:pourquoi|comment|(?:la|le)?quel(?:le)?|qu'est-ce|ou est|expliquer?)\b")
_AHEAD = _any(
    r":\W*$|\bsuivante?s?\b|\bqui suit\b|\bci-(?:dessous|apres)\b|\bvoici\b|\bcel(?:ui|le)-ci\b"
)
_CONCERNS = _any(_THIS, _ASKS.pattern, _CANNOT, rf"\b{_NOUN}\b|\b(?:j'|je|m')|{_GETS}")
_LINE = rf"\b(?:la|cette) (?:premiere|deuxieme|seconde|troisieme|derniere) {_NOUN}\b"
_BEHIND = _any(
    rf"^\W*(?:le|la|l') ?{_NOUN} ne\b",
    _THIS,
    _LINE,
    _GETS,
    rf"{COMPILER} (?:va|nous|vous|me)\b",
    _I_CANNOT,
    r"\bpourquoi .*\b(?:compil|refus|rejet|erreur)",
    _ASKS.pattern,
)

# Below code: its error is named, as a heading or as what follows from it.
_NAMES = _any(
    rf"^\W*{CODE} ?:|^\W*l'erreur {CODE}|\bd'ou (?:l'erreur )?{CODE}|{COMPILER} repond\b|en resulte .*{CODE}",
)
_YOURS = _any(rf"\b(?:votre|ton|ta|le|la) (?:{_NOUN})\b")

_CONTRAST = (
    r"\b(?:contrairement|a la difference|a l'oppose|a l'inverse) (?:a|au|aux|de|du|des|d')\b"
)
_SUBORDINATE = r"(?:comme|puisque|pour (?:comprendre|savoir)|quand|lorsqu\w*|la ou|(?:bien|alors|tandis|tant|avant|depuis|maintenant) qu\w*)\b"
_LEADING = re.compile(rf"^\W*(?:{_CONTRAST}|{_SUBORDINATE})[^,]*,(?: (?:qui|que) [^,]*(?:,|$))?")
_IF_CLAUSE = re.compile(r"^\W*(?:si|s'il) [^,]*,")
_TRAILING = re.compile(rf"{_CONTRAST} [^,;]*(?:cel(?:ui|le)-ci|\bce |\bcette |\bsuivant)")
_ASIDE = re.compile(r", (?:par exemple|en effet|en revanche|par contre|lui|elle|donc|bien sur),")
_BUT = re.compile(r"\b(?:mais|alors que|tandis que)\b|(?:^|[,;]) ?(?:pourtant|cependant|or)\b")
_CAUSE = re.compile(r"\b(?:car|parce qu\w*|puisque)\b.*?(?=[:?!]?\W*$)")


def _told(code: str) -> bool:
    return re.search(rf"{CODE}|\brustc\b|\bcargo\b|^error", code) is not None


def plain(text: str) -> str:
    """Fold a text for reading; of inline code, only error codes and tools' names stay words."""
    text = re.sub(r"\b[Cc]orrigée?s?\b", "correction", unicodedata.normalize("NFC", text))
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
    about_code = re.search(rf"{_THIS}|\b{_NOUN}\b", sentence) or _DONE.search(sentence)
    found = _REFUSED.search(clause) or (about_code and _REFUSED_IF_CODE.search(clause))
    would = _WOULD.search(clause) and not _TRIED.search(sentence)
    if not found or would or _HAS_REFUSED.search(clause):
        return Reading.SILENT
    subject = clause[: found.start()]
    other = _OTHER.search(subject) or _PEOPLE.search(clause)
    above = not after and _ABOVE.search(subject)
    return Reading.SILENT if other or above else Reading.REFUSED


def _taken_back(part: str, after: bool) -> bool:
    """Tell whether a part of a sentence speaks of a correction, a belief, or a change."""
    if _CORRECTED.search(part) or _BELIEVED.search(part) or _RUNNING.search(part):
        return True
    changed = _ADDED.search(part) or (after and _IF.search(part))
    if _TAKEN_AWAY.search(part) or (changed and not _TRIED.search(part)):
        return True
    lacking = re.search(r"\bsans\b", part) is not None
    return (lacking and (after or not re.search(_THIS, part))) or (
        after and _PAST.search(part) is not None
    )


def _part(part: str, sentence: str, after: bool) -> Reading:
    part = _LEADING.sub("", part)
    if _taken_back(part, after):
        return Reading.DENIED
    part = _IF_CLAUSE.sub("", part)
    clauses = [_clause(c, sentence, after) for c in re.split(r"[,:()]", part)]
    return next((r for r in reversed(clauses) if r is not Reading.SILENT), Reading.SILENT)


def read_sentence(sentence: str, after: bool = False) -> Reading:
    """Read a sentence in plain form that stands before the code, or after it.

    What follows "mais" counts more than what it contradicts, and a reason given does not count.
    """
    if _RUNNING.search(sentence):
        return Reading.DENIED
    if _ORDERS.search(sentence):
        return Reading.DENIED if _HOW.search(sentence) else Reading.REFUSED
    cannot = _I_CANNOT if after else _CANNOT
    if _ASKS.search(sentence) or re.search(cannot, sentence):
        return Reading.REFUSED
    if sentence.rstrip().endswith("?") and not _ASKED.search(sentence):
        return Reading.SILENT
    if _TRAILING.search(sentence) and not _LEADING.search(sentence):
        return Reading.DENIED
    sentence = _ASIDE.sub("", sentence)
    for words in (_CAUSE.sub("", sentence), sentence):
        for part in reversed(_BUT.split(words)):
            if (reading := _part(part, sentence, after)) is not Reading.SILENT:
                return reading
    return Reading.SILENT


def refused_below(paragraph: str, pointing: bool) -> str | None:
    """Return the sentence by which a paragraph says that the code below it is refused, if any.

    With `pointing`, there is code above as well: the sentence must point ahead. A rule ("Rust
    refuse les pointeurs nuls") is about this code only in the last sentence.
    """
    said = None
    every = sentences(plain(paragraph))
    for sentence in every:
        reading = read_sentence(sentence)
        ahead = _AHEAD.search(sentence) or not pointing
        concerned = sentence is every[-1] or _CONCERNS.search(sentence)
        if reading is Reading.DENIED:
            said = None
        elif reading is Reading.REFUSED and ahead and concerned:
            said = sentence
    return said


def refused_above(paragraph: str, question: str = "") -> str | None:
    """Return the sentence by which a paragraph says that the code above it is refused, if any.

    In an answer, a code that the question names is explained, and is not the code's above.
    """
    for sentence in sentences(plain(paragraph)):
        codes = re.findall(CODE, sentence)
        known = any(code.upper() in question for code in codes)
        gone = known or supposed(sentence) or _ACCEPTED.search(sentence)
        named = _NAMES.search(sentence) and not gone
        said = _BEHIND.search(sentence) and read_sentence(sentence, after=True) is Reading.REFUSED
        if named or (said and not (question and _YOURS.search(sentence))):
            return sentence
    return None


def supposed(text: str) -> bool:
    """Tell whether a text in plain form speaks of what was, or would be with other code."""
    return _taken_back(text, after=True) or _WOULD.search(text) is not None


def of_a_change(text: str) -> bool:
    """Tell whether a text in plain form speaks of taking something away from the code."""
    return _TAKEN_AWAY.search(text) is not None
