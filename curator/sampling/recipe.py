"""`kind: sample`: how a model is asked the training tasks, and which answers become rows."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from curator.base.settings import Settings, load_as, validate
from curator.evaluation.recipe import BASE
from curator.filters.leakage import LeakageSettings
from curator.records.example import Sampling

RECIPE = Path("pipelines") / "sample.yaml"


class AcceptSettings(Settings):
    """When an answer that its check accepts becomes a row.

    `french` is the least share of its prose that is French, `repetition` the largest share of
    repeated 4-grams of words, `copied` the likeness to the reference from which it is a copy, and
    `alike` the likeness of two answers to one task of which one is enough. Likeness is the Jaccard
    similarity of pairs of words.
    """

    french: float = Field(0.95, ge=0, le=1)
    repetition: float = Field(0.35, ge=0, le=1)
    copied: float = Field(0.7, gt=0, le=1)
    alike: float = Field(0.8, gt=0, le=1)


class SampleRecipe(Settings):
    """`kind: sample`: ask a model each task of the train split several times; see docs/own-answers.

    `model` is named as an arm of an evaluation names its own; "base" is the augment recipe's.
    `per_task` answers are asked of each task, `keep` of them become rows at most. `limit` asks
    only the first tasks. `context` bounds each task with its answer, in tokens; `width` answers
    are written together, and another width gives other texts. `leakage` says which rows are too
    near to a prompt of the evaluation to be asked, and which answers to be kept.
    """

    kind: Literal["sample"] = "sample"
    name: str = Field("sample", pattern=r"^[a-z0-9][a-z0-9-]*$")
    augment: str = Field("augment.yaml", pattern=r"^[^/\\]+$")
    model: str = BASE
    per_task: int = Field(4, ge=1, le=64)
    keep: int = Field(2, ge=1, le=64)
    limit: int | None = Field(None, ge=1)
    sampling: Sampling = Sampling(temperature=0.8)
    context: int = Field(4096, ge=64)
    width: int = Field(8, ge=1, le=64)
    threads: int | None = Field(None, ge=1)
    seed: int = Field(0, ge=0)
    accept: AcceptSettings = AcceptSettings()
    leakage: LeakageSettings = LeakageSettings()

    @model_validator(mode="after")
    def _possible(self) -> "SampleRecipe":
        if self.sampling.max_tokens >= self.context:
            what = f"{self.sampling.max_tokens} new tokens leave no room in {self.context}"
            raise ValueError(f"context: {what}")
        if self.per_task > 1 and self.sampling.temperature == 0:
            raise ValueError("sampling: without temperature, all answers to a task are one text")
        return self


def load_sample(
    root: Path, path: Path | None = None, changes: dict[str, Any] | None = None
) -> SampleRecipe:
    """Load the recipe in `path`, else the project's own, else the defaults, with options over it.

    Keys of `changes` are those of the recipe; None is skipped. Raises RecipeError.
    """
    file = path or root / RECIPE
    known = path is not None or file.is_file()
    recipe = load_as(file, {"sample": SampleRecipe}) if known else SampleRecipe()
    given = {k: v for k, v in (changes or {}).items() if v is not None}
    if not given:
        return recipe
    return validate({**recipe.model_dump(), **given}, "the command's options", SampleRecipe)
