"""What a GGUF and a model folder call the same things, for the architectures of both worlds.

A folder follows transformers (and mlx-lm): config.json and safetensors. A GGUF follows llama.cpp.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curator.base.errors import ModelError
from curator.training import rope

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

_WHOLE = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
_LAYER = {
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
_BACK = {folder: gguf for gguf, folder in {**_WHOLE, **_LAYER}.items()}
# The keys of a GGUF, after the family's name, and those of config.json.
_KEYS = {
    "embedding_length": "hidden_size",
    "feed_forward_length": "intermediate_size",
    "block_count": "num_hidden_layers",
    "attention.head_count": "num_attention_heads",
    "attention.head_count_kv": "num_key_value_heads",
    "context_length": "max_position_embeddings",
}
_EPS, _THETA = "attention.layer_norm_rms_epsilon", "rope.freq_base"
_WIDTHS = ("attention.key_length", "attention.value_length", "rope.dimension_count")
# What llama.cpp computes for these families whatever a folder says.
_USUAL = {"hidden_act": "silu", "attention_bias": False, "mlp_bias": False}


@dataclass(frozen=True)
class Family:
    """An architecture: its name in a GGUF, its classes in transformers, the first one written.

    `permuted`: llama.cpp interleaves the halves that RoPE rotates in the rows of q and k.
    """

    name: str
    classes: tuple[str, ...]
    permuted: bool


LLAMA = Family("llama", ("LlamaForCausalLM", "MistralForCausalLM"), permuted=True)
QWEN2 = Family("qwen2", ("Qwen2ForCausalLM",), permuted=False)
FAMILIES = (LLAMA, QWEN2)


def folder_name(name: str) -> str:
    """Return what a folder calls a GGUF's tensor; raises ModelError for one that is unknown."""
    stem, _, kind = name.rpartition(".")
    if stem in _WHOLE:
        return f"{_WHOLE[stem]}.{kind}"
    _, _, rest = stem.partition("blk.")
    layer, _, part = rest.partition(".")
    if part not in _LAYER:
        raise ModelError(f"its tensor {name} is of no architecture that is taken over")
    return f"model.layers.{layer}.{_LAYER[part]}.{kind}"


def gguf_name(name: str) -> str:
    """Return what a GGUF calls a folder's tensor; raises ModelError for one that is unknown."""
    stem, _, kind = name.rpartition(".")
    prefix, _, rest = stem.partition("model.layers.")
    layer, _, part = rest.partition(".")
    known = _BACK.get(stem if prefix else part or stem)
    if known is None:
        raise ModelError(f"its tensor {name} is of no architecture that can be exported")
    return f"blk.{layer}.{known}.{kind}" if part else f"{known}.{kind}"


def heads_of(family: Family, name: str, config: Mapping[str, Any]) -> int | None:
    """Return the number of heads whose rows of a GGUF's tensor are permuted; None where none."""
    keys = {"attn_q": "num_attention_heads", "attn_k": "num_key_value_heads"}
    part = name.rpartition(".")[0].rpartition(".")[2]
    return int(config[keys[part]]) if family.permuted and part in keys else None


def permuted(rows: "Array", heads: int) -> "Array":
    """Put the rows of q or k in llama.cpp's order, as `LlamaModel.permute` of its converter."""
    halves = rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:])
    return halves.swapaxes(1, 2).reshape(rows.shape)


def unpermuted(rows: "Array", heads: int) -> "Array":
    """Put the rows of q or k in transformers' order: the inverse of `permuted`."""
    pairs = rows.reshape(heads, rows.shape[0] // heads // 2, 2, *rows.shape[1:])
    return pairs.swapaxes(1, 2).reshape(rows.shape)


def config_of(family: Family, meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return the shape that a GGUF's keys state, by the names of config.json.

    Raises ModelError for a missing key, and for what the folder's architecture cannot say.
    """
    own = {k.removeprefix(f"{family.name}."): v for k, v in meta.items()}
    own.setdefault("attention.head_count_kv", own.get("attention.head_count"))
    if missing := [key for key in (*_KEYS, _EPS) if own.get(key) is None]:
        raise ModelError(f"it has no key {family.name}.{missing[0]}")
    _check_meta(own)
    config = {
        "architectures": [family.classes[0]],
        "model_type": family.name,
        **{ours: own[theirs] for theirs, ours in _KEYS.items()},
        "rms_norm_eps": _short(own[_EPS]),
        "rope_theta": _short(own.get(_THETA, 10000.0)),
        "hidden_act": "silu",
    }
    width = own.get("attention.key_length", head_width(config))
    if any(own.get(key, width) != width for key in _WIDTHS):
        raise ModelError("its heads have several widths, or RoPE turns a part of them only")
    return config if width == head_width(config) else {**config, "head_dim": width}


def _check_meta(own: Mapping[str, Any]) -> None:
    if several := [key for key in _KEYS if not isinstance(own[key], int) or own[key] < 1]:
        raise ModelError(f"its {several[0]} is not one number for all layers")
    scaling = own.get("rope.scaling.type", "none")
    if scaling != "none" and own.get("rope.scaling.factor", 1.0) != 1.0:
        raise ModelError(f"its RoPE is scaled ({scaling}), which is not taken over")
    if own.get("expert_count"):
        raise ModelError("it is a mixture of experts, which is not taken over")


def _short(value: float) -> float:
    """Return the shortest decimal of a float32, which config.json has."""
    import numpy as np

    return float(str(np.float32(value)))


def head_width(config: Mapping[str, Any]) -> int:
    """Return the width of an attention head."""
    usual = int(config["hidden_size"]) // int(config["num_attention_heads"])
    return int(config.get("head_dim") or usual)


def family_of(config: Mapping[str, Any]) -> Family:
    """Return the family of a config.json; raises ModelError for what a GGUF of it cannot say."""
    name = (config.get("architectures") or [""])[0]
    family = next((f for f in FAMILIES if name in f.classes), None)
    if family is None:
        hint = f"take one of {', '.join(c for f in FAMILIES for c in f.classes)}"
        raise ModelError(f"{name or 'its architecture'} has no way to GGUF here", hint=hint)
    rope.rule(config)
    for key, usual in _USUAL.items():
        if config.get(key, usual) not in (usual, None):
            raise ModelError(f"{key} is {config[key]!r} in its config.json: no way to GGUF here")
    return family


def meta_of(family: Family, config: Mapping[str, Any]) -> dict[str, int | float]:
    """Return the keys of a GGUF for the shape in a config.json; whole numbers are unsigned."""
    width = head_width(config)
    own: dict[str, int | float] = {
        "vocab_size": config["vocab_size"],
        **{theirs: config[ours] for theirs, ours in _KEYS.items() if config.get(ours) is not None},
        **dict.fromkeys(_WIDTHS, width),
        _THETA: rope.theta(config),
        _EPS: float(config["rms_norm_eps"]),
    }
    own.setdefault("attention.head_count_kv", config["num_attention_heads"])
    own.setdefault("context_length", 2048)
    return {f"{family.name}.{key}": value for key, value in own.items()}
