"""Tables of what strategies brought and cost: by strategy, by topic, by stage."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from curator.cli.views.base import table
from curator.generate.yields import YieldCount, Yields

if TYPE_CHECKING:
    from rich.table import Table

    from curator.generate.funnel import Funnel, StageCount


def cost_tables(yields: Yields, funnel: "Funnel") -> "Iterator[Table]":
    """What stages kept, and what an accepted candidate cost, where a model was asked."""
    if funnel.rows():
        yield stages_table(funnel)
    if any(count.tokens for count in yields.whole.values()):
        yield tokens_table(yields)


def yields_table(yields: Yields) -> "Table":
    """Count per strategy the candidates, those accepted, their share, and the tokens."""
    rows = []
    for name, n in sorted(yields.whole.items()):
        share = f"{n.accepted / n.tried:.0%}" if n.tried else ""
        rows.append([name, str(n.tried), str(n.accepted), share, str(n.tokens), cost(n)])
    columns = ["candidates", "accepted", "yield", "tokens", "tokens per accepted"]
    return table("Strategies", [("strategy", "left"), *((c, "right") for c in columns)], rows)


def stages_table(funnel: "Funnel") -> "Table":
    """Count per stage the candidates that reached it, those kept, the tokens; name a reason."""
    rows = []
    for strategy, stage, n in funnel.rows():
        share = f"{n.kept / n.reached:.0%}"
        figures = [str(n.reached), str(n.kept), share, str(n.tokens)]
        rows.append([strategy, stage, *figures, reason_of(n)])
    columns = [("strategy", "left"), ("stage", "left"), ("reached", "right"), ("kept", "right")]
    columns += [("share", "right"), ("tokens", "right"), ("most frequent reason", "left")]
    return table("Stages", columns, rows)


def tokens_table(yields: Yields) -> "Table":
    """Show per topic what an accepted candidate of each strategy that asks a model cost."""
    by_topic = yields.by_topic()
    names = [name for name in by_topic if yields.whole[name].tokens]
    topics = sorted({topic for name in names for topic in by_topic[name]})
    rows = [[topic, *(cost(by_topic[name].get(topic)) for name in names)] for topic in topics]
    rows.append(["all", *(cost(yields.whole[name]) for name in names)])
    columns = [("topic", "left"), *((name, "right") for name in names)]
    return table("Tokens per accepted", columns, rows)


def cost(count: YieldCount | None) -> str:
    """Write the tokens per accepted candidate; where none was accepted, what that took."""
    if count is None or not count.tokens:
        return ""
    price = count.per_accepted
    return f"none for {count.tokens}" if price is None else f"{price:.0f}"


def reason_of(count: "StageCount") -> str:
    """Write the most frequent reason of a stage with its count."""
    reason, times = count.most_frequent()
    return f"{reason} {times}" if times else ""


def most_frequent(reasons: Sequence[tuple[str, int]], most: int = 3) -> str:
    """Write the first few reasons with their counts."""
    return ", ".join(f"{reason} {times}" for reason, times in reasons[:most])
