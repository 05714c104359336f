"""`curator pairs`: a folder of better and worse answers to train preferences on."""

from pathlib import Path
from typing import Annotated

import typer

from curator.cli.options import AsJson, project
from curator.cli.terminal import present

app = typer.Typer()


@app.command()
def pairs(
    own: Annotated[
        list[str] | None,
        typer.Option("--own", help="Own answers: a name of training/own/, or a folder."),
    ] = None,
    per_task: Annotated[
        int, typer.Option("--per-task", min=1, help="Pairs of one task, at most.")
    ] = 2,
    ratio: Annotated[
        float, typer.Option("--ratio", min=1.0, help="Own answers' lengths: longer by, at most.")
    ] = 1.5,
    valid: Annotated[
        float, typer.Option("--valid", min=0.0, max=0.9, help="Share of prompts to validate on.")
    ] = 0.1,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write [default: training/pairs].")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Which prompts are drawn.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Write pairs of answers to train preferences on.

    From own answers, repairs, corrections and duels; none that an evaluation asks.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.pairs import pairs_view
    from curator.sampling.pairs import PAIRS, PairOptions, make_pairs

    here = project()
    options = PairOptions(tuple(own or ()), per_task, ratio, valid, seed)
    with progress(as_json, "pairing answers"):
        made = make_pairs(here, options, out or here.root / PAIRS)
    present(as_json, made.document, pairs_view(made, here))
