"""Sampling: asked once whatever happens, checked, chosen, and written with where it comes from."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from curator.base import store
from curator.base.errors import DataError, RecipeError
from curator.evaluation.respond import ScriptedResponder
from curator.evaluation.solving.run import Machine, Outcome
from curator.filters.leakage import LeakageSettings
from curator.records.project import Project
from curator.records.samples import Answer, LeftOut, Sample, SampledTask
from curator.sampling.choose import choose, likeness, unlike
from curator.sampling.recipe import SampleRecipe, load_sample
from curator.sampling.rows import OwnRow
from curator.sampling.session import Sampled, Tools, sample
from tests.conftest import ROOT, make_example
from tests.sampling.making import (
    MAIN,
    MENDED,
    PRIX,
    SYSTEM,
    answered,
    build,
    examples,
    said,
    script,
    task,
)

RECIPE = SampleRecipe(per_task=5, keep=2)


def tools(machine: Machine, asked: list[int] | None = None) -> Tools:
    def heard(messages: Any, seed: int) -> str:
        if asked is not None:
            asked.append(seed)
        return script(messages, seed)

    return Tools(lambda root, recipe: ScriptedResponder(heard, width=4), lambda: machine)


def run(root: Path, machine: Machine, recipe: SampleRecipe = RECIPE, **more: Any) -> Sampled:
    if not (root / "curated").exists():
        build(root, examples())
    return sample(Project(root), recipe, "own", tools=tools(machine, **more))


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.slow
def test_all_answers_are_kept_with_their_outcome(tmp_path: Path, machine: Machine) -> None:
    result = run(tmp_path, machine)
    samples = list(store.read(result.folder / "samples.jsonl", Sample))
    tasks = list(store.read(result.folder / "tasks.jsonl", SampledTask))
    assert len(tasks) == 3
    assert [(s.task, s.sample) for s in samples] == [(t.id, n) for t in tasks for n in range(5)]
    for one in samples:
        assert one.solved == (one.seed % 3 != 0)
        assert one.reason in (("", "alike") if one.solved else ("unsolved",))
        assert bool(one.why) != one.solved
    kept = Counter(one.task for one in samples if one.kept)
    assert max(kept.values()) <= 2
    counts = result.manifest["counts"]
    assert counts["answers"] == 15
    assert counts["solved"] == sum(one.solved for one in samples)
    assert counts["rows"] == sum(kept.values())
    assert counts["by_check"] == {"prints": 2, "tests": 1}


@pytest.mark.slow
def test_a_row_says_that_a_model_wrote_it_and_nobody_read_it(
    tmp_path: Path, machine: Machine
) -> None:
    result = run(tmp_path, machine)
    tasks = {t.id: t for t in store.read(result.folder / "tasks.jsonl", SampledTask)}
    rows = list(store.read(result.folder / "own.jsonl", OwnRow))
    assert rows
    for row in rows:
        origin = row.metadata
        assert [turn.role for turn in row.messages] == ["system", "user", "assistant"]
        assert row.messages[0].content == SYSTEM
        assert row.messages[1].content == tasks[origin.task].question
        assert origin.written_by.name == "scripted"
        assert origin.accepted_by == tasks[origin.task].check["kind"]
        assert len(origin.check_sha256) == len(origin.prompt_sha256) == 64
        assert origin.reviewed is False
        assert origin.sampling.temperature == 0.8
    manifest = json.loads((result.folder / "manifest.json").read_text("utf-8"))
    assert manifest["files"]["own.jsonl"] == store.sha256_of(result.folder / "own.jsonl")
    assert manifest["model"]["sha256"] == rows[0].metadata.written_by.sha256


@pytest.mark.slow
def test_what_is_on_disk_is_not_asked_again_and_chosen_from_anew(
    tmp_path: Path, machine: Machine
) -> None:
    asked = list[int]()
    first = run(tmp_path, machine, asked=asked)
    assert len(asked) == len(set(asked)) == 15
    before = files(first.folder)
    again = run(tmp_path, machine, asked=asked)
    assert files(again.folder) == before
    stricter = run(tmp_path, machine, RECIPE.model_copy(update={"keep": 1}), asked=asked)
    assert stricter.manifest["counts"]["rows"] < first.manifest["counts"]["rows"]
    assert len(asked) == 15


@pytest.mark.slow
def test_fewer_tasks_and_then_all_of_them(tmp_path: Path, machine: Machine) -> None:
    asked = list[int]()
    few = run(tmp_path, machine, RECIPE.model_copy(update={"limit": 1}), asked=asked)
    assert few.manifest["counts"]["tasks"] == 1
    assert len(asked) == 5
    every = run(tmp_path, machine, asked=asked)
    assert every.manifest["counts"]["answers"] == 15
    assert len(set(asked)) == 15
    few = run(tmp_path, machine, RECIPE.model_copy(update={"limit": 1}), asked=asked)
    assert few.manifest["counts"]["answers"] == 5


@pytest.mark.slow
@pytest.mark.parametrize("change", [{"per_task": 4}, {"seed": 1}, {"context": 2048}])
def test_another_request_does_not_mix_with_the_answers_that_are_there(
    tmp_path: Path, machine: Machine, change: dict[str, int]
) -> None:
    run(tmp_path, machine)
    with pytest.raises(DataError, match=f"other answers are there: {next(iter(change))} changed"):
        run(tmp_path, machine, RECIPE.model_copy(update=change))


@pytest.mark.slow
def test_valid_rows_and_those_near_the_evaluation_are_never_asked(
    tmp_path: Path, machine: Machine
) -> None:
    train = examples()
    hidden = make_example(MENDED.replace("270", "370"), answered(f"{PRIX}\n\n{MAIN}"))
    build(tmp_path, train, [hidden])
    near = {"id": "p1", "prompt": train[2].question, "reference": "Une autre réponse."}
    (tmp_path / "training").mkdir()
    (tmp_path / "training" / "prompts_fr.jsonl").write_text(json.dumps(near) + "\n", "utf-8")
    result = run(tmp_path, machine)
    tasks = {t.id for t in store.read(result.folder / "tasks.jsonl", SampledTask)}
    assert tasks == {train[0].id, train[1].id}
    (left,) = store.read(result.folder / "left_out.jsonl", LeftOut)
    assert (left.id, left.reason) == (train[2].id, "leaks_contains_prompt")
    assert result.manifest["counts"]["left_out"] == {"leaks_contains_prompt": 1}


@pytest.mark.slow
def test_prompts_that_only_the_evaluations_recipe_names_are_never_asked(
    tmp_path: Path, machine: Machine
) -> None:
    train = examples()
    build(tmp_path, train)
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines" / "evaluate.yaml").write_text("prompts: raw/asked.jsonl\n", "utf-8")
    (tmp_path / "raw").mkdir()
    spaced = train[2].question.upper().replace(" ", "\u00a0 \n")
    near = {"id": "p1", "prompt": spaced, "reference": "Une autre réponse."}
    (tmp_path / "raw" / "asked.jsonl").write_text(json.dumps(near) + "\n", "utf-8")
    result = run(tmp_path, machine)
    assert result.manifest["counts"]["left_out"] == {"leaks_contains_prompt": 1}


@pytest.mark.slow
def test_tasks_that_were_changed_since_their_checks_were_proved_are_refused(
    tmp_path: Path, machine: Machine
) -> None:
    path = run(tmp_path, machine).folder / "tasks.jsonl"
    whole = path.read_bytes()
    for changed in (whole.replace(b"500", b"501"), whole.partition(b"\n")[2], b""):
        path.write_bytes(changed)
        with pytest.raises(DataError, match="written when the checks were proved"):
            run(tmp_path, machine)
    path.unlink()
    with pytest.raises(DataError, match="written when the checks were proved"):
        run(tmp_path, machine)
    path.write_bytes(whole)
    run(tmp_path, machine)


KILLED = """
import os, signal, sys
from pathlib import Path
from curator.evaluation.respond import ScriptedResponder
from curator.records.project import Project
from curator.sampling import session
from tests.sampling.making import script
from tests.sampling.test_sample import RECIPE

