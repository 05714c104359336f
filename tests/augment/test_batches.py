"""The states of batches, what comes next for each, and how one is discarded."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from curator.augment import run as pipeline
from curator.augment.batches import BatchStatus, BatchSummary, list_batches
from curator.augment.details import batch_details
from curator.augment.discard import discard_batches, find_batches
from curator.base import store
from curator.base.errors import CompilerError, DataError, StoreError
from curator.filters.base import outcome_of
from curator.filters.rust import RustSettings
from curator.generate.batch import Batch, Plan, choose_batch, existing, finish
from curator.generate.funnel import funnel_of
from curator.generate.recipe import AugmentRecipe, StopSettings
from curator.generate.yields import Yields, tokens_document
from curator.models.base import TextModel
from curator.models.llama.batch_decoder import BLOCK
from curator.models.scripted import ScriptedModel
from curator.records.project import Project
from curator.report.data.batches import read_batches
from curator.report.sections.batches import batches_section
from curator.review.decisions.log import ReviewLog
from curator.status.project import project_status
from tests.conftest import make_example
from tests.generate.test_batch import CHEAP, Interrupted, breaking, good_or_bad, quiet, recipe
from tests.generate.test_funnel import CANDIDATES
from tests.review.conftest import review

RECIPE = """kind: augment
name: small
generate: {strategies: [few_shot], wave: 3, per_prompt: 2}
stop: {candidates: 10, min_yield: 0}
filters: [{name: structure}, {name: length}]
model: {name: scripted}
"""


@pytest.fixture
def small(project: Project) -> AugmentRecipe:
    """A recipe of the project's pipelines/, which a scripted model serves."""
    from curator.generate.recipe import load_recipe

    path = project.root / "pipelines" / "small.yaml"
    path.write_text(RECIPE, "utf-8")
    return load_recipe(path)


def scripted(settings: object) -> TextModel:
    return ScriptedModel(good_or_bad)


def interrupted(project: Project, small: AugmentRecipe, after: int = 4) -> None:
    with suppress(Interrupted):
        pipeline.augment(project, small, quiet, lambda s: breaking(after))


def only(project: Project, *, digests: bool = False) -> BatchSummary:
    [one] = list_batches(project, digests=digests)
    return one


def test_a_complete_batch_goes_to_people(project: Project, small: AugmentRecipe) -> None:
    done = pipeline.augment(project, small, quiet, scripted)
    one = only(project)
    assert done.outcome
    assert (one.state, one.candidates, one.judged) == (BatchStatus.COMPLETE, 10, 10)
    accepted = len(done.outcome.accepted)
    assert (one.accepted, one.next) == (accepted, f"curator review push {one.name}")
    assert one.document()["review"] == {"unsent": accepted, "waiting": 0, "decided": 0}
    assert (one.strategies, one.model, one.stopped) == (("few_shot",), "scripted", "candidates")


def test_candidates_only_are_to_be_filtered(project: Project, small: AugmentRecipe) -> None:
    done = pipeline.augment(project, small, quiet, scripted, judged=False)
    one = only(project)
    assert (one.state, one.candidates, one.accepted) == (BatchStatus.COMPLETE, 10, None)
    assert one.next == f"curator filter raw/generated/{done.batch.name}/candidates.jsonl"


def test_an_interrupted_batch_names_the_command_that_resumes_it(
    project: Project, small: AugmentRecipe
) -> None:
    interrupted(project, small)
    one = only(project, digests=True)
    assert (one.state, one.candidates, one.changed) == (BatchStatus.INTERRUPTED, 3, ())
    assert one.next == "curator augment --recipe pipelines/small.yaml"
    resumed = pipeline.augment(project, small, quiet, scripted)
    assert resumed.batch == one.batch and only(project).state is BatchStatus.COMPLETE


