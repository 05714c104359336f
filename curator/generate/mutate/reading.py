"""Read what rustc says of a mutant: the place, the words of its labels, its meaning in French.

All facts are rustc's own. A message that texts/_messages.yaml does not know has no meaning here,
and the wordings that would state it are not used.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from curator.rust.compiler import Diagnostic

_N = {"1": "un", "2": "deux", "3": "trois", "4": "quatre", "5": "cinq", "0": "zéro"}
_KINDS = {
    "struct": "la structure %s est privée",
    "unit struct": "la structure %s est privée",
    "tuple struct": "la structure %s est privée",
    "tuple struct constructor": "le constructeur de %s est privé",
    "enum": "l'énumération %s est privée",
    "function": "la fonction %s est privée",
    "associated function": "la fonction associée %s est privée",
    "method": "la méthode %s est privée",
    "module": "le module %s est privé",
    "constant": "la constante %s est privée",
    "trait": "le trait %s est privé",
}
_WHAT = {
    "value": "aucune valeur nommée %s n'est connue ici",
    "function": "aucune fonction nommée %s n'est connue ici",
    "type": "aucun type nommé %s n'est connu ici",
    "trait": "aucun trait nommé %s n'est connu ici",
    "module or crate": "aucun module ni aucune crate du nom de %s ne sont connus ici",
}
_DESCRIBED = {
    "future": "une future",
    "closure": "une fermeture",
    "integer": "un nombre entier",
    "floating-point number": "un nombre à virgule",
    "enum constructor": "le constructeur d'une variante",
    "fn item": "une fonction",
    "fn pointer": "un pointeur de fonction",
}
_OPERATIONS = {
    "add": "l'addition",
    "subtract": "la soustraction",
    "multiply": "la multiplication",
    "divide": "la division",
    "calculate the remainder of": "le reste d'une division",
}
_MARKS = re.compile(r" *\|([ |_]*(?:\^+|-+)(?:[ |]+(?:\^+|-+))*)(?: (\S.*))?$")
FILE = Path(__file__).parent / "texts" / "_messages.yaml"


@cache
def _glosses() -> tuple[tuple[str, str, str], ...]:
    """Read what messages of rustc mean: code, pattern, and a clause that quotes its groups."""
    import yaml

    rows = yaml.safe_load(FILE.read_text("utf-8"))
    return tuple((row["code"], row["message"], row["sens"]) for row in rows)


@dataclass(frozen=True)
class Label:
    """What rustc writes under a line: the underlined text and the words beside it."""

    line: int
    underlined: str
    words: str
    primary: bool


def labels(error: Diagnostic) -> list[Label]:
    """List the labels of one line each that rustc shows, in the order of the text."""
    found: list[Label] = []
    line, source = 0, ""
    for row in error.shown.split("\n"):
        if code := re.match(r" *(\d+) \|(.*)$", row):
            line, source = int(code[1]), code[2]
        elif marks := _MARKS.match(row):
            runs = list(re.finditer(r"\^+|-+", marks[1]))
            for run in runs:
                text = source[run.start() : run.end()]
                words = (marks[2] or "").strip() if run is runs[-1] else ""
                found.append(Label(line, text.strip(), words, run[0][0] == "^"))
    return found


def expected_and_found(error: Diagnostic) -> tuple[str, str] | None:
    """Return the two types of "expected `A`, found `B`", where rustc names both."""
    for label in labels(error):
        both = re.search(
            r"expected (?:[\w ]+ )?`([^`]+)`, found (?:[\w ]+ )?`([^`]+)`", label.words
        )
        if label.primary and both and both[1] != both[2]:
            return both[1], both[2]
    return None


def number(count: int) -> str:
    """Write a small number in letters."""
    return _N.get(str(count), str(count))


def _number(text: str) -> str:
    """Write small numbers in letters, and the plural where it belongs."""

    def written(match: re.Match[str]) -> str:
        count, noun = match[1], match[2]
        return f"{_N.get(count, count)} {noun}{'s' if count not in '01' else ''}"

    text = re.sub(r"(\d) (argument|champ)\(s\)", written, text)
    counted = re.compile(r"(?<=en (?:donne|prend) )(\d)\b|(?<=en compte )(\d)\b")
    text = counted.sub(lambda found: _N.get(found[0], found[0]), text)
    return text.replace("l'appel en donne zéro", "l'appel n'en donne aucun")


def _described(words: str) -> str:
    """Return what rustc calls a type, in French: one in backquotes or a kind; "" for another."""
    quoted = re.fullmatch(r"(?:[\w ]+ )?(`[^`]+`)", words)
    return f"le type {quoted[1]}" if quoted else _DESCRIBED.get(words, "")


def _special(error: Diagnostic) -> str:
    """Return the meaning of the messages whose kind of thing has a gender in French."""
    message = error.message
    if both := expected_and_found(error):
        return f"le type attendu est `{both[0]}`, le type trouvé est `{both[1]}`"
    if error.code == "E0308":
        words = " ".join(label.words for label in labels(error) if label.primary)
        if "types differ in mutability" in words:
            return "les deux références ne diffèrent que par `mut`"
        said = re.findall(r"expected ([^\n]+?), found ([^\n]+)$", error.shown, re.MULTILINE)
        pair = said[0] if len(said) == 1 else ("", "")
        wanted, got = map(_described, pair)
        if wanted and got:
            return f"{got} se trouve là où il faut {wanted}"
        return "deux types ne concordent pas"
    if private := re.match(r"([\w ]+?) (`[^`]+`) is private", message):
        return _KINDS[private[1]] % private[2] if private[1] in _KINDS else ""
    if unknown := re.match(r"cannot find ([\w ]+?) (`[^`]+`)", message):
        return _WHAT[unknown[1]] % unknown[2] if unknown[1] in _WHAT else ""
    if value := re.match(r"expected value, found (enum|struct|trait) (`[^`]+`)", message):
        return f"une valeur est attendue, et {value[2]} est le nom d'un type"
    if operation := re.match(r"cannot ([\w ]+?) (`[^`]+`) (?:by|to|from) (`[^`]+`)", message):
        noun = _OPERATIONS.get(operation[1], "")
        return f"{noun} n'existe pas entre {operation[2]} et {operation[3]}" if noun else ""
    return ""


def meaning(error: Diagnostic) -> str:
    """Return what rustc's message says, as a clause in French; "" where it is not known."""
    if special := _special(error):
        return special
    for code, pattern, clause in _glosses():
        match = re.search(pattern, error.message) if code == error.code else None
        if match:
            # The path to a function of the standard library says little to a learner.
            said = re.sub(r"`core::[^`]*::(\w+)`", r"`\1`", _number(match.expand(clause)))
            said = said.replace("` and `", "` ni `")
            return said.replace(", and ", " et ")
    return ""
