"""The files of curated/, made of real examples by the real filters, and the gate over them."""

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
import yaml

from curator.base import store
from curator.base.errors import DataError, RecipeError
from curator.dataset.curate import CuratedSet, curate
from curator.dataset.gate import LastTraining, checks, last_training, ready
from curator.dataset.recipe import GateSettings, RetrainRecipe, load_retrain
from curator.dataset.write import read_manifest, write
from curator.french.typography import as_asked, typeset_markdown
from curator.records.example import Review
from curator.records.files import read_examples
from curator.records.project import Project
from curator.review.decisions.log import ReviewLog
from curator.text.markdown import fences, paragraphs
from tests.conftest import ROOT, first_49, make_example
from tests.review.conftest import candidate

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "pipelines", root / "pipelines")
    store.write_atomic(root / "raw" / "authored" / "first.jsonl", first_49())
    return Project(root)


@pytest.fixture(scope="module")
def recipe(project: Project) -> RetrainRecipe:
    return load_retrain(project)


@pytest.fixture(scope="module")
def made(project: Project, recipe: RetrainRecipe) -> CuratedSet:
    return curate(project, recipe)


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def test_everything_is_written_and_told(
    project: Project, recipe: RetrainRecipe, made: CuratedSet, tmp_path: Path
) -> None:
    manifest = write(made, recipe, tmp_path)
    examples = list(read_examples(tmp_path / "examples.jsonl"))
    assert len(examples) == manifest["counts"]["total"] > 40
    assert all({v.filter for v in e.verdicts if v.passed} >= {"rust", "french"} for e in examples)
    texts = {(as_asked(e.question), typeset_markdown(e.answer)) for e in examples}
    rows = []
    for split in ("train", "valid", "test"):
        lines = (tmp_path / f"{split}.jsonl").read_text("utf-8").splitlines()
        assert len(lines) == manifest["counts"][split] > 0
        rows += [json.loads(line)["messages"] for line in lines]
    assert {(user["content"], said["content"]) for _, user, said in rows} == texts
    assert {system["content"] for system, _, _ in rows} == {recipe.build.system}
    table = pl.read_parquet(tmp_path / "examples.parquet")
    assert table.height == len(examples)
    assert set(table["split"]) == {"train", "valid", "test"}
    card = (tmp_path / "README.md").read_text("utf-8")
    assert f"{len(examples)} questions et réponses" in card
    assert "Aucun relecteur extérieur" in card
    assert "No outside annotator" in card
    french, english = card.split("(English summary)")
    assert "selon rustc\u00a0: 100\u202f% des exemples" in french and "100%" in english
    assert "- Auteurs\u00a0: " in french and "- Authors: " in english
    assert re.search(r"1 = égal\)\u00a0: 0,\d\d\.", french)
    body = french.split("---")[2]
    assert not re.findall(r"\w'\w| [:;?!%](?:\s|$)|« |\d%", body), body


def test_a_learner_sees_no_labels_and_french_typography(
    recipe: RetrainRecipe, made: CuratedSet, tmp_path: Path
) -> None:
    write(made, recipe, tmp_path)
    records = (tmp_path / "examples.jsonl").read_text("utf-8")
    assert "```rust,compile_fail" in records and "\u2019" not in records
    asked, answered = "", ""
    for split in ("train", "valid", "test"):
        for line in (tmp_path / f"{split}.jsonl").read_text("utf-8").splitlines():
            _, user, assistant = json.loads(line)["messages"]
            asked += f"{user['content']}\n\n"
            answered += f"{assistant['content']}\n\n"
    assert {f.info for f in fences(asked)} <= {"rust", "text", "console", "toml"}
    assert any("compile_fail" in f.info for f in fences(answered))
    for text in (asked, answered):
        assert "\u202f?" in text and "\u2019" in text
        assert not re.findall(r"\w'\w| [;:!?](?:\s|$)|« ", "\n".join(paragraphs(text)))


