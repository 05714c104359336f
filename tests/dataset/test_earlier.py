"""A set that is built again: what was in it keeps its split, and nothing held out is trained on."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from curator.base import store
from curator.base.errors import DataError
from curator.cli.app import app
from curator.cli.views.build import build_view
from curator.dataset.build import BuildResult, build
from curator.dataset.curate import curate
from curator.dataset.earlier import BEFORE, EarlierSet
from curator.dataset.gather import augment_recipe
from curator.dataset.recipe import RetrainRecipe, load_retrain
from curator.dataset.select import select
from curator.dataset.split import ancestry, join, links, split
from curator.dataset.write import write
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.project import MANIFEST, Project
from tests.conftest import ROOT, first_49, make_example
from tests.dataset.test_split import SHARES, child, families
from tests.review.conftest import candidate

QUICK = {"structure", "length", "duplicates"}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with the first 49 examples, and filters that take no time."""
    shutil.copytree(ROOT / "pipelines", tmp_path / "pipelines")
    recipe = tmp_path / "pipelines" / "augment.yaml"
    data = yaml.safe_load(recipe.read_text("utf-8"))
    data["filters"] = [f for f in data["filters"] if f["name"] in QUICK]
    recipe.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    put(Project(tmp_path), first_49())
    return Project(tmp_path)


def put(project: Project, examples: Iterable[Example]) -> None:
    store.write_atomic(project.raw / "authored" / "first.jsonl", list(examples))


def written(number: int) -> Example:
    """An example that a person wrote, unlike those of other numbers."""
    return candidate(number, provenance=make_example().provenance, topic="async")


def built(project: Project, resplit: bool = False) -> BuildResult:
    return build(project, load_retrain(project), resplit=resplit)


def sides(result: BuildResult) -> dict[str, str]:
    return {i: name for name, ids in result.manifest["splits"].items() for i in ids}


def test_one_more_example_moves_no_other_in_the_toolkits_own_set() -> None:
    """Each of 20 that wait for people; from scratch they would move 31 of 375 on average."""
    project = Project(ROOT).open()
    recipe = load_retrain(project)
    earlier = EarlierSet.of(project.curated)
    chosen = list(read_examples(project.curated / "examples.jsonl"))
    waiting = list(read_examples(*project.pending_files()))[::4][:20]
    assert len(waiting) == 20
    joined = join([*chosen, *waiting], links([*chosen, *waiting]), recipe.build.alike)
    for one in waiting:
        related, kept = joined.of([*chosen, one]), joined.kept(earlier.sides, [*chosen, one])
        dealt = split(related, recipe.build.shares, recipe.build.seed, kept)
        now = {e.id: name for name, part in dealt.items() for e in part}
        assert {i: side for i, side in now.items() if i != one.id} == earlier.sides


def test_the_toolkits_own_set_is_the_one_from_scratch() -> None:
    project = Project(ROOT).open()
    recipe = load_retrain(project)
    manifest = store.read_json(project.curated / MANIFEST)
    refused = {i for i, why in manifest["left_out"].items() if not why.startswith("slot full")}
    every = [e for e in read_examples(*project.trusted_files()) if e.id not in refused]
    excess, targets = recipe.build.excess, augment_recipe(project, recipe).targets
    chosen = select(every, targets, excess, project.taxonomy).chosen
    joined = join(chosen, ancestry(chosen, links(every)), recipe.build.alike)
    dealt = split(joined.of(chosen), recipe.build.shares, recipe.build.seed)
    assert {n: [e.id for e in part] for n, part in dealt.items()} == manifest["splits"]


def test_the_same_project_gives_the_same_bytes_again(project: Project) -> None:
    first = built(project)
    files = {p.name: p.read_bytes() for p in project.curated.iterdir()}
    again = built(project)
    assert again.manifest == first.manifest and not again.curated.moved
    assert {p.name: p.read_bytes() for p in project.curated.iterdir()} == files
    assert BEFORE not in files and "held_out" not in first.manifest


def test_what_is_added_is_dealt_around_what_is_there(project: Project) -> None:
    before = sides(built(project))
    more = [written(n) for n in range(3)]
    put(project, [*first_49(), *more])
    result = built(project)
    now = sides(result)
    assert {i: s for i, s in now.items() if i in before} == before
    assert {e.id for e in more} & now.keys() and not result.document()["moved"]


