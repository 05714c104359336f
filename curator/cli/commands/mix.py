"""`curator mix`: a folder to train on, with a share of own answers and of other askings."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.cli.options import AsJson, project
from curator.cli.terminal import present

if TYPE_CHECKING:
    from curator.records.project import Project
    from curator.sampling.mix import Sources

app = typer.Typer()


@app.command()
def mix(
    out: Annotated[Path, typer.Option("--out", help="The folder to write, as build/mixed.")],
    own: Annotated[
        list[str] | None,
        typer.Option("--own", help="Own answers: a name of training/own/, or a folder."),
    ] = None,
    share: Annotated[
        float | None, typer.Option("--share", help="Share of own answers [default: 0.25].")
    ] = None,
    passages: Annotated[
        float, typer.Option("--passages", help="Share of rows asked with documentation.")
    ] = 0.0,
    short: Annotated[
        float, typer.Option("--short", help="Share of rows asked for a short answer.")
    ] = 0.0,
    data: Annotated[
        Path | None, typer.Option("--data", help="The built set [default: curated].")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Which rows are drawn.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Write a folder to train on, with a share of own answers.

    The validation rows stay as they are. The same inputs give the same files.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.mix import mix_view
    from curator.sampling.mix import Shares
    from curator.sampling.mix import mix as make

    if share is not None and not own:
        raise typer.BadParameter("--share is that of --own")
    here = project()
    shares = Shares(0.25 if own and share is None else share or 0.0, passages, short)
    with progress(as_json, "reading the rows") as report:
        sources = _sources(here, data, own or (), passages > 0, report)
        result = make(sources, shares, out.resolve(), seed, report)
    present(as_json, result.document, mix_view(result, here))


def _sources(
    here: "Project",
    data: Path | None,
    own: Sequence[str],
    with_passages: bool,
    report: Callable[[str, int, int], None],
) -> "Sources":
    """Find what is mixed; the index of the documentation is opened where passages are asked for."""
    from curator.evaluation.recipe import load_evaluate
    from curator.records.samples import OWN
    from curator.sampling.sources import find_sources

    folders = [Path(one) if Path(one).is_dir() else here.root / OWN / one for one in own]
    passages_for = load_evaluate(here) if with_passages else None
    return find_sources(here, data or here.curated, folders, passages_for, report)
