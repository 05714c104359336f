"""Rank the arms, above the floors, and tell what the two best differ by: what comes first."""

from collections.abc import Iterator

from curator.evaluation.records import Profile
from curator.evaluation.summary import Summary
from curator.report.blocks import Cell, Content, Table, Text
from curator.report.data.evaluation import Evaluation
from curator.report.language import say
from curator.report.language.numbers import count, interval, listed, mark, number, percent
from curator.report.sections import values

_FLOORS = {
    "floor-bland": ("une même réponse passe-partout", "one answer for everything"),
    "floor-soup": ("les mots attendus, sans phrase", "the expected words, no sentence"),
    "floor-copy": ("la question recopiée", "the question copied"),
    "floor-unrelated": ("une bonne réponse à autre chose", "a good answer to something else"),
    "floor-english": ("le bon code, en anglais", "the right code, in English"),
}


def standing_content(evaluation: Evaluation, profile: Profile) -> Iterator[Content]:
    """Write the ranking, and the difference of the two best arms."""
    sides = evaluation.scored(profile)
    if not sides:
        return
    ranked = sorted((s.summaries[profile] for s in sides), key=lambda s: -_score(s))
    floors = evaluation.floors.get(profile, ())
    rows = [*(_row(one) for one in ranked), *(_floor_row(one) for one in floors)]
    columns = [(say("Bras", "Arm"), False), ("Score", True), (say("Résolues", "Solved"), True)]
    columns += [("pass@k", False), (say("Questions", "Prompts"), True), ("", False)]
    note = say(
        "Planchers, en gris : réponses écrites par du code, qui ne valent rien.",
        "Floors, in grey: answers written by code, which are worth nothing.",
    )
    caption = say("Classement, planchers en dernier", "Ranking, floors last")
    yield Table(caption, columns, rows, note if floors else "")
    yield _best(evaluation, profile)


def _score(summary: Summary) -> float:
    return summary.overall.metrics.get("composite") or 0.0


def _row(summary: Summary) -> list[str | Cell]:
    metrics = summary.overall.metrics
    passes = ", ".join(
        f"k = {one.k} : {percent(one.rate)} {interval(percent(one.low), percent(one.high))}"
        for one in summary.passes
    )
    cells = [mark(metrics.get("composite")), percent(metrics.get("solved")), passes]
    return [Cell(summary.arm, code=True), *cells, number(summary.prompts), ""]


def _floor_row(summary: Summary) -> list[str | Cell]:
    metrics = summary.overall.metrics
    cells = [mark(metrics.get("composite")), percent(metrics.get("solved")), ""]
    cells += [number(summary.prompts), say(*_FLOORS.get(summary.arm, ("", "")))]
    return [Cell(summary.arm, tone="open"), *(Cell(text, tone="open") for text in cells)]


def _best(evaluation: Evaluation, profile: Profile) -> Text:
    comparison = evaluation.best.get(profile)
    difference = comparison.find("composite") if comparison else None
    if comparison is None or difference is None:
        nothing = say(
            "Moins de deux bras comparables : aucun écart à donner.",
            "Fewer than two arms that can be compared: there is no difference to give.",
        )
        return Text(nothing, "empty")
    ends = listed([comparison.after, comparison.before])
    asked = count(difference.n, "question", "prompt")
    text = say(
        f"Les deux meilleurs bras, {ends} : {values.delta(difference)}, intervalle "
        f"{values.span(difference)} sur {asked} ; {values.conclusion(difference)}.",
        f"The two best arms, {ends}: {values.delta(difference)}, interval "
        f"{values.span(difference)} on {asked}; {values.conclusion(difference)}.",
    )
    return Text(text)
