"""What is printed: tables that fit the terminal and lose nothing."""

import re
import sys

import pytest

from curator.cli.terminal import show
from curator.cli.views import base as console
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


def test_a_log_hears_of_what_takes_long_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 1.0, 31.0, 45.0, 62.0])
    monkeypatch.setattr(console.time, "monotonic", lambda: next(clock))
    with console.progress() as report:
        for done in range(4):
            report("filter", done, 9)
    assert capsys.readouterr().err == "filter: 1 of 9\nfilter: 3 of 9\n"
