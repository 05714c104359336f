"""What is printed: tables that fit the terminal and lose nothing."""

import re
import sys

import pytest

from curator.cli.terminal import show
from curator.cli.views.base import table

HEADINGS = ("candidates", "accepted", "debutant", "intermediaire", "avance", "concepts", "x", "y")


@pytest.mark.parametrize("columns", [200, 80, 76])
def test_a_narrow_terminal_cuts_no_figure(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    made = table(
        "Accepted",
        [("topic", "left"), *((h, "right") for h in HEADINGS), ("verdict", "left")],
        [["pattern_matching", *["0.208"] * len(HEADINGS), "undecided, one prompt would do"]],
    )
    show([made])
    shown = re.sub(r"\x1b\[\d+m", "", capsys.readouterr().out)
    assert max(map(len, shown.splitlines())) <= columns
    assert (
        shown.count("0.208") == len(HEADINGS) and "…" not in shown and "pattern_matching " in shown
    )
    assert ("intermediaire" in shown) == (columns == 200)
