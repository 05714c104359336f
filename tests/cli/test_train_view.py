"""What a training says while it goes."""

import pytest

from curator.cli.views.train import training_progress


def test_a_log_gets_a_line_a_minute_not_one_a_heartbeat(capsys: pytest.CaptureFixture[str]) -> None:
    with training_progress(4) as listen:
        for iteration in (0, 0, 0, 1, 2, 3):
            listen(1, {"iteration": iteration})
    said = capsys.readouterr().err.splitlines()
    assert said == ["iteration 0 of 4, first validation", "iteration 1 of 4"]
