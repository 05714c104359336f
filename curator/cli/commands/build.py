"""`curator build` and `curator gate`: the curated set, and whether it is worth a training."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.base.plural import plural
from curator.cli.options import AsJson, project
from curator.cli.terminal import document, say, show

if TYPE_CHECKING:
    from curator.dataset.curate import CuratedSet

app = typer.Typer()
RecipePath = Annotated[
    Path | None, typer.Option("--recipe", help="Recipe file [default: pipelines/retrain.yaml].")
]
NOT_READY = 3
SHOWN = 50  # refused examples that people see; the manifest has them all


@app.command()
def build(
    recipe: RecipePath = None,
    push_to_hub: Annotated[
        str | None, typer.Option("--push-to-hub", help="Also to this dataset of the hub.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write curated/: selected, split without leaks, with a card.

    The filters judge once more all that may enter it.
    """
    from curator.cli.views import base as console
    from curator.dataset.curate import curate
    from curator.dataset.hub import publish
    from curator.dataset.recipe import load_retrain
    from curator.dataset.write import write

    here = project()
    chosen = load_retrain(here, recipe)
    with console.progress(as_json) as progress:
        made = curate(here, chosen, progress)
    manifest = write(made, chosen, here.curated)
    url = publish(here.curated, push_to_hub) if push_to_hub else None
    if as_json:
        counts = {**manifest["counts"], "waiting_for_review": made.gathered.waiting}
        document({**manifest, "counts": counts, "published": url})
        return
    _report(made)
    say(f"Written to {here.relative(here.curated)}/: examples.jsonl, parquet, splits, README.md")
    if url:
        say(f"Published: {url}")


def _report(made: "CuratedSet") -> None:
    from curator.cli.views import base as console
    from curator.cli.views.data import coverage_table

    show(coverage_table(made.covered))
    if made.gathered.rejected:
        rows = [[r.id, str(r.slot), r.reason] for r in made.gathered.rejected[:SHOWN]]
        columns = [(c, "left") for c in ("left out", "slot", "refused by")]
        show(console.table("Refused by a filter", columns, rows))
        if (more := len(made.gathered.rejected) - SHOWN) > 0:
            say(f"... and {more} more: see left_out in the manifest.")
    splits = ", ".join(f"{name} {len(found)}" for name, found in made.splits.items())
    say(f"{plural(len(made.examples), 'example')}: {splits}.")
    say(
        f"Left out: {len(made.selection.surplus)} for full slots, {len(made.gathered.rejected)} by "
        f"filters; waiting for people or turned down: {made.gathered.waiting}."
    )


@app.command()
def gate(recipe: RecipePath = None, as_json: AsJson = False) -> None:
    """Say whether the set is worth a training; if not, why.

    Exits 3 where it is not, with what is missing.
    """
    from curator.base.clock import now
    from curator.cli.views import base as console
    from curator.dataset.curate import curate
    from curator.dataset.gate import checks, last_training, ready
    from curator.dataset.recipe import load_retrain

    here = project()
    chosen = load_retrain(here, recipe)
    with console.progress(as_json) as progress:
        made = curate(here, chosen, progress)
    found = checks(made, chosen.gate, last_training(here.root), now())
    if as_json:
        document({"ready": ready(found), "checks": [c.document() for c in found]})
    else:
        columns = [(c, "left") for c in ("check", "value", "limit", "", "what closes it")]
        rows = [[c.name, c.value, c.limit, "ok" if c.passed else "no", c.closes] for c in found]
        show(console.table("Gate", columns, rows))
        failed = sum(not c.passed for c in found)
        say(f"Not ready: {plural(failed, 'check')}." if failed else "Ready: worth a training.")
    if not ready(found):
        raise typer.Exit(NOT_READY)
