"""Describe the two Argilla datasets of a project: the reviews, and the adjudication of disputes."""

from curator.base.errors import DataError
from curator.records.project import Project
from curator.review.argilla.base import DatasetSpec
from curator.review.cards.vectors import SIZES, choose
from curator.review.recipe import ReviewRecipe

GUIDE = "README.fr.md"
GUIDE_LIMIT = 10_000  # Argilla's, in characters


def guidelines(project: Project) -> str:
    """The annotators' guide; raises DataError where it is absent or too long for Argilla."""
    path = project.root / GUIDE
    try:
        text = path.read_text("utf-8").strip()
    except OSError as error:
        raise DataError(f"cannot read the guide: {error.strerror}", where=path) from error
    if len(text) > GUIDE_LIMIT:
        hint = f"Argilla takes {GUIDE_LIMIT}"
        raise DataError(f"the guide has {len(text)} characters", where=path, hint=hint)
    return text


def _vector(recipe: ReviewRecipe) -> tuple[str, int]:
    kind = choose(recipe.vectors)
    return kind, SIZES[kind]


def review_dataset(project: Project, recipe: ReviewRecipe) -> DatasetSpec:
    """The dataset in which candidates are reviewed."""
    guide = guidelines(project)
    return DatasetSpec(recipe.dataset, recipe.workspace, guide, recipe.overlap, _vector(recipe))


def adjudication_dataset(project: Project, recipe: ReviewRecipe) -> DatasetSpec:
    """The dataset in which one further person settles what the others see differently."""
    guide = guidelines(project)
    return DatasetSpec(recipe.adjudication, recipe.workspace, guide, 1, _vector(recipe))
