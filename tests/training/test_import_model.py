"""An imported folder is its GGUF: llama.cpp's own weights, tokens and choices; what is refused."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.import_model import odd_texts, requantised, unequal
from curator.base.errors import ModelError
from curator.models.llama.gguf import find_model
from curator.records.files import read_examples
from curator.training import modelling
from curator.training.gguf import Reader
from curator.training.import_model import import_model
from curator.training.tensors import load_tensors
from curator.training.to_gguf import convert
from tests.conftest import ROOT
from tests.training.making import write_gguf

KINDS = (
    *("ALL_F32", "MOSTLY_F16", "MOSTLY_BF16", "MOSTLY_Q4_0", "MOSTLY_Q4_1", "MOSTLY_Q5_0"),
    *("MOSTLY_Q8_0", "MOSTLY_Q3_K_M", "MOSTLY_Q4_K_M", "MOSTLY_Q5_K_M", "MOSTLY_Q6_K"),
)
MODELS = {"llama": "llama-bpe", "qwen2": "qwen2"}


@pytest.fixture(scope="module")
def ggufs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A llama whose output is its embedding, and a qwen2 that has one of its own."""
    folder = tmp_path_factory.mktemp("ggufs")
    return {
        family: write_gguf(folder / f"{family}.gguf", family, pre, own_output=family == "qwen2")
        for family, pre in MODELS.items()
    }


def weights(folder: Path) -> dict[str, Any]:
    return {k: np.array(v) for k, v in load_tensors(folder / "model.safetensors")[0].items()}


def authored_texts() -> list[str]:
    files = sorted((ROOT / "raw" / "authored").glob("*.jsonl"))
    return [text for e in read_examples(*files) for text in (e.question, e.answer)]


def logits(folder: Path, tokens: Sequence[int]) -> Any:
    import mlx.core as mx

    model, _ = modelling.load_model(folder)
    return np.array(model(mx.array([list(tokens)]))[0])


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", MODELS)
def test_the_weights_are_those_that_llama_cpp_dequantises(
    family: str, kind: str, ggufs: dict[str, Path], tmp_path: Path
) -> None:
    made = requantised(ggufs[family], tmp_path / "made.gguf", kind)
    theirs = requantised(made, tmp_path / "theirs.gguf", "ALL_F32")
    ours = weights(import_model(str(made), tmp_path / "ours"))
    for name, expected in weights(import_model(str(theirs), tmp_path / "whole")).items():
        assert (ours[name] == expected).all(), name


@pytest.mark.parametrize("family", MODELS)
def test_the_folder_computes_what_the_gguf_does(
    family: str, ggufs: dict[str, Path], tmp_path: Path
) -> None:
    folder = import_model(str(ggufs[family]), tmp_path / "folder")
    assert ("lm_head.weight" in weights(folder)) == (family == "qwen2")
    tokens = [5 * i % 600 for i in range(1, 40)]
    reader = Reader(ggufs[family])
    chosen = reader.choices(tokens[:1], tokens[1:])
    theirs = reader._llama.scores[: len(tokens) - 1].copy()
    reader.close()
    ours = logits(folder, tokens[:-1])
    assert np.abs(ours - theirs).max() < 0.02 * np.abs(theirs).max()
    assert [int(i) for i in ours.argmax(-1)] == chosen


@pytest.mark.parametrize("family", MODELS)
def test_an_export_of_it_is_the_gguf_again(
    family: str, ggufs: dict[str, Path], tmp_path: Path
) -> None:
    """Weights, words, marks, merges and template come back; float16 is all that is lost."""
    from curator.training.gguf_file import GgufFile

    folder = import_model(str(ggufs[family]), tmp_path / "folder")
    convert(folder, tmp_path / "again.gguf", "x")
    first, again = GgufFile(ggufs[family]), GgufFile(tmp_path / "again.gguf")
    for key, value in first.meta.items():
        if not key.startswith("GGUF."):
            assert again.meta[key] == value, key
    assert again.shapes() == first.shapes()
    for name in first.shapes():
        assert np.allclose(again.whole(name), first.whole(name), rtol=1e-3, atol=1e-6), name


@pytest.mark.slow
@pytest.mark.parametrize("pre", ["qwen2", "llama-bpe", "smollm", "gpt-2", "tekken", "default"])
def test_texts_have_llama_cpps_tokens(pre: str, tmp_path: Path) -> None:
    gguf = write_gguf(tmp_path / "x.gguf", "llama", pre)
    tokenizer = modelling.load_tokenizer(import_model(str(gguf), tmp_path / "folder"))
    texts = [*authored_texts()[:200], *odd_texts(800), "<tool_call>x<|im_end|>", "e\u0301"]
    assert unequal(tokenizer, gguf, texts) == []
    begins = tokenizer.encode("a")[0] == tokenizer.convert_tokens_to_ids("<|endoftext|>")
    assert begins == (pre in ("llama-bpe", "tekken"))
    convert(tmp_path / "folder", tmp_path / "again.gguf", "x")
    assert unequal(tokenizer, tmp_path / "again.gguf", texts) == []


