"""Prompts in a terminal: those in use, and two sets of them beside each other."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.base.plural import plural
from curator.cli.views.base import table
from curator.cli.views.funnel import cost, most_frequent, reason_of
from curator.evaluation.paired import least_decided
from curator.generate.funnel import FILTERS, StageCount
from curator.generate.prompting import FOLDER, OWN
from curator.generate.yields import YieldCount

if TYPE_CHECKING:
    from rich.table import Table

    from curator.augment.prompt_results import PromptComparison, SetResult
    from curator.cli.terminal import Part
    from curator.generate.prompt_sets import PromptFile

ALPHA = 0.05


def prompts_document(found: "Sequence[PromptFile]") -> dict[str, Any]:
    """The prompts as a JSON object."""
    return {"prompts": [one.document() for one in found]}


def prompts_view(found: "Sequence[PromptFile]") -> "Iterator[Part]":
    """A table of the prompts, where the shipped ones lie, and how to try others."""
    rows = [[p.name, "own" if p.own else "shipped", _slots(p.slots)] for p in found]
    columns = [("prompt", "left"), ("whose", "left"), ("slots", "left")]
    yield table("Prompts", columns, rows)
    yield f"The shipped ones: {FOLDER}/NAME.txt"
    yield f"One of your own: {OWN}/NAME.txt of the project, in the place of the shipped one."
    given = "shipped project" if any(p.own for p in found) else "shipped FOLDER"
    yield f"Next: curator prompts compare {given}"


def _slots(names: "Sequence[str]") -> str:
    return " ".join(f"${name}" for name in names)


def comparison_view(found: "PromptComparison") -> "Iterator[Part]":
    """One table of both sets, their pairs with the sign test, and what was not compared."""
    yield comparison_table(found)
    yield f"Prompts that differ: {', '.join(found.differ)}"
    yield from _pairs(found)
    made = found.a.total.tried
    if made < found.wanted:
        yield f"Only {made} of {found.wanted} candidates could be planned."
    for name, why in found.left_out.items():
        yield f"Left out: {name}, since {why}."


def comparison_table(found: "PromptComparison") -> "Table":
    """Show a measure in each row, and a set of prompts in each column."""
    strategies = sorted({*found.a.yields.whole, *found.b.yields.whole})
    measures: list[tuple[str, Callable[[SetResult], str]]] = []
    measures.append(("candidates", lambda s: str(s.total.tried)))
    for name in strategies:
        measures += _stages_of(name, found)
        if len(strategies) > 1:
            measures.append((f"{name}: accepted", partial(_accepted, strategy=name)))
            measures.append((f"{name}: tokens per accepted", partial(_cost, strategy=name)))
    measures.append(("accepted", lambda s: f"{s.total.accepted} of {s.total.tried}"))
    measures.append(("tokens", lambda s: str(s.total.tokens)))
    measures.append(("tokens per accepted", lambda s: cost(s.total)))
    measures.append(("most frequent reasons", lambda s: most_frequent(s.reasons)))
    rows = [[label, measure(found.a), measure(found.b)] for label, measure in measures]
    columns = [("", "left"), *((name, "left") for name in _names(found))]
    return table(f"Prompts compared: {found.model.name}, seed {found.seed}", columns, rows)


def _names(found: "PromptComparison") -> tuple[str, str]:
    """Name the sets by the last part of their paths, by the whole ones where that is the same."""
    a, b = found.a.name, found.b.name
    short = Path(a).name, Path(b).name
    return short if all(short) and short[0] != short[1] else (a, b)


def _stages_of(
    strategy: str, found: "PromptComparison"
) -> "Iterator[tuple[str, Callable[[SetResult], str]]]":
    rows = (*found.a.funnel.rows(), *found.b.funnel.rows())
    stages = dict.fromkeys(row.stage for row in rows if row.strategy == strategy)
    for stage in sorted(stages, key=lambda name: name == FILTERS):
        yield f"{strategy}: {stage} kept", partial(_kept, strategy=strategy, stage=stage)


def _kept(result: "SetResult", strategy: str, stage: str) -> str:
    rows = result.funnel.rows()
    counts = next((r.counts for r in rows if r[:2] == (strategy, stage)), StageCount())
    reason = reason_of(counts)
    return f"{counts.kept} of {counts.reached}" + (f" ({reason})" if reason else "")


def _accepted(result: "SetResult", strategy: str) -> str:
    counts = result.yields.whole.get(strategy, YieldCount())
    return f"{counts.accepted} of {counts.tried}"


def _cost(result: "SetResult", strategy: str) -> str:
    return cost(result.yields.whole.get(strategy))


def _pairs(found: "PromptComparison") -> Iterator[str]:
    pairs, slots, (a, b) = found.pairs, plural(len(found.a.judged), "slot"), _names(found)
    yield (
        f"Of {slots}, both have an accepted candidate in {pairs.both}, {a} alone in "
        f"{pairs.only_a}, {b} alone in {pairs.only_b}, neither in {pairs.neither}."
    )
    if pairs.same_text:
        yield f"Both wrote the same text in {pairs.same_text} of them."
    if decided := pairs.only_a + pairs.only_b:
        least = least_decided(ALPHA)
        few = f"; fewer than {least} decide nothing" if decided < least else ""
        yield f"Exact sign test on the {decided} that one alone has: p = {pairs.p:.2g}{few}"
