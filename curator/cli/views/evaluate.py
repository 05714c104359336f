"""An evaluation in a terminal: the means of each arm, comparisons, and what to bear in mind."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from curator.base.english import english
from curator.base.plural import plural
from curator.cli.views.base import table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.evaluation.arms import ArmNotice
    from curator.evaluation.compare import Comparison, Difference
    from curator.evaluation.records import Arm
    from curator.evaluation.result import EvaluationResult
    from curator.evaluation.summary import Group, Summary

EXPLAINED = (
    "undecided: the interval has 0 in it, or too few prompts changed; in brackets, how many "
    "prompts would show a difference of that size four times in five. too few: no p of so few "
    "prompts can be small enough, even if all of them agree."
)
# The metrics of both profiles, from left to right.
_COLUMNS = (
    *(
        "solved",
        "compiles",
        "ideas",
        "must_not",
        "code",
        "relevance",
        "french",
        "language",
        "form",
        "rust",
    ),
    *("structure", "topics", "length", "words", "repetition", "reference", "groundedness"),
    *("compilation", "sections", "composite", "format"),
)
# Names that leave room for all of them side by side.
_SHORT = {
    "must_not": "faults",
    "relevance": "relev.",
    "structure": "struct.",
    "repetition": "repet.",
    "reference": "ref.",
    "groundedness": "ground.",
    "compilation": "compil.",
    "composite": "comp.",
    "language": "lang.",
    "sections": "sect.",
}


def evaluation_view(result: "EvaluationResult") -> "Iterator[Table | str]":
    """All of a result: leaks, means, comparisons with their cautions, refusals, where it lies."""
    for arm, leaks in result.leaked.items():
        for prompt, why in leaks.items():
            yield f"left out: prompt {prompt} leaked into the training of {arm}: {english.say(why)}"
    summaries = result.summaries()
    yield standing_table(summaries, result.floor_summaries())
    if best := result.best():
        yield best_line(best)
    yield from map(summary_table, summaries)
    yield from map(compilation_line, summaries)
    yield from filter(None, map(passes_line, summaries))
    yield from filter(None, (served_line(scored.arm) for scored in result.scored))
    for comparison in result.comparisons:
        yield comparison_table(comparison)
        yield from caution_lines(comparison)
    if result.comparisons:
        yield EXPLAINED
    yield from notice_lines("no comparison of", result.refused)
    yield from notice_lines("the same twice:", result.twins)
    yield from notice_lines("stale:", result.stale)
    names = ", ".join(f"training/evaluations/{scored.arm.name}/" for scored in result.scored)
    yield f"Answers and scores: {names}"


def skipped_lines(skipped: Sequence["ArmNotice"]) -> Iterator[str]:
    """One line for each arm that cannot be evaluated, with what it lacks."""
    return notice_lines("skipped:", skipped)


def standing_table(summaries: "Sequence[Summary]", floors: "Sequence[Summary]") -> "Table":
    """Rank the arms by their score; last the floors, answers that are worth nothing."""
    ranked = sorted(summaries, key=lambda s: -(s.overall.metrics.get("composite") or 0.0))
    columns = [("arm", "left"), ("score, of 5", "right"), ("solved", "right"), ("n", "right")]
    rows = [_standing_row(one) for one in (*ranked, *floors)]
    return table("Scores; floor-...: answers made by code, worth nothing", columns, rows)


def _standing_row(summary: "Summary") -> list[str]:
    names = ("composite", "solved")
    figures = (_figure(summary.overall.metrics.get(name)) for name in names)
    return [summary.arm, *figures, str(summary.prompts)]


def best_line(comparison: "Comparison") -> str:
    """Tell the difference of the two best arms."""
    ends = f"The two best arms: {comparison.before} -> {comparison.after}"
    d = comparison.find("composite")
    if d is None:
        return f"{ends}: no score."
    return f"{ends}: {d.delta:+.3f} of 5 ({d.low:+.3f} .. {d.high:+.3f}), {verdict(d)}."


def passes_line(summary: "Summary") -> str:
    """Tell pass@k of the prompts with a check; "" where none has one."""
    each = [f"pass@{p.k} {p.rate:.3f} ({p.low:.3f} .. {p.high:.3f})" for p in summary.passes]
    asked = summary.passes[0].prompts if each else 0
    told = f"{plural(asked, 'prompt')} with a check"
    return f"{summary.arm}: {told}, {', '.join(each)}." if each else ""


def summary_table(summary: "Summary") -> "Table":
    """Show an arm's mean of each metric, by category and over all; "-" stands for not measured."""
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
    """Count an arm's Rust blocks, those that do what they should, and why the others do not."""
    blocks = summary.compilation
    line = (
        f"{summary.arm}: {plural(blocks.answers, 'answer')}, {blocks.with_code} with Rust; "
        f"{blocks.compiled} of {plural(blocks.blocks, 'block passes', 'blocks pass')}"
    )
    reasons = ", ".join(f"{name} {n}" for name, n in blocks.reasons.items())
    return f"{line} ({reasons})." if reasons else f"{line}."


def served_line(arm: "Arm") -> str:
    """Warn that nobody saw which model answered, for an arm that a server did; "" for others."""
    model = arm.model
    if model.kind != "served":
        return ""
    return (
        f"{arm.name}: answered by what {model.runtime['address']} calls {model.name} "
        f"({model.runtime['server']}); its weights were not seen, so no later result can be "
        "called the same model's (--again asks anew)."
    )


def comparison_table(comparison: "Comparison") -> "Table":
    """Compare two arms: each metric over all prompts, and below the composite its categories.

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
    """Call a difference better, worse or undecided, with the number of prompts that would tell."""
    from curator.evaluation.compare import MOST_NEEDED

    if d.short:
        return f"too few ({d.least} at least)"
    if d.word != "undecided" or d.needed is None or not d.delta:
        return d.word
    if d.out_of_reach:
        return f"{d.word} (over {MOST_NEEDED} prompts: no matter)"
    return f"{d.word} ({plural(d.needed, 'prompt')})"


def caution_lines(comparison: "Comparison") -> Iterator[str]:
    """Warn of too few prompts for any conclusion, and of a gain that is mostly form."""
    from curator.evaluation.form import notable_share

    ends = f"{comparison.before} -> {comparison.after}"
    if comparison.prompts < comparison.least:
        asked = plural(comparison.prompts, "prompt")
        least = f"it takes {comparison.least} at least"
        yield f"{ends}: nothing can be concluded from {asked}; {least}."
    if part := notable_share(comparison):
        yield f"{ends}: {part:.0%} of the composite's gain is form."


def notice_lines(heading: str, notices: Sequence["ArmNotice"]) -> Iterator[str]:
    """One line for each arm of which something is to be told."""
    for notice in notices:
        yield f"{heading} {notice.name}: {english.say(notice.why)}"
