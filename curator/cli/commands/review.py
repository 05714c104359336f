"""`curator review`: candidates out to annotators, decisions back."""

import logging
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.cli.commands.duel import duel
from curator.cli.commands.readings import score, sheet
from curator.cli.options import AsJson, Unsandboxed, project
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
    recipe: RecipePath = None, unsandboxed: Unsandboxed = False, as_json: AsJson = False
) -> None:
    """Send the candidates that await review.

    Records that are there already are left alone.
    """
    from curator.cli.views.base import progress
    from curator.cli.views.review import push_document, push_view
    from curator.review import session
    from curator.review.push import push as send

    here, chosen = _recipe(recipe)
    server = session.open_server(here, chosen)
    with progress(as_json, "reading the project") as report:
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
    for fault in (*result.pulled.unreadable, *news.pulled.unreadable):
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


app.command()(sheet)
app.command()(score)
app.command()(duel)
