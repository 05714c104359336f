"""The settings of a sweep, training/sweep.yaml: which trainings to compare, and for how long."""

import math
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from curator.base.errors import RecipeError
from curator.base.settings import Settings, load_as, validate
from curator.training.config import TrainConfig, load_config

RECIPE = Path("training") / "sweep.yaml"
MOST = 100  # combinations of one sweep
_LENGTH = ("iters", "epochs", "steps_per_eval")
# What the validation loss itself depends on: two values of it give losses of two kinds.
_MEASURE = (
    *("objective", "beta", "start_from", "model"),
    *("mask_prompt", "max_seq_length", "long_rows", "val_batches"),
)


class SweepRecipe(Settings):
    """A sweep: trainings that differ in a few settings, all for as many epochs.

    `base` is a settings file of the same folder, `settings` what all combinations change in it.
    `grid` lists values by key, and every combination of them is tried; `combinations` lists some
    one by one. A key is one of the training's settings, with dots where it lies deeper
    ("lora_parameters.rank"). `evaluations` is how often each run validates, `valid_rows` on how
    many of the validation rows, drawn once for all runs (all of them without).
    """

    kind: Literal["sweep"] = "sweep"
    base: str = "lora.yaml"
    settings: dict[str, Any] = Field(default_factory=dict)
    grid: dict[str, tuple[Any, ...]] = Field(default_factory=dict)
    combinations: tuple[dict[str, Any], ...] = ()
    epochs: float = Field(1.0, gt=0, le=10**6)
    evaluations: int = Field(2, ge=1)
    valid_rows: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _comparable(self) -> "SweepRecipe":
        if Path(self.base).name != self.base:
            raise ValueError(f"base: {self.base!r} is no file of the same folder")
        swept = {*self.grid, *(key for c in self.combinations for key in c)}
        for key in {*swept, *self.settings} & {*_LENGTH}:
            raise ValueError(f"{key} follows from epochs and evaluations")
        for key in sorted(swept & {*_MEASURE}):
            raise ValueError(f"losses under two values of {key} cannot be compared: set it in base")
        if not swept or not all((*self.grid.values(), *self.combinations)):
            raise ValueError("there is nothing to compare: give grid or combinations, none empty")
        if math.prod(map(len, self.grid.values())) + len(self.combinations) > MOST:
            raise ValueError(f"these are more than {MOST} combinations")
        return self

    def changes(self) -> list[dict[str, Any]]:
        """List the combinations, each once: what each changes, by dotted key."""
        values = product(*self.grid.values()) if self.grid else ()
        grid = [dict(zip(self.grid, chosen, strict=True)) for chosen in values]
        listed = [*grid, *self.combinations]
        return [c for i, c in enumerate(listed) if c not in listed[:i]]


class Combination(BaseModel):
    """One training of a sweep: what it changes, and its settings as a whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    changes: dict[str, Any]
    config: TrainConfig


def load_sweep(path: Path, model: str | None = None) -> tuple[SweepRecipe, TrainConfig]:
    """Load a sweep, and the settings that its combinations change, `model` over them.

    Raises RecipeError with the file and the wrong key.
    """
    recipe = load_as(path, {"sweep": SweepRecipe})
    base = load_config(path.with_name(recipe.base), {"model": model})
    base = base.model_copy(update={"epochs": None})  # the sweep's count
    return recipe, _with(base, recipe.settings, f"{path}: settings")


def combine(recipe: SweepRecipe, base: TrainConfig, rows: int) -> tuple[Combination, ...]:
    """Return the trainings of a sweep over `rows` rows; raises RecipeError for a wrong value."""
    made = list(_combinations(recipe, base, rows))
    if base.val_batches != -1 and len({c.config.batch_size for c in made}) > 1:
        what = "val_batches counts batches, which hold other rows under another batch_size"
        raise RecipeError(what, hint="set val_batches: -1, and valid_rows in the sweep")
    return tuple(made)


def _combinations(recipe: SweepRecipe, base: TrainConfig, rows: int) -> Iterator[Combination]:
    for number, changes in enumerate(recipe.changes(), 1):
        config = _with(base, changes, f"combination {number} ({written(changes)})")
        yield Combination(changes=changes, config=_lasting(config, recipe, rows))


def _lasting(config: TrainConfig, recipe: SweepRecipe, rows: int) -> TrainConfig:
    """Give a training the length of the sweep: equal epochs, in whole updates."""
    updates = config.grad_accumulation_steps
    # What a batch larger than the set takes is for the training's own check to say.
    iters = _up(max(1.0, recipe.epochs * (rows // config.batch_size)), updates)
    lasting = {"iters": iters, "steps_per_eval": math.ceil(iters / recipe.evaluations)}
    return config.model_copy(update=lasting)


def _up(count: float, step: int) -> int:
    return math.ceil(count / step) * step


def _with(base: TrainConfig, changes: Mapping[str, Any], where: str) -> TrainConfig:
    """Return `base` with dotted keys changed; raises RecipeError for keys that there are not."""
    data = base.model_dump()
    for key, value in changes.items():
        _put(data, key, value, where)
    updates = data["grad_accumulation_steps"]
    if _counts(updates):  # else the settings' own check says it
        names = [name for name in ("iters", "save_every") if _counts(data[name])]
        data |= {name: _up(data[name], updates) for name in names}
    return validate(data, where, TrainConfig)


def _put(data: dict[str, Any], key: str, value: Any, where: str) -> None:
    """Set a dotted key; raises RecipeError where it lies in what has no keys."""
    *parents, last = key.split(".")
    place = data
    for parent in parents:
        below = place.get(parent)
        if below is not None and not isinstance(below, Mapping):
            what = f"{key}: {parent} is {below!r}, which has no key below it"
            raise RecipeError(what, where=where, hint=f"give {parent} a value of its own")
        place[parent] = dict(below or {})
        place = place[parent]
    place[last] = value


def _counts(value: Any) -> bool:
    return isinstance(value, int) and value > 0


def nested(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Turn dotted keys into settings as a file has them."""
    found: dict[str, Any] = {}
    for key, value in changes.items():
        _put(found, key, value, "the changes of a combination")
    return found


def written(changes: Mapping[str, Any]) -> str:
    """Write what a combination changes as a line: "learning_rate 0.0001, rank 8"."""
    return ", ".join(f"{key.rpartition('.')[2]} {value}" for key, value in changes.items())