def test_qwen2_texts_are_not_normalised(ggufs: dict[str, Path], tmp_path: Path) -> None:
    """transformers has a normaliser of its own for model_type qwen2, and llama.cpp has none."""
    tokenizer = modelling.load_tokenizer(import_model(str(ggufs["qwen2"]), tmp_path / "folder"))
    assert tokenizer.encode("e\u0301") != tokenizer.encode("\u00e9")
    assert unequal(tokenizer, ggufs["qwen2"], ["e\u0301", "\u2001", *odd_texts(200, seed=3)]) == []


def test_a_word_that_ends_answers_is_a_control_token_whatever_its_mark(tmp_path: Path) -> None:
    """As in the official Qwen2.5-Coder, where "</s>" is a word like others by its mark."""
    gguf = write_gguf(tmp_path / "x.gguf", "qwen2", "qwen2", words=("</s>", "<fim-pad>", "<s>"))
    tokenizer = modelling.load_tokenizer(import_model(str(gguf), tmp_path / "folder"))
    texts = ["a </s> b", "<s>x</s>", "<fim-pad>", "</ s>", *odd_texts(100)]
    assert unequal(tokenizer, gguf, texts) == []
    assert len(tokenizer.encode("</s>")) == 1 < len(tokenizer.encode("<s>"))


@pytest.mark.slow
def test_smollm2s_tokenizer_is_llama_cpps(smollm2: Path) -> None:
    texts = [*authored_texts(), *odd_texts(1300)]
    tokenizer = modelling.load_tokenizer(smollm2)
    assert unequal(tokenizer, find_model("smollm2").path, texts) == []


@pytest.mark.parametrize(
    ("family", "pre", "more", "what"),
    [
        ("gemma", "gpt-2", {}, "its architecture is 'gemma'"),
        ("qwen2", "gpt-2", {"tokenizer.ggml.pre": "viking"}, "pre is 'viking'"),
        ("llama", "gpt-2", {"tokenizer.ggml.model": "llama"}, "its tokenizer is 'llama'"),
        ("llama", "gpt-2", {"llama.rope.dimension_count": 32}, "RoPE turns a part"),
        ("llama", "gpt-2", {"llama.expert_count": 8}, "mixture of experts"),
        ("llama", "gpt-2", {"llama.block_count": 0}, "block_count is not one number"),
        ("llama", "gpt-2", {"split.count": 2}, "one of 2 parts"),
        ("llama", "gpt-2", {"tokenizer.ggml.eos_token_id": 10**6}, "do not fit together"),
        ("llama", "gpt-2", {"tokenizer.ggml.bos_token_id": "x"}, "where a whole number is wanted"),
        ("llama", "gpt-2", {"tokenizer.chat_template": 3}, "where a text is wanted"),
        ("llama", "gpt-2", {"tokenizer.chat_template": ""}, "where a text is wanted"),
        ("llama", "gpt-2", {"llama.rope.freq_base": "x"}, "where a number is wanted"),
        ("llama", "gpt-2", {"llama.rope.freq_base": float("nan")}, "where a number is wanted"),
        ("llama", "gpt-2", {"split.count": "x"}, "where a whole number is wanted"),
        ("llama", "gpt-2", {"llama.block_count": 5}, "state 5 layers, and it has 2"),
        ("qwen2", "qwen2", {"qwen2.attention.head_count_kv": 3}, r"attn_k\.weight is \(128, 256\)"),
        ("qwen2", "qwen2", {"qwen2.attention.head_count": 3}, "and its keys make it"),
        ("qwen2", "qwen2", {"qwen2.embedding_length": 8}, "and its keys make it"),
    ],
)
def test_what_is_not_taken_over_is_named(
    family: str, pre: str, more: dict[str, Any], what: str, tmp_path: Path
) -> None:
    gguf = write_gguf(tmp_path / "x.gguf", family, pre, **more)
    with pytest.raises(ModelError, match=what) as raised:
        import_model(str(gguf), tmp_path / "folder")
    assert raised.value.where == str(gguf) and raised.value.hint
    assert [p.name for p in tmp_path.iterdir()] == ["x.gguf"]


def test_a_truncated_file_is_named(ggufs: dict[str, Path], tmp_path: Path) -> None:
    whole = ggufs["llama"].read_bytes()
    for size in (30, 5000, len(whole) - 1000):
        (tmp_path / "x.gguf").write_bytes(whole[:size])
        with pytest.raises(ModelError, match=r"x\.gguf"):
            import_model(str(tmp_path / "x.gguf"), tmp_path / "folder")
        assert not (tmp_path / "folder").exists()
