"""Write metrics and differences as cells of tables."""

from curator.evaluation.compare import MOST_NEEDED, Difference
from curator.evaluation.metrics import LOWER_IS_BETTER
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
LEAST_BASE = 0.25  # of a score out of 5: a change in per cent of less says nothing
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
    """Write a difference in its own unit: points of a score, or points of per cent.

    A score's has the change in per cent too, where it does not begin near 0.
    """
    if difference.metric in SCORES:
        gain = signed(difference.delta)
        if difference.before < LEAST_BASE:
            return gain
        share = signed(100 * difference.delta / difference.before, 0)
        return f"{gain} ({share}{say(THIN, '')}%)"
    return points(difference.delta)


def span(difference: Difference) -> str:
    """Write the interval of a difference, in the same unit."""
    if difference.metric in SCORES:
        return interval(signed(difference.low), signed(difference.high))
    return f"{ends(difference.low, difference.high)}{THIN}pts"


def ends(low: float, high: float) -> str:
    """Write an interval of shares in points of per cent, without their unit."""
    return interval(signed(100 * low, 1), signed(100 * high, 1))


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
    return f"{word} ({_undecided(difference)})"


def is_unconfirmed(difference: Difference) -> bool:
    """Tell whether enough was asked and the interval excludes 0, but the sign test disagrees.

    More prompts may well be `needed` then: they are to show such a difference four times in five,
    where half as many may do once.
    """
    clear = difference.low > 0 or difference.high < 0
    return difference.word == "undecided" and clear and not difference.short


def _undecided(difference: Difference) -> str:
    """Say why there is no word, or how many prompts it would take."""
    if difference.delta == 0 or difference.needed is None:
        return say("aucun écart", "no difference")
    if is_unconfirmed(difference):
        return _unconfirmed(difference)
    if difference.out_of_reach:
        most = number(MOST_NEEDED)
        return say(
            f"il faudrait plus de {most} questions", f"it would take more than {most} prompts"
        )
    asked = count(difference.needed, "question", "prompt")
    return say(f"il faudrait environ {asked}", f"it would take about {asked}")


def _unconfirmed(difference: Difference) -> str:
    """Say that the sign test disagrees, or that most questions go the other way."""
    p = probability(difference.p_adjusted)
    shown = f"p{THIN}{p}" if p.startswith("<") else f"p{THIN}={THIN}{p}"
    better = (difference.delta < 0) == (difference.metric in LOWER_IS_BETTER)
    if difference.p_adjusted <= 0.05 and (difference.wins > difference.losses) != better:
        return say(
            "l'intervalle exclut 0, mais la plupart des questions qui changent vont dans l'autre "
            f"sens, {shown} : la moyenne tient à quelques questions",
            "the interval excludes 0, but most prompts that change go the other way, "
            f"{shown}: the mean rests on a few prompts",
        )
    return say(
        f"l'intervalle exclut 0, mais le test des signes ne le confirme pas, {shown} : la moyenne "
        "tient à l'ampleur des écarts, non à leur nombre",
        f"the interval excludes 0, but the sign test does not confirm it, {shown}: the mean rests "
        "on how large differences are, not on how many",
    )