def test_the_same_inputs_give_the_same_bytes(
    project: Project, recipe: RetrainRecipe, made: CuratedSet, tmp_path: Path
) -> None:
    write(made, recipe, tmp_path / "one")
    write(curate(project, recipe), recipe, tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_candidates_that_wait_change_no_byte(
    project: Project, recipe: RetrainRecipe, made: CuratedSet, tmp_path: Path
) -> None:
    write(made, recipe, tmp_path / "one")
    parents = [e.id for e in made.examples[::7]]  # a candidate that would relate them all
    source = candidate(1).provenance.model_copy(update={"parents": tuple(parents)})
    waiting = project.raw / "generated" / "augment-s0001-12345678" / "accepted.jsonl"
    store.write_atomic(waiting, [candidate(1, provenance=source), candidate(2)])
    try:
        again = curate(project, recipe)
    finally:
        shutil.rmtree(project.raw / "generated")
    assert again.gathered.waiting == 2
    write(again, recipe, tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_each_record_says_where_its_chat_is(
    recipe: RetrainRecipe, made: CuratedSet, tmp_path: Path
) -> None:
    write(made, recipe, tmp_path)
    header = next(yaml.safe_load_all((tmp_path / "README.md").read_text("utf-8").split("---")[1]))
    files = {c["config_name"]: c["data_files"] for c in header["configs"]}
    assert [f["path"] for f in files["default"]] == ["train.jsonl", "valid.jsonl", "test.jsonl"]
    [records] = files["records"]
    chats = {
        split: (tmp_path / f"{split}.jsonl").read_text("utf-8").splitlines()
        for split in ("train", "valid", "test")
    }
    table = {r["id"]: r for r in pl.read_parquet(tmp_path / "examples.parquet").to_dicts()}
    rows = [json.loads(r) for r in (tmp_path / records["path"]).read_text("utf-8").splitlines()]
    assert [(r["split"], r["row"]) for r in rows] == [
        (split, row) for split, lines in chats.items() for row in range(len(lines))
    ]
    for row in rows:
        said = json.loads(chats[row["split"]][row["row"]])["messages"]
        whole = table.pop(row["id"])
        assert said[1]["content"] == as_asked(whole.pop("question"))
        assert said[2]["content"] == typeset_markdown(whole.pop("answer"))
        assert whole == row and row.keys() >= {"topic", "difficulty", "category", "origin"}
    assert not table


def test_the_hub_reads_both_configurations(
    recipe: RetrainRecipe, made: CuratedSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    write(made, recipe, tmp_path / "set")
    where = {"path": str(tmp_path / "set"), "cache_dir": str(tmp_path / "cache")}
    chats = datasets.load_dataset(**where)
    assert {(k, *v.column_names) for k, v in chats.items()} == {
        (split, "messages") for split in ("train", "validation", "test")
    }
    records = datasets.load_dataset(name="records", **where)
    assert records["every"].num_rows == len(made.examples)


def test_a_changed_file_is_noticed(recipe: RetrainRecipe, made: CuratedSet, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="curator build"):
        read_manifest(tmp_path)
    write(made, recipe, tmp_path)
    assert read_manifest(tmp_path)["counts"]["total"] == len(made.examples)
    (tmp_path / "valid.jsonl").write_text("{}\n")
    with pytest.raises(DataError, match=r"valid\.jsonl: not the file"):
        read_manifest(tmp_path)


def test_generated_ones_enter_when_people_accepted_them(
    tmp_path: Path, recipe: RetrainRecipe
) -> None:
    project = Project(tmp_path)
    shutil.copytree(ROOT / "pipelines", tmp_path / "pipelines")
    store.write_atomic(tmp_path / "raw/authored/a.jsonl", [make_example()])
    two = [candidate(1), candidate(2)]
    store.write_atomic(tmp_path / "raw/generated/augment-s0001-12345678/accepted.jsonl", two)
    rules = tmp_path / "pipelines" / "augment.yaml"
    data = yaml.safe_load(rules.read_text("utf-8"))
    # The candidates here share their answer.
    data["filters"] = [f for f in data["filters"] if "duplicates" not in f["name"]]
    rules.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    assert len(curate(project, recipe).examples) == 1
    reviews = [
        Review(example=two[0].id, annotator=name, decision="accepter", time=NOW, dataset="revue")
        for name in ("anna", "benoit")
    ]
    ReviewLog.of(project).add(reviews, [])
    found = curate(project, recipe)
    assert {e.id for e in found.examples} == {make_example().id, two[0].id}
    assert found.gathered.waiting == 1
    manifest = write(found, recipe, tmp_path / "out")
    shown = read_examples(tmp_path / "out" / "examples.jsonl")
    assert manifest["reviews"] == sorted(r.id for e in shown for r in e.reviews)
    assert len(manifest["reviews"]) == len(reviews)
    names = {c.name: c for c in checks(found, GateSettings(), None, NOW)}
    assert names["generated ones in the set that people reviewed"].passed


def test_the_gate_says_what_is_missing(made: CuratedSet) -> None:
    found = checks(made, GateSettings(), None, NOW)
    assert not ready(found)
    by_name = {c.name: c for c in found}
    total = by_name["examples"]
    assert (total.value, total.limit) == (str(len(made.examples)), ">= 200")
    assert by_name["verified by rust"].passed
    easy = GateSettings(
        total=10, per_topic=0, per_cell=0, category_share={}, difficulty_share={}, topics={}
    )
    assert ready(checks(made, easy, None, NOW))


@pytest.mark.parametrize(
    ("known", "days", "passed"), [(0, 1, True), (45, 1, False), (45, 40, True), (49, 400, False)]
)
def test_a_training_wants_something_new(
    made: CuratedSet, known: int, days: int, passed: bool
) -> None:
    ids = sorted(e.id for e in made.examples)[: known if known < 49 else None]
    last = LastTraining(NOW - timedelta(days=days), frozenset(ids))
    gate = GateSettings(growth=20, age_days=30)
    [growth] = [c for c in checks(made, gate, last, NOW) if c.name.startswith("new since")]
    assert growth.passed is passed


def test_the_last_training_is_the_newest_complete_one(tmp_path: Path) -> None:
    assert last_training(tmp_path) is None
    for name, day, complete in (("a", 1, True), ("b", 2, True), ("c", 3, False)):
        folder = tmp_path / "training" / "runs" / name
        folder.mkdir(parents=True)
        run = {
            "started": f"2026-01-0{day}T00:00:00+00:00",
            "dataset": {"splits": {"train": [name]}},
        }
        (folder / "run.json").write_text(json.dumps(run))
        if complete:
            (folder / "result.json").write_text("{}")
    found = last_training(tmp_path)
    assert found
    assert (found.time.day, found.examples) == (2, {"b"})


@pytest.mark.parametrize(
    "text", ["build: {shares: {train: 0.5}}", "build: {shares: {dev: 1}}", "gate: {totale: 1}"]
)
def test_a_wrong_recipe_is_named(project: Project, tmp_path: Path, text: str) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(f"kind: retrain\n{text}\n")
    with pytest.raises(RecipeError, match=r"r\.yaml:2: .*(build\.shares|gate\.totale)"):
        load_retrain(project, path)
