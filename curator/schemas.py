"""JSON Schemas of the records and of recipes: `python -m curator.schemas` writes them.

A test holds the files in `schemas/` against what this module gives.
"""

import json
from pathlib import Path

from pydantic import BaseModel

from curator.build.recipe import RetrainRecipe
from curator.example import Example, Provenance, Review, Verdict
from curator.recipe import AugmentRecipe
from curator.review.recipe import ReviewRecipe
from curator.review.rubric import Rubric
from curator.store import write_bytes
from training.config import TrainConfig
from training.evaluation.recipe import EvaluateRecipe

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
    """File name -> text of each JSON Schema."""
    return {
        f"{name}.schema.json": json.dumps(model.model_json_schema(), ensure_ascii=False, indent=1)
        + "\n"
        for name, model in MODELS.items()
    }


def main() -> None:
    """Write every schema into the checkout's `schemas/`."""
    folder = Path(__file__).parent.parent / "schemas"
    for name, text in schema_texts().items():
        write_bytes(folder / name, text.encode("utf-8"))


if __name__ == "__main__":
    main()
