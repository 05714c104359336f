"""Which file a model's name means, and the clear line where it means none."""

import struct
from pathlib import Path

import psutil
import pytest

from curator.base.errors import ModelError
from curator.models import places
from curator.models.llama.gguf import find_model


def write_gguf(path: Path, version: int = 3) -> Path:
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", version, 0, 0))
    return path


def test_a_path(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "m.gguf")
    found = find_model(str(path))
    assert (found.name, found.path) == ("m.gguf", path)
    assert len(found.sha256) == 64


def test_the_carried_model_by_its_name() -> None:
    found = find_model("smollm2")
    assert found.name == "smollm2"
    assert found.path.stat().st_size > 50_000_000


@pytest.mark.parametrize("content", [b"", b"GGUF", b"PK\x03\x04" + b"x" * 40, b"GGML" + b"x" * 40])
def test_a_file_that_is_no_gguf(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"m\.gguf: this is no GGUF file"):
        find_model(str(path))


def test_a_version_that_nobody_reads(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="GGUF version 9"):
        find_model(str(write_gguf(tmp_path / "m.gguf", version=9)))


def test_a_file_larger_than_memory(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "m.gguf")
    with path.open("r+b") as file:
        file.truncate(int(psutil.virtual_memory().total) * 4)
    with pytest.raises(ModelError, match=r"the model needs .* GB, and .* GB of memory are free"):
        find_model(str(path))


@pytest.mark.parametrize("name", ["nothing.gguf", "./a/b", "/a/b/c", "a/b/c/d", "x"])
def test_a_name_that_means_nothing(name: str) -> None:
    with pytest.raises(ModelError, match="no such model file"):
        find_model(name)


def test_offline_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real hub client against an address of this machine where nobody listens."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ModelError) as caught:
        find_model("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF")
    assert str(caught.value).startswith("cannot reach the hub for Qwen/Qwen2.5-Coder")
    assert "--model smollm2" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_earlier_download_is_found_without_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    folder = tmp_path / "models--org--name" / "snapshots" / "abc"
    folder.mkdir(parents=True)
    write_gguf(folder / "name-q8_0.gguf")
    wanted = write_gguf(folder / "name-q4_k_m.gguf")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    assert find_model("org/name").path == wanted
    assert find_model("org/name:name-q8_0.gguf").path.name == "name-q8_0.gguf"


def test_without_its_package_the_carried_model_is_said_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "bundled_model", lambda module: None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(ModelError, match="curator models get smollm2"):
        find_model("smollm2")
