"""The table of known models, a project's own rows, and what a name means on this machine."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from curator.base.errors import DataError, ModelError
from curator.base.shipped import open_folder
from curator.evaluation.models import locate
from curator.evaluation.recipe import ArmSetting, EvaluateRecipe
from curator.models import needs, overview, places
from curator.models.known import find_known, known_models
from curator.models.llama.gguf import check_name, find_local, find_model
from curator.models.load import check_model, model_sha256
from curator.models.settings import DEFAULT_MODEL, ModelSettings
from curator.training.modelling import find_folder
from tests.models.fake_sources import CONTENT, SHAPE, Machine, packages, row, sha

AT_HUB = {"repository": "org/tiny-GGUF", "file": "tiny-q4_k_m.gguf"}


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine that knows `tiny`, and whose project is open."""
    made = Machine(tmp_path)
    made.know(row(packages=packages([CONTENT]), hub=AT_HUB))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    open_folder(tmp_path / "project")
    return made


def put(machine: Machine, content: bytes = CONTENT) -> Path:
    machine.folder.mkdir(parents=True, exist_ok=True)
    machine.file.write_bytes(content)
    return machine.file


def test_the_shipped_table() -> None:
    shipped = {model.name: model for model in known_models()}
    assert list(shipped) == ["qwen-1.5b", "qwen-0.5b", "smollm2"]
    for model in shipped.values():
        assert model.licence == "Apache-2.0"
        assert sum(part.bytes for part in model.packages) == model.bytes
    assert shipped["qwen-1.5b"].hub and shipped["qwen-1.5b"].hub.repository == DEFAULT_MODEL


def test_the_carried_model_is_the_one_of_the_table() -> None:
    model = find_known("smollm2")
    assert model and find_model("smollm2").sha256 == model.sha256
    assert places.place_of(model) == places.bundled_model()


def test_a_project_adds_models_and_its_rows_win(machine: Machine) -> None:
    assert [m.name for m in known_models()] == ["tiny", "qwen-1.5b", "qwen-0.5b", "smollm2"]
    machine.know(row("qwen-1.5b", packages=packages([CONTENT])), row(hub=AT_HUB))
    assert [m.name for m in known_models()] == ["qwen-1.5b", "tiny", "qwen-0.5b", "smollm2"]
    found = find_known("qwen-1.5b")
    assert found and found.bytes == len(CONTENT)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "../tiny"}, "name"),
        ({"name": "Tiny"}, "name"),
        ({"sha256": "abc"}, "sha256"),
        ({"bytes": 7}, "its packages have"),
        ({"packages": [], "hub": None}, "it can be had from nowhere"),
        ({"packages": [{"pin": "--index-url=x", "bytes": 1, "sha256": "0" * 64}]}, "pin"),
        ({"packages": [{"pin": "a==1 -r x", "bytes": 1, "sha256": "0" * 64}]}, "pin"),
        ({"packages": [{"pin": "unpinned", "bytes": 1, "sha256": "0" * 64}]}, "pin"),
        ({"hub": {"repository": "org/tiny", "file": "../x.gguf"}}, "file"),
        ({"hub": {"repository": "org", "file": "x.gguf"}}, "repository"),
        ({"carried": "os.path"}, "carried"),
        ({"size": 3}, "size"),
    ],
)
def test_a_row_that_could_be_anything_else_is_refused(
    machine: Machine, changes: dict[str, Any], said: str
) -> None:
    machine.know({**row(packages=packages([CONTENT])), **changes})
    with pytest.raises(DataError, match=said) as caught:
        known_models()
    assert "models.yaml:" in str(caught.value)


def test_a_name_that_is_there_twice_is_refused(machine: Machine) -> None:
    machine.know(row(hub=AT_HUB), row(hub=AT_HUB))
    with pytest.raises(DataError, match="the name tiny is there twice"):
        known_models()


def test_a_known_name_that_is_not_here_says_how_to_get_it(machine: Machine) -> None:
    for look in (find_model, find_local, check_name):
        with pytest.raises(ModelError) as caught:
            look("tiny")
        assert str(caught.value) == (
            "the model tiny is not on this machine (curator models get tiny)"
        )


def test_an_unknown_name_lists_the_known_ones(machine: Machine) -> None:
    with pytest.raises(ModelError, match=r"one of tiny, qwen-1\.5b, qwen-0\.5b, smollm2"):
        find_model("qwen-3b")


