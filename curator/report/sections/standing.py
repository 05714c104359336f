"""Rank the arms, above the floors, and tell what the two best differ by: what comes first."""

from collections.abc import Iterator, Sequence

from curator.evaluation.pass_at import PassAt
from curator.evaluation.records import Profile
from curator.evaluation.summary import Summary
from curator.report.blocks import Cell, Content, Table, Text
from curator.report.data.evaluation import Evaluation
from curator.report.language import say
from curator.report.language.numbers import count, interval, mark, number, percent
from curator.report.sections import values

# A short name for each, and what its answers are (curator/evaluation/floors.py).
_FLOORS = {
    "floor-bland": (
        ("passe-partout", "one for all"),
        ("une même réponse pour toutes les questions", "one answer for every prompt"),
    ),
    "floor-soup": (
        ("mots en vrac", "word soup"),
        ("les mots attendus, sans raisonnement", "the expected words, without any reasoning"),
    ),
    "floor-copy": (
        ("copie", "copy"),
        ("la question recopiée", "the question copied"),
    ),
    "floor-unrelated": (
        ("hors sujet", "off the subject"),
        ("une bonne réponse à une autre question", "a good answer to another prompt"),
    ),
    "floor-english": (
        ("en anglais", "in English"),
        ("le bon code, expliqué en anglais", "the right code, explained in English"),
    ),
}


def standing_content(evaluation: Evaluation, profile: Profile) -> Iterator[Content]:
    """Write the ranking, and the difference of the two best arms."""
    sides = evaluation.scored(profile)
    if not sides:
        return
    ranked = sorted((s.summaries[profile] for s in sides), key=lambda s: -_score(s))
    yield _ranking(ranked, evaluation.floors.get(profile, ()))
    yield _best(evaluation, profile)


def _ranking(ranked: Sequence[Summary], floors: Sequence[Summary]) -> Table:
    """Rank the arms; a column is there only where some row has something to say in it."""
    several = any(one.k > 1 for summary in ranked for one in summary.passes)
    columns = [(say("Bras", "Arm"), False), ("Score", True), (say("Résolues", "Solved"), True)]
    columns += [("pass@k", False)] if several else []
    columns += [(say("Questions", "Prompts"), True)]
    columns += [(say("Réponses du témoin", "Answers of the floor"), False)] if floors else []
    last = [""] if floors else []
    rows = [[*_row(one, several), *last] for one in ranked]
    rows += [_floor_row(one, several) for one in floors]
    note = say(
        "Résolues : part des questions dont la réponse passe le contrôle, et son intervalle à "
        "95 %.",
        "Solved: share of prompts whose answer passes the check, and its 95% interval.",
    )
    low = say(
        "Témoins : réponses fabriquées par du code, sans valeur pour l'élève ; un bon score doit "
        "les dépasser nettement.",
        "Floors: answers made by code, of no use to a learner; a good score must be well above "
        "them.",
    )
    told = [note] * any(one.passes for one in ranked) + [low] * bool(floors)
    caption = say("Classement des bras", "Ranking of the arms")
    if floors:
        caption = say("Classement des bras, témoins en dernier", "Ranking of the arms, floors last")
    return Table(caption, columns, rows, " ".join(told))


def _score(summary: Summary) -> float:
    return summary.overall.metrics.get("composite") or 0.0


def _row(summary: Summary, several: bool) -> list[str | Cell]:
    metrics = summary.overall.metrics
    solved = percent(metrics.get("solved"))
    once = next((one for one in summary.passes if one.k == 1), None)
    cells = [mark(metrics.get("composite")), f"{solved} {_span(once)}" if once else solved]
    if several:
        more = (one for one in summary.passes if one.k > 1)
        cells.append(", ".join(f"k = {one.k} : {percent(one.rate)} {_span(one)}" for one in more))
    return [Cell(summary.arm, code=True), *cells, number(summary.prompts)]


def _span(rate: PassAt) -> str:
    return interval(percent(rate.low), percent(rate.high))


def _floor_row(summary: Summary, several: bool) -> list[str | Cell]:
    metrics = summary.overall.metrics
    name, what = summary.arm, ""
    if summary.arm in _FLOORS:
        short, answers = _FLOORS[summary.arm]
        name, what = f"{say(*short)} ({summary.arm})", say(*answers)
    cells = [mark(metrics.get("composite")), percent(metrics.get("solved"))]
    cells += [""] * several + [number(summary.prompts), what]
    return [Cell(text, tone="open") for text in (name, *cells)]


def _best(evaluation: Evaluation, profile: Profile) -> Text:
    comparison = evaluation.best.get(profile)
    difference = comparison.find("composite") if comparison else None
    if comparison is None or difference is None:
        nothing = say(
            "Moins de deux bras comparables : aucun écart à donner.",
            "Fewer than two arms that can be compared: there is no difference to give.",
        )
        return Text(nothing, "empty")
    asked = count(difference.n, "question", "prompt")
    text = say(
        f"Les deux meilleurs bras, {comparison.after} moins {comparison.before} : "
        f"{values.delta(difference)}, {values.span(difference)} sur {asked} ; "
        f"{values.conclusion(difference)}.",
        f"The two best arms, {comparison.after} minus {comparison.before}: "
        f"{values.delta(difference)}, {values.span(difference)} on {asked}; "
        f"{values.conclusion(difference)}.",
    )
    return Text(text)
