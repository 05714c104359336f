"""What the supervisor does when workers die: workers here are scripts that die to order."""

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.base import store
from curator.base.english import english
from curator.base.errors import Interrupted, TrainingError
from curator.base.notice import Notice
from curator.training.config import TrainConfig
from curator.training.rundir import Limits, Request, RunDir
from curator.training.supervise import Supervisor, lower

DIES = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
FULL = """import json; print(json.dumps({"error": {"what": "no", "where": "w", "hint": None}}))"""
SILENT = "import time; time.sleep(600)"
METAL = """
import os, sys
print("libc++abi: terminating due to uncaught exception of type std::runtime_error: [METAL] "
      "Command buffer execution failed: Insufficient Memory (00000008:kIOGPUCommandBufferCallback"
      "ErrorOutOfMemory)", file=sys.stderr, flush=True)
os.abort()
"""
BUG = "raise ImportError('no module named tokenizers')"
# Ends well as soon as the batch is computed in four parts; before that, it is out of memory.
HUNGRY = """
import json, pathlib, sys
run = pathlib.Path(sys.argv[1])
limits = run / "limits.json"
if limits.exists() and json.loads(limits.read_text())["micro"] >= 4:
    (run / "result.json").write_text("{}")
else:
    print(json.dumps({"iteration": 3}), flush=True)
    raise MemoryError("out of memory")
"""


@pytest.fixture
def run(tmp_path: Path) -> RunDir:
    request = Request(
        config=TrainConfig.model_validate(
            {"batch_size": 8, "grad_checkpoint": True, "survival": {"silence": 1}}
        ),
        folder=str(tmp_path),
        data={},
        dataset={},
        versions={},
        preflight={},
        lengths=[100] * 10,
        started="",
    )
    store.write_json(tmp_path / "run" / "run.json", request.model_dump(mode="json"))
    return RunDir(tmp_path / "run")


def supervise(run: RunDir, code: str, heard: list[Any]) -> dict[str, Any]:
    command = (sys.executable, "-c", code)
    return Supervisor(run, lambda pid, message: heard.append(message), command).run()


def test_deaths_at_one_place_lower_the_memory_until_it_goes_on(run: RunDir) -> None:
    heard: list[Any] = []
    supervise(run, HUNGRY, heard)
    assert run.limits().micro == 4
    assert [e.kind for e in run.events()] == ["died", "died", "lowered"] * 2
    assert "MemoryError: out of memory" in english.say(run.events()[0].detail)
    lowered = [m["event"].detail for m in heard if "event" in m and m["event"].kind == "lowered"]
    assert Notice("in_parts", {"batch": 8, "parts": 2}) in lowered


def test_a_run_that_cannot_be_saved_is_given_up_with_what_happened(run: RunDir) -> None:
    with pytest.raises(TrainingError, match=r"given up at iteration 0: .*SIGKILL"):
        supervise(run, DIES, [])
    assert run.limits() == Limits(grad_checkpoint=False, micro=8)


def test_a_fault_of_the_gpu_is_memory_trouble(run: RunDir) -> None:
    with pytest.raises(TrainingError, match=r"given up at iteration 0: .*killed by SIGABRT: libc"):
        supervise(run, METAL, [])
    assert run.limits().micro == 8


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (BUG, "exit code 1: ImportError: no module named tokenizers"),
        ("raise SystemExit(1)", "exit code 1: it said nothing"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "killed by SIGSEGV"),
        ("import os; print('{no json', flush=True); os._exit(9)", "exit code 9: it said nothing"),
    ],
)
def test_a_worker_that_dies_of_anything_but_memory_costs_no_rows(
    run: RunDir, code: str, words: str
) -> None:
    with pytest.raises(TrainingError) as caught:
        supervise(run, code, [])
    assert caught.value.what == f"the worker died 2 times at iteration 0: {words}"
    assert "worker.log" in str(caught.value) and run.file("worker.log").is_file()
    assert run.limits() == Limits() and [e.kind for e in run.events()] == ["died", "died"]


def test_a_worker_is_not_blamed_for_what_an_earlier_one_said(run: RunDir) -> None:
    run.file("worker.log").write_text("MemoryError: out of memory\n", "utf-8")
    with pytest.raises(TrainingError, match="exit code 1: it said nothing"):
        supervise(run, "raise SystemExit(1)", [])
    assert run.limits() == Limits()


def test_what_trying_again_does_not_mend_is_not_tried_again(run: RunDir) -> None:
    with pytest.raises(TrainingError, match="w: no"):
        supervise(run, FULL, [])
    assert run.events() == []


@pytest.mark.slow
def test_a_silent_worker_counts_as_dead(run: RunDir) -> None:
    with pytest.raises(TrainingError, match="no sign of life for 1 s"):
        supervise(run, SILENT, [])


def test_a_worker_that_was_asked_to_stop_is_no_death(run: RunDir) -> None:
    with pytest.raises(Interrupted, match="to resume"):
        supervise(run, "raise SystemExit(3)", [])


@given(st.lists(st.integers(10, 2000), min_size=1, max_size=30), st.integers(1, 8), st.booleans())
def test_each_step_takes_less_memory_and_keeps_a_batch(
    lengths: list[int], batch: int, checkpointed: bool
) -> None:
    batch = min(batch, len(lengths))
    limits, steps = Limits(), 0
    while True:
        less, what = lower(batch, lengths, limits, checkpointed or limits.grad_checkpoint)
        if less is None:
            break
        before = _size(lengths, batch, limits)
        assert what and (
            less.grad_checkpoint > limits.grad_checkpoint or _size(lengths, batch, less) < before
        )
        assert sum(n <= (less.max_tokens or n) for n in lengths) >= batch
        limits, steps = less, steps + 1
        assert steps < 50


def _size(lengths: list[int], batch: int, limits: Limits) -> float:
    return max(n for n in lengths if n <= (limits.max_tokens or n)) * batch / limits.micro
