"""`curator import-model`: a GGUF as a folder that can be trained."""

from pathlib import Path
from typing import Annotated

import typer

from curator.cli.options import AsJson, project
from curator.cli.terminal import present

app = typer.Typer()


@app.command(name="import-model")
def import_model(
    name: Annotated[
        str, typer.Argument(help="A GGUF file, or a name of `curator models` such as smollm2.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write [default: models/NAME].")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Convert a GGUF to a folder that can be trained.

    llama and qwen2 models of any quantisation. Lossless, and without a network.
    """
    from curator.base.notice import Notice
    from curator.cli.views.base import progress
    from curator.cli.views.import_model import import_model_view
    from curator.training.artefacts import MODELS, artefact
    from curator.training.import_model import import_model as convert

    here = project()
    target = out or here.root / MODELS / Path(name).stem
    with progress(as_json, f"converting {Path(name).name}"):
        folder = artefact(convert(name, target), Notice("trainable_model"))
    present(as_json, folder.document, import_model_view(folder, here, own=out is None))
