"""What an answer lacks to be a decision: the one rule of the page, its server and the pull.

Who corrects changes a text or a label, who rejects gives a reason. A text that is left empty, or
differs by spaces at line ends or by typography alone, is unchanged. The server of the embedded
Argilla imports this in its own environment (engine/argilla_sqlite/answers.py), so nothing here may
need more than markdown_it.
"""

from collections.abc import Mapping
from typing import Any

from curator.french.typography import typed, typeset_markdown
from curator.review.argilla import fields as names
from curator.text.fences import relabelled
from curator.text.normalise import normalise, normalise_text

REJECT, CORRECT = "rejeter", "corriger"
NO_REASON, UNCHANGED = "no_reason", "unchanged"
TEXTS = (names.CORRECTED_QUESTION, names.CORRECTED_ANSWER)
LABELS = (names.TOPIC, names.DIFFICULTY)


def cleaned(text: str) -> str:
    """Clean a text as a browser's form gives it: line ends, plain spaces, nothing invisible."""
    return normalise(normalise_text(text).replace("\u00a0", " ")).strip()


def text_of(values: Mapping[str, Any], name: str, original: str) -> str:
    """Return the text of a field as it is stored: as typed, with the labels of its fences.

    A text that differs from the original by typography alone is the original.
    """
    text = values.get(name)
    if not isinstance(text, str) or not text.strip():
        return original
    known = cleaned(original)
    corrected = typed(cleaned(text))
    if name == names.CORRECTED_QUESTION:
        corrected = relabelled(corrected, known)
    same = typeset_markdown(corrected) == typeset_markdown(known)
    return original if same else corrected


def value_of(values: Mapping[str, Any], name: str) -> str | None:
    """Return a value without the spaces around it, None where it says nothing."""
    text = values.get(name)
    return text.strip() or None if isinstance(text, str) else None


def lacking(values: Mapping[str, Any], original: Mapping[str, str]) -> str | None:
    """Return what a form lacks, as a key of wording.RETURNS; None for nothing.

    `values` are by the names of the questions, and so is `original`: the texts and labels of the
    example that the form is about, whatever the form was filled with.
    """
    decision = values.get(names.DECISION)
    if decision == REJECT:
        return None if value_of(values, names.REASON) else NO_REASON
    if decision != CORRECT:
        return None
    labels = ((value_of(values, name), original.get(name)) for name in LABELS)
    if any(given and given != known for given, known in labels):
        return None
    texts = ((text_of(values, name, known), known) for name, known in _texts(original))
    changed = any(normalise(given) != normalise(known) for given, known in texts)
    return None if changed else UNCHANGED


def _texts(original: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, original.get(name, "")) for name in TEXTS]
