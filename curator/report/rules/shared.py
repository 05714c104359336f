"""Choose the arms and pairs that conclusions are about; the bounds of the rules."""

from collections.abc import Callable, Iterator

from curator.evaluation.compare import LEAST, Difference
from curator.report.blocks import Item
from curator.report.data.evaluation import Pair, Side
from curator.report.gather import Report
from curator.report.language import say, words
from curator.report.language.numbers import mark

GOOD_RUST, GOOD_FRENCH = 0.8, 0.9  # shares of blocks, of answers or units of prose
WEAK = 2.5  # half of a score's scale
OVERFIT = 1.05  # validation loss at the end, by the best one
CUT = 0.05  # share of answers
COMMON = 0.25  # share of the rejected candidates
Rule = Callable[[Report], Iterator[Item]]


def bound(value: str) -> str:
    """Name the bound that a rule held a number against."""
    return f"{say('seuil', 'bound')} {value}"


def pairs_of(report: Report, kind: str) -> list[tuple[Pair, Difference]]:
    """Return the compared pairs of a kind with the difference of their score (main profile)."""
    evaluation = report.evaluation
    pairs = [p for p in evaluation.of(evaluation.profile) if p.kind == kind] if evaluation else []
    scored = [(p, p.comparison.find("composite")) for p in pairs if p.comparison]
    return [(p, d) for p, d in scored if d]


def main_pair(report: Report) -> tuple[Pair, Difference] | None:
    """Return the main comparison: of a fine-tuning if there is one, without RAG if there is."""
    candidates = pairs_of(report, "tuning") or pairs_of(report, "arms")
    names = {s.name for s in report.evaluation.sides if s.arm.rag} if report.evaluation else set()
    plain = [(p, d) for p, d in candidates if p.after not in names]
    return (plain or candidates)[-1] if candidates else None


def subject(report: Report) -> Side | None:
    """Return the arm of the conclusions: the last without RAG, which is trained if any is."""
    evaluation = report.evaluation
    scored = evaluation.scored(evaluation.profile) if evaluation else []
    sides = [s for s in scored if s.arm.rag is None]
    return sides[-1] if sides else None


def is_stale(report: Report, pair: Pair) -> bool:
    """Tell whether one of two arms is not what it would be today."""
    sides = report.evaluation.sides if report.evaluation else ()
    return any(s.stale for s in sides if s.name in (pair.before, pair.after))


def share(report: Report, *names: str) -> tuple[str, str, float] | None:
    """Return arm, metric and mean of the first metric that the subject has for LEAST prompts."""
    side, evaluation = subject(report), report.evaluation
    if side is None or evaluation is None:
        return None
    every = side.summaries[evaluation.profile].overall
    known = [(n, v) for n in names if (v := every.metrics.get(n)) is not None]
    measured = [(n, v) for n, v in known if every.measured[n] >= LEAST]
    return (side.name, *measured[0]) if measured else None


def lowest(report: Report) -> tuple[str, float, str, int] | None:
    """Return category, score, arm and prompts of the weakest category.

    One of LEAST prompts at least, where there is one; None below LEAST prompts in all.
    """
    known = _categories(report)
    enough = [one for one in known if one[3] >= LEAST] or known
    return min(enough, key=lambda one: (one[1], one[0]), default=None)


def all_weak(report: Report) -> tuple[str, str] | None:
    """Say how weak they are where all categories are below WEAK, and the bound; else None."""
    known = sorted((one for one in _categories(report) if one[3] >= LEAST), key=lambda one: one[1])
    if len(known) < 2 or known[-1][1] >= WEAK:
        return None
    (worst, low, arm, _), (best, high, _, _) = known[0], known[-1]
    text = say(
        f"De {mark(low)} ({words.group(worst)}) à {mark(high)} ({words.group(best)}) pour {arm}.",
        f"From {mark(low)} ({words.group(worst)}) to {mark(high)} ({words.group(best)}) for {arm}.",
    )
    return text, bound(mark(WEAK))


def _categories(report: Report) -> list[tuple[str, float, str, int]]:
    """List category, score, arm and prompts of the arm of the conclusions."""
    side, evaluation = subject(report), report.evaluation
    if side is None or evaluation is None or side.summaries[evaluation.profile].prompts < LEAST:
        return []
    groups = side.summaries[evaluation.profile].category.items()
    return [
        (name, score, side.name, group.prompts)
        for name, group in groups
        if (score := group.metrics.get("composite")) is not None
    ]
