"""`curator run`: any recipe, by its kind."""

from pathlib import Path
from typing import Annotated

import typer

from curator.cli.commands.augment import augment_by
from curator.cli.commands.evaluate import evaluate_by
from curator.cli.commands.retrain import retrain_by
from curator.cli.commands.review import exchange_by
from curator.cli.commands.sample import sample_by
from curator.cli.options import AsJson, Unsandboxed, project

app = typer.Typer()


@app.command()
def run(
    recipe: Annotated[Path, typer.Argument(help="A recipe, such as pipelines/augment.yaml.")],
    unsandboxed: Unsandboxed = False,
    as_json: AsJson = False,
) -> None:
    """Run a recipe: augment, evaluate, retrain, review or sample.

    A review recipe pulls decisions, then pushes candidates.
    """
    from curator.base.settings import Settings, load_as
    from curator.dataset.recipe import RetrainRecipe
    from curator.evaluation.recipe import EvaluateRecipe
    from curator.generate.recipe import AugmentRecipe
    from curator.review.recipe import ReviewRecipe
    from curator.sampling.recipe import SampleRecipe

    here = project()
    kinds: dict[str, type[Settings]] = {
        "augment": AugmentRecipe,
        "review": ReviewRecipe,
        "evaluate": EvaluateRecipe,
        "retrain": RetrainRecipe,
        "sample": SampleRecipe,
    }
    chosen = load_as(recipe, kinds)
    if isinstance(chosen, AugmentRecipe):
        augment_by(here, chosen, as_json)
    elif isinstance(chosen, EvaluateRecipe):
        evaluate_by(here, chosen, as_json)
    elif isinstance(chosen, SampleRecipe):
        sample_by(here, chosen, as_json)
    elif isinstance(chosen, RetrainRecipe):
        retrain_by(here, recipe, as_json=as_json)
    elif isinstance(chosen, ReviewRecipe):
        exchange_by(here, chosen, as_json, returns_only=False)
