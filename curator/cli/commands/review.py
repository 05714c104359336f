"""`curator review`: candidates out to annotators, decisions back. See cli."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from curator.base.plural import plural
from curator.cli.options import AsJson, project
from curator.cli.terminal import document, say, show

if TYPE_CHECKING:
    from curator.records.project import Project
    from curator.review.argilla.sdk import ArgillaServer
    from curator.review.pull import PullResult
    from curator.review.recipe import ReviewRecipe

app = typer.Typer(
    help="Candidates out to annotators in Argilla, decisions back.",
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


def _server(here: "Project", recipe: "ReviewRecipe") -> "ArgillaServer":
    from curator.review.argilla.access import need_access
    from curator.review.argilla.sdk import ArgillaServer

    return ArgillaServer(need_access(recipe.server, here.root), recipe.server.timeout)


@app.command()
def push(recipe: RecipePath = None, as_json: AsJson = False) -> None:
    """Send the candidates that wait for review.

    What is there already is left alone.
    """
    from curator.cli.views import base as console
    from curator.review.push import push as send

    here, chosen = _recipe(recipe)
    server = _server(here, chosen)
    with console.progress(as_json) as progress:
        done = send(here, chosen, server, progress)
    if as_json:
        document({"sent": done.sent, "present": done.present, "url": server.url})
        return
    for name, count in done.sent.items():
        say(f"{plural(count, 'example')} sent to {name}")
    if done.present:
        say(f"{plural(done.present, 'was', 'were')} there already")
    say(f"Annotators work at {server.url}")


def _brought(done: "PullResult") -> dict[str, Any]:
    return {
        "reviews": len(done.reviews),
        "withdrawn": sum(r.withdrawn for r in done.reviews),
        "corrected": len(done.corrected),
        "corrected_failing": [e.id for e in done.failed],
        "unreadable": done.unreadable,
    }


@app.command()
def pull(recipe: RecipePath = None, as_json: AsJson = False) -> None:
    """Take people's decisions and corrections in.

    Corrected texts pass the filters again, or return to review.
    """
    pull_and_return(recipe, as_json, returns_only=True)


def pull_and_return(recipe: Path | None, as_json: bool, returns_only: bool) -> None:
    """Pull, then send back what needs people again, and unless `returns_only` new candidates."""
    from curator.cli.views import base as console
    from curator.cli.views.review import half_answered_line
    from curator.review.decisions.settle import ReviewStatus
    from curator.review.decisions.state import read_state
    from curator.review.pull import pull as fetch
    from curator.review.push import push as send

    here, chosen = _recipe(recipe)
    server = _server(here, chosen)
    with console.progress(as_json) as progress:
        done = fetch(here, chosen, server, progress)
        back = send(here, chosen, server, progress, returns_only=returns_only)
    settlements = read_state(here, chosen).settlements.values()
    totals = {name.value: sum(s.status is name for s in settlements) for name in ReviewStatus}
    for fault in done.unreadable:
        log.warning("%s", fault)
    if as_json:
        document({**_brought(done), "sent": back.sent, "standings": totals})
        return
    corrected = plural(len(done.corrected), "corrected text")
    say(f"{plural(len(done.reviews), 'new review')}, {corrected}")
    if done.failed:
        failed = plural(len(done.failed), "of them fails", "of them fail")
        say(f"{failed} the filters; back to review")
    say(", ".join(f"{n} {name}" for name, n in totals.items()))
    if line := half_answered_line(settlements, chosen.settle.min_reviews):
        say(line)


@app.command()
def status(recipe: RecipePath = None, as_json: AsJson = False) -> None:
    """Say who did what, where people agree, and what is to come.

    That is, when the targets will be reached.
    """
    from curator.cli.views.review import status_report
    from curator.review.argilla.spec import adjudication_dataset, review_dataset
    from curator.review.decisions.state import filters_recipe, read_state
    from curator.review.decisions.status import status as examine

    here, chosen = _recipe(recipe)
    server = _server(here, chosen)
    specs = review_dataset(here, chosen), adjudication_dataset(here, chosen)
    fetched = [server.fetch(spec) for spec in specs]
    targets = filters_recipe(here, chosen).targets
    found = examine(read_state(here, chosen), targets, fetched)
    if as_json:
        document(found.document())
    else:
        show(*status_report(found))


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
    from curator.cli.views import base as console
    from curator.review.argilla.access import access_at
    from curator.review.argilla.move import move as copy
    from curator.review.argilla.sdk import ArgillaServer

    here, chosen = _recipe(recipe)
    source = _server(here, chosen)
    target = ArgillaServer(access_at(to, key_file), chosen.server.timeout)
    names = [n for n in (chosen.dataset, chosen.adjudication) if source.find(n, chosen.workspace)]
    with console.progress(as_json) as progress:
        done = [copy(source, target, n, chosen.workspace, progress) for n in names]
    if as_json:
        document({m.dataset: {"records": m.records, "answers": m.answers} for m in done})
        return
    for one in done:
        held = f"{plural(one.records, 'record')} with {plural(one.answers, 'answer')}"
        say(f"{one.dataset}: {held} at {target.url}")
