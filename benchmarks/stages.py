"""Accepted candidates per hour of processor time: from_program beside few_shot, in the same run.

    PYTHONPATH=. python benchmarks/stages.py MODEL [--candidates 16] [--seed 1] [--keep FOLDER]
        [--strategies few_shot from_program]

MODEL is a GGUF file or a name of `curator models`. Each strategy makes the same number of
candidates, from the same examples, with the same filters and the same seed, in its own copy of the
project. Processor time is that of this process (the model) and of its children (rustc, programs);
what is neither is the share "other". With --keep, the batches are left in FOLDER.
"""

import argparse
import resource
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from curator.augment.run import AugmentResult, augment
from curator.generate.recipe import AugmentRecipe, load_recipe, override
from curator.models.base import ChatRequest, Completion, TextModel, ignore
from curator.models.load import load_model
from curator.models.settings import ModelSettings
from curator.records.project import Project

ROOT = Path(__file__).parents[1]
PARTS = ("raw/authored", "schemas", "training", "pipelines", "pyproject.toml")


def seconds(who: int) -> float:
    """Return the processor time of this process or of its ended children, in seconds."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


class Timed(TextModel):
    """A model that counts the processor time in which it writes."""

    def __init__(self, model: TextModel):
        self._model, self.ref, self.spent = model, model.ref, 0.0

    def complete(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        """Ask the model."""
        began = seconds(resource.RUSAGE_SELF)
        written = self._model.complete(requests, done)
        self.spent += seconds(resource.RUSAGE_SELF) - began
        return written

    def likelihood(self, messages: Sequence[object], text: str) -> float:
        """Ask the model."""
        return self._model.likelihood(messages, text)  # type: ignore[arg-type]


def copy_of_project(folder: Path) -> Project:
    """Copy what a batch is made from."""
    for part in PARTS:
        source, target = ROOT / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    return Project(folder)


def recipe_of(strategy: str, args: argparse.Namespace) -> AugmentRecipe:
    """Return the maintainers' recipe for one strategy, with targets that no cell meets."""
    changes = {
        "name": strategy.replace("_", "-"),
        "seed": args.seed,
        "allow_empty": True,
        "generate.strategies": (strategy,),
        "generate.explore": 0,
        "generate.per_prompt": 1,
        "generate.wave": args.wave,
        "stop.candidates": args.candidates,
        "stop.min_yield": 0,
        "targets": {
            "per_cell": 100,
            "categories": {"debug": 0.34, "concepts": 0.33, "exercises": 0.33},
        },
    }
    return override(load_recipe(ROOT / "pipelines" / "augment.yaml"), changes)


def measure(strategy: str, args: argparse.Namespace, folder: Path) -> dict[str, float]:
    """Make a batch by one strategy, and print and return what it cost."""
    project = copy_of_project(folder)
    model = Timed(load_model(ModelSettings(name=args.model, context=16384, width=args.width)))
    own, children = seconds(resource.RUSAGE_SELF), seconds(resource.RUSAGE_CHILDREN)
    result = augment(project, recipe_of(strategy, args), lambda *_: None, lambda _: model)
    own = seconds(resource.RUSAGE_SELF) - own
    children = seconds(resource.RUSAGE_CHILDREN) - children
    accepted = len(result.judged_outcome().accepted)
    tokens = sum(e.provenance.tokens or 0 for e in result.candidates)
    total = own + children
    facts = {
        "candidates": len(result.candidates),
        "accepted": accepted,
        "tokens": tokens,
        "model_s": model.spent,
        "children_s": children,
        "total_s": total,
        "other_share": (own - model.spent) / total,
        "per_hour": accepted / total * 3600,
    }
    print(f"{strategy}: " + ", ".join(f"{k} {v:.4g}" for k, v in facts.items()), flush=True)
    for (stage, reason), count in sorted(stages(result).items()):
        print(f"    {stage:10} {reason or 'kept':20} {count}")
    print("    rejected:", dict(result.judged_outcome().reasons()), flush=True)
    return facts


def stages(result: AugmentResult) -> Counter[tuple[str, str]]:
    """Count what the stages of all candidates came to."""
    return Counter((s.name, s.reason) for e in result.candidates for s in e.provenance.stages or ())


def main() -> None:
    """Measure the strategies one after the other, and print the ratio of the last to the first."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("--candidates", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wave", type=int, default=16)
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument("--strategies", nargs="+", default=["few_shot", "from_program"])
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    rates = []
    with tempfile.TemporaryDirectory() as scratch:
        for strategy in args.strategies:
            folder = (args.keep or Path(scratch)) / strategy
            rates.append(measure(strategy, args, folder)["per_hour"])
    if len(rates) > 1 and rates[0]:
        print(f"{args.strategies[-1]} / {args.strategies[0]}: {rates[-1] / rates[0]:.1f} times")
    elif len(rates) > 1:
        print(f"{args.strategies[0]} had no accepted candidate: no ratio")


if __name__ == "__main__":
    main()
