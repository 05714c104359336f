"""Write a difference as a page: figures side by side, and what came, went and changed to read."""

from collections.abc import Iterator
from dataclasses import replace

from curator.evaluation.compare import ALL, Comparison, Difference
from curator.evaluation.records import Profile
from curator.records.project import Project
from curator.report.blocks import Cell, Table
from curator.report.browse.answers import answer_row
from curator.report.browse.page import Content, document
from curator.report.browse.rows import Before, Row, distinct, row_of
from curator.report.browse.select import known_of
from curator.report.browse.wording import DIFF, TITLES, said, value_label
from curator.report.differ.arms import METRIC, ArmDifference, scores_of
from curator.report.differ.sets import WHOLE, Change, Figure, SetDifference
from curator.report.language import Lang, speaking, tell, tell_counts, words
from curator.report.language.numbers import count, number, percent, signed
from curator.report.sections import values

_FACETS = {"difficulty": "level", "rejected for": "reason", "made by": "strategy"}
_UNTRANSLATED = "split"  # whose values are identifiers


def diff_document(project: Project, found: SetDifference | ArmDifference, lang: Lang) -> str:
    """Return the whole page of a difference."""
    with speaking(lang):
        return document(_content(project, found, lang), lang)


def _content(project: Project, found: SetDifference | ArmDifference, lang: Lang) -> Content:
    names = f"{found.before.name}{_say('to', lang)}{found.after.name}"
    counts: dict[str, int] = {n: len(getattr(found, n)) for n in ("came", "went", "changed")}
    lead = tell_counts(_say("lead", lang), {"same": found.same, **counts})
    if isinstance(found, SetDifference):
        tables, rows = [figures_table(found, lang)], list(_rows(project, found, lang))
    else:
        ranked = sorted(found.comparisons, key=lambda c: c.profile != "default")
        tables = [comparison_table(c, lang) for c in ranked]
        refused = [p.refused for p in found.pairs if p.refused]
        lead = " ".join([lead, *map(tell, refused)])
        rows = list(_answers(found, lang))
    title = said(TITLES["diff"], lang).replace("{x}", names)
    return Content(title, distinct(rows), lead, tables)


def _say(code: str, lang: Lang) -> str:
    return said(DIFF.get(code, (code, code)), lang)


def figures_table(found: SetDifference, lang: Lang) -> Table:
    """Lay the figures of two sets side by side."""
    sides = (found.before.name, True), (found.after.name, True)
    columns = [("", False), *sides, (_say("difference", lang), True)]
    rows = [_figure_row(f, lang) for f in found.telling]
    alike = len(found.figures) - len(rows)
    note = _say("alike", lang).format(n=alike) if alike else ""
    return Table(_say("figures", lang), columns, rows, note)


def _figure_row(figure: Figure, lang: Lang) -> list[str | Cell]:
    delta = figure.after - figure.before
    digits = 0 if float(delta).is_integer() and float(figure.before).is_integer() else 1
    name = _say(figure.name, lang)
    if figure.group != WHOLE:
        named = figure.name
        if figure.group != _UNTRANSLATED:
            named = value_label(_FACETS.get(figure.group, figure.group), figure.name, lang)
        name = f"{_say(figure.group, lang)}{_say('colon', lang)}{named}"
    cells = (number(figure.before, digits), number(figure.after, digits))
    return [name, *cells, signed(delta, digits) if delta else "="]


def comparison_table(comparison: Comparison, lang: Lang) -> Table:
    """Lay the scores of two arms side by side: the difference and its interval come first."""
    share = percent(comparison.confidence)
    columns = [
        (_say("metric", lang), False),
        (_say("difference", lang), True),
        (_say("interval", lang).replace("{x}", share), True),
        (_say("verdict", lang), False),
        (comparison.before, True),
        (comparison.after, True),
    ]
    every = [d for d in comparison.differences if d.group == ALL]
    every.sort(key=lambda d: d.metric != METRIC)
    rows = [_difference_row(d, comparison.profile, lang) for d in every]
    asked = count(comparison.prompts, "question", "prompt")
    caption = f"{_say('answers', lang)} ({asked}, {words.profile(comparison.profile)})"
    strong = frozenset({0}) if every and every[0].metric == METRIC else frozenset[int]()
    return Table(caption, columns, rows, strong=strong, minor=frozenset({4, 5}))


def _difference_row(d: Difference, profile: Profile, lang: Lang) -> list[str | Cell]:
    word = Cell(_say("short" if d.short else d.word, lang), values.TONES[d.word])
    means = values.value(d.metric, d.before), values.value(d.metric, d.after)
    return [words.metric(d.metric, profile), values.delta(d), values.span(d), word, *means]


def _rows(project: Project, found: SetDifference, lang: Lang) -> Iterator[Row]:
    later = [*(c.after for c in found.changed), *found.came, *found.went]
    known = known_of(project, later, found.after.filters, lang)
    for change in found.changed:
        yield _changed(row_of(change.after, known, change="changed"), change, lang)
    yield from (row_of(e, known, change="came") for e in found.came)
    yield from (row_of(e, known, change="went") for e in found.went)


def _changed(row: Row, change: Change, lang: Lang) -> Row:
    old, what = change.before, ", ".join(_say(name, lang) for name in change.what)
    before = Before(old.id, old.question, old.answer) if old.id != change.after.id else None
    return replace(row, before=before, facts=[(_say("what", lang), what), *row.facts])


def _answers(found: ArmDifference, lang: Lang) -> Iterator[Row]:
    old, new = scores_of(found.before), scores_of(found.after)
    for change in found.changed:
        key = change.after.prompt_id, change.after.sample
        row = answer_row(found.after, change.after, new.get(key), lang)
        before = Before(found.before.name, row.question, change.before.response)
        scores = " → ".join("?" if s is None else number(s, 2) for s in change.scores)
        facts = [(words.metric(METRIC), scores), *row.facts]
        yield replace(row, before=before, facts=facts, extra={"change": change.word})
    for word, side, scores_, answers in (
        ("came", found.after, new, found.came),
        ("went", found.before, old, found.went),
    ):
        for one in answers:
            row = answer_row(side, one, scores_.get((one.prompt_id, one.sample)), lang)
            yield replace(row, extra={"change": word})
