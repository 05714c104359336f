"""`curator filter`: a recipe's filters over a file of examples, which need not fit into memory."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from curator import store
from curator.errors import DataError, NothingSurvived
from curator.example import Example
from curator.filters import make_filters, stream_filters
from curator.filters.base import Stream, Tally
from curator.project import Project
from curator.recipe import AugmentRecipe

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
    stream: Stream,
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
    total = sum(1 for _ in store.read_examples(files))
    if not total:
        raise DataError("there is no example to filter", where=path)
    filters = make_filters(recipe.filters, known, project.root)
    tally = Tally([f.name for f in filters], recipe.judge == "all")
    examples = store.read_examples(files)
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


def raise_nothing_survived(
    outcome: Tally, where: str, hint: str, judged: str = "candidate"
) -> None:
    """Raise NothingSurvived with the counts per reason; `judged` is a word for one of them."""
    counts = ", ".join(f"{reason} {n}" for reason, n in outcome.reasons().items())
    none = f"the only {judged} did not survive" if outcome.total == 1 else ""
    what = f"{none or f'none of {outcome.total} {judged}s survived'}: {counts}"
    raise NothingSurvived(what, where=where, hint=hint)
