"""Show two arms side by side: each difference with its interval, as a table and as a plot."""

from collections.abc import Sequence

from curator.base import charts
from curator.evaluation.compare import ALL, LEAST, Comparison, Difference
from curator.french.words import SCORES
from curator.report.blocks import Cell, Content, Figure, Table, Text
from curator.report.data.evaluation import Pair
from curator.report.language import say, tell, words
from curator.report.language.numbers import count, number, percent
from curator.report.sections import values

Headings = list[tuple[str, bool]]


def method() -> str:
    """Say how two arms are compared."""
    return say(
        "Les verdicts « amélioration » et « régression » ne sont donnés que si l'intervalle de "
        "l'écart exclut 0 et si le test des signes le confirme ; sinon, le nombre de questions "
        f"qu'il faudrait est donné. p : test des signes. De moins de {LEAST} questions, rien n'est "
        "conclu : même si toutes allaient dans le même sens, p dépasserait 0,05.",
        "The verdicts “better” and “worse” are given only where the interval of the difference "
        "excludes 0 and the sign test confirms it; else the number of prompts that it would take "
        "is given. "
        f"p: sign test. Of fewer than {LEAST} prompts nothing is concluded: even if all went the "
        "same way, p would be above 0.05.",
    )


def pair_content(pair: Pair, first: Sequence[str] = ()) -> list[Content]:
    """Show two arms side by side, or why they are not; the metrics of `first` come first."""
    if pair.comparison is None:
        why = tell(pair.refused) if pair.refused else ""
        text = say(
            f"Comparaison de {pair.before} et {pair.after} refusée : {why}.",
            f"Comparison of {pair.before} and {pair.after} refused: {why}.",
        )
        return [Text(text, "warning")]
    whole = [d for d in pair.comparison.differences if d.group == ALL]
    order = [*first, *(d.metric for d in whole if d.metric not in first)]
    ranked = sorted(whole, key=lambda d: order.index(d.metric))
    return [_differences(pair, ranked), _forest(pair, ranked), _drawing(pair)]


def _differences(pair: Pair, differences: Sequence[Difference]) -> Table:
    comparison = _compared(pair)
    rows: list[list[str | Cell]] = [
        [words.metric(d.metric, pair.profile), number(d.n), *_difference(d)] for d in differences
    ]
    columns: Headings = [(say("Métrique", "Metric"), False), ("n", True)]
    columns += [(pair.before, True), (pair.after, True), *_delta_columns(comparison)]
    note = say(
        "n : questions où la métrique est mesurée pour les deux bras ; une moyenne varie donc "
        "d'un tableau à l'autre.",
        "n: prompts for which both arms have the metric, so that a mean varies from table to "
        "table.",
    )
    caption = say(
        f"{pair.before} et {pair.after}, métrique par métrique (delta : {pair.after} moins "
        f"{pair.before})",
        f"{pair.before} and {pair.after}, metric by metric (delta: {pair.after} minus "
        f"{pair.before})",
    )
    return Table(caption, columns, rows, note, minor=frozenset({1, 2, 3, 6, 7}))


def _drawing(pair: Pair) -> Text:
    """Say how intervals are made, and over how many prompts."""
    comparison = _compared(pair)
    asked, drawn = count(comparison.prompts, "question", "prompt"), number(comparison.resamples)
    text = say(
        f"{pair.before} et {pair.after} : {asked}. Intervalles : bootstrap apparié à centiles "
        f"élargis, {drawn} tirages, graine {comparison.seed}.",
        f"{pair.before} and {pair.after}: {asked}. Intervals: paired bootstrap with widened "
        f"percentiles, {drawn} draws, seed {comparison.seed}.",
    )
    return Text(text, "note")


def _compared(pair: Pair) -> Comparison:
    if pair.comparison is None:
        raise ValueError(f"{pair.before} and {pair.after} were not compared")
    return pair.comparison


def _delta_columns(comparison: Comparison) -> Headings:
    shown = percent(comparison.confidence)
    interval = say(f"Intervalle {shown}", f"{shown} interval")
    return [("Delta", True), (interval, True), ("p", True), ("Verdict", False)]


def _difference(difference: Difference) -> list[str | Cell]:
    return [
        values.value(difference.metric, difference.before),
        values.value(difference.metric, difference.after),
        values.delta(difference),
        values.span(difference),
        values.probability(difference.p_adjusted),
        values.verdict(difference),
    ]


def _forest(pair: Pair, differences: Sequence[Difference]) -> Figure:
    """Plot every difference as a share of its scale, so that one axis holds all."""
    spans = []
    for one in differences:
        scale = 5.0 if one.metric in SCORES else 1.0
        low, mid, high = (100 * v / scale for v in (one.low, one.delta, one.high))
        tone = values.TONES[one.word]
        spans.append(charts.Span(words.metric(one.metric, pair.profile), mid, low, high, tone))
    description = say(" ; ", "; ").join(
        f"{words.metric(d.metric, pair.profile)} {values.delta(d)}, {values.conclusion(d)}"
        for d in differences
    )
    axis = say("écart, en % de l'échelle", "difference, in % of the scale")
    chart = charts.interval_chart(spans, axis)
    caption = say(
        f"De {pair.before} à {pair.after} : écarts et intervalles "
        "(carré vert : amélioration ; triangle rouge : régression ; rond gris : indécis)",
        f"From {pair.before} to {pair.after}: differences and intervals "
        "(green square: better; red triangle: worse; grey circle: undecided)",
    )
    return Figure(chart, caption, description)


def by_category(pair: Pair) -> Table | Text:
    """Show the differences of the score where a category has enough prompts; count the others.

    Where no category has enough, that is all there is to say.
    """
    comparison = _compared(pair)
    every = [d for d in comparison.differences if d.metric == "composite" and d.group != ALL]
    enough, short = [d for d in every if not d.short], [d for d in every if d.short]
    caption = say(
        f"Score de {pair.before} et {pair.after}, catégorie par catégorie",
        f"Score of {pair.before} and {pair.after}, category by category",
    )
    if not enough:
        return Text(f"{caption}{say(' : ', ': ')}{_too_small(short, False)}.", "note")
    rows: list[list[str | Cell]] = [
        [words.group(d.group), number(d.n), *_difference(d)] for d in enough
    ]
    columns: Headings = [(say("Catégorie", "Category"), False), ("n", True)]
    columns += [(pair.before, True), (pair.after, True), *_delta_columns(comparison)]
    note = say(
        "Intervalles élargis (Bonferroni) et p corrigés (Holm) pour le nombre de catégories.",
        "Intervals are widened (Bonferroni) and p corrected (Holm) for the number of categories.",
    )
    if short:
        told = _too_small(short, True)
        note = f"{note} {told[0].upper()}{told[1:]}."
    return Table(caption, columns, rows, note, minor=frozenset({1, 2, 3, 6, 7}))


def _too_small(short: Sequence[Difference], others: bool) -> str:
    """Say how many categories have too few prompts, beside others or all that there are."""
    if not short:
        return say("aucune catégorie", "no category")
    least = short[0].least
    bound = say(f"trop peu de questions ({least} au moins)", f"too few prompts (at least {least})")
    n = number(len(short))
    if len(short) == 1:
        one = say("l'autre catégorie a", "the other category has")
        alone = say("la seule catégorie a", "the only category has")
        return f"{one if others else alone} {bound}"
    several = say(f"les {n} autres catégories ont", f"the {n} other categories have")
    whole = say(f"les {n} catégories ont", f"all {n} categories have")
    return f"{several if others else whole} {bound}"
