"""`curator review duel`: answers of two models, for people to choose between."""

from pathlib import Path
from typing import Annotated

import typer

from curator.cli.options import AsJson, project
from curator.cli.terminal import present


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
    recipe: Annotated[
        Path | None, typer.Option("--recipe", help="Recipe file [default: pipelines/review.yaml].")
    ] = None,
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
    from curator.review.recipe import load_review

    if len(arm or ()) != 2:
        raise typer.BadParameter("give two arms: --arm base --arm tuned")
    here = project()
    chosen = load_review(here, recipe)
    server = session.open_server(here, chosen)
    first, second = arm or ("", "")
    plan = DuelPlan((first, second), [parse_topic(t) for t in topic or ()], most)
    with progress(as_json, "pairing answers") as report:
        sent = send(here, chosen, server, plan, report)
    known = read_outcomes(here)
    present(as_json, lambda: sent_document(sent, known, server.url), sent_view(sent, server.url))
