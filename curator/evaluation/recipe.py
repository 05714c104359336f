"""`kind: evaluate`: what every arm is asked and how, which arms there are, what promotes one."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from curator.base.settings import Settings, load_as, validate
from curator.dataset.recipe import RetrainRecipe
from curator.evaluation.bench.tasks import MODES, Mode
from curator.evaluation.folder import STALE
from curator.evaluation.prompts import PROMPTS, Part
from curator.evaluation.records import ARM_NAME, Profile
from curator.evaluation.weights import WEIGHTS, Weights
from curator.generate.recipe import load_recipe
from curator.models.settings import ModelSettings
from curator.records.example import Sampling
from curator.records.project import Project
from curator.retrieval.settings import RagSettings

RECIPE = Path("pipelines") / "evaluate.yaml"
BASE, TUNED = "base", "tuned"
# What the default profile measures: curator/evaluation/metrics.py.
MetricName = Literal[
    "solved",
    "compiles",
    "ideas",
    "must_not",
    "code",
    "relevance",
    "french",
    "form",
    "rust",
    "structure",
    "repetition",
    "reference",
    "groundedness",
    "composite",
]


class ArmSetting(Settings):
    """One side of an evaluation: a model, perhaps with an adapter, with or without retrieval.

    `model` is a GGUF (known name, file, hub id), an mlx folder, one that a server has
    (openai:MODEL@URL), or one of two words: "base" is the model of the augment recipe, "tuned" the
    one in use, else the newest export.
    """

    name: str = Field(pattern=ARM_NAME)
    model: str
    adapter: str | None = None
    rag: bool = False

    @field_validator("name")
    @classmethod
    def _kept(cls, name: str) -> str:
        if STALE in name:
            raise ValueError(f"names with {STALE} are those of arms that were set aside")
        return name


ARMS = (
    ArmSetting(name="base", model=BASE),
    ArmSetting(name="base+rag", model=BASE, rag=True),
    ArmSetting(name="tuned", model=TUNED),
    ArmSetting(name="tuned+rag", model=TUNED, rag=True),
)


class PromotionSettings(Settings):
    """When a new model replaces the old one.

    `target` must be better by `margin` at least, in its own unit and with an interval that
    excludes 0; none of `guarded` may be worse with an interval that excludes 0. For all but
    repetition and must_not, more is better. `form` is the largest share of a better composite that
    French and form may make up; the rest is what helps. `duels` is on how many prompts people must
    have chosen between the two (`curator review duel`), and not for certain against the new one; 0
    asks nobody.
    """

    target: MetricName = "composite"
    margin: float = Field(0.1, ge=0)
    guarded: tuple[MetricName, ...] = ("solved", "ideas", "must_not", "french", "repetition")
    form: float = Field(1.0, gt=0, le=1)
    duels: int = Field(0, ge=0)


class EvaluateRecipe(Settings):
    """`kind: evaluate`. `augment` and `retrain` are recipes of the same folder.

    The first gives the base model, the second the system prompt where `system` is None. `split`
    is which prompts are asked, `limit` asks only the first of them. `weights` are those of the
    profile "default". `bench` is a file of HumanEval-X's tasks for Rust, asked greedily in
    `bench_mode`, on which a new model must not be worse for certain. `context` bounds each prompt
    with its answer, in tokens; `width` prompts are answered together, and another width gives other
    texts.
    """

    kind: Literal["evaluate"] = "evaluate"
    name: str = Field("evaluate", pattern=r"^[a-z0-9][a-z0-9-]*$")
    augment: str = Field("augment.yaml", pattern=r"^[^/\\]+$")
    retrain: str = Field("retrain.yaml", pattern=r"^[^/\\]+$")
    prompts: str = str(PROMPTS)
    split: Part = "test"
    limit: int | None = Field(None, ge=1)
    system: str | None = None
    sampling: Sampling = Sampling()
    context: int = Field(4096, ge=64)
    samples: int = Field(1, ge=1)
    seed: int = Field(0, ge=0)
    width: int = Field(8, ge=1, le=64)
    threads: int | None = Field(None, ge=1)
    profile: Profile = "default"
    weights: Weights = WEIGHTS
    rag: RagSettings = RagSettings()
    bench: str | None = None
    bench_mode: Mode | Literal["both"] = "chat"
    arms: tuple[ArmSetting, ...] = ARMS
    promotion: PromotionSettings = PromotionSettings()

    @property
    def bench_modes(self) -> tuple[Mode, ...]:
        """The ways in which the bench is asked."""
        return MODES if self.bench_mode == "both" else (self.bench_mode,)

    @model_validator(mode="after")
    def _possible(self) -> "EvaluateRecipe":
        if self.sampling.max_tokens >= self.context:
            what = f"{self.sampling.max_tokens} new tokens leave no room in {self.context}"
            raise ValueError(f"context: {what}")
        names = [arm.name for arm in self.arms]
        if len(set(names)) < len(names):
            raise ValueError("arms: a name is there twice")
        return self


def load_evaluate(
    project: Project, path: Path | None = None, changes: dict[str, Any] | None = None
) -> EvaluateRecipe:
    """Load the evaluate recipe of a project, or the one in `path`, with the options over it.

    Keys of `changes` are those of the recipe; None is skipped. Raises RecipeError.
    """
    recipe = load_as(path or project.root / RECIPE, {"evaluate": EvaluateRecipe})
    given = {k: v for k, v in (changes or {}).items() if v is not None}
    if not given:
        return recipe
    return validate({**recipe.model_dump(), **given}, "the command's options", EvaluateRecipe)


def system_prompt(root: Path, recipe: EvaluateRecipe) -> str:
    """Return the system prompt: the recipe's own, else that of the curated set."""
    if recipe.system is not None:
        return recipe.system
    retrain = load_as(root / "pipelines" / recipe.retrain, {"retrain": RetrainRecipe})
    return retrain.build.system


def augment_model(root: Path, recipe: EvaluateRecipe) -> ModelSettings:
    """Return the model that "base" means, as the augment recipe names it."""
    return load_recipe(root / "pipelines" / recipe.augment).model
