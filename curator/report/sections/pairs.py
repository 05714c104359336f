"""Show two arms side by side: each difference with its interval, as a table and as a plot."""

from collections.abc import Sequence

from curator.base import charts
from curator.evaluation.compare import ALL, LEAST, Comparison, Difference
from curator.french import words
from curator.french.notices import french
from curator.french.numbers import count, number, percent
from curator.report.blocks import Cell, Content, Figure, Table, Text
from curator.report.data.evaluation import Pair
from curator.report.sections import values

Headings = list[tuple[str, bool]]
METHOD = (
    "« amélioration » et « régression » ne sont dits que si l'intervalle de l'écart exclut 0 et si "
    "le test des signes le confirme ; sinon, le nombre de questions qu'il faudrait est donné. "
    f"p : test des signes. De moins de {LEAST} questions, rien n'est conclu : même si toutes "
    "allaient dans le même sens, p dépasserait 0,05."
)


def pair_content(pair: Pair, first: Sequence[str] = ()) -> list[Content]:
    """Show two arms side by side, or why they are not; the metrics of `first` come first."""
    title = f"{pair.before} et {pair.after}"
    if pair.comparison is None:
        why = french.say(pair.refused) if pair.refused else ""
        return [Text(f"Comparaison de {title} refusée : {why}.", "warning")]
    whole = [d for d in pair.comparison.differences if d.group == ALL]
    order = [*first, *(d.metric for d in whole if d.metric not in first)]
    ranked = sorted(whole, key=lambda d: order.index(d.metric))
    return [_differences(pair, ranked), _forest(pair, ranked)]


def _differences(pair: Pair, differences: Sequence[Difference]) -> Table:
    comparison = _compared(pair)
    rows: list[list[str | Cell]] = [[values.label(d.metric), *_difference(d)] for d in differences]
    columns: Headings = [("Métrique", False), (pair.before, True), (pair.after, True)]
    columns += _delta_columns(comparison)
    how = "bootstrap apparié à centiles élargis"
    drawn = f"{number(comparison.resamples)} tirages, graine {comparison.seed}"
    note = f"{count(comparison.prompts, 'question')}. Intervalles : {how}, {drawn}."
    caption = f"{pair.before} et {pair.after}, métrique par métrique"
    return Table(caption, columns, rows, note, minor=frozenset({1, 2, 5, 6}))


def _compared(pair: Pair) -> Comparison:
    if pair.comparison is None:
        raise ValueError(f"{pair.before} and {pair.after} were not compared")
    return pair.comparison


def _delta_columns(comparison: Comparison) -> Headings:
    shown = percent(comparison.confidence)
    return [("Delta", True), (f"Intervalle {shown}", True), ("p", True), ("Verdict", False)]


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
        scale = 5.0 if one.metric in words.SCORES else 1.0
        low, mid, high = (100 * v / scale for v in (one.low, one.delta, one.high))
        tone = values.TONES[one.word]
        spans.append(charts.Span(values.label(one.metric), mid, low, high, tone))
    description = " ; ".join(
        f"{values.label(d.metric)} {values.delta(d)}, {values.conclusion(d)}" for d in differences
    )
    chart = charts.interval_chart(spans, "écart, en % de l'échelle")
    caption = (
        f"De {pair.before} à {pair.after} : écarts et intervalles "
        "(carré vert : amélioration ; triangle rouge : régression ; rond gris : indécis)"
    )
    return Figure(chart, caption, description)


def by_category(pair: Pair) -> Table:
    """Show the differences of the score, category by category."""
    comparison = _compared(pair)
    rows: list[list[str | Cell]] = [
        [words.group(d.group), number(d.n), *_difference(d)]
        for d in comparison.differences
        if d.metric == "composite" and d.group != ALL
    ]
    columns: Headings = [("Catégorie", False), ("n", True), (pair.before, True), (pair.after, True)]
    columns += _delta_columns(comparison)
    note = "Intervalles élargis (Bonferroni) et p corrigés (Holm) pour le nombre de catégories."
    caption = f"Score de {pair.before} et {pair.after}, catégorie par catégorie"
    return Table(caption, columns, rows, note, minor=frozenset({1, 2, 3, 6, 7}))