root, place, left = Path(sys.argv[1]), sys.argv[2], [int(sys.argv[3])]

def die():
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)

def heard(messages, seed):
    with (root / "asked").open("a") as file:
        file.write(f"{seed}\\n")
    if place == "wave":
        die()
    return script(messages, seed)

def progress(label, done, total):
    if label.startswith(place):
        die()

tools = session.Tools(lambda *_: ScriptedResponder(heard, width=4), session.real_machine)
session.sample(Project(root), RECIPE, "own", progress, tools)
"""


def sample_apart(root: Path, place: str, at: int) -> int:
    command = [sys.executable, "-c", KILLED, str(root), place, str(at)]
    return subprocess.run(command, cwd=ROOT, env=os.environ, check=False).returncode


@pytest.mark.slow
def test_killed_at_any_moment_it_resumes_to_the_same_files(
    tmp_path: Path, machine: Machine
) -> None:
    build(tmp_path / "whole", examples())
    whole = files(run(tmp_path / "whole", machine).folder)
    root = tmp_path / "killed"
    build(root, examples())
    # While the checks are proved, in the second wave, between waves, while checking and choosing.
    for place, at in (("proving", 1), ("wave", 6), ("asking", 7), ("checking", 1), ("choosing", 1)):
        assert sample_apart(root, place, at) == -signal.SIGKILL, place
    assert sample_apart(root, "never", 1) == 0
    assert files(root / "training" / "own" / "own") == whole
    asked = Counter((root / "asked").read_text().split())
    # Only what was being written when it died is asked a second time.
    assert len(asked) == 15
    assert sum(n - 1 for n in asked.values()) <= 4


@pytest.mark.slow
def test_a_wave_that_was_torn_is_asked_again(tmp_path: Path, machine: Machine) -> None:
    first = run(tmp_path, machine)
    before = files(first.folder)
    path = first.folder / "answers.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:6]) + lines[6][:20])
    assert files(run(tmp_path, machine).folder) | {"answers.jsonl.torn": b""} == before | {
        "answers.jsonl.torn": b""
    }


@pytest.mark.slow
def test_answers_to_other_tasks_are_refused(tmp_path: Path, machine: Machine) -> None:
    path = run(tmp_path, machine).folder / "answers.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(reversed(lines)))
    with pytest.raises(DataError, match="not the answers to the tasks in their order"):
        run(tmp_path, machine)


def test_bad_input_is_one_line(tmp_path: Path, machine: Machine) -> None:
    with pytest.raises(DataError, match="there is no built set"):
        sample(Project(tmp_path), RECIPE, "own", tools=tools(machine))
    build(tmp_path, [make_example()])
    with pytest.raises(DataError, match=r"no row .* can be asked: \{'no_check': 1\}"):
        run(tmp_path, machine)
    with pytest.raises(DataError, match=r"'\.\./x' is no name"):
        sample(Project(tmp_path), RECIPE, "../x", tools=tools(machine))
    with pytest.raises(RecipeError, match="all answers to a task are one text"):
        load_sample(tmp_path, None, {"sampling": {"temperature": 0}})
    (tmp_path / "curated" / "examples.jsonl").write_text("")
    with pytest.raises(DataError, match="not the file of its manifest"):
        run(tmp_path, machine)


@pytest.mark.slow
def test_what_does_not_fit_the_context_is_left_out(tmp_path: Path, machine: Machine) -> None:
    tight = RECIPE.model_copy(update={"context": 1024 + 48})
    result = run(tmp_path, machine, tight)
    left = list(store.read(result.folder / "left_out.jsonl", LeftOut))
    assert [one.reason for one in left] == ["too_long"]
    assert len(left) + result.manifest["counts"]["tasks"] == 3


TASK = task(MENDED, answered(f"{PRIX}\n\n{MAIN}"), {"kind": "prints", "output": "500 centimes"})
ENGLISH = "The parameter has to be mutable, or you bind a new variable with the same name instead."


def reason(text: str, solved: bool = True, finished: bool = True) -> str:
    one = Answer(task=TASK.id, sample=0, text=text, tokens=9, finished=finished, seed=0)
    outcome = Outcome(solved, "" if solved else "it panics")
    (found,) = choose([(TASK, one, outcome)], RECIPE, lambda q, a: "interdit" in a)
    return found.reason


@pytest.mark.parametrize(
    ("text", "given", "wanted"),
    [
        (said(PRIX), {}, ""),
        (said(PRIX), {"solved": False}, "unsolved"),
        (said(PRIX), {"finished": False}, "unfinished"),
        (said(*[PRIX] * 9), {}, "repeats"),
        (said(PRIX, prose=ENGLISH), {}, "not_french"),
        (f"```rust\n{PRIX}\n```", {}, "not_french"),
        (TASK.reference, {}, "copies_reference"),
        (TASK.reference.replace("suffit de", "faut"), {}, "copies_reference"),
        (said(PRIX, prose=f"{SYSTEM} Ce texte est interdit : {SYSTEM}"), {}, "leaks"),
    ],
)
def test_an_answer_that_is_solved_is_not_yet_a_row(
    text: str, given: dict[str, bool], wanted: str
) -> None:
    assert reason(text, **given) == wanted


def test_the_chosen_are_unlike_each_other_and_always_the_same() -> None:
    texts = [
        "un deux trois quatre",
        "un deux trois cinq",
        "sept huit neuf dix",
        "un deux trois six",
    ]
    assert unlike(texts, 2, 0.8) == [0, 2]
    assert unlike(texts, 3, 0.8) == [0, 1, 2]
    assert unlike(texts, 4, 0.3) == [0, 2]
    assert unlike(["a b c", "a b c", "a b c"], 3, 0.8) == [0]
    assert unlike([], 3, 0.8) == []
    assert unlike(["a b", "c d"], 5, 0.8) == [0, 1]
    assert likeness("a b c", "a b d") == pytest.approx(1 / 3)


def test_the_shipped_recipe_has_the_defaults() -> None:
    assert load_sample(ROOT) == SampleRecipe()
    assert LeakageSettings() == SampleRecipe().leakage
