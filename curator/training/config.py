"""The settings of a training, training/lora.yaml: what mlx-lm takes, and how a run survives.

The names are mlx-lm's own where it has one. Unknown keys are refused, and so are values that
mlx-lm would only stumble over in the middle of a run.
"""

import math
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from curator.base.settings import Settings, load_as, validate

CONFIG = Path("training") / "lora.yaml"
RUNS = Path("training") / "runs"


class LoraParameters(Settings):
    """The low-rank update: W + scale * A B, with A and B of this rank.

    `keys` names the layers that get one, such as "self_attn.q_proj"; None is every linear layer.
    """

    rank: int = Field(8, ge=1)
    dropout: float = Field(0.0, ge=0, lt=1)
    scale: float = Field(20.0, gt=0)
    keys: tuple[str, ...] | None = None


class Schedule(Settings):
    """A learning-rate schedule of mlx: its name, its arguments, a linear warm-up before it.

    cosine_decay (start, updates[, end]), linear_schedule (start, end, updates),
    exponential_decay (start, rate), step_decay (start, rate, step size).
    """

    name: Literal["cosine_decay", "linear_schedule", "exponential_decay", "step_decay"]
    arguments: tuple[float, ...]
    warmup: int = Field(0, ge=0)
    warmup_init: float = Field(0.0, ge=0)

    @model_validator(mode="after")
    def _arity(self) -> "Schedule":
        wanted = {"cosine_decay": (2, 3), "linear_schedule": (3,), "step_decay": (3,)}
        counts = wanted.get(self.name, (2,))
        if len(self.arguments) not in counts:
            takes = " or ".join(map(str, counts))
            raise ValueError(f"{self.name} takes {takes} arguments, not {len(self.arguments)}")
        return self


class AdamConfig(Settings):
    """mlx.optimizers.Adam."""

    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = Field(1e-8, gt=0)
    bias_correction: bool = False


class AdamWConfig(AdamConfig):
    """mlx.optimizers.AdamW."""

    weight_decay: float = Field(0.01, ge=0)


class SgdConfig(Settings):
    """mlx.optimizers.SGD."""

    momentum: float = Field(0.0, ge=0)
    weight_decay: float = Field(0.0, ge=0)
    dampening: float = Field(0.0, ge=0)
    nesterov: bool = False


class MuonConfig(Settings):
    """mlx.optimizers.Muon."""

    momentum: float = Field(0.95, ge=0)
    weight_decay: float = Field(0.01, ge=0)
    nesterov: bool = True
    ns_steps: int = Field(5, ge=1)


class AdafactorConfig(Settings):
    """mlx.optimizers.Adafactor; the learning rate is ours, so `relative_step` stays off."""

    clip_threshold: float = Field(1.0, gt=0)
    decay_rate: float = -0.8
    weight_decay: float = Field(0.0, ge=0)
    scale_parameter: bool = True
    relative_step: Literal[False] = False


class OptimizerConfig(Settings):
    """The settings of each optimiser; only those of the one chosen count."""

    adam: AdamConfig = AdamConfig()
    adamw: AdamWConfig = AdamWConfig()
    sgd: SgdConfig = SgdConfig()
    muon: MuonConfig = MuonConfig()
    adafactor: AdafactorConfig = AdafactorConfig()


class EarlyStopping(Settings):
    """Stop when the validation loss has not fallen by `min_delta` for `patience` evaluations."""

    patience: int = Field(3, ge=1)
    min_delta: float = Field(0.0, ge=0)


class Survival(Settings):
    """When the supervisor acts.

    `deaths` at one place (no new checkpoint between them) for lack of memory lower it by one step,
    and after `steps` of those, or where none is left, the run is given up; as many of another
    cause give it up at once. A worker that is silent for `silence` seconds counts as dead.
    """

    deaths: int = Field(2, ge=1)
    steps: int = Field(4, ge=0)
    silence: float = Field(1800, gt=0, le=10**8)


