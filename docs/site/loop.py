"""The picture of the loop, drawn from the commands, strategies and filters that the code has.

`python docs/site/loop.py` writes docs/loop.svg again; a test holds the file against this.
"""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

import typer

from curator.cli.app import app
from curator.generate.recipe import load_recipe
from curator.records.project import RECIPE

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "loop.svg"
WIDTH, HEIGHT, BOX, GAP = 940, 376, 188, 40
TOP, LOW = (12, 168), (238, 126)  # where the two rows begin, and how high their boxes are


class Step(NamedTuple):
    """A box: who acts there, what it says, the commands, and lines below them."""

    who: str
    title: str
    commands: tuple[str, ...]
    lines: tuple[str, ...] = ()


def steps() -> list[Step]:
    """List the steps of the loop; raises KeyError for a command that does not exist."""
    recipe = load_recipe(ROOT / RECIPE)
    strategies = ", ".join(recipe.generate.strategies)
    filters = ", ".join(one.name for one in recipe.filters)
    return [
        Step("machine", "What is missing", ("stats",), ("by topic, level and kind",)),
        Step("machine", "Candidates", ("augment",), tuple(wrapped(strategies, 26))),
        Step("machine", "Filters", ("filter", "check"), tuple(wrapped(filters, 26))),
        Step("people", "Review", ("review push", "review pull"), ("two people, then a third",)),
        Step("machine", "The set", ("build", "gate"), ("balanced, split, carded",)),
        Step("machine", "A model", ("train", "fuse", "export"), ("LoRA, GGUF",)),
        Step("machine", "Is it better?", ("evaluate",), ("intervals, by rule",)),
        Step("machine", "In use, or not", ("retrain", "report"), ("all of this row at night",)),
    ]


def wrapped(text: str, width: int) -> Iterator[str]:
    """Break a list of words into short lines."""
    line = ""
    for word in text.split():
        if line and len(line) + len(word) >= width:
            yield line
            line = ""
        line = f"{line} {word}".strip()
    yield line


def check_commands(shown: list[Step]) -> None:
    """Raise KeyError where a step names a command that does not exist."""
    root = typer.main.get_command(app)
    for step in shown:
        for words in step.commands:
            command = root
            for word in words.split():
                command = command.commands[word]  # type: ignore[attr-defined]


STYLE = """
svg { font: 13px system-ui, sans-serif }
.box { fill: #f6f8fa; stroke: #8c959f } .people { fill: #fff4d6; stroke: #b58500 }
text { fill: #1f2328 } .title { font-size: 16px; font-weight: 600 } .small { fill: #57606a }
.command { font: 12.5px ui-monospace, monospace; fill: #8a3412 }
path { fill: none; stroke: #57606a; stroke-width: 1.6; marker-end: url(#tip) }
#tip path { fill: #57606a; stroke: none; marker-end: none }
@media (prefers-color-scheme: dark) {
  .box { fill: #22272e; stroke: #768390 } .people { fill: #3b3118; stroke: #c69026 }
  text { fill: #e6edf3 } .small { fill: #9da7b3 } .command { fill: #f0a878 }
  path { stroke: #9da7b3 } #tip path { fill: #9da7b3 }
}
"""


def draw() -> str:
    """Draw the loop: four steps there, four back."""
    shown = steps()
    check_commands(shown)
    columns = [34 + i * (BOX + GAP) for i in range(4)]
    parts = [box(step, x, *TOP) for step, x in zip(shown[:4], columns, strict=True)]
    parts += [box(step, x, *LOW) for step, x in zip(shown[4:], columns[::-1], strict=True)]
    for x in columns[:3]:
        parts.append(f'<path d="M{x + BOX + 4} {TOP[0] + TOP[1] // 2} h{GAP - 10}"/>')
        parts.append(f'<path d="M{x + BOX + GAP - 4} {LOW[0] + LOW[1] // 2} h-{GAP - 10}"/>')
    below, room = TOP[0] + TOP[1], LOW[0] - TOP[0] - TOP[1]
    parts.append(f'<path d="M{columns[3] + BOX // 2} {below + 4} v{room - 10}"/>')
    parts.append(f'<path d="M{columns[0] + BOX // 2} {LOW[0] - 4} v-{room - 10}"/>')
    tip = (
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z"/></marker></defs>'
    )
    words = ", ".join(step.title.lower() for step in shown)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>The loop: {escape(words)}, and again</title><style>{STYLE}</style>"
    )
    return "\n".join([head, tip, *parts, "</svg>\n"])


def box(step: Step, x: int, y: int, height: int) -> str:
    """Draw one step."""
    rows = [("title", step.title), *(("command", f"curator {c}") for c in step.commands)]
    rows += [("small", line) for line in step.lines]
    lines = [
        f'<text class="{kind}" x="{x + 12}" y="{y + 26 + 20 * i}">{escape(text)}</text>'
        for i, (kind, text) in enumerate(rows)
    ]
    kind = "box people" if step.who == "people" else "box"
    rect = f'<rect class="{kind}" x="{x}" y="{y}" width="{BOX}" height="{height}" rx="8"/>'
    return "\n".join([rect, *lines])


if __name__ == "__main__":
    PICTURE.write_text(draw(), "utf-8")
