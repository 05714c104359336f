"""An answer of an evaluation as the page shows it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from curator.evaluation.records import BlockScore, Response, Score
from curator.report.browse.rows import Fault, Row
from curator.report.data.evaluation import Evaluation, Side
from curator.report.language import Lang, speaking, words
from curator.report.sections import values


def answer_rows(evaluation: Evaluation, lang: Lang) -> list[Row]:
    """Show every answer of every arm, those to one prompt beside each other."""
    made = [row for side in evaluation.sides for row in _rows(evaluation, side, lang)]
    order = {p: n for n, p in enumerate(dict.fromkeys(prompt for prompt, _ in made))}
    beside: dict[str, list[Row]] = {}
    for prompt, row in sorted(made, key=lambda one: order[one[0]]):
        beside.setdefault(prompt, []).append(row)
    return [_linked(row, others) for others in beside.values() for row in others]


def _linked(row: Row, others: Iterable[Row]) -> Row:
    """Lead to the other answers to the same prompt."""
    return replace(row, links=[(o.facets["arm"], o.key) for o in others if o is not row])


def _rows(evaluation: Evaluation, side: Side, lang: Lang) -> Iterator[tuple[str, Row]]:
    for one, score in side.answers(evaluation.profile):
        yield one.prompt_id, answer_row(side, one, score, lang)


def answer_row(side: Side, one: Response, score: Score | None, lang: Lang) -> Row:
    """Show one answer of an arm, with its score where it has one."""
    with speaking(lang):
        return _answer(side, one, score)


def _answer(side: Side, one: Response, score: Score | None) -> Row:
    asked = side.known.get(one.prompt_id)
    category = score.category if score else asked.category if asked else ""
    blocks = score.blocks if score else ()
    status = "sans-code" if not blocks else "conforme" if all(b.passed for b in blocks) else ""
    return Row(
        key=f"{side.name}/{one.prompt_id}/{one.sample}",
        question=asked.asked if asked else "",
        answer=one.response,
        facets={
            "status": status or "en-echec",
            "arm": side.name,
            "topic": str(asked.topic or "") if asked else "",
            "level": (asked.difficulty or "") if asked else "",
            "category": words.group(category),
        },
        faults=[_fault(b, one.response) for b in blocks if not b.passed],
        facts=[("prompt", one.prompt_id), *(_marks(score) if score else ())],
    )


def _fault(block: BlockScore, response: str) -> Fault:
    """Put what the compiler says of a block below its last line: of a line it says nothing."""
    lines = response.split("\n")
    after = range(block.line, len(lines))
    end = next((n for n in after if lines[n].lstrip().startswith(("```", "~~~"))), len(lines))
    return Fault("answer", block.line, block.reason, block.message, end)


def _marks(score: Score) -> Iterator[tuple[str, str]]:
    profile = words.profile_of(score.metrics)
    for name, value in score.metrics.items():
        if value is not None:
            yield words.metric(name, profile), values.value(name, value)
