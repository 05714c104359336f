"""Turn an annotator's form into a review, and a corrected example where the text was changed.

A changed text is a correction whatever the decision, unless that is to reject: nobody edits a
text to have the edit thrown away. A text field left empty, or with nothing but other spaces, is
an unchanged text.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from curator import __version__
from curator.base.errors import DataError
from curator.base.store import why
from curator.french import review as wording
from curator.records.example import (
    Decision,
    Example,
    Origin,
    Provenance,
    Review,
    example_id,
)
from curator.review.argilla import fields as names
from curator.review.argilla.base import Answer
from curator.review.decisions.rubric import rubric
from curator.review.lacking import text_of, value_of

SUBMITTED = "submitted"


def _is_imported(example: Example) -> bool:
    """Tell whether an example was imported, or corrects one that was."""
    origin = example.provenance.origin
    return origin is Origin.IMPORTED or (
        origin is Origin.CORRECTED and example.provenance.source is not None
    )


def correction(answer: Answer, example: Example) -> Example | None:
    """Make the example that an answer makes of the text, without verdicts; None where it leaves it.

    Raises ValueError for labels or characters that no example can have.
    """
    values = answer.values
    question = text_of(values, names.CORRECTED_QUESTION, example.question)
    answered = text_of(values, names.CORRECTED_ANSWER, example.answer)
    unchanged = example_id(question, answered) == example.id
    if unchanged or values.get(names.DECISION) == Decision.REJECT:
        return None
    provenance = Provenance(
        origin=Origin.CORRECTED,
        created=answer.time,
        toolkit=__version__,
        author=answer.annotator,
        licence=example.provenance.licence,
        # Only what was imported has a file that it comes from, and may keep its form.
        source=example.provenance.source if _is_imported(example) else None,
        parents=(example.id,),
        batch=example.provenance.batch,
    )
    labels: dict[str, Any] = {
        "topic": value_of(values, names.TOPIC) or example.topic,
        "difficulty": value_of(values, names.DIFFICULTY) or example.difficulty,
    }
    return Example(
        category=example.category,
        question=question,
        answer=answered,
        provenance=provenance,
        **labels,
    )


def _comment(values: Mapping[str, Any]) -> str | None:
    """Return what an annotator commented, without the lines that a form came back with."""
    lines = (value_of(values, names.COMMENT) or "").split("\n")
    said = "\n".join(line for line in lines if not line.startswith(wording.RETURN_MARK))
    return said.strip() or None


def noted(values: Mapping[str, Any], why: str) -> dict[str, Any]:
    """Return the values of a form that goes back, with `why` above what its author commented."""
    line = f"{wording.RETURN_MARK} {wording.RETURNED}{why}"
    return {**values, names.COMMENT: "\n".join(filter(None, (line, _comment(values))))}


def is_noted(values: Mapping[str, Any]) -> bool:
    """Tell whether a form went back to its annotator, who has not answered since."""
    return (value_of(values, names.COMMENT) or "").startswith(wording.RETURN_MARK)


def original_of(example: Example) -> dict[str, str]:
    """Return an example's texts and labels, by the questions that may change them."""
    return {
        names.CORRECTED_QUESTION: example.question,
        names.CORRECTED_ANSWER: example.answer,
        names.TOPIC: example.topic,
        names.DIFFICULTY: example.difficulty.value,
    }


def review_of(answer: Answer, example: Example, dataset: str, adjudication: bool) -> Review:
    """Make the review of a submitted answer; raises DataError where it cannot be one."""
    values = answer.values
    rejected = values.get(names.DECISION) == Decision.REJECT
    try:
        corrected = correction(answer, example)
        return Review(
            example=example.id,
            annotator=answer.annotator,
            time=answer.time,
            dataset=dataset,
            adjudication=adjudication,
            decision=values.get(names.DECISION),
            ratings={n: values[n] for n in rubric().criteria if values.get(n) is not None},
            reason=value_of(values, names.REASON) if rejected else None,
            comment=_comment(values),
            corrected=corrected.id if corrected else None,
            topic=value_of(values, names.TOPIC),
            difficulty=value_of(values, names.DIFFICULTY),
        )
    except ValidationError as error:
        raise DataError(f"not a review: {why(error)}", where=_place(answer, dataset)) from error
    except ValueError as error:
        raise DataError(f"not a review: {error}", where=_place(answer, dataset)) from error


def _place(answer: Answer, dataset: str) -> str:
    return f"{dataset}, record {answer.record}, {answer.annotator}"


def same(review: Review, other: Review) -> bool:
    """Tell whether two reviews say the same, whenever and in whichever dataset."""
    ignored = {"id", "time", "dataset"}
    return review.model_dump(exclude=ignored) == other.model_dump(exclude=ignored)


def withdrawal(review: Review, answer: Answer) -> Review:
    """Make the review that takes another back: its author made it a draft again or discarded it."""
    data = review.model_dump(exclude={"id"}) | {"withdrawn": True, "time": answer.time}
    return Review.model_validate(data)
