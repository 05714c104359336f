"""Read whether French prose says that the compiler refuses the code beside it.

A small grammar over text without case and accents: a sentence refuses the code when a clause puts a
predicate ("ne compile pas") on a subject that is this code ("ce code", "le programme suivant") or
on the compiler, and nothing takes it back: a negation, another subject, a condition, a correction
that is announced, an error at run time. Of several clauses, the last that decides counts.
"""

import re
import unicodedata
from enum import Enum

from curator.french import refusal_ways as ways
from curator.french import refusal_words as words
from curator.french import verdicts
from curator.french.quoted import REFUSAL, WIDE_REFUSAL, is_english
from curator.french.stance import Stance, stance, tells_consent, tells_refusal
from curator.text.fold import fold

_PARAGRAPH = 3000  # characters of a paragraph that are read, those that are nearest to the code
_LONGEST = 600  # characters of a sentence that are read, its last: patterns are not linear


class Reading(Enum):
    """What a sentence says of the code beside it; DENIED takes back what came before it."""

    REFUSED = "refused"
    DENIED = "denied"
    SILENT = "silent"


def plain(text: str) -> str:
    """Fold a text for reading, and mark rustc's messages in it.

    Of inline code, only error codes, messages and tools' names stay words.
    """
    # Without its accent, "Corrigé :" would be the order "Corrige :".
    text = re.sub(r"\b[Cc]orrigée?s?\b", "correction", unicodedata.normalize("NFC", text))
    text = fold(text).replace("\u2019", "'")
    for typed, meant in words.TYPED:
        text = typed.sub(meant, text)
    message = REFUSAL if is_english(text) else WIDE_REFUSAL
    text = message.sub(rf"{verdicts.MESSAGE} \g<0>", re.sub(r"`([^`\n]*)`", _inline, text))
    return re.sub(r"\s+", " ", re.sub(r"[^\w\s'.,;:!?()\[\]\u2026/-]+|_", " ", text))


def _inline(code: re.Match[str]) -> str:
    said = code.group(1)
    told = re.search(rf"{verdicts.CODE}|\brustc\b|\bcargo\b|^error", said) or REFUSAL.search(said)
    return said if told else " x "


def sentences(paragraph: str) -> list[str]:
    """Split a paragraph in plain form into its sentences; a semicolon ends one, too."""
    every = re.split(r"(?<=[.!?;])(?<!\.\.\.)\s+", paragraph)
    return [s[-_LONGEST:] for s in every if re.search(r"\w", s)]


def clauses_of(sentence: str) -> list[str]:
    """Split a sentence in plain form where a clause may end."""
    return re.split(r"[,:()]|\.\.\.", sentence)


def _predicate(clause: str, sentence: str, after: bool) -> re.Match[str] | None:
    """Find what a clause says of refused code; of the whole clause, where any words tell it."""
    here = re.search(words.HERE, sentence) or words.DONE.search(sentence)
    certain = words.REFUSED.search(clause)
    found = certain or ways.REFUSED.search(clause)
    if here and not found:
        found = words.REFUSED_IF_CODE.search(clause) or ways.REFUSED_IF_CODE.search(clause)
    elif not (here or after or certain or ways.AT_CODE.search(sentence)) and (
        verdicts.MESSAGE in clause
    ):
        # A message alone is somebody's claim, of code that need not be this.
        found, clause = None, clause.split(verdicts.MESSAGE)[0]
    supposed = re.search(verdicts.CODE, clause) and words.WOULD.search(sentence)
    if not (found or supposed) and tells_refusal(clause, sentence):
        found = re.search(".+", clause)
    return found


def _was_or_would(clause: str, sentence: str) -> bool:
    """Tell whether a clause speaks of a refusal that was once, or would be."""
    supposed = words.WOULD.search(clause) or words.USED.search(clause)
    if supposed and not words.TRIED.search(sentence):
        return True
    here = re.search(words.HERE, sentence) or words.DONE.search(sentence)
    this = ways.REFUSED_THIS.search(clause) or (here and words.AHEAD.search(sentence))
    return words.HAS_REFUSED.search(clause) is not None and not this


