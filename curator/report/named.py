"""Find examples by what people call them: the curated set, a batch, a file, or all there are."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from curator.augment.batches import BatchStatus, BatchSummary, list_batches
from curator.augment.details import candidates_of
from curator.base import store
from curator.base.errors import DataError, RecipeError
from curator.base.faults import did_you_mean
from curator.base.folders import files_below
from curator.filters.base import FilterSettings
from curator.generate.batch_names import full_name
from curator.generate.recipe import AugmentRecipe, load_recipe
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.project import MANIFEST, RECIPE, Project
from curator.review.decisions.log import ReviewLog

CURATED = "curated"
_OUTPUTS = ("accepted.jsonl", "rejected.jsonl")  # of `curator filter --out`, and of a batch


@dataclass(frozen=True)
class NamedSet:
    """Examples that have a name; `kind` is "all", "curated", "batch" or "file".

    `splits` are the parts that a built set puts examples into, `left_out` why it left some out,
    both by id; `filters` are the settings of the filters that judged them, as far as recipes tell.
    """

    name: str
    kind: str
    examples: list[Example]
    splits: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    filters: tuple[FilterSettings, ...] = ()

    @property
    def members(self) -> list[Example]:
        """The examples that are in the set: all but those that its build left out."""
        return [e for e in self.examples if e.id not in self.left_out]


def named_set(project: Project, name: str | None) -> NamedSet:
    """Find the examples of this name; None stands for all of the project.

    Raises DataError where nothing has the name, and what reading files raises.
    """
    if name is None:
        return everything(project)
    if name == CURATED:
        return curated(project)
    listed = {one.name: one for one in list_batches(project)}
    if name in listed:
        return batch(project, listed[name])
    path = Path(name)
    if path.exists():
        return file(project, path)
    if name and any(one.startswith(name) for one in listed):
        return batch(project, listed[full_name(listed, name)])
    known = [CURATED, "evaluation", *listed]
    what = f"{name} is no batch, set or file{did_you_mean(name, known)}"
    raise DataError(what, hint="curator batches lists the batches")


def everything(project: Project) -> NamedSet:
    """Every candidate of batches that can be read, the newest first; then what people wrote."""
    batches = [b for b in list_batches(project) if b.state is not BatchStatus.UNREADABLE]
    newest = sorted(batches, key=lambda b: (str(b.created or ""), b.name), reverse=True)
    examples = [e for one in newest for e in candidates_of(one.batch)]
    examples += ReviewLog.of(project).corrected().values()
    examples += read_examples(*project.trusted_files())
    splits = _splits(_manifest(project))
    return NamedSet("all", "all", examples, splits, filters=_recipe(project).filters)


def curated(project: Project) -> NamedSet:
    """The built set, then what its build left out, as far as it is still there."""
    path = project.curated / "examples.jsonl"
    if not path.is_file():
        raise DataError("there is no curated set yet", where=path, hint="curator build writes it")
    manifest = _manifest(project)
    left_out = manifest.get("left_out", {})
    known = everything(project).examples if left_out else []
    out = {e.id: e for e in known if e.id in left_out}
    examples = [*read_examples(path), *out.values()]
    filters = _recipe(project).filters
    return NamedSet(CURATED, "curated", examples, _splits(manifest), left_out, filters)


def batch(project: Project, summary: BatchSummary) -> NamedSet:
    """Every candidate of a batch, and the corrections of them."""
    if summary.state is BatchStatus.UNREADABLE:
        raise DataError("; ".join(summary.changed), where=summary.batch.folder, hint=summary.next)
    candidates = candidates_of(summary.batch)
    ids = {e.id for e in candidates}
    corrected = ReviewLog.of(project).corrected().values()
    candidates += [e for e in corrected if ids & set(e.provenance.parents)]
    filters = _recipe(project, summary.batch.recipe).filters
    return NamedSet(summary.name, "batch", candidates, filters=filters)


def file(project: Project, path: Path) -> NamedSet:
    """The examples of a JSONL file, or of a folder of them: a set, a batch, what filters wrote."""
    paths = [path]
    if path.is_dir():
        whole = path / "examples.jsonl"
        parts = [path / name for name in _OUTPUTS if (path / name).is_file()]
        paths = [whole] if whole.is_file() else parts or files_below(path, ".jsonl")
    examples = list(read_examples(*paths))
    manifest = path / MANIFEST
    splits = _splits(store.read_json(manifest)) if manifest.is_file() else {}
    return NamedSet(str(path), "file", examples, splits, filters=_recipe(project).filters)


def parents_of(project: Project, examples: Iterable[Example]) -> dict[str, Example]:
    """Find the texts that corrections and repairs replace, by id, wherever the project has them."""
    wanted = {e.provenance.parents[0] for e in examples if e.provenance.parents}
    if not wanted:
        return {}
    return {e.id: e for e in everything(project).examples if e.id in wanted}


def _manifest(project: Project) -> dict[str, dict[str, str]]:
    path = project.curated / MANIFEST
    return store.read_json(path) if path.is_file() else {}


def _splits(manifest: Mapping[str, Mapping[str, Iterable[str]]]) -> dict[str, str]:
    splits = manifest.get("splits", {})
    return {one: name for name, ids in splits.items() for one in ids}


def _recipe(project: Project, name: str = "") -> AugmentRecipe:
    """The augmentation recipe of this name, else the project's own."""
    found = (r for r in _recipes(project) if r.name == name)
    return next(found, None) or load_recipe(project.root / RECIPE)


def _recipes(project: Project) -> Iterator[AugmentRecipe]:
    for path in sorted((project.root / "pipelines").glob("*.yaml")):
        try:
            yield load_recipe(path)
        except RecipeError:  # another kind of recipe; `curator batches` warns of broken ones
            continue
