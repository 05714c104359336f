"""`kind: retrain`: what the curated set is made of, and when it is worth a training."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, field_validator, model_serializer

from curator.base.settings import Settings, load_as
from curator.dataset.split import SPLITS
from curator.records.example import Origin
from curator.records.project import Project
from curator.records.taxonomy import Category, Difficulty, check_topics
from curator.records.topic import Topic

RECIPE = Path("pipelines") / "retrain.yaml"
SYSTEM = (
    "Vous êtes RustSensei, un professeur de Rust francophone. Vous répondez en français, avec du "
    "code qui compile, en cinq sections : TL;DR, Problème, Solution, Explication, À retenir."
)


class BuildSettings(Settings):
    """How the curated set is made.

    Origins in `without_review` count as they are, all others only when people accepted them.
    A slot holds at most `excess` times its target. `shares` are the parts of train, valid and
    test; examples whose prose has a Jaccard similarity of `alike` or more stay on one side.
    `names` are annotators who agreed to be named; the others are numbers in the set.
    """

    without_review: tuple[Origin, ...] = (Origin.AUTHORED, Origin.IMPORTED)
    excess: float = Field(2.0, ge=1)
    shares: Mapping[str, float] = {"train": 0.8, "valid": 0.1, "test": 0.1}
    alike: float = Field(0.4, gt=0, le=1)
    seed: int = Field(0, ge=0)
    system: str = SYSTEM
    names: tuple[str, ...] = ()

    @model_serializer(mode="wrap")
    def _without_no_names(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave `names` out where it is empty: older sets keep the digest of their recipe."""
        data: dict[str, Any] = handler(self)
        if not self.names:
            data.pop("names", None)
        return data

    @field_validator("without_review")
    @classmethod
    def _true(cls, origins: tuple[Origin, ...]) -> tuple[Origin, ...]:
        if Origin.PLANTED in origins:
            raise ValueError("planted falsehoods enter no set")
        return origins

    @field_validator("shares")
    @classmethod
    def _whole(cls, shares: Mapping[str, float]) -> Mapping[str, float]:
        unknown = ", ".join(set(shares) - set(SPLITS))
        if unknown:
            raise ValueError(f"unknown split {unknown}: use {', '.join(SPLITS)}")
        if abs(sum(shares.values()) - 1) > 1e-6 or min(shares.values()) < 0:
            raise ValueError(f"the shares sum to {sum(shares.values())}, not 1")
        return shares


_OWN = {Topic.LIFETIMES: 25, Topic.BORROWING: 25}


class GateSettings(Settings):
    """When the set is worth a training; None leaves a check out.

    Numbers are of examples. Shares are in 0..1: `category_share` and `difficulty_share` are the
    least that each value has, `verified_rust` and `verified_french` the least part of the set
    whose verdicts say so, `reviewed` the least part of generated examples that people accepted.
    `agreement` is the least Krippendorff's alpha of the decision. `growth` is how many examples
    must be new since the last training, and `age_days` after how many days any new one is enough.
    """

    total: int | None = Field(200, ge=0)
    per_topic: int | None = Field(10, ge=0)
    per_cell: int | None = Field(3, ge=0)
    category_share: Mapping[Category, float] = {
        Category.DEBUG: 0.3,
        Category.CONCEPTS: 0.3,
        Category.EXERCISES: 0.15,
    }
    difficulty_share: Mapping[Difficulty, float] = dict.fromkeys(Difficulty, 0.2)
    topics: Mapping[Topic, int] = _OWN
    verified_rust: float | None = Field(1.0, ge=0, le=1)
    verified_french: float | None = Field(1.0, ge=0, le=1)
    reviewed: float | None = Field(1.0, ge=0, le=1)
    agreement: float | None = Field(0.4, ge=-1, le=1)
    growth: int | None = Field(20, ge=0)
    age_days: float | None = Field(30, ge=0)

    @field_validator("topics")
    @classmethod
    def _known(cls, topics: Mapping[Topic, int]) -> Mapping[Topic, int]:
        check_topics(topics, _OWN)
        return topics


class WaysSettings(Settings):
    """What a retraining does beside learning the curated rows; by default nothing.

    `own`, `passages` and `short` are shares of all rows: the base's own answers that a check
    accepts (asked by pipelines/sample.yaml), rows asked with documentation, and for a short answer.
    `prefer` names settings of a second stage, on preferences, in training/: dpo.yaml.
    """

    own: float = Field(0.0, ge=0, lt=1)
    passages: float = Field(0.0, ge=0, lt=1)
    short: float = Field(0.0, ge=0, lt=1)
    prefer: str | None = Field(None, pattern=r"^[^/\\]+$")

    @property
    def mixed(self) -> bool:
        """Whether rows are learned that are not the curated ones as they stand."""
        return bool(self.own or self.passages or self.short)


class RetrainRecipe(Settings):
    """`kind: retrain`: build, gate, and ways. `augment` and `review` are of the same folder.

    The first gives targets and filters, the second the rule by which reviews are settled.
    """

    kind: Literal["retrain"] = "retrain"
    name: str = Field("retrain", pattern=r"^[a-z0-9][a-z0-9-]*$")
    augment: str = Field("augment.yaml", pattern=r"^[^/\\]+$")
    review: str = Field("review.yaml", pattern=r"^[^/\\]+$")
    build: BuildSettings = BuildSettings()
    gate: GateSettings = GateSettings()
    ways: WaysSettings = WaysSettings()

    @model_serializer(mode="wrap")
    def _without_no_ways(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave `ways` out where none is taken: older sets keep the digest of their recipe."""
        data: dict[str, Any] = handler(self)
        if self.ways == WaysSettings():
            data.pop("ways", None)
        return data


def load_retrain(project: Project, path: Path | None = None) -> RetrainRecipe:
    """Load the retrain recipe of a project, or the one in `path`; raises RecipeError."""
    project.open()
    return load_as(path or project.root / RECIPE, {"retrain": RetrainRecipe})