def test_held_out_examples_that_come_back_are_held_out_again(project: Project) -> None:
    first = built(project)
    gone = {e.id: name for name in ("valid", "test") for e in first.curated.splits[name]}
    put(project, [e for e in first_49() if e.id not in gone])
    smaller = built(project)
    assert smaller.manifest["held_out"] == {
        name: sorted(i for i, side in gone.items() if side == name) for name in ("valid", "test")
    }
    built(project)
    put(project, first_49())
    back = built(project)
    assert {i: sides(back)[i] for i in gone} == gone
    assert "held_out" not in back.manifest


def test_a_text_that_takes_the_place_of_another_has_its_side(project: Project) -> None:
    """Edited by hand, with or without a parent: an example of the test stays one."""
    first = built(project)
    original = old = first.curated.splits["test"][0]
    others = [e for e in first_49() if e.id != original.id]
    for word in ("reprenons", "récapitulons", "relisons"):
        new = make_example(f"{old.question}\n\nPour ma part, {word}.", old.answer)
        labels = {n: getattr(old, n) for n in ("category", "topic", "difficulty")}
        new = new.model_copy(update=labels)
        put(project, [*others, new])
        result = built(project)
        assert not result.curated.gathered.rejected
        assert sides(result)[new.id] == "test"
        old = new


def test_who_joins_two_sides_is_held_out_and_named(project: Project) -> None:
    first = built(project)
    train, test = (first.curated.splits[name][0] for name in ("train", "test"))
    bridge = child("Un pont entre deux exemples.", train.id, test.id)
    moved = join([train, test, bridge], links([bridge]), 0.4)
    assert set(moved.kept({train.id: "train", test.id: "test"}, [train, bridge]).values()) == {
        "test"
    }
    facts = train.provenance.model_copy(update={"parents": (test.id,)})
    related = train.model_copy(update={"provenance": facts})
    put(project, [related if e.id == train.id else e for e in first_49()])
    result = built(project)
    assert result.curated.moved == {train.id: ("train", "test")}
    assert result.document()["moved"] == {train.id: {"from": "train", "to": "test"}}
    said = [str(line) for line in build_view(result, project)]
    assert "Moved from train to test: 1 example, related to others there." in said


@settings(max_examples=60, deadline=None)
@given(families(), st.data())
def test_nothing_held_out_is_ever_trained_on(examples: list[Example], data: st.DataObject) -> None:
    """Whatever comes and goes, in any order: what was tested on is not in train later."""
    known: dict[str, str] = {}
    for _ in range(4):
        some = [e for e in examples if data.draw(st.booleans())]
        joined = join(some, links(examples), 0.4)
        kept = joined.kept(known, some)
        dealt = split(joined.of(some), SHARES, 0, kept)
        now = {e.id: name for name, part in dealt.items() for e in part}
        for one, side in now.items():
            if known.get(one, "train") != "train":
                assert side != "train"
        assert dealt == split(joined.of(some)[::-1], SHARES, 0, kept)
        known |= now


def test_a_build_that_is_killed_forgets_no_side(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sides(built(project))
    put(project, [*first_49(), written(1)])
    recipe = load_retrain(project)
    made = curate(project, recipe)
    real = store.write_bytes

    def killed(path: Path, data: bytes) -> None:
        if path.name == "README.md":
            raise KeyboardInterrupt
        real(path, data)

    with monkeypatch.context() as patched:
        patched.setattr(store, "write_bytes", killed)
        with pytest.raises(KeyboardInterrupt):
            write(made, recipe, project.curated)
    assert not (project.curated / MANIFEST).exists()
    again = sides(built(project))
    assert {i: s for i, s in again.items() if i in before} == before
    assert not (project.curated / BEFORE).exists()


def test_splits_that_cannot_be_read_are_not_passed_over(project: Project) -> None:
    first = built(project)
    path = project.curated / MANIFEST
    for text in ("{", "{}", '{"splits": 1}', "[]"):
        path.write_text(text, "utf-8")
        with pytest.raises(DataError, match=r"splits cannot be read .*curator build --resplit"):
            built(project)
    done = CliRunner().invoke(app, ["--project", str(project.root), "build", "--resplit"])
    assert done.exit_code == 0
    assert store.read_json(path)["splits"] == first.manifest["splits"]


def test_a_split_without_a_share_keeps_nothing(project: Project) -> None:
    built(project)
    shares = {"train": 0.9, "valid": 0.1, "test": 0.0}
    recipe = RetrainRecipe.model_validate({"build": {"shares": shares}})
    result = build(project, recipe)
    assert result.manifest["counts"]["test"] == 0
    assert {before for before, _ in result.curated.moved.values()} == {"test"}
