"""What a batch costs beside its model: the share of `curator augment` spent outside decoding.

    python benchmarks/augment.py [--candidates 64] [--tokens 128]

The carried SmolLM2 writes few-shot candidates of one batch; the filters judge each wave while the
next is decoded. Reported: wall time, time inside the model, and what is left (planning, files,
waiting for verdicts), as a share of the whole. Aim: under 5 %.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from curator.augment import run as pipeline
from curator.generate.recipe import AugmentRecipe
from curator.models.base import ChatRequest, Completion, Message, TextModel, ignore
from curator.models.settings import ModelSettings
from curator.records.project import Project

ROOT = Path(__file__).parent.parent


class Timed:
    """A model that counts the seconds spent in it."""

    def __init__(self, model: TextModel):
        self.model = model
        self.ref = model.ref
        self.seconds = 0.0
        self.tokens = 0

    def complete(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        """See TextModel."""
        began = time.perf_counter()
        written = self.model.complete(requests, done)
        self.seconds += time.perf_counter() - began
        self.tokens += sum(w.tokens for w in written)
        return written

    def likelihood(self, messages: Sequence[Message], text: str) -> float:
        """See TextModel."""
        return self.model.likelihood(messages, text)


def main() -> None:
    """Run one batch and print where its time went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=64)
    parser.add_argument("--tokens", type=int, default=128)
    options = parser.parse_args()
    settings = {
        "model": {"name": "smollm2"},
        "allow_empty": True,
        "targets": {"per_cell": 100},  # so that something is missing
        "generate": {
            "strategies": ["few_shot"],
            "shots": 1,
            "sampling": {"max_tokens": options.tokens},
        },
        "stop": {"candidates": options.candidates, "min_yield": 0},
        "judge": "all",  # every filter sees every candidate: the dearest case
    }
    recipe = AugmentRecipe.model_validate(settings)
    loaded: list[Timed] = []

    def load(wanted: ModelSettings) -> TextModel:
        loaded.append(Timed(pipeline.load_model(wanted)))
        return loaded[0]

    with tempfile.TemporaryDirectory() as folder:
        for part in ("pipelines", "raw/authored"):
            shutil.copytree(ROOT / part, Path(folder) / part)
        load(recipe.model)
        began = time.perf_counter()
        project = Project(Path(folder))
        done = pipeline.augment(project, recipe, lambda *_: None, lambda _: loaded[0])
        wall = time.perf_counter() - began
    model = loaded[0]
    print(f"candidates        {len(done.candidates)}, {model.tokens} new tokens")
    print(f"wall              {wall:.1f} s")
    print(f"model             {model.seconds:.1f} s, {model.tokens / model.seconds:.0f} tokens/s")
    print(f"everything else   {wall - model.seconds:.1f} s, {1 - model.seconds / wall:.1%}")


if __name__ == "__main__":
    main()
