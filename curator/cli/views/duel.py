"""Duels that were sent, and what people chose, in a terminal."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from curator.base.plural import plural
from curator.cli.views.base import table

if TYPE_CHECKING:
    from rich.table import Table

    from curator.evaluation.duels.exchange import Sent
    from curator.evaluation.duels.outcome import DuelOutcome, Wins
    from curator.evaluation.duels.session import DuelNews


def sent_view(sent: "Sent", url: str) -> Iterator[str]:
    """How many duels went out, and what was left out."""
    yield f"{plural(sent.sent, 'duel')} sent to {sent.dataset}"
    if sent.present:
        yield f"{plural(sent.present, 'was', 'were')} there already"
    if sent.alike:
        yield f"{plural(sent.alike, 'prompt')} left out: both answered in the same words"
    if sent.leaked:
        yield f"{plural(sent.leaked, 'prompt')} left out: leaked into what an arm was trained on"
    yield f"Annotators work at {url}"


def sent_document(sent: "Sent", known: "Sequence[DuelOutcome]", url: str) -> dict[str, Any]:
    """The same as a JSON object, with what people chose so far."""
    return {**asdict(sent), "url": url, "duels": [o.document() for o in known]}


def _row(wins: "Wins") -> list[str]:
    counts = (wins.prompts, wins.choices, wins.wins, wins.losses, wins.both, wins.neither)
    between = f"{wins.low:.0%} to {wins.high:.0%}"
    return [wins.group, *map(str, counts), f"{wins.share:.0%}", between, wins.word]


def _table(found: "DuelOutcome") -> "Table":
    headings = ("prompts", "choices", "wins", "losses", "both", "neither", "share", "95 %")
    columns = [("topic", "left"), *((h, "right") for h in headings), ("", "left")]
    title = f"{found.after} against {found.before}, by people"
    return table(title, columns, [_row(w) for w in found.wins])


def outcome_view(found: "DuelOutcome") -> "Iterator[Table | str]":
    """One pair of arms: wins by topic, who chose how many, agreement."""
    if not found.wins:
        count = plural(found.duels, "duel")
        yield f"{found.after} against {found.before}: {count}, nobody has chosen yet"
        return
    yield _table(found)
    judges = (f"{j.name} {j.choices} ({j.left} of {j.sided} left)" for j in found.judges)
    yield f"Chosen by {', '.join(judges)}"
    if found.shared:
        value = "none" if found.alpha is None else f"{found.alpha:.2f}"
        duels = plural(found.shared, "duel")
        yield f"Agreement (Krippendorff's alpha): {value}, over {duels} that several chose in"


def news_view(news: "DuelNews") -> "Iterator[Table | str]":
    """What came back of duels, and what they come to; nothing where there are none."""
    if news.outcomes:
        yield plural(len(news.pulled.choices), "new choice")
    for found in news.outcomes:
        yield from outcome_view(found)
    if news.preferences:
        yield f"{plural(news.preferences, 'pair')} of a better and a worse answer in {news.file}"
