"""`curator search`: the passages of the Rust documentation that answer a question."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.cli.options import AsJson
from curator.cli.terminal import document, say, show

if TYPE_CHECKING:
    from curator.retrieval import Hit

app = typer.Typer()
_SHOWN = 30


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="A question, in French or English.")],
    count: Annotated[int, typer.Option("-k", min=1, max=50, help="At most so many passages.")] = 5,
    docs: Annotated[
        Path | None,
        typer.Option(help="Rust documentation or folder of Markdown [default: what is installed]."),
    ] = None,
    embeddings: Annotated[
        str, typer.Option(help="e5, an embedding GGUF, or none: search by words alone.")
    ] = "e5",
    as_json: AsJson = False,
) -> None:
    """Find passages of the documentation.

    The first search builds the index, in minutes.
    """
    from curator.base.settings import validate
    from curator.cli.views import base as console
    from curator.retrieval import RagSettings, load_index

    asked = {"k": count, "embeddings": embeddings}
    settings = validate(asked, "the command's options", RagSettings)
    with console.progress(as_json) as progress:
        index = load_index(settings, docs, progress)
    hits = index.search(question)
    if as_json:
        document({"index": index.digest, "hits": [hit.document() for hit in hits]})
    elif hits:
        show(console.table("Passages", _COLUMNS, [_row(i, h) for i, h in enumerate(hits, 1)]))
        if not any("words" in hit.ranks for hit in hits):
            say("None shares a word with this question: they are only the nearest in meaning.")
    else:
        say("No passage shares a word with this question; --embeddings e5 searches by meaning.")


_COLUMNS = (("rank", "right"), ("address", "left"), ("title", "left"), ("found by", "left"))


def _row(rank: int, hit: "Hit") -> list[str]:
    """Rank, address, its heading, and the place by words and by meaning."""
    page, mark, anchor = hit.address.partition("#")
    title = hit.title.rpartition(" > ")[2]
    title = title if len(title) <= _SHOWN else f"{title[: _SHOWN - 1]}…"
    found = ", ".join(f"{name} {place}" for name, place in hit.ranks.items())
    return [str(rank), f"{page}\n{mark}{anchor}" if mark else page, title, found]