def test_a_known_name_that_is_here(machine: Machine) -> None:
    path = put(machine)
    found = find_model("tiny")
    assert (found.name, found.path, found.sha256) == ("tiny", path, sha(CONTENT))
    check_model(ModelSettings(name="tiny"))
    assert model_sha256(ModelSettings(name="tiny")) == sha(CONTENT)
    arm = locate(machine.root, EvaluateRecipe(), ArmSetting(name="a", model="tiny"))
    assert arm.file == found


def test_a_file_with_another_digest_is_refused(machine: Machine) -> None:
    put(machine, CONTENT + b"!")
    for name in ("tiny", "org/tiny-GGUF"):
        with pytest.raises(ModelError, match="this is not the file of tiny") as caught:
            find_model(name)
        assert "curator models get tiny" in str(caught.value)


def test_a_hub_id_finds_what_came_from_packages(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(machine.root / "hf"))
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ModelError, match="curator models get tiny, or go online"):
        find_model("org/tiny-GGUF")
    path = put(machine)
    assert find_model("org/tiny-GGUF").path == path
    assert find_model("org/tiny-GGUF:tiny-Q4_K_M.gguf").name == "org/tiny-GGUF:tiny-Q4_K_M.gguf"
    with pytest.raises(ModelError, match="cannot reach the hub"):
        find_model("org/tiny-GGUF:tiny-q8_0.gguf")


def test_what_the_hubs_client_downloaded_is_found_by_name(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(machine.root))
    folder = machine.root / "models--org--tiny-GGUF" / "snapshots" / "abc"
    folder.mkdir(parents=True)
    (folder / "tiny-q4_k_m.gguf").write_bytes(CONTENT)
    assert find_model("tiny").path == folder / "tiny-q4_k_m.gguf"


def test_what_is_trained_is_a_folder_and_no_known_name(machine: Machine) -> None:
    with pytest.raises(ModelError, match="tiny is a GGUF: curator import-model tiny"):
        find_folder("tiny")


def test_memory_is_estimated_from_the_file_and_the_context(machine: Machine) -> None:
    model = find_known("tiny")
    assert model
    found = needs.needs_of(model, 1000)
    assert found.weights == len(CONTENT)
    assert found.context == 1000 * 2 * SHAPE["layers"] * SHAPE["heads"] * SHAPE["length"] * 2
    assert needs.needs_of(model, 2000).total - found.total == found.context


def test_the_best_is_the_first_that_is_here_and_fits(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    best = overview.overview().best()
    assert best and best.model.name != "tiny"
    put(machine)
    assert overview.overview().require_best().model.name == "tiny"
    monkeypatch.setattr(overview, "free_memory", lambda: 1000)
    with pytest.raises(ModelError, match="curator models get smollm2"):
        overview.overview().require_best()


@pytest.mark.slow
def test_the_command_lists_them(machine: Machine) -> None:
    run = machine.curator("models", "--json")
    found = json.loads(run.stdout)
    tiny = found["models"][0]
    assert (tiny["name"], tiny["from"], tiny["path"]) == ("tiny", ["hub", "packages"], None)
    assert (tiny["bytes"], tiny["sha256"], tiny["licence"]) == (len(CONTENT), sha(CONTENT), "MIT")
    assert tiny["memory"]["fits"] is True and found["context"] == 8192
    assert "Next: curator models get tiny" in machine.curator("models").stdout
    put(machine)
    shown = machine.curator("models", "--context", "16384").stdout
    assert f"tiny: {machine.file}" in shown and "16384 tokens" in shown
    assert machine.curator("models", "best").stdout == "tiny\n"
    best = json.loads(machine.curator("models", "best", "--json").stdout)
    assert best == {"name": "tiny", "path": str(machine.file)}


def test_the_command_needs_no_project(machine: Machine, tmp_path: Path) -> None:
    run: subprocess.CompletedProcess[str] = subprocess.run(
        [*machine.command, "models", "--json"], cwd=tmp_path, env=machine.environment(),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    names = [model["name"] for model in json.loads(run.stdout)["models"]]
    assert names == ["qwen-1.5b", "qwen-0.5b", "smollm2"]


@pytest.mark.slow
@pytest.mark.parametrize("command", ["augment", "generate"])
def test_a_command_that_needs_the_model_says_how_to_get_it(machine: Machine, command: str) -> None:
    run = machine.curator(command, "--model", "tiny")
    assert (run.returncode, run.stderr) == (
        1, "curator: the model tiny is not on this machine (curator models get tiny)\n",
    )  # fmt: skip
