"""Files of the checkout that follow from code: `python -m curator.cli.schemas` writes them.

They are the JSON Schemas of the records and of recipes, the page of the glossary, and two parts of
the annotators' guide. Tests hold the files against what this module gives.
"""

import json
from pathlib import Path

from pydantic import BaseModel

from curator.base.store import write_bytes
from curator.dataset.recipe import RetrainRecipe
from curator.evaluation.recipe import EvaluateRecipe
from curator.french.glossary import page
from curator.generate.recipe import AugmentRecipe
from curator.models.known import ModelTable
from curator.records.example import Example, Provenance, Review, Verdict
from curator.review.argilla.spec import GUIDE
from curator.review.decisions.rubric import Rubric
from curator.review.guide import renewed
from curator.review.recipe import ReviewRecipe
from curator.sampling.recipe import SampleRecipe
from curator.training.config import TrainConfig
from curator.training.sweeps.recipe import SweepRecipe

MODELS: dict[str, type[BaseModel]] = {
    "example": Example,
    "provenance": Provenance,
    "verdict": Verdict,
    "review": Review,
    "augment-recipe": AugmentRecipe,
    "review-recipe": ReviewRecipe,
    "evaluate-recipe": EvaluateRecipe,
    "retrain-recipe": RetrainRecipe,
    "sample-recipe": SampleRecipe,
    "train-recipe": TrainConfig,
    "sweep-recipe": SweepRecipe,
    "rubric": Rubric,
    "models": ModelTable,
}


def schema_texts() -> dict[str, str]:
    """Map file names to the text of each JSON Schema."""
    return {
        f"{name}.schema.json": json.dumps(model.model_json_schema(), ensure_ascii=False, indent=1)
        + "\n"
        for name, model in MODELS.items()
    }


def written_texts(root: Path) -> dict[Path, str]:
    """Map the files of a checkout that follow from code to their text."""
    schemas = {root / "schemas" / name: text for name, text in schema_texts().items()}
    guide = root / GUIDE
    pages = {root / "docs" / "glossaire.md": page(), guide: renewed(guide.read_text("utf-8"))}
    return schemas | pages


def main() -> None:
    """Write all of them."""
    for path, text in written_texts(Path(__file__).parents[2]).items():
        write_bytes(path, text.encode("utf-8"))


if __name__ == "__main__":
    main()
