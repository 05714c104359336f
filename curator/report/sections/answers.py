"""Show the answers to browse, on a page of their own."""

from collections.abc import Iterator

from curator.evaluation.records import Response, Score
from curator.report.blocks import Answer, Answers, Block, Section, Text
from curator.report.data.evaluation import Evaluation, Side
from curator.report.language import say, words
from curator.report.language.numbers import count
from curator.report.sections import values

SHOWN = 400
KEY = "reponses"
_MARKS = ("composite", "rust", "compilation", "french", "language", "topics", "groundedness")


def answers_section(evaluation: Evaluation | None) -> Section:
    """Show every answer with each block's verdict, prompt by prompt; the first SHOWN of them."""
    every = _every(evaluation) if evaluation else []
    if not every:
        return Section(KEY, _title(), [_none()])
    return Section(KEY, _title(), [Answers(every[:SHOWN], len(every))])


def answers_pointer(evaluation: Evaluation | None, page: str) -> Section:
    """Say how many answers there are, and that `page` shows them."""
    sides = evaluation.sides if evaluation else ()
    total = sum(len(side.responses) for side in sides)
    if not total:
        return Section(KEY, _title(), [_none()])
    whose = (count(total, "réponse", "answer"), count(len(sides), "bras|bras", "arm"))
    text = say(
        "{} de {}, avec la question et le verdict de rustc sur chaque bloc",
        "{} of {}, with the question and what rustc says of each block",
    )
    return Section(KEY, _title(), [Text(text.format(*whose), page=page)], page=page)


def _title() -> str:
    return say("Réponses", "Answers")


def _none() -> Text:
    return Text(say("Aucune réponse n'est enregistrée.", "No answer is recorded."), "empty")


def _every(evaluation: Evaluation) -> list[Answer]:
    """List the answers, those of all arms to one prompt beside each other."""
    answers = [(one, a) for side in evaluation.sides for one, a in _answers(evaluation, side)]
    place = {p: n for n, p in enumerate(dict.fromkeys(one.prompt_id for one, _ in answers))}
    return [a for _, a in sorted(answers, key=lambda m: (place[m[0].prompt_id], m[0].sample))]


def _answers(evaluation: Evaluation, side: Side) -> Iterator[tuple[Response, Answer]]:
    for one, score in side.answers(evaluation.profile):
        yield one, _answer(evaluation, side, one, score)


def _answer(evaluation: Evaluation, side: Side, one: Response, score: Score | None) -> Answer:
    asked = side.known.get(one.prompt_id)
    name = one.prompt_id
    if side.arm.samples > 1:
        name = f"{name}, {say('réponse', 'answer')} {one.sample + 1}"
    category = words.group(score.category if score else asked.category if asked else "")
    return Answer(
        arm=side.name,
        prompt=name,
        category=category,
        question=asked.asked if asked else "",
        text=one.response,
        marks=_marks(score) if score else (),
        blocks=[
            Block(b.line, b.passed, words.reason(b.reason) if b.reason else "", b.message)
            for b in (score.blocks if score else ())
        ],
        sources=[(s.title, s.address) for s in one.sources],
        finished=one.finished,
        leaked=one.prompt_id in evaluation.leaked,
    )


def _marks(score: Score) -> list[tuple[str, str]]:
    known = [(n, score.metrics[n]) for n in _MARKS if score.metrics.get(n) is not None]
    profile = words.profile_of(score.metrics)
    return [(words.metric(n, profile), values.value(n, v)) for n, v in known]
