"""The two datasets of a project: names of their fields, questions and metadata, and guidelines."""

from curator.base.errors import DataError
from curator.records.project import Project
from curator.review.argilla.base import Sheet
from curator.review.cards.vectors import SIZES, choose
from curator.review.recipe import ReviewRecipe

GUIDE = "README.fr.md"
GUIDE_LIMIT = 10_000  # Argilla's, in characters

QUESTION, ANSWER, FINDINGS = "question", "answer", "findings"
DECISION, REASON, COMMENT = "decision", "reason", "comment"
CORRECTED_QUESTION, CORRECTED_ANSWER = "corrected_question", "corrected_answer"
TOPIC, DIFFICULTY = "topic", "difficulty"

# Metadata to filter by. The French score is a number, the others are words. Argilla allows no name
# twice, be it a question's.
METADATA = ("theme", "level", "category", "strategy", "batch", "compile")
FRENCH_SCORE = "french"


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


def review_sheet(project: Project, recipe: ReviewRecipe) -> Sheet:
    """The dataset in which candidates are reviewed."""
    guide = guidelines(project)
    return Sheet(recipe.dataset, recipe.workspace, guide, recipe.overlap, _vector(recipe))


def adjudication_sheet(project: Project, recipe: ReviewRecipe) -> Sheet:
    """The dataset in which one further person settles what the others see differently."""
    guide = guidelines(project)
    return Sheet(recipe.adjudication, recipe.workspace, guide, 1, _vector(recipe))
