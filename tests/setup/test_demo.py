"""Which model `make demo` takes and what it says, with a stub in the place of the command."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from curator.cli.views.argilla import up_view
from curator.review.argilla.server.supervisor import RunningServer
from curator.review.decisions.rubric import RATINGS, rubric
from tests.conftest import ROOT

STUB = """#!/bin/sh
echo "$*" >>"$LOG"
case "$*" in
"models best") if [ -n "$BEST" ]; then echo "$BEST"; else exit 1; fi ;;
"argilla up"*)
    printf '%s\n' "Argilla: http://127.0.0.1:6911" "User owner, password one" "Next: add" ;;
"argilla users"*) echo "User demo (annotator), password two (shown only once)" ;;
"models get giant") echo "curator: no known model is called giant" >&2; exit 1 ;;
esac
"""


def demo(folder: Path, **variables: str) -> tuple[int, str, list[str]]:
    """Run the demo; returns its code, what it said, and the commands that it gave."""
    for part in (".ci", ".venv/bin"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / ".ci" / "demo.sh", folder / ".ci")
    stub = folder / ".venv" / "bin" / "curator"
    stub.write_text(STUB)
    stub.chmod(0o755)
    kept = {k: v for k, v in os.environ.items() if k != "MODEL"}
    environment = {**kept, "LOG": str(folder / "log"), "BEST": "", **variables}
    command = [str(folder / ".ci" / "demo.sh")]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    return run.returncode, run.stdout + run.stderr, (folder / "log").read_text().splitlines()


@pytest.mark.parametrize(
    ("variables", "model", "recipe"),
    [
        ({}, "smollm2", "demo"),
        ({"BEST": "smollm2"}, "smollm2", "demo"),
        ({"BEST": "qwen-0.5b"}, "qwen-0.5b", "demo-qwen"),
        ({"BEST": "qwen-0.5b", "MODEL": "qwen-1.5b"}, "qwen-1.5b", "demo-qwen"),
    ],
)
def test_the_best_that_is_here_or_the_one_that_is_named(
    tmp_path: Path, variables: dict[str, str], model: str, recipe: str
) -> None:
    code, said, commands = demo(tmp_path, **variables)
    assert code == 0 and f"A batch: {model} writes" in said
    wanted = f"augment --recipe pipelines/{recipe}.yaml --model {model}"
    assert commands.index(f"models get {model}") < commands.index("stats") < commands.index(wanted)
    assert (ROOT / "pipelines" / f"{recipe}.yaml").is_file()


def test_a_file_or_a_hub_id_is_taken_as_it_is(tmp_path: Path) -> None:
    code, _, commands = demo(tmp_path, MODEL="org/model")
    assert code == 0 and not [c for c in commands if c.startswith("models get")]
    assert "augment --recipe pipelines/demo-qwen.yaml --model org/model" in commands


def test_a_model_that_cannot_be_had_ends_the_demo_at_once(tmp_path: Path) -> None:
    code, said, commands = demo(tmp_path, MODEL="giant")
    assert code == 1 and said == "curator: no known model is called giant\n"
    assert "stats" not in commands


NUMBERS = ("six", "seven", "eight", "nine", "ten")


def key_sequences() -> dict[str, list[str]]:
    """The keys that accept an example, wherever people are told of them."""
    told = {".ci/demo.sh": "Enter", "docs/guides/review.md": "`Enter`", "README.fr.md": "`Entrée`"}
    found = {}
    for name, last in told.items():
        text = (ROOT / name).read_text("utf-8")
        [keys] = re.findall(rf"((?:`?\d`? ?,? ?)+)(?:puis )?{last}", text.replace("\n", " "))
        found[name] = re.findall(r"\d", keys)
    return found


def test_the_keys_that_are_told_answer_every_question_of_the_rubric() -> None:
    """The server refuses a submission in which a required mark is missing."""
    told, criteria = key_sequences(), rubric().criteria
    assert len({tuple(keys) for keys in told.values()}) == 1, told
    decision, *marks = told[".ci/demo.sh"]
    assert decision == "1" and len(marks) == len(criteria)
    assert {int(mark) for mark in marks} <= set(RATINGS)
    counted = re.search(r"(\w+) keys review", (ROOT / ".ci" / "demo.sh").read_text("utf-8"))
    assert counted and counted[1].lower() == NUMBERS[len(criteria) + 2 - 6]  # a decision, Enter


def test_only_the_demos_own_user_and_password_are_shown(tmp_path: Path) -> None:
    code, said, _ = demo(tmp_path)
    assert code == 0 and "Argilla: http://127.0.0.1:6911" in said
    assert [line for line in said.splitlines() if line.startswith(("User ", "Next: "))] == [
        "User demo (annotator), password two (shown only once)"
    ]


def test_what_the_demo_drops_is_what_the_command_writes() -> None:
    running = RunningServer("http://here", 1, Path("key"), "secret")
    dropped = [line for line in up_view(running) if line.startswith(("User ", "Next: "))]
    assert len(dropped) == 2 and "secret" in dropped[0]
