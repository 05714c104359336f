"""What the registry derives from the filters' own files."""

from pathlib import Path

import pytest

from curator.base.registry import registered_class
from curator.base.settings import validate
from curator.filters import registry
from curator.filters.base import Filter
from curator.filters.registry import DEFAULT_FILTERS, FILTERS, cure_fr, filter_fr, reason_fr
from curator.generate.recipe import AugmentRecipe


def test_every_file_of_a_filter_is_registered() -> None:
    folder = Path(registry.__file__).parent
    files = {p.stem for p in folder.glob("*.py") if "settings_type = " in p.read_text("utf-8")}
    assert files == FILTERS.keys()


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_is_complete(name: str) -> None:
    one = FILTERS[name]
    assert one.name == one.settings_type.model_fields["name"].default == name
    assert one.label_fr and one.reasons
    assert all(reason.en and reason.fr for reason in one.reasons.values())


def test_the_default_recipe_runs_what_is_on_by_default() -> None:
    assert [s.name for s in DEFAULT_FILTERS] == [n for n in FILTERS if n != "semantic_duplicates"]
    assert AugmentRecipe().filters == DEFAULT_FILTERS


def test_settings_are_read_as_those_of_the_filter_that_they_name() -> None:
    recipe = validate({"filters": [{"name": "length", "max_tokens": 9}]}, "test", AugmentRecipe)
    assert recipe.filters == (FILTERS["length"].settings_type(max_tokens=9),)


def test_a_reason_belongs_to_one_filter() -> None:
    codes = [code for one in FILTERS.values() for code in one.reasons]
    assert len(codes) == len(set(codes))


def test_wordings_are_found_by_code_and_unknown_ones_stand_as_they_are() -> None:
    assert filter_fr("near_duplicates") == "quasi-doublons"
    assert reason_fr("french.no_prose") == reason_fr("no_prose") == "aucune prose à juger"
    assert (filter_fr("gone"), reason_fr("gone.why"), cure_fr("gone")) == ("gone", "gone.why", "")
    assert "repair" in cure_fr("rust") and cure_fr("banned") == ""


def test_a_file_that_defines_no_filter_of_its_name_is_refused() -> None:
    with pytest.raises(TypeError, match=r"lineage\.py defines 0 subclasses of Filter"):
        registered_class("curator.filters", "lineage", Filter)  # type: ignore[type-abstract]
