"""Recognise what French prose says that a change of the code would do.

"Sans `move`, E0373", "appeler `drop(x)` à la fin de `main` conviendrait aussi", "avec `String` au
lieu de `&str`, ça ne compile pas": a change, and an outcome. A question, a guess and an advice
("ajoutez `mut`") claim nothing. The patterns match folded sentences (sentences.Sentence).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from curator.french.claims import ERROR_CODE, hypothetical
from curator.french.sentences import SPAN, Sentence
from curator.french.verdicts import BAD, COMPLAINING, REFUSING

Kind = Literal["remove", "replace", "add", "move", "write", "become", "call"]
Outcome = Literal["compiles", "fails", "same"]

# Words that may stand between a verb or a preposition and the code that it is about.
_WORDS = (
    "le|la|les|l|un|une|d|du|de|des|ce|cet|cette|ces|son|sa|ses|votre|vos|mon|ma|appel|appels|a|au"
    "|aux|mot|mot-cle|attribut|borne|bornes|contrainte|duree|durees|vie|annotation|annotations|ligne"
    "|lignes|signe|copie|variable|parametre|methode|trait|implementation|esperluette|derive|type"
    "|reference|operateur|macro|instruction|qualificatif|clause|appeler|bloc|conversion|dernier"
    "|second|premier|emprunt|dereferencement|etoile|simple|mot cle|importation|declaration|marque"
    "|branche|champ|argument|specification|fonction|expression|motif|garde|capture|lifetime|mention|prefixe|visibilite"
)
_DET = rf"(?:(?:{_WORDS})(?:'| ))*"
_ONE = _DET + SPAN
_REMOVE = r"(?:retir|enlev|supprim|ot(?=e|ai|an|er)|oubli|omet|effac)\w*"
_ADD = r"(?:ajout|inser|appel(?=er|ez|an|on|le|ai)|pos(?=er|ez|an))\w*"
_PUT = r"(?:mett(?:re|ez|ant|ait)|met(?=\b)|plac\w+|deplac\w+|remont\w+|descend\w+)"
_WRITE = r"(?:ecri(?:re|vez|vant|t|vait|viez)|declar(?:er|ez|ant|ait))"
_WHERE = (
    r"(?:,? (?:juste |tout |directement |aussi )?(?:"
    r"(?P<end>a la (?:toute )?fin|en fin)(?: (?:de |du |d')(?:la |le |l'|fonction |corps |bloc "
    rf"|programme |portee )*(?:{SPAN})?)?"
    rf"|(?P<relation>avant|devant|apres|derriere|au-dessus de|au-dessus|sur|a|dans|derriere) {_ONE}"
    r"|(?P<here>ici|la|plus tot|plus tard)\b))?"
)
_SWAPS = (
    re.compile(rf"\b(?:remplac|chang|transform)\w* {_ONE} (?:par|en|pour|contre) {_ONE}"),
    re.compile(rf"\b(?:pass)\w* (?:de |d'){_ONE} a {_ONE}"),
)
_INSTEAD = re.compile(rf"{SPAN} (?:au lieu|a la place) (?:de |d'|du ){_ONE}")
_WITHOUT = re.compile(rf"\bsans {_ONE}")
# "Le `mut` est nécessaire : sans lui, E0596."
_WITHOUT_IT = re.compile(r"\bsans (?:lui|elle)\b")
_NECESSARY = re.compile(rf"^\W*{_DET}{SPAN} (?:est|n'est|sert|permet|reste|evite|donne|rend)\b")
_REMOVAL = re.compile(rf"\b{_REMOVE} {_ONE}")
_PLACED: tuple[tuple["re.Pattern[str]", Literal["add", "move"]], ...] = (
    (re.compile(rf"\b{_ADD} {_ONE}{_WHERE}"), "add"),
    (re.compile(rf"\b{_PUT} {_ONE}{_WHERE}"), "move"),
)
_WRITING = re.compile(rf"\b{_WRITE} {_ONE}")
_WITH = re.compile(rf"^\W*(?:mais |et |or |de meme, )?avec {_ONE}(?=,| [a-z]+,|$)")
_BECOMES = re.compile(
    rf"\bsi {_ONE} (?:etait|est|devient|devenait) (?:(?:declare|marque|rendu)e? )?{_ONE}"
)
# "`f(1)` dans `main` donnerait E0603": code that would be added.
_CALL = re.compile(
    rf"^\W*(?:(?:et|mais|ainsi|enfin),? )?{SPAN}(?:,? dans {_ONE})?,? (?:lui )?"
    r"(?=serait (?:refuse|rejete)|donnerait|provoquerait|ne compilerait pas|declencherait)"
)
_CODED = re.compile(r"`|\bE\d{4}\b|(?i:\bsans\b)")
_TELLING = re.compile(
    r"\bE\d{4}\b|compil|refus|rejet|convi|suffi|aide|march|fonctionn|accept|erreur|taire|interdi"
    r"|protest|réclam|ill[ée]g|invalid|peut|pourr|pouv|rustc"
)
# A change that is told in words only.
_WORDED = re.compile(
    r"(?:^|[,:;] )\W*(?:mais |et )?sans (?:le |la |les |l'|ce |cet |cette |ces )"
    r"|(?:^|[,:;] )\W*(?:mais |et )?sans (?:lui|elles?|eux|cela)\b"
    rf"|\b(?:{_REMOVE}|{_ADD}|remplac\w*|chang\w+) (?:le |la |les |l'|une? )"
    r"|\bsi (?:on|l'on|vous) "
)
_FAILS = re.compile(
    r"\bne (?:se )?compil\w+(?: \w+)? (?:pas|plus)|\bcess\w+ de compiler"
    rf"|\b(?:est|sont|serait|seraient|sera|seront|etre|reste|redevient) (?:\w+ )?{BAD}"
    rf"|\b(?:rustc|compilateur)\b(?: \w+){{0,2}} (?:{REFUSING}|{COMPLAINING})(?!\w)"
    r"|\bdeplac\w+ (?:seulement )?l'erreur|\berreur de compilation|\bcompilation echou\w+"
    r"|\bechou\w+ (?:a|lors de) la compilation"
)
_COMPILES = re.compile(
    r"\b(?:compil(?:e|ent|era|erait|eraient)|convien(?:drait|draient|t aussi|t egalement)"
    r"|suffi(?:rait|raient|t aussi)(?! a )|march(?:erait|e aussi)|fonctionn(?:erait|e aussi)"
    r"|(?:est|serait|sera|seraient|etre) accepte\w*)\b"
    r"|\b(?:fai\w*|fer\w+) (?:\w+ )?taire (?:le compilateur|rustc|l'erreur|e\d{4})"
    r"|\bcontourn\w+ (?:l'erreur|e\d{4})"
    r"|\b(?:l'erreur|e\d{4}) (?:disparai\w+|s'en (?:va|irait))"
    r"|\b(?:evit|corrig|resou|regl)\w+ e\d{4}"
)
_SAME = re.compile(
    r"\bne (?:resou\w+|corrig\w+|regl\w+) (?:pas|rien)\b|\bla meme erreur"
    r"|\bne chang\w+ (?:pas|rien)\b.*(?:erreur|refus|e\d{4})"
    r"|\bencore (?:l'erreur )?e\d|\b(?:l'erreur|e\d{4}) (?:reste|subsist|persist|demeur|revien)\w*"
)
# "On pourrait aussi appeler `drop(x)`…": another way to the same end.
_ALSO = re.compile(r"\b(?:peut|pourrait|pouvez|pourriez) (?:aussi|egalement|tout aussi bien) $")
_NEGATED = re.compile(
    r"\bn(?:e |')(?:\w+ )?(?:convien|suffi|march|fonctionn|serait accept|est accept|aide)\w*"
    r"(?: \w+)? (?:pas|plus)\b"
)
_GUESS = re.compile(
    r"\b(?:je|nous) (?:pens|croy|suppos|imagin|esper|m'attend)\w*|\bcroit\b|\bpeut-etre\b"
    r"|\bfaut-il\b|\bpourquoi\b|\bpuis-je\b|\bdois-je\b|\bje (?:croyais|pensais|voulais)"
)
# What makes a claim one about code that is not shown, or about another compiler.
_ELSEWHERE = re.compile(
    r"\b(?:autres?|exterieure?|(?<!d')ailleurs|dehors|hors)\b|\bedition\b"
    r"|\b(?:rust|rustc) 1\.|\bnightly\b"
    r"|\banciens? rustc\b|\bautrefois\b|\bavant rust\b|\bsystemes?\b"
)
_NEW_SUBJECT = re.compile(
    r"^\W*(?:alors |donc |mais )?(?:(?:une?|tout|toute|chaque|aucune?|deux|plusieurs|n'importe)\b"
    r"(?! (?:seul\w* )?(?:erreur|e\d|message|refus|compil|passe|marche|fonctionne))"
    r"|(?:l'|s'|se |en |y )?(?!premier|dernier|fichier|entier|hier\b)\w{2,}(?:er|ir)\b"
    r"|(?:l'|s'|se )?(?:re)?(?:lire|ecrire|mettre|prendre|rendre|faire)\b)"
)
_ASIDE = re.compile(r" mais | car | puisque? | parce | : |;|, qui ")
_CONDITION = re.compile(r"\bsi\b|\bs'ils?\b")
_LATER = re.compile(r"\bquand\b|\blorsqu|\bdes qu|\btant qu|\bpour une? \b")
# "Quand on compile ce programme, rustc répond :" is about the program as it is.
_COMPILING = re.compile(r"\b(?:compil|lanc|execut|construi|verifi)\w*")
_STILL = re.compile(r"\b(?:encore|toujours|aussi|egalement|quand meme|meme|malgre tout)\b")
_MENDS = re.compile(
    r"\b(?:convien|suffi|march|fonctionn|disparai|contourn|evit|corrig|resou|regl)\w*|\btaire\b"
    r"|\bs'en (?:va|irait)\b|\b(?:peut|pourrait|pouvez|pourriez) (?:aussi|egalement|tout aussi)"
)
_HARMLESS = re.compile(r"\b(?:encore|toujours|quand meme|malgre tout|accepte\w*)\b")
_CLAUSE = re.compile(r"(?:^\W*|[,:;(] ?|\b(?:mais|et|car|or|meme|que|donc) )$")


@dataclass(frozen=True)
class Change:
    """What is to be done to the code: `code` goes, comes, is written or moved; `new` replaces it.

    What "becomes" another thing is an item, with another visibility or trait; a "call" is code that
    would be used at the end of what is shown. `where` is "", "end" (of
    `place`, or of the program), "before", "after", "above" or "here".
    """

    kind: Kind
    code: str
    new: str = ""
    where: str = ""
    place: str = ""


@dataclass(frozen=True)
class ChangeClaim:
    """A sentence that says what a change would do.

    Where it cannot be tried, `change` is None and `why` says why. `codes` are the errors named;
    `others` the code spans that belong to neither the change nor the errors.
    """

    sentence: Sentence
    outcome: Outcome
    codes: frozenset[str] = frozenset()
    change: Change | None = None
    why: str = ""
    others: tuple[str, ...] = ()

    @property
    def mends(self) -> bool:
        """Whether it says that the change is a way to mend code that fails: "conviendrait"."""
        return _MENDS.search(self.sentence.folded) is not None

    @property
    def allows(self) -> bool:
        """Whether it says that the change does no harm: "compile encore", "serait accepté"."""
        return _HARMLESS.search(self.sentence.folded) is not None


def change_claims(said: Iterable[Sentence]) -> Iterator[ChangeClaim]:
    """Yield those sentences that say what a change of the code would do."""
    for sentence in said:
        text = sentence.text
        if sentence.asks or not (_CODED.search(text) and _TELLING.search(text)):
            continue  # most sentences: they are not even folded
        found = None if _GUESS.search(sentence.folded) else _claim(sentence)
        if found:
            yield found


def output_claim(sentence: Sentence, codes: frozenset[str], answers: bool) -> ChangeClaim | None:
    """Return what a sentence claims that stands above an error, "Sans `mut`, rustc répond :".

    `codes` are those of the errors below it. Where the sentence names no change but speaks of other
    code, an answer's error is not that of any block; None where it is.
    """
    if not sentence.text.endswith(":"):
        return None
    text = sentence.folded
    found = [
        (change, match)
        for change, match in _changes(sentence)
        if not match.group().startswith("sans") or _CLAUSE.search(text[: match.start()])
    ]
    if found:
        why = _beside(found, text)
        return ChangeClaim(sentence, "fails", codes, None if why else found[0][0], why)
    if answers and hypothetical(sentence) and not _COMPILING.search(text):
        return ChangeClaim(sentence, "fails", codes, why="it is about code that is not shown")
    return None


def _claim(sentence: Sentence) -> ChangeClaim | None:
    codes = frozenset(ERROR_CODE.findall(sentence.text))
    found = _changes(sentence)
    text = sentence.folded
    if text.endswith(":"):  # what follows is the code that it is about
        return None
    if not found:
        return _worded(sentence, codes)
    change, match = found[0]
    rest = text[: match.start()] + " " + text[match.end() :]
    also = "compiles" if _ALSO.search(text[: match.start()]) and not codes else None
    outcome, why = _outcome(rest, codes) if also is None else ("compiles", "")
    if outcome is None or not _is_claimed(match, text, outcome):
        return None
    used = {int(n) for _, m in found for n in m.groups() if n and n.isdigit()}
    tail = _ASIDE.split(text[match.end() :])[0]
    said = {int(n) for n in re.findall(SPAN, text[: match.start()] + tail)} - used
    others = tuple(sentence.spans[i] for i in sorted(said) if not _is_code(sentence.spans[i]))
    why = why or _beside(found, text) or _of_other_code(outcome, text, match)
    written = next((s for s in others if re.match(r"(?:pub )?fn \w+.*\(.*\)", s)), "")
    if change.kind == "remove" and written:  # the code without it is written out
        change, others = Change("write", written), tuple(s for s in others if s != written)
    return ChangeClaim(sentence, outcome, codes, None if why else change, why, others)


def _beside(found: "list[tuple[Change, re.Match[str]]]", text: str) -> str:
    """Say why a claim is not about the change of shown code alone; "" if it is."""
    match = found[0][1]
    if len(found) > 1 or re.match(r",? (?:ni|et|ou) (?:sans )?⟦", text[match.end() :]):
        return "it names several changes"
    head = re.sub(
        r"\bsi (?:on|l'on|vous|tu) (?:y |n'|ne )?$|\bsi j'(?:y )?$", "", text[: match.start()]
    )
    tail = text[match.end() :]
    if _CONDITION.search(head) or _CONDITION.search(tail) or _LATER.search(tail):
        return "it has another condition"
    said = _ASIDE.split(tail)[0]
    if _ELSEWHERE.search(f"{head} {said}") or _NEW_SUBJECT.search(tail):
        return "it is about code that is not shown"
    posterior = match.group().startswith("sans") and not _CLAUSE.search(text[: match.start()])
    if posterior and _NEW_SUBJECT.search(head):
        return "it is about code that is not shown"
    return ""


def _of_other_code(outcome: Outcome, text: str, match: "re.Match[str]") -> str:
    """Say that it is other code that compiles: "il faudrait `x` : `y` compile aussi"."""
    parts = _ASIDE.split(text[match.end() :])
    said = text[: match.start()] + parts[0]
    later = " ".join(parts[1:])
    if outcome != "compiles" or _COMPILES.search(said) or not re.search(SPAN, later):
        return ""
    return "it is about code that is not shown"


def _is_code(span: str) -> bool:
    return ERROR_CODE.fullmatch(span) is not None or span in ("rustc", "cargo", "cargo build")


def _worded(sentence: Sentence, codes: frozenset[str]) -> ChangeClaim | None:
    """Return the claim of a sentence whose change is told in words, which nobody can try."""
    outcome, _ = _outcome(sentence.folded, codes)
    conditional = codes or re.search(r"\w+rai(?:t|ent)\b|\baussi\b", sentence.folded)
    if outcome is None or not conditional or not _WORDED.search(sentence.folded):
        return None
    return ChangeClaim(sentence, outcome, codes, why="the change is told in words, not in code")


def _outcome(text: str, codes: frozenset[str]) -> tuple[Outcome | None, str]:
    """Tell what a sentence says will come of a change; with a reason where that is not clear."""
    same, fails = _SAME.search(text), _FAILS.search(text)
    without = _FAILS.sub(" ", text)
    compiles = _COMPILES.search(without)
    if _NEGATED.search(text):
        return ("fails", "") if codes else ("fails", "what would not do is not said to fail")
    if compiles and fails and compiles.end() <= fails.start() and " mais " in text[: fails.start()]:
        return "fails", ""  # "la fonction compilerait, mais `main` serait refusé"
    if compiles and (fails or same):
        return "compiles", "it says that one thing compiles and another does not"
    if same:
        return "same", ""
    if compiles:
        return "compiles", ""
    return ("fails", "") if fails or codes else (None, "")


def _is_claimed(match: "re.Match[str]", text: str, outcome: Outcome) -> bool:
    """Tell whether the outcome is said of a change, and not of code that already is so.

    "Le code compile sans `clone`" tells of a version without; "compile encore sans `clone`" and
    "ne compile pas sans `clone`" tell of a change. An advice claims what follows it: "et".
    """
    head, tail = text[: match.start()], text[match.end() :]
    if match.group().startswith("sans"):
        first = bool(_CLAUSE.search(head))
        if outcome == "compiles":  # where code makes the subject, it is what does without
            of_code = re.search(SPAN, head) and match.group()[5:] not in ("lui", "elle")
            return not of_code and (first or bool(_STILL.search(text)))
        return first or bool(_FAILS.search(head) or ERROR_CODE.search(head.upper()))
    advice = re.match(r"\w+ez\b", match.group()) and not re.search(r"\bvous $", head)
    return not advice or bool(re.search(r"\bet\b", tail))


def _is_subject(match: "re.Match[str]", text: str) -> bool:
    """Tell whether a verb makes a change of the clause: "ajouter", "si on ajoute", "en ajoutant".

    "Le motif oublie `Err`" and "on pourrait écrire `x`" do not.
    """
    verb = match.group().split(" ", 1)[0]
    head = text[: match.start()]
    if verb == "avec" or re.match(r"\W*(?:mais |et |or |de meme, )?avec\b", match.group()):
        return True
    if re.search(r"\bsi (?:on|l'on|vous|tu) (?:y |n'|ne )?$|\bsi j'(?:y )?$|\ben (?:y )?$", head):
        return True
    if _ALSO.search(head):
        return verb.startswith(("appel", "remplac", "pass"))
    infinitive = re.search(r"(?:er|re|ez|ir|ons)$", verb)
    return bool(infinitive and (_CLAUSE.search(head) or re.search(r"\b(?:ou|puis) $", head)))


def _changes(sentence: Sentence) -> list[tuple[Change, "re.Match[str]"]]:
    """List the changes that a sentence names, in order, those that are one in two ways once."""
    text, spans = sentence.folded, sentence.spans
    found: list[tuple[Change, re.Match[str]]] = []

    def add(change: Change, match: "re.Match[str]") -> None:
        if not any(match.start() < m.end() and m.start() < match.end() for _, m in found):
            found.append((change, match))

    for pattern in _SWAPS:
        for m in (m for m in pattern.finditer(text) if _is_subject(m, text)):
            add(Change("replace", spans[int(m.group(1))], spans[int(m.group(2))]), m)
    for m in _INSTEAD.finditer(text):
        add(Change("replace", spans[int(m.group(2))], spans[int(m.group(1))]), m)
    for m in _BECOMES.finditer(text):
        add(Change("become", spans[int(m.group(1))], spans[int(m.group(2))]), m)
    for m in (m for m in _CALL.finditer(text) if spans[int(m.group(1))].endswith(")")):
        place = spans[int(m.group(2))] if m.group(2) else ""
        add(Change("call", spans[int(m.group(1))], where="end", place=place), m)
    for m in _WITHOUT.finditer(text):
        add(Change("remove", spans[int(m.group(1))]), m)
    for m in _WITHOUT_IT.finditer(text):
        named = _NECESSARY.match(text[: m.start()])
        if named and len(re.findall(SPAN, text[: m.start()])) == 1:
            add(Change("remove", spans[int(named.group(1))]), m)
    for m in (m for m in _REMOVAL.finditer(text) if _is_subject(m, text)):
        add(Change("remove", spans[int(m.group(1))]), m)
    for pattern, kind in _PLACED:
        for m in (m for m in pattern.finditer(text) if _is_subject(m, text)):
            add(_placed(kind, m, spans), m)
    for pattern in (_WRITING, _WITH):
        for m in (m for m in pattern.finditer(text) if _is_subject(m, text)):
            add(Change("write", spans[int(m.group(1))]), m)
    return sorted(found, key=lambda pair: pair[1].start())


_RELATIONS = {"avant": "before", "devant": "before", "apres": "after", "derriere": "after"}


def _placed(kind: Literal["add", "move"], match: "re.Match[str]", spans: tuple[str, ...]) -> Change:
    groups = match.groupdict()
    numbers = [n for n in match.groups() if n and n.isdigit()]
    place = spans[int(numbers[1])] if len(numbers) > 1 else ""
    if groups["end"]:
        return Change(kind, spans[int(numbers[0])], where="end", place=place)
    if groups["relation"]:
        where = _RELATIONS.get(
            groups["relation"], "above" if "dessus" in groups["relation"] else "at"
        )
        return Change(kind, spans[int(numbers[0])], where=where, place=place)
    return Change(kind, spans[int(numbers[0])], where="here" if groups["here"] else "")
