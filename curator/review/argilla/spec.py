"""Describe the two Argilla datasets of a project: the reviews, and the adjudication of disputes."""

from curator.base.decoding import read_text
from curator.base.errors import DataError
from curator.french.sheet import CONTROLS
from curator.french.typography import typeset_markdown
from curator.records.project import Project
from curator.review.argilla.base import DatasetSpec
from curator.review.cards.vectors import SIZES, choose
from curator.review.guide import renewed
from curator.review.recipe import ReviewRecipe

GUIDE = "README.fr.md"
GUIDE_LIMIT = 10_000  # Argilla's, in characters
OLDER = "revue", "arbitrage"  # the names that the two had for every project


def guidelines(project: Project, controls: bool = False) -> str:
    """Read the annotators' guide, with the open project's rubric in it, as it is printed.

    With `controls`, it says that there are some. Raises DataError where it is absent, no UTF-8
    text, or too long for Argilla.
    """
    path = project.root / GUIDE
    text = renewed(read_text(path).strip())
    if controls:
        text = f"{text}{typeset_markdown(CONTROLS).rstrip()}"
    if len(text) > GUIDE_LIMIT:
        hint = f"Argilla takes {GUIDE_LIMIT}"
        raise DataError(f"the guide has {len(text)} characters", where=path, hint=hint)
    return text


def _vector(recipe: ReviewRecipe) -> tuple[str, int]:
    kind = choose(recipe.vectors)
    return kind, SIZES[kind]


def _identity(project: Project, recipe: ReviewRecipe, older: str) -> tuple[str, str]:
    """Return the mark of the project's records, and the older name that its dataset may have."""
    if recipe.project:
        return recipe.project, ""
    # Without a name of its own the project is its folder, unless the recipe names the dataset.
    called_after_folder = recipe.dataset == f"{OLDER[0]}-{project.name}"
    return (project.name, older) if called_after_folder else ("", "")


def review_dataset(project: Project, recipe: ReviewRecipe) -> DatasetSpec:
    """Describe the dataset in which candidates are reviewed."""
    guide = guidelines(project, controls=recipe.controls.share > 0)
    where = recipe.dataset, recipe.workspace
    mark = _identity(project, recipe, OLDER[0])
    return DatasetSpec(*where, guide, recipe.overlap, _vector(recipe), *mark)


def adjudication_dataset(project: Project, recipe: ReviewRecipe) -> DatasetSpec:
    """Describe the dataset in which one further person settles what the others see differently."""
    guide = guidelines(project)
    where = recipe.adjudication, recipe.workspace
    mark = _identity(project, recipe, OLDER[1])
    return DatasetSpec(*where, guide, 1, _vector(recipe), *mark)
