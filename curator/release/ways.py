"""The ways of a retraining beside the curated rows: own answers, other askings, preferences."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from curator.base import store
from curator.dataset.recipe import WaysSettings
from curator.evaluation.recipe import EvaluateRecipe
from curator.records.project import MANIFEST, Project
from curator.records.samples import OWN
from curator.sampling.mix import Shares, mix
from curator.sampling.pairs import PAIRS, PairOptions, make_pairs
from curator.sampling.recipe import load_sample
from curator.sampling.session import TOOLS, Tools, sample
from curator.sampling.sources import find_sources

MIXED = Path("training") / "mixed"
PREFERENCES = "dpo"  # the objective of the second stage


@dataclass(frozen=True)
class Way:
    """Where the ways are gone, and what is called at each step and at counts of a step."""

    project: Project
    settings: WaysSettings
    evaluate: EvaluateRecipe
    step: Callable[[str], None]
    count: Callable[[str, int, int], None]
    tools: Tools = TOOLS


def find_rows(way: Way) -> Path:
    """Return the folder of rows that a retraining learns: the built set, or a mix made of it.

    Raises DataError where a share cannot be had at all, and what asking the model raises.
    """
    settings = way.settings
    if not settings.mixed:
        return way.project.curated
    own = [_own_answers(way)] if settings.own else []
    passages_for = way.evaluate if settings.passages else None
    sources = find_sources(way.project, way.project.curated, own, passages_for, way.count)
    shares = Shares(settings.own, settings.passages, settings.short)
    mixed = mix(sources, shares, way.project.root / MIXED, progress=way.count)
    told = ", ".join(f"{number} {name}" for name, number, _ in mixed.parts() if number)
    way.step(f"mixing the rows: {told}")
    for remark in mixed.remarks:
        way.step(remark)
    return mixed.folder


def find_pairs(way: Way) -> Path:
    """Return a folder of preferences: own answers where they were asked for, repairs, people's.

    Raises DataError where there is none.
    """
    own = (_name(way.project),) if way.settings.own else ()
    paired = make_pairs(way.project, PairOptions(own), way.project.root / PAIRS)
    way.step(f"pairing answers: {sum(paired.manifest['pairs'].values())} pairs")
    return paired.folder


def _own_answers(way: Way) -> Path:
    way.step("asking the base the training tasks")
    recipe = load_sample(way.project.root)
    sample(way.project, recipe, _name(way.project), way.count, way.tools)
    return way.project.root / OWN / _name(way.project)


def _name(project: Project) -> str:
    """Name the own answers to a built set: another set has other tasks."""
    manifest = store.read_json(project.curated / MANIFEST)
    return f"retrain-{manifest['examples_sha256'][:8]}"
