"""JSON Schemas of the records and of recipes: `python -m curator.cli.schemas` writes them.

A test holds the files in `schemas/` against what this module gives.
"""

import json
from pathlib import Path

from pydantic import BaseModel

from curator.base.store import write_bytes
from curator.dataset.recipe import RetrainRecipe
from curator.evaluation.recipe import EvaluateRecipe
from curator.generate.recipe import AugmentRecipe
from curator.records.example import Example, Provenance, Review, Verdict
from curator.review.decisions.rubric import Rubric
from curator.review.recipe import ReviewRecipe
from curator.training.config import TrainConfig

MODELS: dict[str, type[BaseModel]] = {
    "example": Example,
    "provenance": Provenance,
    "verdict": Verdict,
    "review": Review,
    "augment-recipe": AugmentRecipe,
    "review-recipe": ReviewRecipe,
    "evaluate-recipe": EvaluateRecipe,
    "retrain-recipe": RetrainRecipe,
    "train-recipe": TrainConfig,
    "rubric": Rubric,
}


def schema_texts() -> dict[str, str]:
    """Map file names to the text of each JSON Schema."""
    return {
        f"{name}.schema.json": json.dumps(model.model_json_schema(), ensure_ascii=False, indent=1)
        + "\n"
        for name, model in MODELS.items()
    }


def main() -> None:
    """Write every schema into the checkout's `schemas/`."""
    folder = Path(__file__).parents[2] / "schemas"
    for name, text in schema_texts().items():
        write_bytes(folder / name, text.encode("utf-8"))


if __name__ == "__main__":
    main()
