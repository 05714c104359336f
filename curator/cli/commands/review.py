"""`curator review`: candidates out to annotators, decisions back."""

import logging
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.cli.options import AsJson, Unsandboxed, open_project_here, project
from curator.cli.terminal import present

if TYPE_CHECKING:
    from curator.records.project import Project
    from curator.review.recipe import ReviewRecipe

app = typer.Typer(
    name="review",
    help="Send candidates to annotators, fetch their decisions.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
RecipePath = Annotated[
    Path | None, typer.Option("--recipe", help="Recipe file [default: pipelines/review.yaml].")
]

log = logging.getLogger(__name__)


def _recipe(path: Path | None) -> tuple["Project", "ReviewRecipe"]:
    from curator.review.recipe import load_review

    here = project()
    return here, load_review(here, path)


@app.command()
def push(
    batch: Annotated[
        str | None,
        typer.Argument(metavar="[BATCH]", help="Only this batch: its name, or how that begins."),
    ] = None,
    recipe: RecipePath = None,
    most: Annotated[
        int | None, typer.Option(min=1, help="New candidates to send, at most [default: all].")
    ] = None,
    unsandboxed: Unsandboxed = False,
    as_json: AsJson = False,
) -> None:
    """Send the candidates that await review, or one batch of them.

    Records that are there already are left alone.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.review import push_document, push_view
    from curator.review import session
    from curator.review.push import push as send
    from curator.review.push import push_batch

    here, chosen = _recipe(recipe)
    chosen = chosen.model_copy(update={"most": most or chosen.most})
    server = session.open_server(here, chosen)
    with progress(as_json, "reading the project") as report:
        if batch:
            pushed = push_batch(here, chosen, server, batch, report)
        else:
            pushed = send(here, chosen, server, report)
    present(as_json, lambda: push_document(pushed, server.url), push_view(pushed, server.url))


@app.command()
def pull(
    recipe: RecipePath = None, unsandboxed: Unsandboxed = False, as_json: AsJson = False
) -> None:
    """Fetch decisions and corrections.

    Corrected texts pass the filters again, or go back to review.
    """
    here, chosen = _recipe(recipe)
    exchange_by(here, chosen, as_json, returns_only=True)


def exchange_by(here: "Project", recipe: "ReviewRecipe", as_json: bool, returns_only: bool) -> None:
    """Pull, then send back what needs people again, and unless `returns_only` new candidates."""
    from curator.cli.views.base import progress
    from curator.cli.views.duel import news_view
    from curator.cli.views.review import exchange_view
    from curator.evaluation.duels.session import pull_duels
    from curator.review import session

    server = session.open_server(here, recipe)
    with progress(as_json, "fetching answers") as report:
        result = session.exchange(here, recipe, server, report, returns_only)
        news = pull_duels(here, recipe, server, result.settlements)
    faults = *result.pulled.unreadable, *result.pulled.sent_back(), *news.pulled.unreadable
    for fault in faults:
        log.warning("%s", fault)
    view = chain(exchange_view(result, recipe.settle.min_reviews), news_view(news))
    present(as_json, lambda: {**result.document(), **news.document()}, view)


@app.command()
def status(recipe: RecipePath = None, as_json: AsJson = False) -> None:
    """Show who did what, agreement, and what is left to do.

    Estimates when the targets will be reached.
    """
    from curator.cli.views.review import status_view
    from curator.review import session

    here, chosen = _recipe(recipe)
    result = session.review_status(here, chosen, session.open_server(here, chosen))
    present(as_json, result.document, status_view(result))


@app.command()
def move(
    to: Annotated[str, typer.Option("--to", help="Address of the other server.")],
    key_file: Annotated[Path, typer.Option("--key-file", help="File with its owner's API key.")],
    recipe: RecipePath = None,
    as_json: AsJson = False,
) -> None:
    """Copy both datasets, answers included, to another server.

    Run `curator review pull` first.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.review import move_document, move_view
    from curator.review import session

    here, chosen = _recipe(recipe)
    with progress(as_json) as report:
        address, moved = session.move_datasets(here, chosen, to, key_file, report)
    present(as_json, lambda: move_document(moved), move_view(moved, address))


@app.command()
def sheet(
    batch: Annotated[
        str,
        typer.Argument(help="A batch (its name, or how that begins), its folder, or a JSONL file."),
    ],
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


@app.command()
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


@app.command()
def duel(
    arm: Annotated[
        list[str] | None, typer.Option("--arm", help="An evaluated arm; two of them.")
    ] = None,
    topic: Annotated[
        list[str] | None, typer.Option("--topic", help="Only prompts of this topic; repeatable.")
    ] = None,
    most: Annotated[
        int | None, typer.Option("--most", min=1, help="At most so many prompts, of all topics.")
    ] = None,
    recipe: RecipePath = None,
    as_json: AsJson = False,
) -> None:
    """Send answers of two models in pairs, for people to choose.

    Sides are drawn and nothing names the models. `curator review pull` fetches the choices.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.duel import sent_document, sent_view
    from curator.evaluation.duels.exchange import send
    from curator.evaluation.duels.pairs import DuelPlan
    from curator.evaluation.duels.session import read_outcomes
    from curator.records.taxonomy import parse_topic
    from curator.review import session

    if len(arm or ()) != 2:
        raise typer.BadParameter("give two arms: --arm base --arm tuned")
    here, chosen = _recipe(recipe)
    server = session.open_server(here, chosen)
    first, second = arm or ("", "")
    plan = DuelPlan((first, second), [parse_topic(t) for t in topic or ()], most)
    with progress(as_json, "pairing answers") as report:
        sent = send(here, chosen, server, plan, report)
    known = read_outcomes(here)
    present(as_json, lambda: sent_document(sent, known, server.url), sent_view(sent, server.url))
