"""Write a model folder as a GGUF in float16, through llama.cpp's own package.

The keys are made from config.json and the tokenizer's files, whether the folder comes from
`import-model`, from `fuse` or from the hub.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.base import store
from curator.base.disk import refused
from curator.base.errors import ModelError
from curator.base.extras import require
from curator.training.families import family_of, meta_of
from curator.training.folder_weights import FolderWeights
from curator.training.vocabulary_keys import tokenizer_meta

if TYPE_CHECKING:
    from gguf import GGUFWriter

_F16 = 1  # llama.cpp's file type: float16 but for vectors


def convert(folder: Path, out: Path, name: str) -> None:
    """Write the model in `folder` as the GGUF file `out`, in float16, called `name` in it.

    Raises ModelError where it is of a kind that cannot be exported, StoreError where the disk
    refuses.
    """
    require("mlx_lm", "mlx", "gguf", who="an export")
    from gguf import GGUFWriter

    config = store.read_json(folder / "config.json")
    try:
        family = family_of(config)
        weights = FolderWeights(folder, family, config)
        writer = GGUFWriter(out, family.name)
        about = {"general.type": "model", "general.name": name, "general.file_type": _F16}
        _add_keys(writer, {**about, **meta_of(family, config)})
        _add_keys(writer, tokenizer_meta(folder, config))
        _write(writer, weights)
    except OSError as error:
        raise refused(error, out) from error
    except ModelError as error:
        raise ModelError(error.what, where=error.where or folder, hint=error.hint) from error


def _add_keys(writer: "GGUFWriter", keys: Mapping[str, Any]) -> None:
    for key, value in keys.items():
        match value:
            case bool():
                writer.add_bool(key, value)
            case int():
                writer.add_uint32(key, value)
            case float():
                writer.add_float32(key, value)
            case str():
                writer.add_string(key, value)
            case _:
                writer.add_array(key, value)


def _write(writer: "GGUFWriter", weights: FolderWeights) -> None:
    """Write head and tensors, of which one at a time is in memory."""
    import numpy as np

    for name, shape in weights.shapes.items():
        kind = np.dtype(np.float16 if len(shape) > 1 else np.float32)
        writer.add_tensor_info(name, shape, kind, kind.itemsize * math.prod(shape))
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        for name in weights.shapes:
            writer.write_tensor_data(weights.read(name))
    finally:
        writer.close()
