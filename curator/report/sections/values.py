"""Metrics and differences as cells of tables."""

from curator.evaluation.compare import Difference
from curator.evaluation.records import ModelIdentity
from curator.french import words
from curator.french.numbers import NONE, count, interval, mark, number, of, percent, points, signed
from curator.report.blocks import Cell

# An arm's model, where it is more than a file that was loaded here.
_MODELS = {"recorded": "réponses enregistrées ({})", "served": "{}, servi par {}"}
TONES = {"better": "better", "worse": "worse", "undecided": "open"}


def model(found: ModelIdentity) -> str:
    """A model's name, and how it answered where its file was not loaded here."""
    return _MODELS.get(found.kind, "{}").format(found.name, found.runtime.get("server", ""))


def value(metric: str, found: float | None) -> str:
    """A metric as people read it: a score on 5, a number of words, or a share."""
    if metric in words.SCORES:
        return mark(found)
    return number(found) if metric == "words" else percent(found)


def label(metric: str) -> str:
    """The metric's French name."""
    return words.METRICS.get(metric, metric)


def delta(found: Difference) -> str:
    """The difference in its own unit: points of a score, or points of per cent."""
    if found.metric in words.SCORES:
        share = f" ({signed(100 * found.delta / found.before, 0)}\u202f%)" if found.before else ""
        return f"{signed(found.delta)}{share}"
    return points(found.delta)


def span(found: Difference) -> str:
    """The interval of the difference, in the same unit."""
    if found.metric in words.SCORES:
        return interval(signed(found.low), signed(found.high))
    return interval(signed(100 * found.low, 1), f"{signed(100 * found.high, 1)}\u202fpts")


def probability(p: float) -> str:
    """A p-value, to three digits."""
    return f"<\u202f{number(0.001, 3)}" if p < 0.0005 else number(p, 3)


def verdict(found: Difference | None) -> Cell:
    """The comparison's word; where it is undecided, how many prompts would decide."""
    if found is None:
        return Cell(NONE)
    few = f"trop peu de questions ({found.least} au moins)"
    return Cell(few if found.short else said(found), tone=TONES[found.word])


def brief(found: Difference) -> str:
    """The word of a difference, where there are prompts enough for one."""
    return (
        f"trop peu pour conclure ({count(found.n, 'question')})"
        if found.short
        else words.VERDICTS[found.word]
    )


def said(found: Difference) -> str:
    """The word of a difference, or what it would take to have one."""
    if found.short:
        return f"rien à conclure {of(found.n, 'question')} : il en faut au moins {found.least}"
    word = words.VERDICTS[found.word]
    if found.word != "undecided":
        return word
    if found.delta == 0:
        return f"{word} : aucun écart"
    if found.needed is None:
        return word
    return f"{word} : il faudrait environ {count(found.needed, 'question')}"
