"""`curator search`: the passages of the Rust documentation that answer a question."""

from pathlib import Path
from typing import Annotated

import typer

from curator.cli.options import AsJson
from curator.cli.terminal import present

app = typer.Typer()


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="A question, in French or English.")],
    count: Annotated[int, typer.Option("-k", min=1, max=50, help="Number of passages.")] = 5,
    docs: Annotated[
        Path | None,
        typer.Option(help="Rust documentation or folder of Markdown [default: what is installed]."),
    ] = None,
    embeddings: Annotated[
        str, typer.Option(help="e5, an embedding GGUF, or none: search by words alone.")
    ] = "e5",
    as_json: AsJson = False,
) -> None:
    """Find passages of the Rust documentation.

    The first search builds the index, which takes minutes.
    """
    from curator.base.settings import validate
    from curator.cli.views.base import progress
    from curator.cli.views.search import search_document, search_view
    from curator.retrieval import RagSettings, load_index

    asked = {"k": count, "embeddings": embeddings}
    settings = validate(asked, "the command's options", RagSettings)
    with progress(as_json, "loading the index") as report:
        index = load_index(settings, docs, report)
    hits = index.search(question)
    present(as_json, lambda: search_document(index.digest, hits), search_view(hits))
