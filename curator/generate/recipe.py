"""The recipe of a batch: the pydantic models of `pipelines/augment.yaml`.

A setting comes from the command's flag, else from the recipe, else from the default here.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, field_validator

from curator.base.settings import Settings, load_as, validate
from curator.filters.registry import DEFAULT_FILTERS, RecipeFilter
from curator.generate.strategies.registry import NAMES as STRATEGIES
from curator.generate.strategies.registry import strategy_type
from curator.models.settings import ModelSettings
from curator.records.example import Sampling
from curator.records.targets import Targets

if TYPE_CHECKING:
    StrategyName = str
else:  # mypy cannot read a literal that is put together at run time
    StrategyName = Literal[STRATEGIES]


SAMPLES = 5  # of an opinion
PartName = Literal["question", "tldr", "explanation", "points"]


class StopSettings(Settings):
    """When a batch ends, if its targets are not met before.

    `candidates` and `minutes` bound the batch (None: no bound on time); it also ends when fewer
    than `min_yield` of the last `window` candidates were accepted.
    """

    candidates: int = Field(600, ge=1)
    minutes: float | None = Field(None, gt=0)
    min_yield: float = Field(0.02, ge=0, le=1)
    window: int = Field(64, ge=1)


class GenerateSettings(Settings):
    """How candidates are made.

    `strategies` are those that may be used; what is known of their yields decides between them,
    but for the share `explore` of requests, which tries all of them. `wave` candidates are made
    and judged together; `per_prompt` of one slot follow each other and share their `shots`, which
    the model then reads once. With `grammar`, the model can only write the sections in order.
    A candidate is repaired at most `repairs` times. from_program asks for `programs` of them to
    make one candidate, whose `parts` the model then writes, each `samples` times: the one is taken
    that the others agree with most. A part of which none passes its checks is asked for again at
    most `retries` times, and then keeps the wording of the facts. The share `rephrase` of the
    mutants has its explanation put in other words by the model. With `likelihood`, the model also
    says how probable it finds each accepted candidate, as it is and without the facts, which takes
    it as long as reading it about three times.
    """

    strategies: tuple[StrategyName, ...] = ("mutate", "few_shot", "repair")
    explore: float = Field(0.1, ge=0, le=1)
    wave: int = Field(16, ge=1)
    per_prompt: int = Field(4, ge=1)
    shots: int = Field(2, ge=0, le=8)
    grammar: bool = True
    repairs: int = Field(1, ge=0)
    programs: int = Field(2, ge=1, le=8)
    parts: tuple[PartName, ...] = ("question",)
    samples: int = Field(3, ge=1, le=8)
    retries: int = Field(1, ge=0, le=8)
    rephrase: float = Field(0, ge=0, le=1)
    likelihood: bool = False
    sampling: Sampling = Sampling()

    @field_validator("strategies")
    @classmethod
    def _able(cls, names: tuple[StrategyName, ...]) -> tuple[StrategyName, ...]:
        if not any(strategy_type(name).makes_new for name in names):
            only = f", not only {' and '.join(names)}" if names else ""
            raise ValueError(f"name a strategy that makes new candidates{only}")
        return tuple(dict.fromkeys(names))


class OpinionSettings(ModelSettings):
    """Another model, larger than the one that writes, and how often it is asked about a candidate.

    It says `samples` times, each time with another seed, whether all of an accepted candidate is
    true. The share of its "oui" is a signal for reviewers; nothing decides by it.
    """

    name: str
    samples: int = Field(SAMPLES, ge=1, le=100)


class AugmentRecipe(Settings):
    """`kind: augment`: plan, generate, filter, write.

    `seed` None takes the next unused one, so that each run makes new candidates. `output` is
    where batches are written, from the project's root. With `allow_empty`, a batch in which
    nothing survives is a result rather than an error. With `judge: all`, a rejected candidate
    has the verdicts of all filters, else those up to the one that rejects it. `opinion` names a
    second model, which is asked about what was accepted; none by default. A batch makes `more`
    examples of each topic and difficulty beyond what is missing to the targets.
    """

    kind: Literal["augment"] = "augment"
    name: str = Field("augment", pattern=r"^[a-z0-9][a-z0-9-]*$")
    seed: int | None = Field(None, ge=0)
    output: str = "raw/generated"
    allow_empty: bool = False
    model: ModelSettings = ModelSettings()
    targets: Targets = Targets()
    more: int = Field(0, ge=0)
    generate: GenerateSettings = GenerateSettings()
    stop: StopSettings = StopSettings()
    filters: tuple[RecipeFilter, ...] = DEFAULT_FILTERS
    judge: Literal["first", "all"] = "first"
    opinion: OpinionSettings | None = None

    @field_validator("output")
    @classmethod
    def _inside(cls, output: str) -> str:
        path = Path(output)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError("must be a folder inside the project")
        return output


def override(recipe: AugmentRecipe, changes: dict[str, Any]) -> AugmentRecipe:
    """Return `recipe` with dotted keys ("model.name") changed; a change to None is skipped."""
    data = recipe.model_dump()
    for key, value in changes.items():
        if value is None:
            continue
        *parents, last = key.split(".")
        place = data
        for parent in parents:
            place[parent] = place[parent] or {}  # a part that the recipe leaves out
            place = place[parent]
        place[last] = value
    return validate(data, "the command's options", AugmentRecipe)


def load_recipe(path: Path) -> AugmentRecipe:
    """Read an augmentation recipe from a YAML file; raises RecipeError, see `load_as`."""
    return load_as(path, {"augment": AugmentRecipe})
