"""Batches: nothing is lost or made twice, whenever they are broken off."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from curator.augment import run as pipeline
from curator.augment.preview import preview
from curator.base import store
from curator.base.errors import DataError, NothingMissing, NothingSurvived, StoreError
from curator.filters import structure
from curator.filters.banned import BannedSettings
from curator.filters.duplicates import DuplicateSettings
from curator.filters.length import LengthSettings
from curator.filters.near_duplicates import NearDuplicateSettings
from curator.filters.registry import make_filters
from curator.filters.run import run_filters
from curator.filters.structure import StructureSettings
from curator.generate import prompting
from curator.generate.batch import Batch
from curator.generate.recipe import AugmentRecipe, GenerateSettings, StopSettings
from curator.models.scripted import ScriptedModel
from curator.records.example import example_id
from curator.records.files import read_examples
from curator.records.project import Project
from curator.records.targets import Targets
from curator.records.taxonomy import Cell, Difficulty
from curator.records.topic import Topic
from curator.rust.toolchain import installed_version
from curator.rust.unsandboxed import without_sandbox
from tests.conftest import ANSWER, ROOT, make_example

FILES = ("plan.json", "candidates.jsonl", "accepted.jsonl", "rejected.jsonl", "manifest.json")
CHEAP = (StructureSettings(), LengthSettings())
Script = Callable[[object, int], str]


@pytest.fixture(autouse=True)
def fixed_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")


def quiet(label: str, done: int, total: int) -> None:
    pass


def good_or_bad(messages: object, seed: int) -> str:
    text = prompting.format_example(f"Question {seed} ?", ANSWER + f"- {seed}").removeprefix(
        prompting.PREFIX
    )
    return text if seed % 2 else "rien"


def recipe(**changes: object) -> AugmentRecipe:
    generate = GenerateSettings(strategies=("few_shot",), wave=3, per_prompt=2)
    stop = StopSettings(candidates=10, min_yield=0)
    fields = {"generate": generate, "stop": stop, "filters": CHEAP, **changes}
    return AugmentRecipe(**fields)  # type: ignore[arg-type]


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


class Interrupted(Exception):
    pass


def breaking(after: int, writes: Script = good_or_bad) -> ScriptedModel:
    def script(messages: object, seed: int) -> str:
        if model.asked > after:
            raise Interrupted
        return writes(messages, seed)

    model = ScriptedModel(script)
    return model


def test_a_batch_holds_everything(project: Project) -> None:
    done = pipeline.augment(project, recipe(), quiet, lambda s: ScriptedModel(good_or_bad))
    folder = done.batch.folder
    assert folder.parent == project.raw / "generated"
    assert {p.name for p in folder.iterdir()} == {*FILES, ".lock"}
    accepted = list(read_examples(folder / "accepted.jsonl"))
    rejected = list(read_examples(folder / "rejected.jsonl"))
    assert len(accepted) + len(rejected) == 10
    assert accepted
    assert all(e.rejection for e in rejected)
    assert {e.provenance.index for e in [*accepted, *rejected]} == set(range(10))
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["files"]["accepted.jsonl"] == store.sha256_of(folder / "accepted.jsonl")


@pytest.mark.slow
@pytest.mark.parametrize("after", range(0, 10, 3))
def test_a_broken_batch_ends_like_an_unbroken_one(
    project: Project, tmp_path: Path, after: int
) -> None:
    other = Project(tmp_path / "other")
    shutil.copytree(project.root / "raw", other.raw)
    whole = pipeline.augment(project, recipe(), quiet, lambda s: ScriptedModel(good_or_bad))
    with pytest.raises(Interrupted):
        pipeline.augment(other, recipe(), quiet, lambda s: breaking(after))
    resumed = ScriptedModel(good_or_bad)
    done = pipeline.augment(other, recipe(), quiet, lambda s: resumed)
    assert resumed.asked == 10 - after // 3 * 3  # a wave of 3 is made again whole
    assert contents(done.batch.folder) == contents(whole.batch.folder)


COMPARING = (
    DuplicateSettings(),
    NearDuplicateSettings(),
    BannedSettings(phrases=("as an AI",)),
)


def copies_and_faults(messages: object, seed: int) -> str:
    """One of four texts, as it is or a little changed; a third of all have a fault."""
    draw = random.Random(seed % 4)
    wording = " ".join(f"mot{draw.randrange(10**6)}" for _ in range(80))
    fault = "as an AI" if seed % 3 == 0 else "voilà"
    text = prompting.format_example(
        f"Pourquoi {wording[:90]} {seed} ?", f"{wording} {seed} {fault}"
    )
    return text.removeprefix(prompting.PREFIX)


@pytest.mark.slow
@pytest.mark.parametrize("judge", ["first", "all"])
@pytest.mark.parametrize("after", [3, 12, 19])
def test_a_resumed_batch_compares_with_what_an_unbroken_one_knows(
    project: Project, tmp_path: Path, after: int, judge: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def counted(*arguments: Any) -> Any:
        made.append(1)
        return make_filters(*arguments)

    monkeypatch.setattr("curator.augment.judge.make_filters", counted)
    stop = StopSettings(candidates=24, min_yield=0)
    chosen = recipe(filters=COMPARING, stop=stop, judge=judge)
    other = Project(tmp_path / "other")
    shutil.copytree(project.root / "raw", other.raw)
    whole = pipeline.augment(project, chosen, quiet, lambda s: ScriptedModel(copies_and_faults))
    assert made == [1]  # of eight waves
    with pytest.raises(Interrupted):
        pipeline.augment(other, chosen, quiet, lambda s: breaking(after, copies_and_faults))
    done = pipeline.augment(other, chosen, quiet, lambda s: ScriptedModel(copies_and_faults))
    assert contents(done.batch.folder) == contents(whole.batch.folder)
    assert whole.outcome
    # A text whose first form has a fault is in by a later one: four texts, none of them twice.
    assert whole.outcome.kept == 4
    assert {r.partition(".")[0] for r in whole.outcome.faults()} == {"near_duplicates", "banned"}
    # In the order of their making, as one run over all of them would have judged them.
    known = list(read_examples(*project.trusted_files()))
    at_once = run_filters(whole.candidates, make_filters(COMPARING, known), judge=judge)  # type: ignore[arg-type]
    assert [e.verdicts for e in at_once.accepted] == [e.verdicts for e in whole.outcome.accepted]


@pytest.mark.slow
def test_the_next_run_makes_new_candidates(project: Project) -> None:
    def load(settings: object) -> ScriptedModel:
        return ScriptedModel(good_or_bad)

    first = pipeline.augment(project, recipe(), quiet, load)
    second = pipeline.augment(project, recipe(), quiet, load)
    assert first.batch.name.startswith("augment-s0001-")
    assert second.batch.name.startswith("augment-s0002-")
    seeds = [{e.provenance.seed for e in d.candidates} for d in (first, second)]
    assert not seeds[0] & seeds[1]


def test_a_given_seed_names_one_batch(project: Project) -> None:
    model = ScriptedModel(good_or_bad)
    first = pipeline.augment(project, recipe(seed=7), quiet, lambda s: model)
    again = pipeline.augment(project, recipe(seed=7), quiet, lambda s: model)
    assert model.asked == 10
    assert first.batch == again.batch


def test_accepted_candidates_count_when_the_next_batch_is_planned(project: Project) -> None:
    def load(settings: object) -> ScriptedModel:
        return ScriptedModel(good_or_bad)

    first = pipeline.augment(project, recipe(), quiet, load)
    second = pipeline.augment(project, recipe(), quiet, load)
    grown = second.before.total - first.before.total
    assert grown == len(first.outcome.accepted)


def test_when_nothing_survives_all_is_written_and_the_reasons_are_counted(project: Project) -> None:
    model = ScriptedModel(lambda messages, seed: "rien")
    with pytest.raises(NothingSurvived, match=r"none of 10 candidates.*no_question 10"):
        pipeline.augment(project, recipe(), quiet, lambda s: model)
    [folder] = (project.raw / "generated").iterdir()
    assert len(list(read_examples(folder / "rejected.jsonl"))) == 10
    allowed = recipe(allow_empty=True)
    assert pipeline.augment(project, allowed, quiet, lambda s: model).outcome.accepted == []


@pytest.mark.slow
def test_two_processes_do_not_share_a_batch(project: Project) -> None:
    def load(settings: object) -> ScriptedModel:
        return ScriptedModel(good_or_bad)

    made = pipeline.augment(project, recipe(seed=1), quiet, load)
    with made.batch.locked(), pytest.raises(StoreError, match="works on this batch"):
        pipeline.augment(project, recipe(seed=1), quiet, load)


def test_a_plan_that_is_broken_is_named(project: Project) -> None:
    done = pipeline.augment(project, recipe(), quiet, lambda s: ScriptedModel(good_or_bad))
    done.batch.path("plan.json").write_text('{"seed": 1}')
    with pytest.raises(DataError, match=r"plan\.json: not a plan"):
        Batch(done.batch.folder).plan()


def test_candidates_only(project: Project) -> None:
    model = ScriptedModel(good_or_bad)
    done = pipeline.augment(project, recipe(), quiet, lambda s: model, judged=False)
    assert done.outcome is None
    assert len(done.candidates) == 10
    assert not any(e.verdicts for e in done.candidates)
    assert not done.batch.path("accepted.jsonl").exists()


def test_a_batch_stops_when_too_few_are_accepted(project: Project) -> None:
    model = ScriptedModel(lambda messages, seed: "rien")
    stop = StopSettings(candidates=100, min_yield=0.1, window=8)
    chosen = recipe(stop=stop, allow_empty=True)
    done = pipeline.augment(project, chosen, quiet, lambda s: model)
    assert done.manifest["stopped"] == "low_yield"
    assert 8 <= len(done.candidates) <= 8 + 2 * 3  # judged one wave late


def test_a_batch_stops_when_nothing_is_missing(project: Project) -> None:
    targets = Targets(per_cell=0, topics={"async": 1}, surplus=1)
    model = ScriptedModel(lambda messages, seed: good_or_bad(messages, 2 * seed + 1))
    chosen = recipe(targets=targets, stop=StopSettings(candidates=100))
    done = pipeline.augment(project, chosen, quiet, lambda s: model)
    assert done.manifest["stopped"] == "targets_met"
    assert {e.cell for e in done.candidates} == {Cell(Topic.ASYNC, d) for d in Difficulty}


def test_where_nothing_is_missing_no_batch_is_begun(project: Project) -> None:
    model = ScriptedModel(good_or_bad)
    with pytest.raises(NothingMissing, match=r"49 examples .*targets"):
        pipeline.augment(
            project, recipe(targets=Targets(per_cell=0, topics={})), quiet, lambda s: model
        )
    assert not (project.raw / "generated").exists()


@pytest.mark.slow
def test_more_is_made_of_a_set_that_lacks_nothing(project: Project) -> None:
    model = ScriptedModel(lambda messages, seed: good_or_bad(messages, 2 * seed + 1))
    met = Targets(per_cell=0, topics={}, surplus=1)
    stop = StopSettings(candidates=200, min_yield=0)
    done = pipeline.augment(project, recipe(targets=met, more=2, stop=stop), quiet, lambda s: model)
    assert done.manifest["stopped"] == "targets_met"
    made = Counter(e.cell for e in done.judged_outcome().accepted)
    assert set(made) == set(done.before.cells) and min(made.values()) >= 2


def mutants_only(**changes: object) -> AugmentRecipe:
    return recipe(generate=GenerateSettings(strategies=("mutate",)), **changes)


def refuse(settings: object) -> ScriptedModel:
    raise AssertionError("no model is needed")


@pytest.mark.parametrize("judged", [True, False])
def test_a_batch_of_which_nothing_comes_leaves_nothing(project: Project, judged: bool) -> None:
    one = make_example(answer="## TL;DR\nRien à muter.\n")
    shutil.rmtree(project.raw)
    store.write_atomic(project.raw / "authored" / "one.jsonl", [one])
    chosen = mutants_only(targets=Targets(per_cell=0, topics={"async": 1}))
    with pytest.raises(NothingSurvived, match=r"is missing \(async 3\): nothing is left to mutate"):
        pipeline.augment(project, chosen, quiet, refuse, judged=judged)
    assert list((project.raw / "generated").iterdir()) == []


@pytest.mark.slow
def test_a_mutant_serves_one_slot_of_a_wave(project: Project) -> None:
    chosen = mutants_only(stop=StopSettings(candidates=64, min_yield=0))
    done = pipeline.augment(project, chosen, quiet, refuse)
    sources = [e.provenance.source for e in done.candidates]
    assert len(set(sources)) == len(sources) == 64


@pytest.mark.slow
def test_a_dry_run_foresees_the_batch(project: Project) -> None:
    """With real mutants: as many candidates as the batch makes, its accepted ones in the range."""
    filters = (*CHEAP, DuplicateSettings(), NearDuplicateSettings())
    chosen = mutants_only(filters=filters, stop=StopSettings(candidates=600))
    for _ in range(2):
        planned = preview(project, chosen, quiet).forecast
        [basis] = planned.by_strategy()
        done = pipeline.augment(project, chosen, quiet, refuse)
        assert done.outcome
        assert abs(basis.candidates - len(done.candidates)) <= 0.1 * len(done.candidates)
        assert basis.low <= len(done.outcome.accepted) <= basis.high
        assert planned.stopped == done.manifest["stopped"]
        chosen = mutants_only(filters=filters, targets=Targets(per_cell=8))
    assert basis.here and basis.tried > 100


def test_no_time_left_is_told_before_two_waves_or_a_quarter(project: Project) -> None:
    """A total gives a time left; the pace of the first wave says little of those after it."""
    said: list[tuple[int, int]] = []

    def hear(label: str, done: int, total: int) -> None:
        if label == "generate":
            said.append((done, total))

    chosen = recipe(stop=StopSettings(candidates=40, min_yield=0))
    pipeline.augment(project, chosen, hear, lambda settings: ScriptedModel(good_or_bad))
    assert said[0] == (0, 0), "what is done is named before anything is made"
    assert {total for done, total in said if done <= 3} == {0}
    assert {total for done, total in said if done >= 10} == {40}


def test_what_a_batch_brought_steers_the_next(project: Project) -> None:
    def load(settings: object) -> ScriptedModel:
        return ScriptedModel(good_or_bad)

    first = pipeline.augment(project, recipe(), quiet, load)
    second = pipeline.augment(project, recipe(), quiet, load)
    assert first.batch.plan().history == {}
    assert second.batch.plan().history == first.manifest["yields"]
    counts = [n for cells in first.manifest["yields"].values() for n in cells.values()]
    assert sum(tried for tried, _, _ in counts) == 10
    assert first.outcome
    assert sum(accepted for _, accepted, _ in counts) == len(first.outcome.accepted)


def test_a_project_without_examples_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="curator import"):
        pipeline.augment(Project(tmp_path), recipe(), quiet, lambda s: ScriptedModel(good_or_bad))


def augment_command(folder: Path) -> list[str]:
    options = ["--model", "smollm2", "--seed", "5", "--recipe", str(folder / "small.yaml")]
    return [sys.executable, "-m", "curator", "--project", str(folder), "augment", *options]


@pytest.mark.slow
def test_the_real_command_killed_and_resumed(project: Project, tmp_path: Path) -> None:
    """The real model, killed with SIGKILL five times: the files are those of an unbroken run."""
    small = "extends: augment.yaml\nallow_empty: true\nstop: {candidates: 40}\n"
    small += "generate: {wave: 8, shots: 0, per_prompt: 2, explore: 0.3, grammar: false,\n"
    small += "  strategies: [mutate, few_shot, evolve, repair], sampling: {max_tokens: 48}}\n"
    (project.root / "pipelines" / "small.yaml").write_text(small)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1767225600"}
    folders = []
    for name in ("whole", "broken"):
        folders.append(tmp_path / name)
        shutil.copytree(project.root / "raw", folders[-1] / "raw")
        shutil.copytree(project.root / "pipelines", folders[-1] / "pipelines")
        shutil.copy(folders[-1] / "pipelines" / "small.yaml", folders[-1] / "small.yaml")
        shutil.copy(folders[-1] / "pipelines" / "augment.yaml", folders[-1] / "augment.yaml")
    whole, broken = folders
    subprocess.run(augment_command(whole), cwd=ROOT, env=environment, check=True)
    draw = random.Random(3)
    for kill in range(5):
        process = subprocess.Popen(augment_command(broken), cwd=ROOT, env=environment)
        wait_for_waves(broken, kill, process)
        time.sleep(draw.uniform(0, 0.4))
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run(augment_command(broken), cwd=ROOT, env=environment, check=True)
    [one], [other] = ((f / "raw" / "generated").iterdir() for f in folders)
    assert one.name == other.name
    assert contents(one) == contents(other)


def wait_for_waves(folder: Path, count: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a batch has more than `count` waves, or the process has ended."""
    while process.poll() is None:
        if len(list(folder.glob("raw/generated/*/waves/*.candidates.jsonl"))) > count:
            return
        time.sleep(0.02)


