"""What the registry derives from the strategies' own files."""

import re
from pathlib import Path

import pytest

from curator.augment.inputs import needs_model
from curator.base.errors import RecipeError
from curator.base.settings import validate
from curator.generate.recipe import AugmentRecipe
from curator.generate.strategies import registry
from curator.generate.strategies.registry import NAMES, strategy_fr, strategy_type


def recipe(*names: str) -> AugmentRecipe:
    return validate({"generate": {"strategies": names}}, "test", AugmentRecipe)


def test_every_file_of_a_strategy_is_registered() -> None:
    folder = Path(registry.__file__).parent
    files = {
        p.stem
        for p in folder.glob("*.py")
        if re.search(
            r"^class \w+\((Strategy|OneRound)\):\n    .*\n(?:.*\n)*?    name = ",
            p.read_text("utf-8"),
            re.M,
        )
    }
    assert files == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_strategy_has_a_french_name(name: str) -> None:
    assert strategy_fr(name) == strategy_type(name).label_fr != name


def test_an_unknown_name_stands_as_it_is_and_is_refused_in_a_recipe() -> None:
    assert strategy_fr("gone") == "gone"
    with pytest.raises(RecipeError, match="mutate, from_program"):
        recipe("gone")


def test_a_strategy_that_makes_nothing_new_does_not_stand_alone() -> None:
    assert recipe("repair", "few_shot").generate.strategies == ("repair", "few_shot")
    with pytest.raises(RecipeError, match=r"new candidates, not only repair$"):
        recipe("repair")


def test_only_some_strategies_need_a_model() -> None:
    assert not needs_model(recipe("mutate"))
    assert needs_model(recipe("mutate", "few_shot"))