def test_the_command_has_the_options_that_the_batch_was_begun_with(
    project: Project, small: AugmentRecipe
) -> None:
    model = small.model.model_copy(update={"name": "other"})
    given = small.model_copy(
        update={
            "stop": StopSettings(candidates=7, minutes=90, min_yield=0),
            "model": model,
            "more": 2,
        }
    )
    interrupted(project, given)
    one = only(project)
    assert one.state is BatchStatus.INTERRUPTED
    assert one.next == "curator augment --recipe pipelines/small.yaml -n 7 --minutes 90 --more 2"
    plan = json.loads(one.batch.path("plan.json").read_text("utf-8"))
    plan["settings"]["model"]["name"] = "modèle.gguf"
    store.write_json(one.batch.path("plan.json"), plan)
    assert "--model modèle.gguf" in only(project).next.replace("'", "")


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("per_prompt: 2", "per_prompt: 3", "the recipe's generate"),
        ("min_yield: 0", "min_yield: 0.5", "the recipe's stop"),
        ("{name: length}", "{name: length, min_tokens: 9}", "filters"),
    ],
)
def test_other_settings_are_named(
    project: Project, small: AugmentRecipe, old: str, new: str, changed: str
) -> None:
    interrupted(project, small)
    path = project.root / "pipelines" / "small.yaml"
    path.write_text(RECIPE.replace(old, new), "utf-8")
    one = only(project)
    assert (one.state, one.changed) == (BatchStatus.STALE, (changed,))
    assert one.next == f"curator batches discard {one.name}"


@pytest.mark.parametrize(
    ("read", "changed"), [({}, ("how prompts are read",)), ({"block": BLOCK}, ())]
)
def test_prompts_that_were_read_otherwise_are_named(
    project: Project, small: AugmentRecipe, read: dict[str, int], changed: tuple[str, ...]
) -> None:
    interrupted(project, small)
    path = only(project).batch.path("plan.json")
    plan = json.loads(path.read_text("utf-8"))
    plan["settings"]["model"]["runtime"] = {"llama_cpp_python": "0.3.36", "width": 8, **read}
    store.write_json(path, plan)
    assert only(project).changed == changed


@pytest.mark.slow
def test_other_examples_make_a_batch_stale_and_it_does_not_resume(
    project: Project, small: AugmentRecipe
) -> None:
    interrupted(project, small)
    store.write_atomic(project.raw / "authored" / "second.jsonl", [make_example()])
    one = only(project)
    assert one.state is BatchStatus.STALE
    assert one.changed == ("examples, or candidates of other batches",)
    done = pipeline.augment(project, small, quiet, scripted)
    assert done.batch != one.batch
    states = {b.name: b.state for b in list_batches(project)}
    assert states == {one.name: BatchStatus.STALE, done.batch.name: BatchStatus.COMPLETE}


def test_a_batch_of_a_recipe_from_elsewhere_may_resume(project: Project) -> None:
    with suppress(Interrupted):
        pipeline.augment(project, recipe(name="elsewhere"), quiet, lambda s: breaking(4))
    one = only(project)
    assert (one.state, one.next) == (BatchStatus.INTERRUPTED, "curator augment --recipe FILE")


@pytest.mark.slow
def test_a_batch_that_is_worked_on_is_running_and_not_interrupted(
    project: Project, small: AugmentRecipe
) -> None:
    interrupted(project, small)
    [batch] = existing(project.raw / "generated")
    with batch.locked():
        one = only(project)
        assert (one.state, one.next) == (BatchStatus.RUNNING, "")
        with pytest.raises(StoreError, match="another curator process works on this batch"):
            discard_batches(project, [one], force=True)
    assert only(project).state is BatchStatus.INTERRUPTED


def test_a_plan_without_candidates_is_empty(project: Project, small: AugmentRecipe) -> None:
    interrupted(project, small)
    [batch] = existing(project.raw / "generated")
    for path in batch.path("waves").iterdir():
        path.unlink()
    one = only(project)
    assert (one.state, one.next) == (
        BatchStatus.EMPTY,
        "curator augment --recipe pipelines/small.yaml",
    )


@pytest.mark.slow
@pytest.mark.parametrize("text", ["{}", "{", "[]", '{"settings": 3}'])
def test_a_plan_that_cannot_be_read_is_listed_and_discarded(project: Project, text: str) -> None:
    batch = Batch(project.raw / "generated" / "augment-s0001-12345678")
    batch.folder.mkdir(parents=True)
    batch.path("plan.json").write_text(text)
    one = only(project)
    assert one.state is BatchStatus.UNREADABLE and one.changed
    discard_batches(project, find_batches(project, [one.name]))
    assert list_batches(project) == []


@pytest.mark.parametrize("judged", [True, False])
def test_a_start_that_fails_before_the_first_candidate_leaves_nothing(
    project: Project, small: AugmentRecipe, judged: bool
) -> None:
    """As where the model's server is away."""
    with pytest.raises(Interrupted):
        pipeline.augment(project, small, quiet, lambda s: breaking(0), judged=judged)
    assert list((project.raw / "generated").iterdir()) == []
    assert list_batches(project) == []


