"""Turn a GGUF model into a folder that mlx-lm loads and trains: `curator import-model`.

llama and qwen2 models of any quantisation that llama.cpp's package dequantises, with a byte-level
BPE tokenizer. The weights become float32, as llama.cpp itself dequantises them. Others have a
folder of their own on the hub: give its id to training.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.base import store
from curator.base.errors import ModelError
from curator.base.extras import require
from curator.models.llama.gguf import ModelFile, find_model
from curator.training import rope, vocabulary
from curator.training.families import (
    FAMILIES,
    Family,
    config_of,
    folder_name,
    head_width,
    heads_of,
    unpermuted,
)
from curator.training.gguf_file import GgufFile
from curator.training.gguf_keys import check_kinds, check_shapes
from curator.training.staging import staged
from curator.training.tensors import stream_tensors

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

_HUB = "train from the model's folder on the hub instead: curator train --model ORG/REPO"


def import_model(name: str, out: Path) -> Path:
    """Write the folder `out` from the GGUF that `name` means (see find_model); returns `out`.

    Raises ModelError for a model that cannot be taken over exactly, and where `out` exists.
    """
    require("mlx_lm", "mlx", "gguf", who="an import")
    if out.exists():
        raise ModelError("is there already", where=out, hint="delete it, or give another --out")
    source = find_model(name)
    file = GgufFile(source.path)
    try:
        check_kinds(file.meta)
        family = _family(file.meta)
        vocabulary.check_tokenizer(file.meta)
        with staged(out) as folder:
            _write(folder, file, family)
            store.write_json(folder / "origin.json", _origin(source, file.meta))
    except ModelError as error:
        if error.where:
            raise
        raise ModelError(error.what, where=source.path, hint=error.hint or _HUB) from error
    return out


def _family(meta: Mapping[str, Any]) -> Family:
    if (count := meta.get("split.count", 1)) > 1:
        hint = "join them first: llama-gguf-split --merge FIRST.gguf WHOLE.gguf"
        raise ModelError(f"it is one of {count} parts of a model", hint=hint)
    name = meta.get("general.architecture")
    found = next((f for f in FAMILIES if f.name == name), None)
    if found is None:
        known = " and ".join(f.name for f in FAMILIES)
        raise ModelError(f"its architecture is {name!r}, and only {known} are taken over")
    return found


def _write(folder: Path, file: GgufFile, family: Family) -> None:
    config = {**config_of(family, file.meta), **_words(file)}
    check_shapes(config, file.shapes())
    if rope.TENSOR in file.shapes():
        found = file.whole(rope.TENSOR)
        config["rope_scaling"] = rope.rule_of(found, config["rope_theta"], head_width(config))
    tokenizer = vocabulary.tokenizer_of(file.meta)
    _weights(folder / "model.safetensors", file, family, config)
    template = file.meta["tokenizer.chat_template"]
    (folder / "chat_template.jinja").write_text(template, "utf-8")
    (folder / "tokenizer.json").write_text(tokenizer.to_str(pretty=False), "utf-8")
    limit = config["max_position_embeddings"]
    store.write_json(
        folder / "tokenizer_config.json", vocabulary.tokenizer_config(file.meta, limit)
    )
    store.write_json(folder / "config.json", config)


def _words(file: GgufFile) -> dict[str, Any]:
    """Return what config.json says of the words: how many, which end a text, one matrix or two."""
    shapes, meta = file.shapes(), file.meta
    if "token_embd.weight" not in shapes:
        raise ModelError("it has no tensor token_embd.weight")
    own = "output.weight" in shapes and not file.equal("output.weight", "token_embd.weight")
    ids = {f"{k}_token_id": meta.get(f"tokenizer.ggml.{k}_token_id") for k in ("bos", "eos")}
    return {
        "torch_dtype": "float32",
        "vocab_size": shapes["token_embd.weight"][0],
        "tie_word_embeddings": not own,
        **{k: v for k, v in ids.items() if v is not None},
    }


def _weights(path: Path, file: GgufFile, family: Family, config: Mapping[str, Any]) -> None:
    """Write the weights under the names and in the order of transformers."""
    shapes = file.shapes()
    shapes.pop(rope.TENSOR, None)  # config.json has its rule
    if config["tie_word_embeddings"]:
        shapes.pop("output.weight", None)
    names = {folder_name(name): name for name in shapes}

    def parts(name: str) -> Iterator["Array"]:
        theirs = names[name]
        heads = heads_of(family, theirs, config)
        if heads is None:
            return file.parts(theirs)
        return iter([unpermuted(file.whole(theirs), heads)])

    stream_tensors(path, {ours: shapes[theirs] for ours, theirs in names.items()}, parts)


def _origin(source: ModelFile, meta: Mapping[str, Any]) -> dict[str, Any]:
    licence = str(meta.get("general.license", "unknown"))
    return {"source": source.name, "sha256": source.sha256, "licence": licence}
