"""How an evaluation looks in a terminal: an arm's means, a comparison, what is to be said."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from curator.console import table

if TYPE_CHECKING:
    from rich.table import Table

    from training.evaluation.arms import Told
    from training.evaluation.compare import Comparison, Difference
    from training.evaluation.summary import Group, Summary

_UNDECIDED = "indécis"
EXPLAINED = (
    "indécis: the interval has 0 in it, or too few prompts changed; in brackets, how many prompts "
    "would show a difference of that size four times in five."
)
# The metrics of both profiles, from left to right.
_COLUMNS = (
    *("french", "language", "structure", "rust", "code", "topics", "length", "words"),
    *("repetition", "reference", "groundedness", "compilation", "sections", "composite", "format"),
)
# Names that leave room for all of them side by side.
_SHORT = {
    "structure": "struct.",
    "repetition": "repet.",
    "reference": "ref.",
    "groundedness": "ground.",
    "compilation": "compil.",
    "composite": "comp.",
    "language": "lang.",
    "sections": "sect.",
}


def summary_table(summary: "Summary") -> "Table":
    """An arm: the mean of each metric by category and over all n prompts; "-": not measured."""
    # Not in the order of the file: scores that were kept come back sorted by name.
    names = sorted(summary.overall.metrics, key=_COLUMNS.index)
    columns = [("category", "left"), ("n", "right"), *((_SHORT.get(n, n), "right") for n in names)]
    rows = [_group_row(name, group, names) for name, group in summary.category.items()]
    rows.append(_group_row("all", summary.overall, names))
    return table(f"{summary.arm} ({summary.profile})", columns, rows)


def _group_row(name: str, group: "Group", names: Sequence[str]) -> list[str]:
    return [name, str(group.prompts), *(_figure(group.metrics.get(n)) for n in names)]


def _figure(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.1f}" if abs(value) >= 100 else f"{value:.3f}"


def compilation_line(summary: "Summary") -> str:
    """How many blocks there are, how many do what they should, why the others do not."""
    found = summary.compilation
    line = (
        f"{summary.arm}: {found.answers} answers, {found.with_code} with Rust; "
        f"{found.compiled} of {found.blocks} blocks pass"
    )
    reasons = ", ".join(f"{name} {n}" for name, n in found.reasons.items())
    return f"{line} ({reasons})." if reasons else f"{line}."


def comparison_table(comparison: "Comparison") -> "Table":
    """Two arms: each metric over all prompts, and below the composite its categories.

    "+/-/=" counts the prompts that got better, worse, and neither.
    """
    by_category = [d for d in comparison.differences if d.group != "all"]
    shown = [d for d in comparison.differences if d.group == "all"]
    shown += [d for d in by_category if d.metric == "composite"]
    columns = [("metric", "left"), ("n", "right"), ("before", "right"), ("after", "right")]
    columns += [("difference", "right"), (f"{comparison.confidence:.0%} interval", "right")]
    columns += [("+/-/=", "right"), ("p", "right"), ("verdict", "left")]
    title = f"{comparison.before} -> {comparison.after} ({comparison.profile})"
    return table(title, columns, [_difference_row(d) for d in shown])


def _difference_row(d: "Difference") -> list[str]:
    return [
        d.metric if d.group == "all" else f"  {d.group}",
        str(d.n),
        _figure(d.before),
        _figure(d.after),
        f"{d.delta:+.3f}",
        f"{d.low:+.3f} .. {d.high:+.3f}",
        f"{d.wins}/{d.losses}/{d.ties}",
        f"{d.p_adjusted:.3f}",
        verdict(d),
    ]


def verdict(d: "Difference") -> str:
    """The word, where one is allowed; else how many prompts such a difference would take."""
    if d.word != _UNDECIDED:
        return d.word
    if d.needed is None or not d.delta:
        return _UNDECIDED
    return f"{_UNDECIDED} ({d.needed} prompts)"


def told_lines(heading: str, told: Sequence["Told"]) -> Iterator[str]:
    """One line for each arm of which something is to be said."""
    for one in told:
        yield f"{heading} {one.name}: {one.why.removeprefix('no comparison: ')}"
