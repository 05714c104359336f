"""The review recipe, the address of the server, and the files that go with them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from curator.base.errors import CuratorError, DataError, RecipeError
from curator.french.numbers import percent
from curator.french.typography import typeset
from curator.generate.recipe import load_recipe
from curator.records.project import Project
from curator.review.argilla.access import Access, access, need_access
from curator.review.argilla.spec import GUIDE_LIMIT, guidelines
from curator.review.recipe import RECIPE, ReviewRecipe, ServerSettings, load_review
from tests.conftest import ROOT


def test_the_recipe_of_the_checkout_says_what_the_defaults_are() -> None:
    data = yaml.safe_load((ROOT / RECIPE).read_text("utf-8"))
    assert ReviewRecipe.model_validate(data) == ReviewRecipe()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kind: augment", "another kind of recipe"),
        ("kind: [review]", "another kind of recipe"),
        ("overlap: 1", "never reached"),
        ("adjudication: revue-{project}", "a dataset of its own"),
        ("{project: x, dataset: a-x, adjudication: 'a-{project}'}", "a dataset of its own"),
        ("filters_of: ../x.yaml", "same folder"),
        ("server: {api_key: x}", r"server\.api_key"),
        ("settle: {majority: 1}", r"settle\.majority"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "review.yaml"
    path.write_text(text)
    with pytest.raises(RecipeError, match=told):
        load_review(Project(tmp_path), path)


def test_a_review_recipe_is_no_augmentation() -> None:
    with pytest.raises(RecipeError, match=r"'review' is another kind.*kind: augment"):
        load_recipe(ROOT / "pipelines" / "review.yaml")


def test_the_environment_wins_over_the_recipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("secret\n")
    named = ServerSettings(url="http://a.example/", key_file="key")
    monkeypatch.delenv("ARGILLA_API_URL", raising=False)
    monkeypatch.delenv("ARGILLA_API_KEY", raising=False)
    assert access(named, tmp_path) == Access("http://a.example", "secret")
    assert access(ServerSettings(), tmp_path) is None
    with pytest.raises(CuratorError, match="curator argilla up"):
        need_access(ServerSettings(), tmp_path)
    with pytest.raises(CuratorError, match="no API key"):
        access(ServerSettings(url="http://a.example"), tmp_path)
    with pytest.raises(DataError, match="cannot read the key"):
        access(ServerSettings(url="http://a.example", key_file="none"), tmp_path)
    monkeypatch.setenv("ARGILLA_API_URL", "http://b.example")
    monkeypatch.setenv("ARGILLA_API_KEY", "other")
    assert access(named, tmp_path) == Access("http://b.example", "other")


def test_a_key_is_not_told_to_whoever_prints_it() -> None:
    assert "secret" not in repr(Access("http://a.example", "secret"))


def test_the_guide_fits_into_argilla(reviewed: Project) -> None:
    assert 4000 < len(guidelines(reviewed)) < GUIDE_LIMIT
    (reviewed.root / "README.fr.md").write_text("x" * (GUIDE_LIMIT + 1))
    with pytest.raises(DataError, match="10001 characters"):
        guidelines(reviewed)


def test_the_guide_names_what_the_rubric_asks(recipe_with: Callable[..., Any]) -> None:
    from curator.review.decisions.rubric import rubric

    text = (ROOT / "README.fr.md").read_text("utf-8")
    for criterion in rubric().criteria.values():
        assert f"**{criterion.label}** ({percent(criterion.weight)}" in text
        assert all(typeset(said) in text for said in criterion.levels.values())
    assert f"**{recipe_with().adjudication}**" in text


def test_the_compose_file_holds_no_secret_and_listens_on_loopback() -> None:
    services = yaml.safe_load((ROOT / "deploy/argilla/compose.yaml").read_text())["services"]
    assert services.keys() == {"argilla", "worker", "postgres", "elasticsearch", "redis"}
    seen = services["argilla"]["environment"]
    for name in ("PASSWORD", "API_KEY", "ARGILLA_AUTH_SECRET_KEY"):
        assert seen[name].startswith("${") and seen[name].endswith(":?}")
    assert "${POSTGRES_PASSWORD:?}" in seen["ARGILLA_DATABASE_URL"]
    assert services["argilla"]["ports"] == ["${ARGILLA_BIND:-127.0.0.1}:6900:6900"]
    assert [n for n, s in services.items() if "ports" in s] == ["argilla"]


def test_the_demo_reviews_what_the_demo_makes_apart_from_the_real_work() -> None:
    demo = load_review(Project(ROOT), ROOT / "pipelines" / "demo-review.yaml")
    assert demo.input == load_recipe(ROOT / "pipelines" / "demo.yaml").output
    assert {demo.dataset, demo.adjudication}.isdisjoint({"revue", "arbitrage"})
