"""Coverage as a table, and the view of `curator stats`."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from curator.base.plural import plural
from curator.cli.views.base import table
from curator.records.coverage import Coverage
from curator.records.taxonomy import Cell, Difficulty, Slot
from curator.records.topic import Topic

if TYPE_CHECKING:
    from rich.table import Table

    from curator.dataset.stats import Stats

_NAMED = 6  # slots with room that are named


def stats_view(stats: "Stats") -> "Iterator[Table | str]":
    """Coverage, balance, and what is not counted."""
    yield coverage_table(stats.covered, "Coverage of what may enter the set")
    yield balance_line(stats.covered)
    if stats.rejections.seen:
        refused = stats.rejections.summary()
        yield f"Not counted: {refused}; left_out in curated/manifest.json names them."
    waiting = plural(stats.waiting, "candidate waits", "candidates wait")
    yield f"{plural(stats.covered.total, 'example')} may enter the set; {waiting} for people."
    if stats.room is not None:
        yield _room_line(stats.room)


def _room_line(room: "Mapping[Slot, int]") -> str:
    """Name the slots that would take more examples, the roomiest first."""
    open_slots = sorted((slot for slot in room if room[slot]), key=lambda s: (-room[s], str(s)))
    if not open_slots:
        from curator.augment.room import MORE_ROOM

        return f"No slot has room: raise {MORE_ROOM}, or nothing more can enter."
    named = ", ".join(f"{slot} {room[slot]}" for slot in open_slots[:_NAMED])
    rest = len(open_slots) - _NAMED
    more = f", and {plural(rest, 'slot')} more (--json)" if rest > 0 else ""
    slots = plural(len(open_slots), "slot")
    return f"Room for {sum(room.values())} more in {slots}: {named}{more}."


def coverage_table(covered: Coverage, title: str) -> "Table":
    """Lay coverage out as topic x difficulty, with totals; "3 (-2)" means that 2 are missing.

    `title` says what is counted.
    """
    columns = [("topic", "left"), *((d.value, "right") for d in Difficulty)]
    columns += [("total", "right"), ("missing", "right")]
    rows = [_coverage_row(covered, topic) for topic in covered.topics]
    levels = covered.axes["difficulty"]
    sums = [str(levels[d]) for d in Difficulty]
    rows.append(["total", *sums, str(covered.total), str(covered.missing)])
    return table(f"{title} (missing to the target)", columns, rows)


def _coverage_row(covered: Coverage, topic: Topic) -> list[str]:
    cells = [Cell(topic, d) for d in Difficulty]
    lacking = [covered.deficits[c] for c in cells]
    shown = [
        f"{covered.cells[c]} (-{m})" if m else str(covered.cells[c])
        for c, m in zip(cells, lacking, strict=True)
    ]
    return [topic, *shown, str(covered.axes["topic"][topic]), str(sum(lacking))]


def balance_line(covered: Coverage) -> str:
    """Put category counts and the balance of each axis in one line."""
    counts = ", ".join(f"{name} {n}" for name, n in covered.axes["category"].items())
    shares = ", ".join(f"{axis} {value:.2f}" for axis, value in covered.balance.items())
    return f"Categories: {counts}. Balance (normalised entropy, 1 is even): {shares}."