def _of_other(clause: str, found: re.Match[str], after: bool) -> bool:
    """Tell whether a predicate is said of other code, of people, or of a program's own refusals."""
    people = words.PEOPLE.search(clause)
    if words.OTHER.search(clause) or (people and people.end() > found.start() >= people.start()):
        return True
    if ways.MACHINE.search(clause) and not re.search(f"{verdicts.COMPILER}|compil", clause):
        return True
    return not after and words.ABOVE.search(clause[: found.start()]) is not None


def _clause(clause: str, sentence: str, after: bool) -> Reading:
    """Read one clause: is code refused in it, or accepted, or neither?"""
    if words.ACCEPTED.search(clause) or ways.ACCEPTED.search(clause) or tells_consent(clause):
        return Reading.DENIED
    found = _predicate(clause, sentence, after)
    if not found or ways.ADVICE.search(clause) or _was_or_would(clause, sentence):
        return Reading.SILENT
    return Reading.SILENT if _of_other(clause, found, after) else Reading.REFUSED


def _without(part: str, after: bool) -> bool:
    """Tell whether a part of a sentence speaks of the code without a piece of it."""
    others = re.sub(r"\bsans \w+", "", part)
    return bool(words.WITHOUT.search(part)) and (after or not re.search(words.THIS, others))


def _taken_back(part: str, after: bool) -> bool:
    """Tell whether a part of a sentence speaks of a correction, a belief, or a change."""
    if not after and ways.SHOWN.search(part):
        return False
    always = (words.CORRECTED, words.BELIEVED, words.RUNNING, words.TAKEN_AWAY)
    if any(pattern.search(part) for pattern in always) or _without(part, after):
        return True
    head = part.split(" :")[0]  # what follows explains it
    changed = words.ADDED.search(part) or (after and words.IF.search(head))
    if changed and not words.TRIED.search(part):
        return True
    return after and words.PAST.search(head) is not None


def _part(part: str, sentence: str, after: bool) -> Reading:
    """Read what stands on one side of a "mais"; its last clause that decides counts."""
    part = words.LEADING.sub("", part)
    if _taken_back(part, after):
        return Reading.DENIED
    part = words.IF_CLAUSE.sub("", part)
    clauses = [_clause(c, sentence, after) for c in clauses_of(part)]
    return next((r for r in reversed(clauses) if r is not Reading.SILENT), Reading.SILENT)


def _asked(sentence: str, after: bool) -> Reading | None:
    """Read a question or an order about code; None if a sentence is a statement."""
    if ways.PLANS.match(sentence):
        return Reading.SILENT
    lacking = after and ways.LACKS.search(sentence)
    if words.RUNNING.search(sentence) or ways.EXPLAINS.search(sentence):
        return Reading.DENIED
    if lacking or ways.ORDERS.search(sentence):
        return Reading.REFUSED
    if words.ORDERS.search(sentence):
        return Reading.DENIED if words.HOW.search(sentence) else Reading.REFUSED
    if ways.PROPOSE.search(sentence):
        return Reading.SILENT
    cannot = words.I_CANNOT if after else words.CANNOT
    asks = words.ASKS.search(sentence) or ways.ASKS.search(sentence) or re.search(cannot, sentence)
    if asks and not words.GONE.search(sentence):
        return Reading.REFUSED
    open_question = sentence.rstrip().endswith("?") and not words.ASKED.search(sentence)
    return Reading.SILENT if open_question else None


def _weighed(text: str, sentence: str, after: bool) -> Reading:
    """Read a text from its last "mais" backwards, until a part decides."""
    first, *others = words.BUT.split(text)
    for part in reversed(others):
        if stance(part) is Stance.FOR:
            return Reading.DENIED
        if (reading := _part(part, sentence, after)) is not Reading.SILENT:
            return reading
    return _part(first, sentence, after)


def _statement(sentence: str, after: bool) -> Reading:
    """Read a sentence that neither asks nor orders."""
    contrasted = words.TRAILING.search(sentence) and not words.LEADING.search(sentence)
    if contrasted or ways.QUIET.search(sentence):
        return Reading.DENIED
    sentence = ways.EARLY.sub(r"\1", ways.LATER.sub("", words.ASIDE.sub("", sentence)))
    reading = _weighed(words.CAUSE.sub("", sentence), sentence, after)
    return reading if reading is not Reading.SILENT else _weighed(sentence, sentence, after)


