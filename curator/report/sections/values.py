"""Write metrics and differences as cells of tables."""

from curator.evaluation.compare import MOST_NEEDED, Difference
from curator.evaluation.records import ModelIdentity
from curator.french import words
from curator.french.numbers import NONE, count, interval, mark, number, of, percent, points, signed
from curator.report.blocks import Cell

# An arm's model, where it is more than a file that was loaded here.
_MODELS = {"recorded": "réponses enregistrées ({})", "served": "{}, servi par {}"}
TONES = {"better": "better", "worse": "worse", "undecided": "open"}


def model(identity: ModelIdentity) -> str:
    """Name a model, and how it answered where its file was not loaded here."""
    server = identity.runtime.get("server", "")
    return _MODELS.get(identity.kind, "{}").format(identity.name, server)


def value(metric: str, measured: float | None) -> str:
    """Write a metric as people read it: a score on 5, a number of words, or a share."""
    if metric in words.SCORES:
        return mark(measured)
    return number(measured) if metric == "words" else percent(measured)


def label(metric: str) -> str:
    """Return the metric's French name."""
    return words.METRICS.get(metric, metric)


def delta(difference: Difference) -> str:
    """Write a difference in its own unit: points of a score, or points of per cent."""
    if difference.metric in words.SCORES:
        gain = signed(difference.delta)
        if not difference.before:
            return gain
        return f"{gain} ({signed(100 * difference.delta / difference.before, 0)}\u202f%)"
    return points(difference.delta)


def span(difference: Difference) -> str:
    """Write the interval of a difference, in the same unit."""
    if difference.metric in words.SCORES:
        return interval(signed(difference.low), signed(difference.high))
    return interval(signed(100 * difference.low, 1), f"{signed(100 * difference.high, 1)}\u202fpts")


def probability(p: float) -> str:
    """Write a p-value to three digits."""
    return f"<\u202f{number(0.001, 3)}" if p < 0.0005 else number(p, 3)


def verdict(difference: Difference | None) -> Cell:
    """Write the comparison's word; where it is undecided, how many prompts would decide."""
    if difference is None:
        return Cell(NONE)
    few = f"trop peu de questions ({difference.least} au moins)"
    return Cell(few if difference.short else conclusion(difference), tone=TONES[difference.word])


def brief(difference: Difference) -> str:
    """Write the word of a difference, where there are prompts enough for one."""
    return (
        f"trop peu pour conclure ({count(difference.n, 'question')})"
        if difference.short
        else words.VERDICTS[difference.word]
    )


def conclusion(difference: Difference) -> str:
    """Write the word of a difference, or what it would take to have one."""
    if difference.short:
        asked = of(difference.n, "question")
        return f"rien à conclure {asked} : il en faut au moins {difference.least}"
    word = words.VERDICTS[difference.word]
    if difference.word != "undecided":
        return word
    if difference.delta == 0:
        return f"{word} : aucun écart"
    if difference.needed is None:
        return word
    if difference.out_of_reach:
        return f"{word} : plus de {number(MOST_NEEDED)} questions, sans objet"
    return f"{word} : il faudrait environ {count(difference.needed, 'question')}"
