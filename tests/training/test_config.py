"""training/lora.yaml: the first fine-tuning's configuration, and what is refused."""

from pathlib import Path

import pytest

from curator.base.errors import RecipeError
from curator.training import modelling
from curator.training.config import TrainConfig, in_iterations, load_config
from tests.conftest import ROOT

QWEN = {
    "model_type": "qwen2",
    "hidden_size": 1536,
    "num_hidden_layers": 28,
    "intermediate_size": 8960,
    "num_attention_heads": 12,
    "num_key_value_heads": 2,
    "rms_norm_eps": 1e-6,
    "vocab_size": 151936,
    "tie_word_embeddings": True,
}


def test_the_shipped_settings_are_those_of_the_first_fine_tuning() -> None:
    config = load_config(ROOT / "training" / "lora.yaml")
    assert config.model == "Qwen/Qwen2.5-Coder-1.5B-Instruct"
    lora = config.lora_parameters
    assert (lora.rank, lora.dropout, lora.scale, config.num_layers) == (8, 0.0, 20.0, 16)
    assert (config.batch_size, config.learning_rate, config.max_seq_length) == (1, 1e-5, 2048)
    assert config.grad_checkpoint == "auto" and config.mask_prompt


def test_they_train_5_276_of_1543_714_million_parameters() -> None:
    from mlx_lm.models.qwen2 import Model, ModelArgs

    model = Model(ModelArgs.from_dict(QWEN))  # lazy: no weight is ever computed
    modelling.adapt(model, load_config(ROOT / "training" / "lora.yaml"))
    found = modelling.counts(model)
    assert f"{found.trainable / 1e6:.3f}" == "5.276"
    assert f"{found.total / 1e6:.3f}" == "1543.714"
    assert f"{found.trainable / found.total:.3%}" == "0.342%"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("learning_rat: 1.0e-5", "learning_rat"),
        ("lora_parameters: {alpha: 16}", "lora_parameters.alpha"),
        ("num_layers: 0", "num_layers"),
        ("lr_schedule: {name: cosine_decay, arguments: [1.0e-5]}", "lr_schedule"),
        ("{iters: 10, grad_accumulation_steps: 4}", "grad_accumulation_steps"),
        ("optimizer: lion", "optimizer"),
        ("{iters: 10, epochs: 2}", "iters and epochs are both given"),
        ("epochs: 0", "epochs"),
        ("grad_checkpoint: sometimes", "grad_checkpoint"),
        ("epochs: .inf", "epochs: a finite number is wanted"),
        ("epochs: 1.0e300", "epochs"),
        ("survival: {silence: .inf}", "survival.silence: a finite number is wanted"),
        ("learning_rate: .nan", "learning_rate"),
        ("keep_gb: .inf", "keep_gb: a finite number is wanted"),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, text: str, key: str) -> None:
    (tmp_path / "lora.yaml").write_text(text, "utf-8")
    with pytest.raises(RecipeError, match=key):
        load_config(tmp_path / "lora.yaml")


def test_an_option_goes_before_the_file() -> None:
    changed = load_config(ROOT / "training" / "lora.yaml", {"model": "x", "iters": None})
    assert (changed.model, changed.iters) == ("x", 600)


def test_epochs_are_so_many_batches_of_the_rows(tmp_path: Path) -> None:
    (tmp_path / "lora.yaml").write_text("{epochs: 2.5, batch_size: 4}", "utf-8")
    config = load_config(tmp_path / "lora.yaml")
    assert in_iterations(config, 201).iters == 126  # 125.6 batches
    whole = TrainConfig(epochs=1, grad_accumulation_steps=5, save_every=25)
    length = in_iterations(whole, 201)
    assert (length.iters, length.epochs) == (205, None)
    assert in_iterations(length, 7) == length
    asked = load_config(tmp_path / "lora.yaml", {"iters": 10})
    assert (asked.iters, asked.epochs, asked.batch_size) == (10, None, 4)
    assert TrainConfig.model_validate(length.model_dump()) == length  # as run.json has it


@pytest.mark.parametrize("name", ["adam", "adamw", "sgd", "muon", "adafactor"])
def test_every_optimiser_can_be_built(name: str) -> None:
    schedule = {"name": "linear_schedule", "arguments": (1e-3, 1e-5, 100), "warmup": 4}
    config = TrainConfig.model_validate({"optimizer": name, "lr_schedule": schedule})
    assert float(modelling.build_optimizer(config).learning_rate) == 0.0