def read_sentence(sentence: str, after: bool = False) -> Reading:
    """Read a sentence in plain form that stands before the code, or after it.

    What follows "mais" counts more than what it contradicts, and a reason that is given counts
    only where the rest does not decide.
    """
    sentence = ways.SURELY.sub("", ways.TAG.sub(".", sentence))
    if ways.LABEL.match(sentence) or (after and ways.LABEL_BELOW.match(sentence)):
        return Reading.REFUSED
    asked = _asked(sentence, after)
    if asked:
        return asked
    return _statement(sentence, after)


def _leads_on(sentence: str) -> bool:
    """Tell whether a sentence only leads on to the code below: "En situation :"."""
    leads = ways.INVITES.search(sentence) is not None
    return leads and read_sentence(sentence) is not Reading.REFUSED


def refused_below(paragraph: str, pointing: bool) -> str | None:
    """Return the sentence by which a paragraph says that the code below it is refused, if any.

    With `pointing`, there is code above as well: the sentence must point ahead. A rule ("Rust
    refuse les pointeurs nuls") is about this code only in the last sentence.
    """
    said = None
    every = sentences(plain(paragraph[-_PARAGRAPH:]))
    telling = [s for s in every if not _leads_on(s)] or every
    for sentence in every:
        reading = read_sentence(sentence)
        ahead = words.AHEAD.search(sentence) or not pointing
        concerned = sentence is telling[-1] or words.CONCERNS.search(sentence)
        if reading is Reading.DENIED:
            said = None
        elif reading is Reading.REFUSED and ahead and concerned:
            said = sentence
    return said


def _names_error(sentence: str, question: str) -> bool:
    """Tell whether a sentence below code names its error; not one that the question names."""
    known = any(code.upper() in question for code in re.findall(verdicts.CODE, sentence))
    if known or supposed(sentence) or words.ACCEPTED.search(sentence):
        return False
    explained = not question and ways.EXPLAINED.search(sentence)
    return bool(words.NAMES.search(sentence) or explained)


def _points_back(sentence: str, question: str, changed: bool) -> bool:
    """Tell whether a sentence below code is about it; of changed code, it must say so."""
    pointing = words.BEHIND.search(words.LEADING.sub("", sentence)) or ways.ASKS.search(sentence)
    if pointing or ways.LABEL_BELOW.match(sentence):
        return True
    told = not question and any(tells_refusal(c, sentence) for c in clauses_of(sentence))
    return not changed and bool(told or ways.BEHIND.search(sentence))


def refused_above(paragraph: str, question: str = "") -> str | None:
    """Return the sentence by which a paragraph says that the code above it is refused, if any.

    In an answer, a code that the question names is explained, and is not the code's above.
    """
    changed = False
    for sentence in sentences(plain(paragraph[:_PARAGRAPH])):
        # "Quelle erreur obtient-on si l'on retire le `mut` ?" asks about other code.
        other = sentence.rstrip().endswith("?") and words.ASKS_IF.search(sentence)
        points = _points_back(sentence, question, changed) and not ways.ONWARD.search(sentence)
        of_this = points and not other
        changed = changed or of_a_change(sentence)
        said = of_this and read_sentence(sentence, after=True) is Reading.REFUSED
        yours = question and words.YOURS.search(sentence)
        if _names_error(sentence, question) or (said and not yours):
            return sentence
    return None


def supposed(text: str) -> bool:
    """Tell whether a text in plain form speaks of what was, or would be with other code."""
    return _taken_back(text, after=True) or words.WOULD.search(text) is not None


def of_a_change(text: str) -> bool:
    """Tell whether a text in plain form speaks of taking something away from the code."""
    return words.TAKEN_AWAY.search(text) is not None


def is_order(text: str) -> bool:
    """Tell whether a text in plain form orders to mend the code."""
    return (ways.ORDERS.search(text) or words.ORDERS.search(text)) is not None
