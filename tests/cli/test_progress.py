"""Progress in a log: nothing for short work, a line after ten seconds, then now and then."""

import re
import subprocess
import sys
from itertools import pairwise

import pytest

from curator.cli.views.progress import EVERY, FIRST, LogLines, _bar, _Bars, duration, pace
from curator.records.project import Project
from tests.records.test_chat import chat, write


class Log:
    """A log with a clock that tests move."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.written: list[tuple[float, str]] = []
        self.lines = LogLines(self.write, "reading the project", lambda: self.now)

    def write(self, line: str) -> None:
        assert line.endswith("\n")
        self.written.append((self.now - 1000, line.rstrip("\n")))

    def wait(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += 1
            self.lines.tick()

    @property
    def said(self) -> list[str]:
        return [line for _, line in self.written]


def test_short_work_is_silent() -> None:
    log = Log()
    log.lines("generate", 0, 40)
    log.wait(9)
    log.lines("generate", 40, 40)
    assert log.said == []


def test_the_first_line_comes_after_ten_seconds_with_rate_and_time_left() -> None:
    log = Log()
    log.lines("generate", 0, 600)
    for done in range(1, 11):
        log.wait(1)
        log.lines("generate", done, 600)
    assert log.written == [(10, "generating candidates: 9 of 600, 54/min, about 11 min left")]
    assert log.written[0][0] <= FIRST


def test_work_that_reports_nothing_is_told_with_the_time_so_far() -> None:
    """As a model that is loaded, or the first wave of a slow one."""
    log = Log()
    log.wait(10)
    log.lines("generate", 0, 600)
    log.wait(60)
    assert log.written == [
        (10, "reading the project: 10 s so far"),
        (20, "generating candidates: 0 of 600, 10 s so far"),
        (50, "generating candidates: 0 of 600, 40 s so far"),
    ]


def test_the_first_line_comes_after_ten_seconds_of_short_steps_too() -> None:
    log = Log()
    for second in range(12):
        log.lines(f"step {second // 4}", second % 4, 4)
        log.wait(1)
    assert log.written == [(10, "step 2: 1 of 4, 30/min, about 6 s left")]


def test_a_total_that_nobody_knows_is_counted() -> None:
    log = Log()
    for done in range(0, 60_001, 5000):
        log.lines("reading autres.jsonl", done, 0)
        log.wait(1)
    assert log.said == ["reading autres.jsonl: 45000, 10 s so far"]


def test_no_ten_seconds_of_work_pass_without_a_word_nor_ten_minutes_of_a_night() -> None:
    log = Log()
    for done in range(0, 3600 * 8, 10):
        log.lines("generate", done, 3600 * 8)
        log.wait(10)
    times = [0.0, *(time for time, _ in log.written)]
    pauses = [after - before for before, after in pairwise(times)]
    assert pauses[0] <= FIRST and max(pauses) <= EVERY[1] + 1
    assert min(pauses[1:]) >= EVERY[0]
    assert len(pauses) < 150  # eight hours


def test_what_was_done_before_does_not_count_for_the_rate() -> None:
    """A batch that resumes reports at once what is there."""
    log = Log()
    log.lines("generate", 500, 600)
    for done in range(1, 11):
        log.wait(1)
        log.lines("generate", 500 + done, 600)
    assert log.said == ["generating candidates: 509 of 600, 54/min, about 2 min left"]


def test_steps_that_take_turns_do_not_flood_the_log() -> None:
    log, names = Log(), ("structure", "length", "french", "rust")
    for done in range(300):
        for name in names:
            log.lines(name, done, 300)
        log.wait(1)
    assert "filter structure" in {line.partition(":")[0] for line in log.said}
    assert len(log.said) <= len(names) + 300 / EVERY[0]


def test_what_is_waited_for_is_named_at_once_and_then_timed() -> None:
    log = Log()
    log.lines.announce("getting the packages")
    log.lines.announce("getting the packages")
    log.wait(31)
    log.lines.announce("starting")
    assert log.said == [
        "getting the packages",
        "getting the packages: 30 s so far",
        "starting",
    ]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "1 s"), (89, "89 s"), (90, "2 min"), (5000, "83 min"), (9000, "2.5 h")],
)
def test_times_are_in_the_unit_that_people_use(seconds: float, said: str) -> None:
    assert duration(seconds) == said
    assert (pace(0.2), pace(640.4)) == ("12/min", "640/s")


FAST_CLOCK = """
import sys
from curator.cli.views import progress as shown
shown.FIRST, shown.EVERY = 0.05, (0.05, 0.1)
from curator.cli.app import main
main(sys.argv[1:])
"""


@pytest.mark.slow
def test_an_import_in_a_pipe_says_what_it_does_and_how_far_it_is(project: Project) -> None:
    """A real command, whose ten seconds are a twentieth of one."""
    path = project.root / "beaucoup.jsonl"
    records = (chat(f"Pourquoi le cas {n} est-il refusé par le compilateur ?") for n in range(3000))
    write(path, *records)
    command = [sys.executable, "-c", FAST_CLOCK, "--project", str(project.root), "import"]
    options = ["--category", "debug", "--topic", "async", "--difficulty", "avance", "--author", "A"]
    done = subprocess.run([*command, str(path), *options], capture_output=True, text=True)
    steps = [line.partition(": ")[0] for line in done.stderr.splitlines()]
    assert "reading beaucoup.jsonl" in steps or "reshaping" in steps, done.stderr
    assert any(step.startswith("filter ") for step in steps)
    assert re.search(r" of 3000, \d+/s, about \d+ s left$", done.stderr, re.MULTILINE)
    assert "rejected" in done.stdout and ": " not in done.stdout.splitlines()[0]


SLOW = """
import sys, time
from curator.cli.views import progress as shown
shown.FIRST = 0.5
with shown.progress(label="reading the project") as report:
    time.sleep(2.5)
print("done")
"""


@pytest.mark.slow
def test_a_pipe_is_told_of_work_that_reports_nothing() -> None:
    """The clock is looked at beside the work, which calls nobody."""
    done = subprocess.run([sys.executable, "-c", SLOW], capture_output=True, text=True, check=True)
    assert done.stdout == "done\n"
    [line] = done.stderr.splitlines()
    assert line.startswith("reading the project: ") and line.endswith(" s so far")


class Terminal:
    """A terminal with rich's bars, whose end state is looked at."""

    def __init__(self) -> None:
        self.bar = _bar()
        self.report = _Bars(self.bar)

    @property
    def shown(self) -> list[tuple[str, float, float | None]]:
        return [(str(t.description), t.completed, t.total) for t in self.bar.tasks]


def test_a_bar_ends_at_what_was_done_whether_its_end_was_known_or_not() -> None:
    """Reports that come fast are not all drawn, but the last one of each kind of work is."""
    terminal = Terminal()
    terminal.report("reading the project", 0, 0)
    for done in range(301):
        terminal.report("reading autres.jsonl", done, 0)
    for done in range(250):
        terminal.report("french", done, 300)
    terminal.report("writing", 0, 0)
    assert terminal.shown == [
        ("reading autres.jsonl", 300, 300),
        ("filter french", 249, 300),
        ("writing", 0, None),
    ]
    terminal.report.end()
    assert [label for label, _, _ in terminal.shown] == ["reading autres.jsonl", "filter french"]
