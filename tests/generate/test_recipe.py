from pathlib import Path

import pytest

from curator.base.errors import RecipeError
from curator.base.settings import digest
from curator.generate.recipe import AugmentRecipe, load_recipe, override
from tests.conftest import ROOT


def write(folder: Path, text: str, name: str = "r.yaml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", ["augment.yaml", "demo.yaml", "mutants.yaml"])
def test_the_shipped_recipes_are_valid(name: str) -> None:
    assert len(load_recipe(ROOT / "pipelines" / name).filters) == 8


def test_an_empty_recipe_is_the_defaults(tmp_path: Path) -> None:
    assert load_recipe(write(tmp_path, "")) == AugmentRecipe()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("colour: red", "colour"),
        ("generate: {candidats: 3}", "generate.candidats"),
        ("stop: {candidates: 0}", "stop.candidates"),
        ("targets: {categories: {debug: 0.5}}", "targets.categories"),
        ("targets: {topics: {macros: 3}}", "targets.topics"),
        ("filters: [{name: spelling}]", "filters.0"),
        ("output: /tmp/x", "output"),
        ("output: ../x", "output"),
        ("name: ../../x", "name"),
        ("kind: other", "kind"),
        ("[1, 2]", "keys and values"),
        ("a: [", "not YAML"),
    ],
)
def test_a_wrong_recipe_names_the_file_and_the_key(tmp_path: Path, text: str, key: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(RecipeError) as caught:
        load_recipe(path)
    assert str(caught.value).startswith(f"{path}:")
    assert key in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_recipe_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"none\.yaml: cannot read"):
        load_recipe(tmp_path / "none.yaml")


def test_one_recipe_extends_another(tmp_path: Path) -> None:
    write(tmp_path, "seed: 4\ngenerate: {wave: 7, shots: 1}", "base.yaml")
    found = load_recipe(write(tmp_path, "extends: base.yaml\ngenerate: {shots: 3}"))
    assert (found.seed, found.generate.wave, found.generate.shots) == (4, 7, 3)


@pytest.mark.parametrize("text", ["extends: r.yaml", "extends: ../x.yaml", "extends: 3"])
def test_what_cannot_be_extended(tmp_path: Path, text: str) -> None:
    with pytest.raises(RecipeError, match="cannot be extended"):
        load_recipe(write(tmp_path, text))


def test_flags_win_over_the_recipe() -> None:
    base = AugmentRecipe(seed=1)
    changed = override(base, {"seed": 2, "model.name": "smollm2", "stop.candidates": None})
    assert (changed.seed, changed.model.name) == (2, "smollm2")
    assert changed.generate == base.generate
    with pytest.raises(RecipeError, match="the command's options: seed"):
        override(base, {"seed": -1})


def test_the_digest_follows_the_values() -> None:
    one = AugmentRecipe()
    assert digest(one, 1) == digest(AugmentRecipe(), 1)
    assert digest(one, 1) != digest(one, 2) != digest(AugmentRecipe(seed=3), 2)