def test_a_filter_that_breaks_costs_one_candidate_and_no_batch(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It breaks in the second wave; before that, a fault of the machine stops the batch there."""
    whole = pipeline.augment(project, recipe(), quiet, lambda s: ScriptedModel(good_or_bad))
    victim = whole.candidates[4]
    shutil.rmtree(whole.batch.folder)
    read = structure.blocks
    faults: list[Exception] = [MemoryError(), IndexError("list index out of range")]

    def broken(text: str) -> object:
        if text == victim.question:
            raise faults[0]
        return read(text)

    monkeypatch.setattr(structure, "blocks", broken)
    with pytest.raises(MemoryError):
        pipeline.augment(project, recipe(), quiet, lambda s: ScriptedModel(good_or_bad))
    faults.pop(0)
    asked: list[int] = []

    def counted(messages: object, seed: int) -> str:
        asked.append(seed)
        return good_or_bad(messages, seed)

    done = pipeline.augment(project, recipe(), quiet, lambda s: ScriptedModel(counted))
    assert [e.id for e in done.candidates] == [e.id for e in whole.candidates]
    assert len(asked) < len(whole.candidates)  # what was made before is not made again
    [rejected] = [e for e in done.batch.read("rejected.jsonl") if e.id == victim.id]
    assert rejected.rejection is not None
    assert rejected.rejection.reason == "filter_failed"
    assert "IndexError: list index out of range" in rejected.rejection.detail
    assert done.batch.complete


def test_a_batch_with_a_carriage_return_goes_on(project: Project) -> None:
    """A batch that was written before texts were cleaned on their way in is judged all the same."""

    def script(messages: object, seed: int) -> str:
        return good_or_bad(messages, seed).replace("- ", "```text\n10%\r50%\r100%\n```\n- ")

    done = pipeline.augment(project, recipe(), quiet, lambda s: ScriptedModel(script))
    assert all("\r" not in e.answer for e in done.candidates)
    dirty = [
        e.model_copy(
            update={"answer": e.answer + "\r", "id": example_id(e.question, e.answer + "\r")}
        )
        for e in done.candidates
    ]
    folder = done.batch.folder
    store.write_atomic(folder / "waves" / "0000.candidates.jsonl", dirty[:3])
    (folder / "manifest.json").unlink()
    again = pipeline.augment(project, recipe(), quiet, lambda s: ScriptedModel(script))
    assert again.batch.complete
    reasons = {e.rejection.reason for e in again.batch.read("rejected.jsonl")[:3] if e.rejection}
    assert "control_characters" in reasons


def test_a_batch_that_is_judged_without_a_sandbox_says_so(project: Project) -> None:
    with without_sandbox():
        done = pipeline.augment(project, recipe(), quiet, lambda s: ScriptedModel(good_or_bad))
    assert done.manifest["rustc"] == f"{installed_version()}, no sandbox"
    assert {e.provenance.rustc for e in done.candidates} == {done.manifest["rustc"]}
