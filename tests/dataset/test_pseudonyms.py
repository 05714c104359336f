"""What is published names no annotator, unless they agreed; names that authors gave stay."""

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from huggingface_hub import HfApi

from curator.base import store
from curator.base.settings import digest
from curator.dataset.build import build
from curator.dataset.curate import CuratedSet
from curator.dataset.gather import Gathered, augment_recipe
from curator.dataset.pseudonyms import pseudonymised
from curator.dataset.recipe import BuildSettings, RetrainRecipe, load_retrain
from curator.dataset.select import Selection
from curator.dataset.split import SPLITS
from curator.dataset.write import read_manifest, write
from curator.records.coverage import coverage
from curator.records.example import Example, Origin, Provenance, Review
from curator.records.files import read_examples
from curator.records.project import Project
from curator.review.decisions.log import ReviewLog
from tests.conftest import ROOT, make_example
from tests.review.conftest import candidate

FIRST = datetime(2026, 6, 1, tzinfo=UTC)


def said(example: str, who: str, minutes: int, **more: Any) -> Review:
    time = FIRST + timedelta(minutes=minutes)
    given = {"decision": "accepter", "time": time, "dataset": "revue", **more}
    return Review(example=example, annotator=who, **given)


def corrected(parent: Example, who: str) -> Example:
    """A text that somebody wrote in place of a candidate's."""
    source = Provenance(
        origin=Origin.CORRECTED, created=FIRST, toolkit="0", author=who, parents=(parent.id,)
    )
    return candidate(3, provenance=source)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A candidate that zoé-b corrected, which yann-b accepted, and one that both accepted."""
    shutil.copytree(ROOT / "pipelines", tmp_path / "pipelines")
    store.write_atomic(tmp_path / "raw/authored/a.jsonl", [make_example()])
    two = [candidate(1), candidate(2)]
    store.write_atomic(tmp_path / "raw/generated/augment-s0001-12345678/accepted.jsonl", two)
    rules = tmp_path / "pipelines" / "augment.yaml"
    data = yaml.safe_load(rules.read_text("utf-8"))
    # The candidates here share their answer.
    data["filters"] = [f for f in data["filters"] if "duplicates" not in f["name"]]
    rules.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    mended = corrected(two[0], "zoe-b")
    better = {"decision": "corriger", "corrected": mended.id}
    reviews = [
        said(two[0].id, "zoe-b", 0, **better),
        said(two[0].id, "yann-b", 1, **better),
        said(mended.id, "yann-b", 2),
        said(two[1].id, "yann-b", 3),
        said(two[1].id, "zoe-b", 4),
    ]
    ReviewLog.of(Project(tmp_path)).add(reviews, [mended])
    return Project(tmp_path)


def published(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Catch what goes to the hub, by the name of its file."""
    caught: dict[str, bytes] = {}

    def upload(self: HfApi, *, folder_path: Path, allow_patterns: list[str], **_: Any) -> str:
        caught.update({name: (folder_path / name).read_bytes() for name in allow_patterns})
        return "https://hub.example/org/name"

    monkeypatch.setattr(HfApi, "create_repo", lambda *a, **k: None)
    monkeypatch.setattr(HfApi, "upload_folder", upload)
    return caught


def with_names(recipe: RetrainRecipe, *names: str) -> RetrainRecipe:
    return recipe.model_copy(update={"build": recipe.build.model_copy(update={"names": names})})


def test_nothing_that_is_published_has_an_annotators_name(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught = published(monkeypatch)
    build(project, load_retrain(project), publish_as="org/name")
    assert {"README.md", "records.jsonl", "examples.jsonl", "manifest.json"} <= caught.keys()
    assert caught.keys() == {p.name for p in project.curated.iterdir()}
    named = {n for n, data in caught.items() if b"zoe-b" in data or b"yann-b" in data}
    assert named == set()
    table = pl.read_parquet(project.curated / "examples.parquet")
    assert set(table["author"]) == {"une personne", "annotateur 1", None}
    french, english = caught["README.md"].decode().split("(English summary)")
    assert "annotateur 1 (1)" in french and "annotateur 1 (1)" in english
    assert "reviewed, by 2 people" in english


def test_the_log_keeps_the_names_and_the_set_reads_back(project: Project) -> None:
    manifest = build(project, load_retrain(project)).manifest
    assert {r.annotator for r in ReviewLog.of(project).reviews()} == {"zoe-b", "yann-b"}
    found = list(read_examples(project.curated / "examples.jsonl"))  # checks every review's id
    reviews = [r for e in found for r in e.reviews]
    assert {r.annotator for r in reviews} == {"annotateur 1", "annotateur 2"}
    assert manifest["reviews"] == sorted({r.id for r in reviews})
    assert read_manifest(project.curated) == manifest


def test_who_agreed_is_named(project: Project) -> None:
    recipe = with_names(load_retrain(project), "zoe-b")
    build(project, recipe)
    found = list(read_examples(project.curated / "examples.jsonl"))
    [mended] = [e for e in found if e.provenance.origin is Origin.CORRECTED]
    assert mended.provenance.author == "zoe-b"
    assert {r.annotator for e in found for r in e.reviews} == {"zoe-b", "annotateur 1"}
    assert "zoe-b (1)" in (project.curated / "README.md").read_text("utf-8")


def test_licences_and_numbers_are_in_words(project: Project) -> None:
    build(project, load_retrain(project))
    card = (project.curated / "README.md").read_text("utf-8")
    header = next(yaml.safe_load_all(card.split("---")[1]))
    french, english = card.split("(English summary)")
    assert "- 1 corrigé par un relecteur" in french.replace("\u00a0", " ")
    assert "inconnue (" in french and "unknown (" in english
    assert ", - (" not in card and ": - (" not in card
    assert "unknown" in header["license"]


def test_a_project_without_names_has_the_recipe_that_it_had() -> None:
    plain: Mapping[str, Any] = BuildSettings().model_dump(mode="json")
    assert "names" not in plain
    assert BuildSettings(names=("anna",)).model_dump()["names"] == ("anna",)
    assert digest(BuildSettings()) != digest(BuildSettings(names=("anna",)))


def test_numbers_go_by_what_each_did_first() -> None:
    one, two = candidate(1), candidate(2)
    first = one.model_copy(update={"reviews": (said(one.id, "abel", 5),)})
    second = two.model_copy(update={"reviews": (said(two.id, "zoe", 1), said(two.id, "abel", 9))})
    shown = pseudonymised([first, second], named=())
    assert [[r.annotator for r in e.reviews] for e in shown] == [
        ["annotateur 2"],
        ["annotateur 1", "annotateur 2"],
    ]
    assert pseudonymised([first], named=["abel"]) == [first]
    author = make_example()
    assert pseudonymised([author], named=()) == [author]


def test_the_shipped_set_is_what_build_writes(tmp_path: Path) -> None:
    shipped, recipe = Project(ROOT), load_retrain(Project(ROOT))
    manifest = read_manifest(shipped.curated)
    chosen = list(read_examples(shipped.curated / "examples.jsonl"))
    by_id = {e.id: e for e in chosen}
    splits = {name: [by_id[i] for i in manifest["splits"][name]] for name in SPLITS}
    covered = coverage(chosen, augment_recipe(shipped, recipe).targets, shipped.taxonomy)
    curated = CuratedSet(splits, Selection(chosen, []), Gathered(chosen, [], [], 0), covered)
    again = write(curated, recipe, tmp_path)
    assert again["files"] == manifest["files"]
    assert again["recipe_sha256"] == manifest["recipe_sha256"]
