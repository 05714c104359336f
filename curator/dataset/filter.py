"""`curator filter`: a recipe's filters over a file of examples, which need not fit into memory."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from curator.base import store
from curator.base.errors import DataError
from curator.filters.base import FilterStream, Tally
from curator.filters.registry import make_filters
from curator.filters.run import stream_filters
from curator.generate.recipe import AugmentRecipe
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.project import Project

Progress = Callable[[str, int, int], None]
Write = Callable[[Example], object]


def filter_file(
    project: Project,
    path: Path,
    recipe: AugmentRecipe,
    known: Iterable[Example],
    progress: Progress,
    out: Path | None = None,
) -> Tally:
    """As `filter_by`, in this process."""
    return filter_by(partial(stream_filters, progress=progress), project, path, recipe, known, out)


def filter_by(
    stream: FilterStream,
    project: Project,
    path: Path,
    recipe: AugmentRecipe,
    known: Iterable[Example],
    out: Path | None = None,
) -> Tally:
    """Run a recipe's filters over the examples of a file or of the JSONL files of a folder.

    With `out`, that folder's accepted.jsonl and rejected.jsonl are replaced when all is done. The
    examples need not fit into memory. They are read twice, so that a broken line is told before
    the work on those above it.
    """
    files = store.files_at(path, ".jsonl")
    total = sum(1 for _ in read_examples(*files))
    if not total:
        raise DataError("there is no example to filter", where=path)
    filters = make_filters(recipe.filters, known, project.root)
    tally = Tally([f.name for f in filters], recipe.judge == "all")
    examples = read_examples(*files)
    with _outputs(out) as (accepted, rejected):
        for example in stream(examples, filters, judge=recipe.judge, total=total):
            tally.add(example)
            (rejected if example.rejection else accepted)(example)
    return tally


@contextmanager
def _outputs(folder: Path | None) -> Iterator[tuple[Write, Write]]:
    """What takes accepted examples, and what takes rejected ones; nothing where no folder is."""
    if folder is None:
        yield (lambda example: None), (lambda example: None)
        return
    names = folder / "accepted.jsonl", folder / "rejected.jsonl"
    with store.replacing(names[0]) as accepted, store.replacing(names[1]) as rejected:
        yield (
            lambda example: accepted(store.encode(example)),
            lambda example: rejected(store.encode(example)),
        )
