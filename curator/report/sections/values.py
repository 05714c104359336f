"""Write metrics and differences as cells of tables."""

from curator.evaluation.compare import MOST_NEEDED, Difference
from curator.evaluation.records import ModelIdentity
from curator.french.words import SCORES
from curator.report.blocks import Cell
from curator.report.language import say, words
from curator.report.language.numbers import (
    NONE,
    THIN,
    count,
    interval,
    mark,
    number,
    of,
    percent,
    points,
    signed,
)

# An arm's model, where it is more than a file that was loaded here.
_MODELS = {
    "recorded": ("réponses enregistrées ({})", "recorded answers ({})"),
    "served": ("{}, servi par {}", "{}, served by {}"),
}
TONES = {"better": "better", "worse": "worse", "undecided": "open"}


def model(identity: ModelIdentity) -> str:
    """Name a model, and how it answered where its file was not loaded here."""
    server = identity.runtime.get("server", "")
    return say(*_MODELS.get(identity.kind, ("{}", "{}"))).format(identity.name, server)


def value(metric: str, measured: float | None) -> str:
    """Write a metric as people read it: a score on 5, a number of words, or a share."""
    if metric in SCORES:
        return mark(measured)
    return number(measured) if metric == "words" else percent(measured)


def delta(difference: Difference) -> str:
    """Write a difference in its own unit: points of a score, or points of per cent."""
    if difference.metric in SCORES:
        gain = signed(difference.delta)
        if not difference.before:
            return gain
        share = signed(100 * difference.delta / difference.before, 0)
        return f"{gain} ({share}{say(THIN, '')}%)"
    return points(difference.delta)


def span(difference: Difference) -> str:
    """Write the interval of a difference, in the same unit."""
    if difference.metric in SCORES:
        return interval(signed(difference.low), signed(difference.high))
    return interval(signed(100 * difference.low, 1), f"{signed(100 * difference.high, 1)}\u202fpts")


def probability(p: float) -> str:
    """Write a p-value to three digits."""
    return f"<\u202f{number(0.001, 3)}" if p < 0.0005 else number(p, 3)


def verdict(difference: Difference | None) -> Cell:
    """Write the comparison's word; where it is undecided, how many prompts would decide."""
    if difference is None:
        return Cell(NONE)
    least = difference.least
    few = say(f"trop peu de questions ({least} au moins)", f"too few prompts (at least {least})")
    return Cell(few if difference.short else conclusion(difference), tone=TONES[difference.word])


def brief(difference: Difference) -> str:
    """Write the word of a difference, where there are prompts enough for one."""
    if not difference.short:
        return words.verdict(difference.word)
    asked = count(difference.n, "question", "prompt")
    return say(f"trop peu pour conclure ({asked})", f"too few to conclude ({asked})")


def conclusion(difference: Difference) -> str:
    """Write the word of a difference, or what it would take to have one."""
    if difference.short:
        asked, least = of(difference.n, "question", "prompt"), difference.least
        return say(
            f"rien à conclure {asked} : il en faut au moins {least}",
            f"nothing to conclude {asked}: it takes at least {least}",
        )
    word = words.verdict(difference.word)
    if difference.word != "undecided" or (difference.delta and difference.needed is None):
        return word
    return f"{word}{say(' : ', ': ')}{_needed(difference)}"


def is_unconfirmed(difference: Difference) -> bool:
    """Tell whether enough was asked and the interval excludes 0, but the sign test disagrees."""
    enough = difference.needed is not None and difference.needed <= difference.n
    clear = difference.low > 0 or difference.high < 0
    return difference.word == "undecided" and enough and clear


def _needed(difference: Difference) -> str:
    """Say how many prompts would decide what is undecided."""
    if difference.delta == 0 or difference.needed is None:
        return say("aucun écart", "no difference")
    if difference.out_of_reach:
        most = number(MOST_NEEDED)
        return say(f"plus de {most} questions, sans objet", f"more than {most} prompts, pointless")
    if is_unconfirmed(difference):
        return say("le test des signes ne le confirme pas", "the sign test does not confirm it")
    asked = count(difference.needed, "question", "prompt")
    return say(f"il faudrait environ {asked}", f"it would take about {asked}")
