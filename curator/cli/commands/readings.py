"""`curator review sheet` and `curator review score`: blind readings outside Argilla."""

from pathlib import Path
from typing import Annotated

import typer

from curator.cli.options import AsJson, Unsandboxed, open_project_here, project
from curator.cli.terminal import present


def sheet(
    batch: Annotated[str, typer.Argument(help="Name of a batch, its folder, or a JSONL file.")],
    out: Annotated[Path, typer.Option("--out", help="New folder, for the readers.")],
    key: Annotated[
        Path | None, typer.Option("--key", help="File for the key [default: OUT.key.jsonl].")
    ] = None,
    accepted: Annotated[int, typer.Option(min=0, help="Candidates that passed the filters.")] = 60,
    authored: Annotated[int, typer.Option(min=0, help="Authored examples.")] = 20,
    planted: Annotated[int, typer.Option(min=0, help="Planted falsehoods.")] = 20,
    seed: Annotated[int, typer.Option(min=0, help="Chooses and mixes.")] = 0,
    without: Annotated[
        list[Path] | None,
        typer.Option("--without", help="Leave out what this key or reading names; repeatable."),
    ] = None,
    unsandboxed: Unsandboxed = False,
    as_json: AsJson = False,
) -> None:
    """Write a sheet for a blind reading.

    Candidates, authored examples and planted falsehoods, mixed; the key is a file apart.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.readings import sheet_document, sheet_view
    from curator.review.controls import sheet as sheets
    from curator.review.recipe import load_review

    here = project()
    plan = sheets.SheetPlan(accepted, authored, planted, seed, sheets.ids_in(without or ()))
    candidates = sheets.accepted_of(here, batch, load_review(here).input) if accepted else []
    place = key or out.with_name(out.name + ".key.jsonl")
    with progress(as_json, "choosing") as report:
        made = sheets.make_sheet(here, candidates, plan, out, place, report)
    present(as_json, lambda: sheet_document(made), sheet_view(made))


def score(
    readings: Annotated[list[Path], typer.Argument(help="JSONL of decisions, one per reader.")],
    key: Annotated[Path, typer.Option("--key", help="The key of the sheet.")],
    reader: Annotated[
        list[str] | None,
        typer.Option("--reader", help="Who read, in the order of the files; repeatable."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Joined readings [default: beside the key].")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Count blind readings by what was read.

    Accepted by all, planted caught, agreement; writes the readings joined with the key.
    """
    from curator.cli.views.readings import score_document, score_view
    from curator.review.controls import readings as counted

    open_project_here()
    result, written = counted.score_files(key, readings, reader or [], out)
    present(as_json, lambda: score_document(result, written), score_view(result, written))
