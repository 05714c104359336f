"""The carried model imported exactly; a trained one merged, quantised, loaded and compared."""

import json
from pathlib import Path

import pytest

from curator.base import store
from curator.base.errors import ModelError, TrainingError
from curator.models.llama.gguf import find_model
from curator.records.files import read_examples
from curator.training import export as exporting
from curator.training.artefacts import weights_digest
from curator.training.export import export
from curator.training.fuse import fuse
from curator.training.gguf import Reader
from curator.training.greedy import write
from curator.training.import_model import import_model
from curator.training.run import prepare, train
from curator.training.rundir import RunDir
from curator.training.to_gguf import convert
from tests.conftest import ROOT
from tests.training.conftest import drawn

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def trained(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    from tests.training.conftest import settings, write_data

    root = tmp_path_factory.mktemp("trained")
    run = prepare(root, settings(tiny, iters=6), write_data(root))
    return train(run, lambda pid, message: None).run


def test_what_was_not_merged_is_not_exported(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no merged model"):
        export(tmp_path / "run-001", tmp_path / "x.gguf", tiny, lambda step: None)


def test_the_imported_tokenizer_is_llama_cpps(smollm2: Path) -> None:
    from llama_cpp import Llama

    from curator.training.modelling import load_tokenizer

    ours = load_tokenizer(smollm2)
    theirs = Llama(str(find_model("smollm2").path), vocab_only=True, verbose=False)
    files = sorted((ROOT / "raw" / "authored").glob("*.jsonl"))
    for example in read_examples(*files):
        for text in (example.question, example.answer):
            tokens = theirs.tokenize(text.encode(), add_bos=False, special=True)
            assert ours.encode(text, add_special_tokens=False) == tokens


def test_the_imported_model_chooses_what_the_gguf_does(smollm2: Path) -> None:
    written = write(smollm2, ["Qu'est-ce que l'emprunt en Rust ?"], 24)[0]
    reader = Reader(find_model("smollm2").path)
    same = zip(reader.choices(written.prompt, written.tokens), written.tokens, strict=True)
    assert sum(a == b for a, b in same) >= 18  # llama.cpp rounds activations to 8 bits
    reader.close()


def test_what_would_be_rounded_or_overwritten_is_refused(smollm2: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is there already"):
        import_model("smollm2", smollm2)
    with pytest.raises(ModelError):
        import_model(str(ROOT / "README.md"), tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_fusing_changes_the_weights_and_what_is_written(
    trained: RunDir, tiny: Path, tmp_path: Path
) -> None:
    made = fuse(trained, tmp_path / "merged")
    assert made.size > 10**6 and weights_digest(made.path) != weights_digest(tiny)
    origin = store.read_json(tmp_path / "merged" / "origin.json")
    assert origin["adapter_sha256"] == trained.adapter().sha256
    with pytest.raises(ModelError, match="is there already"):
        fuse(trained, tmp_path / "merged")


def test_an_adapter_that_changes_nothing_is_refused(trained: RunDir, tmp_path: Path) -> None:
    import shutil

    import mlx.core as mx

    copy = RunDir(tmp_path / "run")
    shutil.copytree(trained.path, copy.path)
    path = copy.file("adapters") / "adapters.safetensors"
    weights = mx.load(str(path))
    mx.save_safetensors(str(path), {k: mx.zeros_like(v) for k, v in weights.items()})
    with pytest.raises(TrainingError, match="changes nothing"):
        fuse(copy, tmp_path / "merged")


@pytest.fixture(scope="module")
def merged(trained: RunDir, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fuse(trained, tmp_path_factory.mktemp("models") / "merged").path


def test_the_gguf_is_the_merged_model_and_not_the_base(
    merged: Path, tiny: Path, tmp_path: Path
) -> None:
    steps: list[str] = []
    made = export(merged, tmp_path / "tiny-q4_k_m.gguf", tiny, steps.append)
    assert made.unrounded.share >= 0.9 and made.quantised.of > 0
    tuned, base = made.artefacts[1:]
    assert tuned.sha256 != made.base_sha256 == base.sha256 and base.path.exists()
    document = json.loads((tmp_path / "tiny-q4_k_m.json").read_text())
    assert document["base_sha256"] and document["run"] == "run-001"
    reader = Reader(tmp_path / "tiny-q4_k_m.gguf")
    assert len(reader.greedy([1, 2, 3], 4)) > 0
    reader.close()
    assert [p.name for p in tmp_path.glob(".*")] == []
    with pytest.raises(ModelError, match="is the base model"):
        export(tiny, tmp_path / "again.gguf", tiny, steps.append)


def test_a_training_that_diverged_is_named(merged: Path, tiny: Path, tmp_path: Path) -> None:
    import shutil

    import mlx.core as mx

    wild = tmp_path / "wild"
    shutil.copytree(merged, wild)
    for factor, what in ((1e3, "not finite in float16"), (1e6, "more than float16 holds")):
        for path in wild.glob("*.safetensors"):
            weights = mx.load(str(path))
            larger = {k: v * factor for k, v in weights.items()}
            mx.save_safetensors(str(path), larger, {"format": "mlx"})
        with pytest.raises(ModelError, match=f"{what}.*the training has diverged"):
            export(wild, tmp_path / "x.gguf", tiny, lambda step: None)
    assert [p for p in tmp_path.iterdir() if p != wild] == []


def test_a_gguf_of_another_model_does_not_pass(
    merged: Path, smollm2: Path, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = drawn(smollm2, tmp_path / "other", seed=8)
    monkeypatch.setattr(exporting, "convert", lambda f, out, name: convert(other, out, name))
    with pytest.raises(ModelError, match="f16 GGUF agrees with the merged model at"):
        export(merged, tmp_path / "x.gguf", tiny, lambda step: None)
    assert not (tmp_path / "x.gguf").exists()


def change(folder: Path, **factors: float) -> None:
    """Multiply the weights whose names end so (dots written as __)."""
    import mlx.core as mx

    path = folder / "model.safetensors"
    weights = mx.load(str(path))
    for name, factor in factors.items():
        for key in [k for k in weights if k.endswith(f"{name.replace('__', '.')}.weight")]:
            weights[key] *= factor
    if "lm_head" in factors:  # a word follows itself for certain, as far as rounding goes
        weights["lm_head.weight"] += weights["model.embed_tokens.weight"]
    mx.save_safetensors(str(path), weights, {"format": "mlx"})


def test_an_imported_qwen2_is_exported(tmp_path: Path) -> None:
    """With biases, an output matrix of its own, and tokens that are no control tokens."""
    import shutil

    from tests.training.making import write_gguf

    gguf = write_gguf(tmp_path / "base.gguf", "qwen2", "qwen2", own_output=True)
    base = import_model(str(gguf), tmp_path / "base")
    change(base, embed_tokens=10, lm_head=0.1)
    merged = Path(shutil.copytree(base, tmp_path / "merged"))
    change(merged, layers__1__self_attn__v_proj=1.5)
    made = export(merged, tmp_path / "out.gguf", base, lambda step: None)
    assert made.unrounded.share >= 0.9 and made.artefacts[1].sha256 != made.base_sha256
    reader = Reader(tmp_path / "out.gguf")
    assert len(reader.greedy([1, 2, 3], 4)) > 0
    reader.close()
