"""What a batch starts from: examples, earlier batches and what they brought, the model."""

from dataclasses import dataclass

from curator.base.errors import DataError
from curator.generate import batch as batches
from curator.generate.batch import Batch
from curator.generate.recipe import AugmentRecipe
from curator.generate.strategies.registry import strategy_type
from curator.generate.yields import Yields
from curator.models.load import check_model
from curator.records.coverage import Coverage, coverage
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.project import Project
from curator.records.rejections import Refused
from curator.review.decisions.state import still_counted


@dataclass(frozen=True)
class Sources:
    """What a batch starts from.

    `trusted` are authored and imported examples, `pending` the accepted candidates of other
    batches, `taken` all candidates of other batches, `before` the coverage.
    """

    trusted: list[Example]
    pending: list[Example]
    taken: list[Example]
    before: Coverage


def trusted(project: Project) -> list[Example]:
    """Authored and imported examples; raises DataError where there are none to learn from."""
    found = list(read_examples(*project.trusted_files()))
    if not found:
        hint = (
            "candidates are made after a few: `curator import FILE --authored`, or begin with ours "
            "in a new folder: `curator init DIR --with-examples`"
        )
        raise DataError("no authored or imported example", where=project.raw, hint=hint)
    return found


def sources_of(project: Project, recipe: AugmentRecipe, besides: Batch | None) -> Sources:
    """What there is, but for one batch: that which is being worked on."""
    folders = [b for b in batches.existing(project.root / recipe.output) if b != besides]
    pending = [e for b in folders for e in b.read("accepted.jsonl")]
    taken = [e for b in folders for e in b.read("candidates.jsonl")]
    examples, refused = trusted(project), Refused.of(project)
    counted = refused.without([*examples, *still_counted(project, pending)])
    before = coverage(counted, recipe.targets, project.taxonomy)
    return Sources(examples, pending, taken, before)


def history(project: Project, recipe: AugmentRecipe, model: str | None) -> Yields:
    """The yields of the finished batches that the same model wrote, or none needed to."""
    found = Yields()
    for batch in batches.existing(project.root / recipe.output):
        if batch.complete:
            manifest = batch.manifest()
            same = (manifest["model"] or {}).get("sha256") in (model, None)
            if same and manifest["outcome"]:
                found.recall(manifest.get("yields", {}))
    return found


def needs_model(recipe: AugmentRecipe) -> bool:
    """Whether any of the recipe's strategies, or its signals, ask a model."""
    wanted = recipe.generate
    asking = any(strategy_type(name).tokens for name in wanted.strategies)
    return bool(asking or wanted.rephrase or wanted.likelihood)


def check(recipe: AugmentRecipe) -> None:
    """Raise ModelError where the recipe needs a model and names none; costs next to nothing."""
    if needs_model(recipe):
        check_model(recipe.model)
