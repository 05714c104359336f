"""A project with topics of its own: batches, mutants and reviews are about these."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from curator.augment import run as pipeline
from curator.augment.preview import preview
from curator.base import store
from curator.base.errors import DataError
from curator.dataset.curate import curate
from curator.dataset.gate import checks
from curator.dataset.recipe import load_retrain
from curator.dataset.write import write
from curator.filters.length import LengthSettings
from curator.filters.structure import StructureSettings
from curator.generate.mutate.pool import find_mutants
from curator.generate.recipe import AugmentRecipe, GenerateSettings, StopSettings
from curator.generate.strategies.registry import taxonomy_sha256
from curator.models.base import Message
from curator.models.scripted import ScriptedModel
from curator.records.files import read_examples
from curator.records.project import Project
from curator.records.taxonomy import use_taxonomy
from curator.records.topic import Topic
from curator.rust.compiler import Rustc
from curator.rust.document import Options
from curator.status.project import project_status
from tests.conftest import first_49, make_example
from tests.generate.mutate.test_engine import CODE, example_with
from tests.generate.test_batch import good_or_bad, quiet
from tests.records.test_taxonomy import OWN, own

TOPICS = {"ownership", "concurrency", "macros"}


@pytest.fixture
def here(project: Project) -> Project:
    """A project of three topics, with one example of two of them."""
    (project.raw / "authored" / "first.jsonl").unlink()
    other = next(e for e in first_49() if e.topic is Topic.TRAITS)
    examples = [make_example(), other.model_copy(update={"topic": Topic("macros")})]
    store.write_atomic(project.raw / "authored" / "own.jsonl", examples)
    return own(project)


def recipe(*strategies: str, **changes: object) -> AugmentRecipe:
    generate = GenerateSettings(strategies=strategies or ("few_shot",), wave=9, per_prompt=1)
    stop = StopSettings(candidates=27, min_yield=0)
    filters = (StructureSettings(), LengthSettings())
    fields = {"generate": generate, "stop": stop, "filters": filters, **changes}
    return AugmentRecipe(**fields)  # type: ignore[arg-type]


def test_candidates_are_asked_for_in_the_projects_words(here: Project) -> None:
    heard: list[str] = []

    def write(messages: list[Message], seed: int) -> str:
        heard.append(messages[-2].content)
        return good_or_bad(messages, seed)

    use_taxonomy(None)  # the batch opens its project by itself
    done = pipeline.augment(here, recipe(), quiet, lambda settings: ScriptedModel(write))
    assert {e.topic for e in done.candidates} == TOPICS
    assert any("« concurrence »" in text and "deux fils qui comptent" in text for text in heard)
    assert any("Sujet : macro." in text for text in heard)  # a topic without ideas
    assert done.manifest["taxonomy_sha256"] == here.taxonomy.sha256
    assert done.manifest["texts_sha256"] == done.batch.plan().settings["texts_sha256"]
    assert {e.topic for e in read_examples(done.batch.path("candidates.jsonl"))} == TOPICS


def test_a_plan_names_the_projects_topics_only(here: Project) -> None:
    planned = preview(here, recipe("few_shot", model={"name": "smollm2"}), quiet)
    assert {slot.topic for slot in planned.wanted} == TOPICS
    assert {cell["topic"] for cell in planned.document()["before"]["cells"]} == TOPICS


@pytest.mark.slow
def test_mutations_of_other_topics_are_left_out(here: Project, rustc: Rustc) -> None:
    example = example_with(CODE.replace("total += 1;", 'total += 1;\n    println!("{total}");'))
    assert find_mutants([example], rustc, Options()) == []
    use_taxonomy(None)
    every = find_mutants([example], rustc, Options())
    assert Topic.BORROWING in {m.topic for m in every}
    own(here, OWN.replace("ownership", "borrowing"))
    found = find_mutants([example], rustc, Options())
    assert found == [m for m in every if m.topic is Topic.BORROWING]


@pytest.mark.parametrize(
    ("change", "strategies", "stale"),
    [
        (("aliases: [threads]", "aliases: [fils]"), ("few_shot",), False),
        (("Fils, verrous, canaux.", "Fils et verrous."), ("few_shot",), False),
        (("deux fils qui", "trois fils qui"), ("few_shot",), True),
        (("deux fils qui", "trois fils qui"), ("evolve",), False),
        (("label: concurrence", "label: parallélisme"), ("evolve",), True),
        (("label: concurrence", "label: parallélisme"), ("mutate",), False),
        (("  macros:", "  macro_rules:"), ("mutate",), True),
    ],
)
def test_a_batch_is_stale_as_far_as_the_taxonomy_matters_to_it(
    here: Project, change: tuple[str, str], strategies: tuple[str, ...], stale: bool
) -> None:
    before = taxonomy_sha256(recipe(*strategies))
    changed = own(here, OWN.replace(*change))
    assert changed.taxonomy.sha256 != here.taxonomy.sha256
    assert (taxonomy_sha256(recipe(*strategies)) != before) is stale


def test_the_set_is_built_and_gated_by_the_projects_topics(here: Project) -> None:
    chosen = load_retrain(here)
    made = curate(here, chosen)
    manifest = write(made, chosen, here.curated)
    assert manifest["taxonomy_sha256"] == here.taxonomy.sha256
    card = (here.curated / "README.md").read_text("utf-8")
    assert "| macro | 0 | 1 | 0 | 1 |" in card and "durée de vie" not in card
    found = {c.name: c for c in checks(made, chosen.gate, None, make_example().provenance.created)}
    assert "concurrency -10" in found["fewest of a topic"].closes
    assert "examples on lifetimes" not in found


def curator(project: Project, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "curator", "--project", str(project.root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [("stats",), ("build",), ("augment", "--dry-run", "--model", "smollm2"), ()]
)
def test_a_foreign_example_is_named_in_one_line(here: Project, command: tuple[str, ...]) -> None:
    foreign = make_example(question="Autre ?", topic="traits")
    store.write_atomic(here.raw / "authored" / "traits.jsonl", [foreign])
    run = curator(here, *command)
    assert (run.returncode, run.stderr.count("\n")) == (1, 1)
    assert f"{foreign.id}: topic 'traits' is not in the project's taxonomy" in run.stderr
    assert "add it to schemas/taxonomy.yaml, or `curator import FILE --map traits=" in run.stderr


@pytest.mark.slow
def test_the_commands_show_the_projects_topics(here: Project) -> None:
    run = curator(here, "stats", "--json")
    assert json.loads(run.stdout)["topic"] == {"ownership": 1, "concurrency": 0, "macros": 1}
    path = here.root / "schemas" / "taxonomy.yaml"
    path.write_text(OWN.replace("label: macro", "lable: macro"), "utf-8")
    run = curator(here, "stats")
    assert (run.returncode, run.stderr.count("\n")) == (1, 1)
    assert f"{path}:11: unknown key topics.macros.lable: did you mean label?" in run.stderr


def test_a_set_of_topics_that_are_gone_is_stale(here: Project) -> None:
    chosen = load_retrain(here)
    write(curate(here, chosen), chosen, here.curated)
    there = own(here, OWN.replace("  macros:", "  macro_rules:"))
    with pytest.raises(DataError, match="topic 'macros' is not in"):
        project_status(there)
    store.write_atomic(there.raw / "authored" / "own.jsonl", [make_example()])
    built = project_status(there).built
    assert built and not built.fresh and built.covered.total == 1


@pytest.mark.slow
def test_zero_examples_are_not_ready(here: Project) -> None:
    chosen = load_retrain(here)
    write(curate(here, chosen), chosen, here.curated)
    (here.raw / "authored" / "own.jsonl").unlink()
    run = curator(here)
    assert re.search(r"gate +checked once there are examples", run.stdout)
    assert "Next: curator import FILE --authored" in run.stdout


def test_a_rubric_of_its_own_is_used(here: Project) -> None:
    from curator.review.decisions.rubric import rubric, rubric_file

    shipped = rubric()
    text = rubric_file().read_text("utf-8")
    path = Path(here.root / "schemas" / "rubric.yaml")
    path.write_text(text.replace("faux:", "erreur:"), "utf-8")
    here.open()
    assert "erreur" in rubric().rejections and "erreur" not in shipped.rejections
