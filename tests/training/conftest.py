"""A very small llama with random weights and SmolLM2's tokenizer, and rows of the authored set."""

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from curator.base import store
from curator.records.files import read_examples
from curator.training.config import TrainConfig
from tests.conftest import ROOT

SHAPE = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2}
HEADS = {"num_attention_heads": 4, "num_key_value_heads": 2}
SYSTEM = "Tu es un professeur de Rust."


def chat(question: str, answer: str) -> dict[str, Any]:
    texts = {"system": SYSTEM, "user": question, "assistant": answer}
    return {"messages": [{"role": role, "content": text} for role, text in texts.items()]}


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")


def authored() -> list[dict[str, Any]]:
    files = sorted((ROOT / "raw" / "authored").glob("*.jsonl"))
    found = list(read_examples(*files))
    return [chat(e.question[:60], e.answer[:80]) for e in sorted(found, key=lambda e: e.id)]


def drawn(smollm2: Path, folder: Path, seed: int) -> Path:
    """3 M parameters, drawn by a seed, behind SmolLM2's tokenizer and chat template."""
    import mlx.core as mx
    from mlx.utils import tree_flatten
    from mlx_lm.models.llama import Model, ModelArgs

    shutil.copytree(smollm2, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    shape = {**store.read_json(smollm2 / "config.json"), **SHAPE, **HEADS}
    store.write_json(folder / "config.json", shape)
    mx.random.seed(seed)
    model = Model(ModelArgs.from_dict(shape))
    weights = dict(tree_flatten(model.parameters()))
    mx.save_safetensors(str(folder / "model.safetensors"), weights, {"format": "mlx"})
    return folder


def write_data(root: Path) -> Path:
    """Twelve short rows to learn and four to validate on."""
    rows = authored()
    write_rows(root / "curated" / "train.jsonl", rows[:12])
    write_rows(root / "curated" / "valid.jsonl", rows[12:16])
    return root / "curated"


def settings(model: Path, /, **changes: Any) -> TrainConfig:
    """Two dozen iterations on the tiny model, with changes."""
    base: dict[str, Any] = {
        "model": str(model),
        "num_layers": 2,
        "iters": 24,
        "learning_rate": 0.01,
        "steps_per_report": 4,
        "steps_per_eval": 8,
        "save_every": 6,
        "lora_parameters": {"dropout": 0.1},
    }
    return TrainConfig.model_validate({**base, **changes})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_data(tmp_path)


@pytest.fixture
def config(tiny: Path) -> Callable[..., TrainConfig]:
    return partial(settings, tiny)