class TrainConfig(Settings):
    """One training run. An iteration is one batch of `batch_size` rows.

    `model` is a folder or a hub id. `num_layers` counts from the last; -1 is all of them.
    `dtype` auto is float32 without a GPU, where mlx is many times slower in half precision,
    and what the model's files have with one. `long_rows` says what becomes of rows of more than
    `max_seq_length` tokens; none is ever cut. `val_batches` -1 is all of the validation rows.
    `epochs` says how long instead of `iters`: how often each row is learned, on average.
    `grad_checkpoint` computes layers twice and keeps less; auto does so with a GPU, where a lack of
    memory ends the process, and on a processor where memory is short. `keep_gb` is how much of the
    disk may be taken, while a run goes on, by what the frozen layers make of each row, in GB;
    0 keeps nothing.
    `objective` sft learns the answers of chats, dpo which of two answers is preferred: `beta` is
    how dearly it pays for leaving what it starts from. `start_from` names a complete run, whose
    adapter this one goes on from.
    """

    kind: Literal["train"] = "train"
    model: str = "Qwen/Qwen2.5-Coder-1.5B-Instruct"
    objective: Literal["sft", "dpo"] = "sft"
    beta: float = Field(0.1, gt=0)
    start_from: str | None = None
    fine_tune_type: Literal["lora", "dora", "full"] = "lora"
    lora_parameters: LoraParameters = LoraParameters()
    num_layers: int = Field(16, ge=-1)
    batch_size: int = Field(1, ge=1)
    iters: int = Field(600, ge=1, le=10**9)
    epochs: float | None = Field(None, gt=0, le=10**6)
    learning_rate: Annotated[float, Field(gt=0)] = 1e-5
    lr_schedule: Schedule | None = None
    optimizer: Literal["adam", "adamw", "sgd", "muon", "adafactor"] = "adam"
    optimizer_config: OptimizerConfig = OptimizerConfig()
    grad_accumulation_steps: int = Field(1, ge=1)
    grad_checkpoint: Literal["auto"] | bool = "auto"
    mask_prompt: bool = True
    max_seq_length: int = Field(2048, ge=32)
    long_rows: Literal["refuse", "leave_out"] = "refuse"
    seed: int = Field(0, ge=0, lt=2**31)
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    steps_per_report: int = Field(10, ge=1)
    steps_per_eval: int = Field(50, ge=1)
    val_batches: int = Field(-1, ge=-1)
    save_every: int = Field(25, ge=1)
    early_stopping: EarlyStopping | None = None
    clear_cache_threshold: int = Field(0, ge=0)
    check_memory: bool = True
    keep_gb: float = Field(4.0, ge=0)
    survival: Survival = Survival()

    @field_validator("num_layers", "val_batches")
    @classmethod
    def _not_zero(cls, count: int) -> int:
        if count == 0:
            raise ValueError("0 would do nothing; -1 means all")
        return count

    @model_validator(mode="before")
    @classmethod
    def _one_length(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("epochs") is not None and "iters" in given:
            raise ValueError("iters and epochs are both given: leave one of them out")
        return given

    @model_validator(mode="after")
    def _masked_pairs(self) -> "TrainConfig":
        if self.objective == "dpo" and not self.mask_prompt:
            raise ValueError("mask_prompt: false does nothing where two answers to it are compared")
        return self

    @property
    def folder(self) -> Path:
        """Where the rows lie by default, from a project's root."""
        return Path("training") / "pairs" if self.objective == "dpo" else Path("curated")

    @property
    def files(self) -> tuple[str, str]:
        """The files of rows: those to learn, and those to validate on."""
        if self.objective == "dpo":
            return "train_pairs.jsonl", "valid_pairs.jsonl"
        return "train.jsonl", "valid.jsonl"

    @model_validator(mode="after")
    def _whole_updates(self) -> "TrainConfig":
        for name in ("iters", "save_every"):
            if getattr(self, name) % self.grad_accumulation_steps:
                raise ValueError(f"{name} is no multiple of grad_accumulation_steps")
        return self


def load_config(path: Path, changes: dict[str, Any] | None = None) -> TrainConfig:
    """Load the settings in a YAML file, with the command's options over them where given.

    Raises RecipeError with the file and the wrong key.
    """
    return changed(load_as(path, {"train": TrainConfig}), changes or {})


def changed(config: TrainConfig, changes: dict[str, Any]) -> TrainConfig:
    """Return `config` with the changes that are not None; raises RecipeError for wrong ones."""
    given = {k: v for k, v in changes.items() if v is not None}
    if not given:
        return config
    before = config.model_dump(exclude_unset=True)
    if "iters" in given:
        before.pop("epochs", None)
    return validate({**before, **given}, "the command's options", TrainConfig)


def in_iterations(config: TrainConfig, rows: int) -> TrainConfig:
    """Return `config` with its length in iterations, for a set of so many rows to learn."""
    if config.epochs is None:
        return config
    iterations = math.ceil(config.epochs * rows / config.batch_size)
    whole = config.grad_accumulation_steps
    given = {"epochs": None, "iters": whole * math.ceil(iterations / whole)}
    return config.model_copy(update=given)
