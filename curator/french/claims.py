"""Recognise that a French sentence says that the code shown gives an error.

"C'est l'erreur E0382" says so. "Sans `clone`, on aurait E0382", "E0382 signale un déplacement" and
"E0499 apparaît quand…" do not: they speak of other code, or of errors in general. In doubt a
sentence says nothing. The patterns match sentences that were folded (sentences.Sentence).
"""

import re

from curator.french.sentences import SPAN, Sentence
from curator.text.fold import fold

OPENING, CLOSING = "«", "»"
GUILLEMETS = f"{OPENING}[^{CLOSING}]*{CLOSING}"
# Words above an output of an answer that say that it is another block's.
OF_ANOTHER_BLOCK = re.compile(
    r"\b(?:votre|vos|origine|initial\w*|premiere?|question|avant|ancien\w*|rappel\w*|plus haut"
    r"|disait|affichait|donnait|signalait|obteniez|sans|sinon|si|remplac|retir|ajout|supprim)"
)
# Before a message that the code does not give: "pourquoi n'ai-je pas « … » ?".
DENIED = re.compile(r"\b(?:pas|plus|aucune?|jamais|sans|si|aurai\w+|avant)\b")
ERROR_CODE = re.compile(r"\bE\d{4}\b")
_CODE = r"(?:\(|error\[|⟪)?e\d{4}\b"
_TOOLS = ("rustc", "cargo", "cargo build", "cargo check")
_NEAR = r"[^.;?!]{0,60}?"
_ASSERTS = re.compile(
    rf"\b(?:c'est|voici|voila|il s'agit|d'ou|on a|a droit a)\b(?: (?:bien|donc|la|le|une?|de|encore"
    rf"|exactement|ici|ce|cette|celebre|fameuse|classique|erreur|code|l'erreur|au|message|toujours)"
    rf")*(?: l'erreur| d'un?e?)? ?:? ?{_CODE}"
    rf"|\b(?:obtiens|obtient|obtenez|obtenons|recois|recoit|recevez|recevons)\b{_NEAR}{_CODE}"
    rf"|\bj'ai\b(?: (?:droit|l'erreur|cette|une|toujours|encore|a|l'))* ?{_CODE}"
    rf"|\b(?:rustc|compilateur|cargo)\b{_NEAR}\b(?:donne|repond|signale|affiche|renvoie|emet"
    rf"|produit|indique|s'arrete|refuse|rejette|leve|sort|interdit)\b{_NEAR}{_CODE}"
    rf"|\b(?:ce|cet|notre|votre|le|mon)\b (?:code|programme|bloc|exemple|extrait|main|fichier)\b"
    rf"{_NEAR}\b(?:donne|provoque|produit|declenche|echoue|leve|ne compile|est refuse|est rejete"
    rf"|genere|entraine)\b{_NEAR}{_CODE}"
    rf"|\bl'erreur {_CODE}{_NEAR}\b(?:vient|provient|est due?|est justifiee?|s'explique"
    rf"|apparait ici|est (?:levee|emise|signalee))\b"
)
# What makes a sentence speak of other code than is shown, of a condition, or of errors in general.
_OTHERWISE = re.compile(
    r"\bsans\b|\bsi\b|\bs'ils?\b|\bquand\b|\blorsqu|\bdes qu|\bailleurs\b|\bdevant\b|\bsinon\b"
    r"|\bpar exemple\b|\bsouvent\b|\bparfois\b|\bautrement\b|\bevite|\bau lieu\b|\ba la place\b"
    r"|\b\w+(?:rait|raient|riez|rions|rais)\b|\ben (?!cours)\w+ant\b|\bveut dire\b|\bsignifi"
    r"|\bparle\b"
    r"|\b(?:autre|ancien|ancienne|meme) (?:code|programme|exemple|bloc|version|forme|ecriture)\b"
    r"|\bn'(?:est|etait) (?:pas|plus) (?:l'erreur|une erreur|le code|e\d)|\bimagin|\bsuppos"
    r"|\btent(?:er|ez|e|ative)\b|\bessa(?:yer|yez|i)\b|\bretir|\bsupprim|\benlev|\bremplac|\bajout"
    r"|\boubli|\brepondra\b|\ben revanche\b|\bpar contre\b|\bselon\b"
)
_INFINITIVE = re.compile(
    r"^\W*(?!votre|notre|autre|entre|contre|premier|dernier)\w{3,}(?:er|ir|re)\b"
)
_WITH = re.compile(r"^\W*(?:mais |et |or )?(?:avec|pour|dans|chez|un |une |deux |quant)\b")


def hypothetical(sentence: Sentence) -> bool:
    """Tell whether a sentence may speak of other code than is shown, or of errors in general."""
    text = sentence.folded
    before = fold(sentence.before)
    return any(pattern.search(text) for pattern in (_OTHERWISE, _INFINITIVE, _WITH)) or bool(
        _OTHERWISE.search(before)
    )


def asserted_codes(sentence: Sentence, code: str) -> frozenset[str]:
    """Return the error codes that a sentence says the shown code gives; none in doubt.

    `code` is all that is shown: a sentence with other code in its spans speaks of that.
    """
    named = frozenset(ERROR_CODE.findall(sentence.text))
    if not named or sentence.asks or hypothetical(sentence):
        return frozenset()
    if not all(_is_shown(span, code) for span in sentence.spans):
        return frozenset()
    readable = re.sub(SPAN, lambda m: _readable(sentence.spans[int(m.group(1))]), sentence.folded)
    return named if _ASSERTS.search(readable) else frozenset()


def _readable(span: str) -> str:
    """Write a code span into its sentence again where it is an error code or a tool's name."""
    found = ERROR_CODE.search(span)
    return found.group().lower() if found else span if span in _TOOLS else "⟦⟧"


def _is_shown(span: str, code: str) -> bool:
    words = re.findall(r"\w+", span)
    return (
        bool(ERROR_CODE.search(span))
        or span in _TOOLS
        or ("".join(span.split()) in "".join(code.split()) and bool(words))
    )
