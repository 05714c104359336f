"""The rubric: what annotators rate, how much it weighs, and why they may reject.

The data is `schemas/rubric.yaml`, validated here.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

from curator.base.shipped import own_or_shipped
from curator.base.yaml_file import check_yaml, read_yaml

RATINGS = (1, 2, 3, 4, 5)


class Criterion(BaseModel):
    """One thing that is rated from 1 to 5.

    `levels` say what these mean, `examples` what one was given for; some or all of them. What has
    the weight 0 is asked, and does not count in the mean: the question is not the answer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    weight: float = Field(ge=0, le=1)
    description: str
    levels: dict[int, str]
    examples: dict[int, str] = {}
    optional: bool = False

    @field_validator("levels", "examples")
    @classmethod
    def _known_levels(cls, levels: dict[int, str]) -> dict[int, str]:
        if not set(levels) <= set(RATINGS):
            raise ValueError("ratings are among 1 to 5")
        return levels


class Rubric(BaseModel):
    """`schemas/rubric.yaml`: criteria by identifier, and the reasons of a rejection."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    criteria: dict[str, Criterion]
    rejections: dict[str, str]

    @field_validator("criteria")
    @classmethod
    def _weights(cls, criteria: dict[str, Criterion]) -> dict[str, Criterion]:
        total = sum(c.weight for c in criteria.values())
        if abs(total - 1) > 1e-6:
            raise ValueError(f"the weights sum to {total:g}, not 1")
        return criteria

    def score(self, ratings: Mapping[str, int]) -> float | None:
        """Return the weighted mean of the ratings, 1..5; criteria without one weigh nothing.

        None where nothing was rated that counts.
        """
        weights = {name: c.weight for name, c in self.criteria.items() if c.weight}
        rated = {name: weight for name, weight in weights.items() if name in ratings}
        if not rated:
            return None
        mean = sum(ratings[name] * weight for name, weight in rated.items()) / sum(rated.values())
        return round(mean, 4)


def rubric_file() -> Path:
    """Find the rubric file of the open project, if it has one, else the one that is shipped."""
    return own_or_shipped("schemas/rubric.yaml")


def load_rubric(path: Path) -> Rubric:
    """Load the rubric in a YAML file; raises DataError with the line and what is wrong there."""
    return check_yaml(read_yaml(path), Rubric)


_cached = cache(load_rubric)


def rubric() -> Rubric:
    """Return the rubric of the open project, or the one that is shipped."""
    return _cached(rubric_file())
