"""What there is to look through, by its name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from curator.base.errors import DataError
from curator.filters.base import FilterSettings
from curator.records.example import Example, Origin
from curator.records.project import Project
from curator.report.browse.answers import answer_rows
from curator.report.browse.rows import DECIDED, Known, Row, distinct, row_of
from curator.report.data.evaluation import read_evaluation
from curator.report.language import Lang
from curator.report.named import NamedSet, named_set, parents_of
from curator.review.decisions.settle import Settlement
from curator.review.decisions.state import read_state
from curator.review.recipe import RECIPE, load_review

EVALUATION = "evaluation"


@dataclass(frozen=True)
class Selection:
    """Rows to look through; `kind` is that of a NamedSet, or "evaluation"."""

    name: str
    kind: str
    rows: Sequence[Row]
    filters: Sequence[FilterSettings] = ()


def select(project: Project, name: str | None, lang: Lang) -> Selection:
    """Find what has this name: a batch, "curated", "evaluation", a file; None for all examples.

    Raises DataError where nothing has the name, and what reading files raises.
    """
    if name == EVALUATION:
        return _evaluation(project, lang)
    found = named_set(project, name)
    known = known_of(project, found.examples, found.filters, lang)
    rows = [_placed(row_of(e, known), found) for e in found.examples]
    return Selection(found.name, found.kind, distinct(rows), found.filters)


def known_of(
    project: Project, examples: Sequence[Example], filters: Sequence[FilterSettings], lang: Lang
) -> Known:
    """Gather what rows take from the rest of the project."""
    batches = {e.provenance.batch for e in examples if e.provenance.batch}
    chain = [one.name for one in filters]
    chains = dict.fromkeys(batches, chain)
    texts = parents_of(project, examples)
    if not (project.root / RECIPE).is_file():
        return Known(lang, texts, chains=chains)
    state = read_state(project, load_review(project))
    settled = state.settlements
    standings = {e.id: review_standing(e.id, state.examples, settled) for e in examples}
    reviews = {key: one.opinions for key, one in settled.items() if one.opinions}
    return Known(lang, texts, standings, reviews, chains)


def review_standing(
    key: str, examples: Mapping[str, Example], settled: Mapping[str, Settlement]
) -> str:
    """Say where an example stands with people; "" where nobody is asked about it.

    A correction without a settlement of its own replaces nothing: it is "superseded" once people
    have decided on the text that it corrects, and "pending" until then.
    """
    above, seen = key, set[str]()  # two people may have corrected each other's text
    while above not in settled:
        example = examples.get(above)
        if example is None or above in seen or example.provenance.origin is not Origin.CORRECTED:
            return ""
        seen.add(above)
        above = example.provenance.parents[0]
    status = str(settled[above].status)
    if above == key:
        return status
    return "superseded" if status in DECIDED else "pending"


def _placed(row: Row, found: NamedSet) -> Row:
    """Say which part of a built set an example is in, or why it was left out."""
    reason = found.left_out.get(row.key, "")
    extra = {"split": found.splits.get(row.key, "")}
    if not reason:
        return replace(row, extra=extra)
    return replace(row, extra={**extra, "status": "left_out", "reason": reason})


def _evaluation(project: Project, lang: Lang) -> Selection:
    evaluation = read_evaluation(project, lambda _root, _folder: None)
    if evaluation is None:
        hint = "curator evaluate writes some"
        raise DataError("there are no answers to look through yet", hint=hint)
    return Selection(EVALUATION, EVALUATION, distinct(answer_rows(evaluation, lang)))
