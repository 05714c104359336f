"""What is printed: tables that fit the terminal and lose nothing."""

import os
import pty
import re
import subprocess
import sys
import termios

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


@pytest.mark.parametrize(("said", "width"), [("64", 64), ("", 120), ("0", 120), ("wide", 120)])
def test_a_pipe_has_the_width_that_columns_says(
    said: str, width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", said)
    show([table("Lines", [("text", "left")], [["mot " * 100]])])
    assert width - 8 < max(map(len, capsys.readouterr().out.splitlines())) <= width


def test_a_pager_has_the_width_of_the_terminal_that_it_was_typed_in() -> None:
    """Standard output leads into a pipe, errors to a terminal."""
    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (24, 70))
    code = (
        "from curator.cli.terminal import show; from curator.cli.views.base import table;"
        "show([table('Lines', [('text', 'left')], [['mot ' * 100]])])"
    )
    environment = {k: v for k, v in os.environ.items() if k != "COLUMNS"}
    run = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=follower, env=environment,
        text=True, check=True,
    )  # fmt: skip
    os.close(leader)
    os.close(follower)
    assert 62 < max(map(len, run.stdout.splitlines())) <= 70