def test_where_there_is_no_sandbox_nothing_is_begun(
    project: Project, small: AugmentRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> None:
        raise CompilerError("no sandbox to run rustc in")

    monkeypatch.setattr("curator.filters.rust.rust_compiler", lambda settings: none())
    chosen = small.model_copy(update={"filters": (*CHEAP, RustSettings())})
    model = ScriptedModel(good_or_bad)
    with pytest.raises(CompilerError, match="no sandbox"):
        pipeline.augment(project, chosen, quiet, lambda s: model)
    assert model.asked == 0 and not (project.raw / "generated").exists()


def test_what_was_made_before_a_failure_stays(project: Project, small: AugmentRecipe) -> None:
    interrupted(project, small)
    interrupted(project, small, after=0)  # fails before it makes one more
    assert only(project).candidates == 3


@pytest.mark.slow
def test_one_batch_of_a_project_is_made_at_a_time(project: Project, small: AugmentRecipe) -> None:
    """Two would take the same tasks: neither knows what the other makes."""
    refused = list[str]()

    def load(settings: object) -> TextModel:
        with pytest.raises(StoreError) as error:
            pipeline.augment(project, recipe(name="other"), quiet, scripted)
        refused.append(str(error.value))
        return ScriptedModel(good_or_bad)

    pipeline.augment(project, small, quiet, load)
    assert len(refused) == 1 and "another curator process makes a batch here" in refused[0]
    assert len(list_batches(project)) == 1


@pytest.fixture
def reviewed(project: Project, small: AugmentRecipe) -> Iterator[BatchSummary]:
    """A batch of whose candidates people accepted one."""
    done = pipeline.augment(project, small, quiet, scripted)
    assert done.outcome
    ReviewLog.of(project).add([review("anna", "accepter", done.outcome.accepted[0].id)], [])
    yield only(project)


@pytest.mark.slow
def test_what_people_reviewed_is_not_discarded_unless_forced(
    project: Project, reviewed: BatchSummary
) -> None:
    with pytest.raises(DataError, match=r"people reviewed 1 candidate of it .*--force"):
        discard_batches(project, [reviewed])
    assert only(project) == reviewed
    [done] = discard_batches(project, [reviewed], force=True)
    assert done.reviewed == 1 and not reviewed.batch.folder.exists()
    assert len(ReviewLog.of(project).reviews()) == 1


def test_what_the_curated_set_has_is_not_discarded_unless_forced(
    project: Project, small: AugmentRecipe
) -> None:
    done = pipeline.augment(project, small, quiet, scripted)
    assert done.outcome
    store.write_atomic(project.curated / "examples.jsonl", done.outcome.accepted[:2])
    with pytest.raises(DataError, match="curated/ has 2 examples of it"):
        discard_batches(project, find_batches(project, [done.batch.name]))


def test_of_several_all_are_discarded_or_none(project: Project, small: AugmentRecipe) -> None:
    interrupted(project, small)
    [first] = list_batches(project)
    with pytest.raises(DataError, match="no such batch: none-s0001-0"):
        find_batches(project, [first.name, "none-s0001-0"])
    assert only(project) == first


def test_the_report_and_the_standing_say_the_same(project: Project, small: AugmentRecipe) -> None:
    interrupted(project, small)
    [batch] = existing(project.raw / "generated")

    def said() -> tuple[str, str]:
        [made] = read_batches(project, "raw/generated").batches
        [one] = project_status(project).batches
        assert made.state == one.state
        [table] = batches_section(read_batches(project, "raw/generated")).content
        return made.state, str(table.rows[0][2])  # type: ignore[union-attr]

    assert said() == ("interrupted", "interrompu : curator augment le reprend")
    with batch.locked():
        assert said() == ("running", "en cours")


def curator(project: Project, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "curator", "--project", str(project.root), *words]
    environment = {**os.environ, "COLUMNS": "160"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)


@pytest.mark.slow
def test_the_commands(project: Project, small: AugmentRecipe) -> None:
    assert "no batch yet" in curator(project, "batches").stdout
    interrupted(project, small)
    one = only(project)
    shown = curator(project, "batches").stdout
    assert one.name in shown and "interrupted" in shown
    assert f"{one.name}: next: curator augment --recipe pipelines/small.yaml" in shown
    document = json.loads(curator(project, "batches", "--json").stdout)
    assert document == {"states": {"interrupted": 1}, "batches": [one.document()]}
    assert f"{one.name} is interrupted; curator augment" in curator(project).stdout
    deleted = curator(project, "batches", "discard", one.name)
    assert deleted.returncode == 0 and deleted.stderr == ""
    folder = f"raw/generated/{one.name}/"
    assert deleted.stdout.startswith(f"Deleted {folder} (interrupted): 3 candidates")
    again = curator(project, "batches", "discard", one.name, "--json")
    assert again.returncode == 1 and "no such batch" in again.stderr
    assert not Path(project.root, folder).exists()


def staged(project: Project) -> Batch:
    """A batch of from_program as a runner writes it, complete."""
    settings = {"model": {"name": "petit", "sha256": "1" * 64}, "toolkit": "0", "generate": {}}
    plan = Plan(settings, 1, datetime(2026, 1, 1, tzinfo=UTC), None, {}, {})
    batch, _ = choose_batch(project.raw / "generated", "staged", lambda _: plan, 1)
    batch.begin(plan)
    judged = [
        e.model_copy(update={"provenance": e.provenance.model_copy(update={"index": n})})
        for n, e in enumerate(CANDIDATES)
    ]
    yields = Yields()
    yields.learn(judged)
    facts = {"stopped": "candidates", "yields": yields.document()}
    facts |= {"tokens": tokens_document(yields), "stages": funnel_of(judged).document()}
    finish(batch, judged, outcome_of(judged, ["structure", "rust"], every=False), facts)
    return batch


@pytest.mark.slow
def test_one_batch_is_shown_by_its_name(project: Project) -> None:
    batch = staged(project)
    found = batch_details(project, batch.name)
    manifest = batch.manifest()
    document = found.document()
    for key in ("yields", "tokens", "stages"):
        assert json.loads(json.dumps(document[key])) == manifest[key]
    assert document["reasons"] == manifest["outcome"]["reasons"]
    run = curator(project, "batches", batch.name, "--json")
    assert json.loads(run.stdout) == json.loads(json.dumps(document))
    assert curator(project, "batches", "show", batch.name, "--json").stdout == run.stdout
    shown = curator(project, "batches", batch.name).stdout
    for said in ("does_not_compile 1", "wrong_verb 2", "Tokens per accepted", "650"):
        assert said in shown
    assert f"{batch.name}: 2 never pushed; next: curator review push {batch.name}" in shown


def test_a_batch_of_an_earlier_version_is_shown_and_reported(project: Project) -> None:
    batch = staged(project)
    manifest = batch.manifest()
    del manifest["stages"], manifest["tokens"]
    store.write_json(batch.path("manifest.json"), manifest)
    read = read_batches(project, "raw/generated")
    assert read.stages.rows() == [] and read.topics["from_program"]["traits"].tokens == 640
    captions = [table.caption for table in batches_section(read).content]  # type: ignore[union-attr]
    assert "Tokens par candidat retenu, par thème" in captions
    assert "Étapes des stratégies qui en ont plusieurs" not in captions
    assert len(batch_details(project, batch.name).stages.rows()) == 4


@pytest.mark.slow
def test_an_interrupted_batch_is_shown_with_what_was_judged(
    project: Project, small: AugmentRecipe
) -> None:
    interrupted(project, small, after=7)
    [batch] = existing(project.raw / "generated")
    batch.path("waves/0001.judged.jsonl").unlink(missing_ok=True)  # it may have been in time
    one = only(project)
    found = batch_details(project, one.name)
    assert found.yields.tried("few_shot") == one.judged == 3 and one.candidates == 6
    assert sum(found.reasons.values()) == one.judged - (one.accepted or 0)
    shown = curator(project, "batches", one.name).stdout
    assert f"{one.judged} of 6 candidates were judged so far." in shown


@pytest.mark.slow
def test_waves_that_a_kill_left_beside_the_files_count_once(
    project: Project, small: AugmentRecipe
) -> None:
    done = pipeline.augment(project, small, quiet, scripted)
    assert done.outcome
    done.batch.write_wave(0, "judged", [*done.outcome.accepted, *done.outcome.rejected])
    done.batch.write_wave(0, "candidates", done.candidates)
    assert batch_details(project, done.batch.name).yields.tried("few_shot") == 10


@pytest.mark.slow
def test_no_batch_has_the_name(project: Project) -> None:
    run = curator(project, "batches", "augment-s0001-0")
    assert run.returncode == 1 and run.stderr.startswith("curator: no such batch: augment-s0001-0")
    assert curator(project, "batches", "discrad").returncode == 2  # a slip, and no batch
