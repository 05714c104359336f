"""What `curator filter` does: a recipe's filters over examples, or over files of them.

Files need not fit into memory.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from curator.base import store
from curator.base.errors import DataError
from curator.filters.base import FilterStream, Outcome, Tally
from curator.filters.registry import make_filters
from curator.filters.run import run_filters, stream_filters
from curator.generate.recipe import AugmentRecipe
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.project import Project

Write = Callable[[Example], object]


def filter_examples(
    examples: Sequence[Example],
    recipe: AugmentRecipe,
    known: Iterable[Example] = (),
    root: Path | None = None,
) -> Outcome:
    """Judge examples by a recipe's filters; those of `known` are ones that none may repeat.

    Files that the recipe names lie below `root` (None: the current folder).
    """
    filters = make_filters(recipe.filters, known, root)
    return run_filters(examples, filters, judge=recipe.judge)


def filter_in_project(
    project: Project,
    path: Path,
    recipe: AugmentRecipe,
    out: Path | None = None,
    stream: FilterStream = stream_filters,
) -> Tally:
    """Judge the examples of a file or folder, which may repeat none that the project has elsewhere.

    See `filter_file`.
    """
    path = path.resolve()
    elsewhere = [
        p
        for p in [*project.trusted_files(), *project.pending_files(recipe.output)]
        if p != path and path not in p.parents and p.parent != path.parent
    ]
    return filter_file(project, path, recipe, read_examples(*elsewhere), out, stream)


def filter_file(
    project: Project,
    path: Path,
    recipe: AugmentRecipe,
    known: Iterable[Example] = (),
    out: Path | None = None,
    stream: FilterStream = stream_filters,
) -> Tally:
    """Judge the examples of a file, or of the JSONL files of a folder, by a recipe's filters.

    With `out`, that folder's accepted.jsonl and rejected.jsonl are replaced when all is done.
    `stream` says where the filters run. Raises DataError where there is no example, BrokenLine for
    lines that hold none.
    """
    files = store.files_at(path, ".jsonl")
    # Read twice, so that a broken line is reported before hours are spent on those above it.
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
    """Give what writes accepted examples, and rejected ones; without a folder, nothing."""
    if folder is None:
        yield (lambda example: None), (lambda example: None)
        return
    names = folder / "accepted.jsonl", folder / "rejected.jsonl"
    with store.replacing(names[0]) as accepted, store.replacing(names[1]) as rejected:
        yield (
            lambda example: accepted(store.encode(example)),
            lambda example: rejected(store.encode(example)),
        )
