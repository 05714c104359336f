"""Read and mend the one sentence in which a learner, or an exercise, says what a program is for."""

import re

_VOWEL = "aàâeéèêëiîïoôuùûœ"
_ELIDED = re.compile(rf"\b(?:([jdns])e (?!onze\b|oui\b)|(qu)e )(?=[{_VOWEL}])", re.IGNORECASE)
# Nouns that begin with a mute h, as far as small programs speak of them; before others "la" stays.
_MUTE = r"h(?:abitant|abit|ebdo|erb|eur|istoir|iver|omm|onneur|ôpit|ôtel|oraire|uil|umid|umeur)"
_SOUND = rf"(?!onz|oui\b|ouistiti|une?\b)(?=[{_VOWEL}]|{_MUTE})"
_ARTICLES = (
    (re.compile(rf"\bdu {_SOUND}", re.IGNORECASE), "de l'"),
    (re.compile(rf"\b(l)[ea] {_SOUND}", re.IGNORECASE), r"\1'"),
    (re.compile(rf"\b([mts])a {_SOUND}", re.IGNORECASE), r"\1on "),
)
_ABOUT = "Le programme suivant"
_BEGINNINGS = {
    # What a verb ends with: "je calcule", "je suis", "je veux", "j'ai".
    "J": re.compile(r"J(?:e |['’])(?:(?:ne|me|m['’]|y|en|l['’]|les?|la) ?)?\w*(?:[esx]|ai)\b"),
    f"{_ABOUT} doit": re.compile(rf"{_ABOUT} doit (?:\w+ )?\w*(?:er|ir|re)\b"),
    _ABOUT: re.compile(rf"{_ABOUT} (?!doit\b)\w*(?:[etd]|a)\b"),
}
_OUTCOMES = re.compile(
    r"\b(?:erreurs?|faute|panique|rustc|compil\w+|corrig\w+|fonctionne pas|bug|échou\w+|"
    r"professeur|élève|exercice|code|programme Rust|langage|Rust)\b",
    re.IGNORECASE,
)


def elide(sentence: str) -> str:
    """Return a sentence with the elisions that French wants: "Je ajoute" -> "J'ajoute".

    Articles and possessives before a vowel or a mute h too: "du ascenseur" -> "de l'ascenseur",
    "sa humidité" -> "son humidité".
    """
    text = _ELIDED.sub(lambda found: f"{found[1] or found[2]}'", sentence)
    for wrong, right in _ARTICLES:
        text = wrong.sub(right, text)
    return text


def introduce(sentence: str, refused: bool) -> str:
    """Return a sentence about "le programme suivant" as what stands before that program."""
    refusal = ", mais rustc le refuse" if refused else ""
    return f"{sentence.removesuffix('.')}{refusal} :"


def begins_well(sentence: str, beginning: str) -> bool:
    """Tell whether a sentence begins as asked, with a verb of the right person.

    `beginning` is "J" (a learner speaks), "Le programme suivant" or "Le programme suivant doit".
    """
    return _BEGINNINGS[beginning].match(sentence) is not None


def speaks_of_outcome(sentence: str) -> bool:
    """Tell whether a sentence speaks of errors, of lessons or of Rust, and not of a program's use.

    Whether a program compiles is for rustc to say, and not for what introduces it.
    """
    return _OUTCOMES.search(sentence.removeprefix(_ABOUT)) is not None


# What a learner adds who is in a hurry; which one it is follows from the question.
BRIEFLY = (
    "Réponse courte, s'il vous plaît : l'idée et le code.",
    "En bref : l'essentiel et le code corrigé, sans plus.",
    "Juste l'idée en une ou deux phrases, puis le code.",
)
