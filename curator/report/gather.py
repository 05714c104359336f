"""Read everything that a report says from the project; nothing is measured here."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator import __version__
from curator.base.clock import now
from curator.evaluation.duels.outcome import DuelOutcome, nameless
from curator.evaluation.duels.session import read_outcomes
from curator.evaluation.promotion import Entry, read_ledger
from curator.generate.recipe import AugmentRecipe, load_recipe
from curator.records.project import Project
from curator.report.data.batches import Batches, read_batches
from curator.report.data.dataset import Dataset, read_dataset, retrain_recipe
from curator.report.data.evaluation import Evaluation, Stale, read_evaluation
from curator.report.data.people import People, read_people
from curator.report.data.training import Run, Training, read_runs, read_training
from curator.review.decisions.state import read_state
from curator.review.recipe import RECIPE as REVIEW
from curator.review.recipe import ReviewRecipe, load_review
from curator.rust.toolchain import installed_version
from curator.status.project import project_status


@dataclass(frozen=True)
class Report:
    """The project as it stands at `time`, by this toolkit; `rustc` is the one installed now.

    `next` is the command that `curator` names, too; `gate_ready` says whether the gate is met, None
    where there is no set of what there is now.
    """

    time: str
    toolkit: str
    rustc: str | None
    model: str
    dataset: Dataset
    batches: Batches
    people: People
    runs: tuple[Run, ...]
    training: Training | None
    evaluation: Evaluation | None
    ledger: tuple[Entry, ...]
    duels: tuple[DuelOutcome, ...] = ()
    next: str = ""
    gate_ready: bool | None = None

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        return {
            "time": self.time,
            "toolkit": self.toolkit,
            "rustc": self.rustc,
            "model": self.model,
            "dataset": self.dataset.document(),
            "batches": self.batches.document(),
            "review": self.people.document(),
            "runs": [vars(r) for r in self.runs],
            "training": self.training.document() if self.training else None,
            "evaluation": self.evaluation.document() if self.evaluation else None,
            "ledger": [e.model_dump(mode="json") for e in self.ledger],
            "duels": [nameless(d).document() for d in self.duels],
            "next": self.next,
            "gate_ready": self.gate_ready,
        }


def gather(project: Project, stale: Stale) -> Report:
    """Read the project; raises CuratorError for a file that is not what it should be."""
    project.open()
    retrain = retrain_recipe(project)
    recipe = load_recipe(project.root / "pipelines" / retrain.augment)
    review = _review(project, retrain.review)
    state = read_state(project, review)
    dataset = read_dataset(project, state, recipe.targets, retrain)
    every = read_runs(project, dataset.files or {})
    status = project_status(project, retrain, review)
    return Report(
        time=now().isoformat(),
        toolkit=__version__,
        rustc=installed_version(),
        model=_model(recipe),
        dataset=dataset,
        batches=read_batches(project, recipe.output),
        people=read_people(state, recipe.targets),
        runs=tuple(every),
        training=read_training(project, every),
        evaluation=read_evaluation(project, stale),
        ledger=tuple(read_ledger(project.root)),
        duels=tuple(read_outcomes(project)),
        next=status.next.command,
        gate_ready=status.gate_ready,
    )


def _review(project: Project, name: str) -> ReviewRecipe:
    path = project.root / Path("pipelines") / name
    known = path.is_file() or (project.root / REVIEW).is_file()
    return load_review(project, path) if known else ReviewRecipe()


def _model(recipe: AugmentRecipe) -> str:
    return recipe.model.name
