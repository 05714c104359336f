"""What the rules look at: the arms and pairs that conclusions are about, and the bounds."""

from collections.abc import Callable, Iterator

from curator.evaluation.compare import LEAST, Difference
from curator.report.blocks import Item
from curator.report.data.evaluation import Pair, Side
from curator.report.gather import Report

GOOD_RUST, GOOD_FRENCH = 0.8, 0.9  # shares of blocks, of answers or units of prose
WEAK = 2.5  # half of a score's scale
OVERFIT = 1.05  # validation loss at the end, by the best one
CUT = 0.05  # share of answers
COMMON = 0.25  # share of the rejected candidates
Rule = Callable[[Report], Iterator[Item]]


def pairs_of(report: Report, kind: str) -> list[tuple[Pair, Difference]]:
    """The compared pairs of a kind with the difference of their score, under the main profile."""
    found = report.evaluation
    pairs = [p for p in found.of(found.profile) if p.kind == kind] if found else []
    made = [(p, p.comparison.find("composite")) for p in pairs if p.comparison]
    return [(p, d) for p, d in made if d]


def main_pair(report: Report) -> tuple[Pair, Difference] | None:
    """The comparison to remember: of a fine-tuning if there is one, and without RAG if there is."""
    found = pairs_of(report, "tuning") or pairs_of(report, "arms")
    names = {s.name for s in report.evaluation.sides if s.arm.rag} if report.evaluation else set()
    plain = [(p, d) for p, d in found if p.after not in names]
    return (plain or found)[-1] if found else None


def subject(report: Report) -> Side | None:
    """The arm that conclusions are about: the last one without RAG, which is trained if any is."""
    found = report.evaluation
    sides = [s for s in found.scored(found.profile) if s.arm.rag is None] if found else []
    return sides[-1] if sides else None


def is_stale(report: Report, pair: Pair) -> bool:
    """Whether one of two arms is not what it would be today."""
    sides = report.evaluation.sides if report.evaluation else ()
    return any(s.stale for s in sides if s.name in (pair.before, pair.after))


def share(report: Report, *names: str) -> tuple[str, str, float] | None:
    """Arm, metric and mean of the first of these metrics that the subject has for LEAST prompts."""
    side, found = subject(report), report.evaluation
    if side is None or found is None:
        return None
    every = side.summaries[found.profile].overall
    known = [(n, v) for n in names if (v := every.metrics.get(n)) is not None]
    measured = [(n, v) for n, v in known if every.measured[n] >= LEAST]
    return (side.name, *measured[0]) if measured else None


def lowest(report: Report) -> tuple[str, float, str, int] | None:
    """Category, score, arm, prompts of the subject's weakest category, of LEAST prompts in all."""
    side, found = subject(report), report.evaluation
    if side is None or found is None or side.summaries[found.profile].prompts < LEAST:
        return None
    groups = side.summaries[found.profile].category
    known = [(v, n, g) for n, g in groups.items() if (v := g.metrics.get("composite")) is not None]
    if not known:
        return None
    value, name, group = min(known, key=lambda k: (k[0], k[1]))
    return name, value, side.name, group.prompts
