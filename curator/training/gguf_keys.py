"""Check that the keys of a GGUF are of the kinds that they have to be, and fit its tensors.

A file is what somebody gave: what a key is worth is looked at before anything is computed with it.
"""

import math
from collections.abc import Mapping
from typing import Any

from curator.base.errors import ModelError
from curator.training.families import head_width

_WHOLE, _NUMBER, _TEXT, _SWITCH = "a whole number", "a number", "a text", "true or false"
# By how a key ends.
_KINDS = {
    "_token_id": _WHOLE,
    "split.count": _WHOLE,
    ".attention.key_length": _WHOLE,
    ".attention.value_length": _WHOLE,
    ".rope.dimension_count": _WHOLE,
    ".expert_count": _WHOLE,
    ".rope.freq_base": _NUMBER,
    ".layer_norm_rms_epsilon": _NUMBER,
    ".rope.scaling.factor": _NUMBER,
    ".rope.scaling.type": _TEXT,
    "tokenizer.chat_template": _TEXT,
    ".add_bos_token": _SWITCH,
}
_ROWS = {
    "attn_q": "num_attention_heads",
    "attn_k": "num_key_value_heads",
    "attn_v": "num_key_value_heads",
}


def check_kinds(meta: Mapping[str, Any]) -> None:
    """Raise ModelError for a key whose value is of another kind than llama.cpp's."""
    for key, value in meta.items():
        kind = next((kind for end, kind in _KINDS.items() if key.endswith(end)), None)
        if kind and not _is(value, kind):
            raise ModelError(f"its key {key} is {value!r:.40}, where {kind} is wanted")


def _is(value: Any, kind: str) -> bool:
    match kind:
        case "a whole number":
            return isinstance(value, int) and not isinstance(value, bool) and value >= 0
        case "a number":
            return isinstance(value, int | float) and math.isfinite(value)
        case "true or false":
            return isinstance(value, bool)
    return isinstance(value, str) and bool(value)


def check_shapes(config: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Raise ModelError where tensors are not of the shape that the keys state."""
    layers = {name.split(".")[1] for name in shapes if name.startswith("blk.")}
    if layers != {str(number) for number in range(config["num_hidden_layers"])}:
        what = f"its keys state {config['num_hidden_layers']} layers, and it has {len(layers)}"
        raise ModelError(what)
    width, hidden = head_width(config), config["hidden_size"]
    for name, shape in shapes.items():
        stem = name.removesuffix(".weight").rpartition(".")[2]
        wanted = (config[_ROWS[stem]] * width, hidden) if stem in _ROWS else shape
        if name.endswith(".weight") and tuple(shape) != wanted:
            raise ModelError(f"its tensor {name} is {shape}, and its keys make it {wanted}")
