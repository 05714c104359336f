"""Find what a mix is made of: own answers, leaks to heed, and passages where they are wanted."""

from collections.abc import Sequence
from pathlib import Path

from curator.base.progress import Progress
from curator.evaluation.passages import open_retriever
from curator.evaluation.recipe import EvaluateRecipe
from curator.records.project import Project
from curator.sampling.asked_elsewhere import leaks_of
from curator.sampling.asked_otherwise import ask_with_passages
from curator.sampling.mix import Sources


def find_sources(
    project: Project,
    data: Path,
    own: Sequence[Path],
    passages_for: EvaluateRecipe | None,
    progress: Progress,
) -> Sources:
    """Return a mix's sources; the documentation's index is opened where `passages_for` is given.

    Raises DataError for broken prompts, and what opening the index raises.
    """
    leaks = leaks_of(project)
    if passages_for is None:
        return Sources(data, own, leaks=leaks)
    retriever = open_retriever(project.root, passages_for, progress)
    change = ask_with_passages(retriever)
    return Sources(data, own, change, retriever.ref.index_sha256, leaks)
