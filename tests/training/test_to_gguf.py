"""Folders of the hub's kind as GGUFs: their tokenizer files, scaled RoPE, mlx's quantisation."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.import_model import odd_texts, unequal
from curator.base import store
from curator.base.errors import ModelError
from curator.training import modelling
from curator.training.gguf import Reader
from curator.training.gguf_file import GgufFile
from curator.training.import_model import import_model
from curator.training.to_gguf import convert
from tests.training.making import write_gguf

TOKENS = [7 * i % 600 for i in range(1, 60)]
LLAMA3 = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}


@pytest.fixture
def llama(tmp_path: Path) -> Path:
    gguf = write_gguf(tmp_path / "llama.gguf", "llama", "llama-bpe")
    return import_model(str(gguf), tmp_path / "llama")


@pytest.fixture
def qwen2(tmp_path: Path) -> Path:
    gguf = write_gguf(tmp_path / "qwen2.gguf", "qwen2", "qwen2", own_output=True)
    return import_model(str(gguf), tmp_path / "qwen2")


def edit(path: Path, change: Callable[[Any], Any]) -> None:
    document = store.read_json(path)
    change(document)
    path.write_text(json.dumps(document), "utf-8")


def assert_same_logits(folder: Path, gguf: Path) -> None:
    import mlx.core as mx

    model, _ = modelling.load_model(folder)
    ours = np.array(model(mx.array([TOKENS])).astype(mx.float32)[0])
    reader = Reader(gguf)
    reader.choices(TOKENS, [0])
    theirs = reader._llama.scores[: len(TOKENS)].copy()
    reader.close()
    assert np.abs(ours - theirs).max() < 0.03 * np.abs(theirs).max()
    assert (ours.argmax(-1) == theirs.argmax(-1)).mean() > 0.9


def as_the_hub_has_it(folder: Path) -> None:
    """Give a folder the tokenizer files that Qwen2 has on the hub: a normaliser, its own spelling
    of the pattern, special tokens with their flags, the template inside."""

    def tokenizer(spec: dict[str, Any]) -> None:
        spec["normalizer"] = {"type": "NFC"}
        pattern = spec["pre_tokenizer"]["pretokenizers"][0]["pattern"]
        both = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])"
        pattern["Regex"] = pattern["Regex"].replace(both, "(?i:'s|'t|'re|'ve|'m|'ll|'d)")
        spec["model"]["merges"] = [" ".join(m) for m in spec["model"]["merges"]]
        apart = {one["content"] for one in spec["added_tokens"]}
        spec["model"]["vocab"] = {
            t: i
            for t, i in spec["model"]["vocab"].items()
            if t not in apart and not t.startswith("[PAD")
        }

    def settings(own: dict[str, Any]) -> None:
        own["chat_template"] = (folder / "chat_template.jinja").read_text("utf-8")
        own["bos_token"] = None
        own["eos_token"] = {"__type": "AddedToken", "content": own["eos_token"]}

    edit(folder / "tokenizer.json", tokenizer)
    edit(folder / "tokenizer_config.json", settings)
    (folder / "chat_template.jinja").unlink()


def test_a_folder_of_the_hub_has_the_same_keys(qwen2: Path, tmp_path: Path) -> None:
    first = GgufFile(tmp_path / "qwen2.gguf").meta
    as_the_hub_has_it(qwen2)
    convert(qwen2, tmp_path / "again.gguf", "x")
    again = GgufFile(tmp_path / "again.gguf").meta
    assert {k for k in first if k.startswith("tokenizer.")} <= again.keys()
    for key in first:
        if key.startswith("tokenizer."):
            assert again[key] == first[key], key
    tokenizer = modelling.load_tokenizer(qwen2)
    composed = [t for t in odd_texts(400) if t == tokenizer.backend_tokenizer.normalizer
                .normalize_str(t)]  # fmt: skip
    assert len(composed) > 100
    assert unequal(tokenizer, tmp_path / "again.gguf", composed) == []


def test_the_digits_of_smollm2_as_the_hub_spells_them(tmp_path: Path) -> None:
    gguf = write_gguf(tmp_path / "x.gguf", "llama", "smollm")
    folder = import_model(str(gguf), tmp_path / "folder")
    steps = [
        {"type": "Digits", "individual_digits": True},
        {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
    ]
    edit(folder / "tokenizer.json", lambda spec: spec["pre_tokenizer"].update(pretokenizers=steps))
    convert(folder, tmp_path / "again.gguf", "x")
    assert GgufFile(tmp_path / "again.gguf").meta["tokenizer.ggml.pre"] == "smollm"
    texts = odd_texts(400)
    assert unequal(modelling.load_tokenizer(folder), tmp_path / "again.gguf", texts) == []


@pytest.mark.parametrize("factor", [8.0, 32.0])
def test_llama_3s_rope_goes_to_the_gguf_and_back(
    factor: float, llama: Path, tmp_path: Path
) -> None:
    rule = {**LLAMA3, "factor": factor}
    edit(llama / "config.json", lambda c: c.update(rope_scaling=rule, rope_theta=500000.0))
    convert(llama, tmp_path / "scaled.gguf", "x")
    assert_same_logits(llama, tmp_path / "scaled.gguf")
    again = import_model(str(tmp_path / "scaled.gguf"), tmp_path / "again")
    assert store.read_json(again / "config.json")["rope_scaling"] == rule
    assert_same_logits(again, tmp_path / "scaled.gguf")


def test_what_mlx_quantised_is_exported(qwen2: Path, tmp_path: Path) -> None:
    import mlx.nn as nn
    from mlx_lm.utils import save_model

    model, config = modelling.load_model(qwen2)
    nn.quantize(model, 64, 4)
    save_model(qwen2, model, donate_model=False)
    config["quantization"] = {"group_size": 64, "bits": 4}
    store.write_json(qwen2 / "config.json", config)
    convert(qwen2, tmp_path / "again.gguf", "x")
    assert_same_logits(qwen2, tmp_path / "again.gguf")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"architectures": ["MegaForCausalLM"]}, "MegaForCausalLM has no way to GGUF"),
        ({"architectures": []}, "its architecture has no way to GGUF"),
        ({"rope_scaling": {"type": "yarn", "factor": 4.0}}, r"RoPE is scaled \(yarn\)"),
        ({"attention_bias": True}, "attention_bias is True"),
        ({"hidden_act": "gelu"}, "hidden_act is 'gelu'"),
    ],
)
def test_a_shape_without_a_way_to_gguf_is_refused_before_training(
    change: dict[str, Any], what: str, llama: Path
) -> None:
    config = {**store.read_json(llama / "config.json"), **change}
    with pytest.raises(ModelError, match=what) as raised:
        modelling.check_exportable(config, llama)
    assert raised.value.where == str(llama) and raised.value.hint


@pytest.mark.parametrize(
    "change",
    [
        {"pre_tokenizer": {"type": "Metaspace", "replacement": "_"}},
        {"pre_tokenizer": None},
        {"model": {"type": "Unigram", "vocab": []}},
        {"model": {"type": "BPE", "byte_fallback": True, "vocab": {}, "merges": []}},
    ],
)
def test_a_tokenizer_without_a_way_to_gguf_is_refused_before_training(
    change: dict[str, Any], llama: Path
) -> None:
    config = store.read_json(llama / "config.json")
    assert modelling.check_exportable(config, llama) == "LlamaForCausalLM"
    edit(llama / "tokenizer.json", lambda spec: spec.update(change))
    with pytest.raises(ModelError, match="its tokenizer is none of those"):
        modelling.check_exportable(config, llama)


def test_more_tokens_than_rows_are_refused(llama: Path, tmp_path: Path) -> None:
    edit(llama / "config.json", lambda c: c.update(vocab_size=100))
    with pytest.raises(ModelError, match="tokens, and rows for 100"):
        convert(llama, tmp_path / "x.gguf", "x")
