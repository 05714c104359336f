"""The rubric: what annotators rate, how much it weighs, and why they may reject.

The data is `schemas/rubric.yaml`, validated here.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from curator.base.errors import DataError
from curator.base.store import why
from curator.records.taxonomy import taxonomy_file

RATINGS = (1, 2, 3, 4, 5)


class Criterion(BaseModel):
    """One thing that is rated from 1 to 5; `levels` say what some of these mean."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    weight: float = Field(gt=0, le=1)
    description: str
    levels: dict[int, str]
    optional: bool = False

    @field_validator("levels")
    @classmethod
    def _known_levels(cls, levels: dict[int, str]) -> dict[int, str]:
        if not set(levels) <= set(RATINGS):
            raise ValueError("levels are among 1 to 5")
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
        """The weighted mean of the ratings, 1..5; criteria that were left empty weigh nothing.

        None where nothing was rated.
        """
        rated = {name: c.weight for name, c in self.criteria.items() if name in ratings}
        if not rated:
            return None
        mean = sum(ratings[name] * weight for name, weight in rated.items()) / sum(rated.values())
        return round(mean, 4)


def rubric_file() -> Path:
    """The rubric file of the checkout, or the copy that an installed wheel carries."""
    return taxonomy_file().with_name("rubric.yaml")


def load_rubric(path: Path) -> Rubric:
    """The rubric in a YAML file; raises DataError with the file and what is wrong in it."""
    import yaml

    try:
        return Rubric.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except ValidationError as error:
        raise DataError(f"unreadable rubric: {why(error)}", where=path) from error
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise DataError(f"unreadable rubric: {error}", where=path) from error


@cache
def rubric() -> Rubric:
    """The rubric of this toolkit."""
    return load_rubric(rubric_file())
