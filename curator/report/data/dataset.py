"""Read the dataset: what is in curated/ or, before the first build, what would enter it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from curator.dataset.card import verified
from curator.dataset.recipe import RECIPE, GateSettings, RetrainRecipe, load_retrain
from curator.dataset.write import read_manifest
from curator.records.coverage import Coverage, coverage
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.project import MANIFEST, Project
from curator.records.targets import Targets
from curator.review.decisions.state import State


@dataclass(frozen=True)
class Dataset:
    """The examples that count, as they stand.

    `built` says that they are those of curated/, of digest `sha256`; `files` are the digests of its
    files; `newer` and `gone` count the project's examples that came or went since it was built.
    `verified` maps a filter to the share of examples whose verdicts say that they pass it.
    """

    built: bool
    covered: Coverage
    targets: Targets
    gate: GateSettings
    origins: dict[str, int]
    verified: dict[str, float]
    counts: dict[str, int]
    sha256: str | None = None
    toolkit: str | None = None
    files: dict[str, str] | None = None
    newer: int = 0
    gone: int = 0

    def document(self) -> dict[str, Any]:
        """Return the dataset as a JSON object."""
        return {
            "built": self.built,
            "sha256": self.sha256,
            "toolkit": self.toolkit,
            "files": self.files or {},
            "coverage": self.covered.document(),
            "targets": self.targets.model_dump(mode="json"),
            "gate": self.gate.model_dump(mode="json"),
            "origins": self.origins,
            "verified": self.verified,
            "counts": self.counts,
            "newer": self.newer,
            "gone": self.gone,
        }


def retrain_recipe(project: Project) -> RetrainRecipe:
    """Load the project's retrain recipe, or the default one where it has none."""
    return load_retrain(project) if (project.root / RECIPE).is_file() else RetrainRecipe()


def read_dataset(
    project: Project, state: State, targets: Targets, recipe: RetrainRecipe
) -> Dataset:
    """Read the built set, or count what people and authors offer where none is built yet.

    Raises DataError where a file of the set is not the one that was built.
    """
    offered = [*state.trusted, *state.accepted()]
    if not (project.curated / MANIFEST).is_file():
        return _described(state.counted(), targets, recipe.gate)
    manifest = read_manifest(project.curated)
    examples = list(read_examples(project.curated / "examples.jsonl"))
    known = {i for ids in manifest["splits"].values() for i in ids} | manifest["left_out"].keys()
    ids = {e.id for e in offered}
    return _described(
        examples,
        targets,
        recipe.gate,
        built=True,
        counts=manifest["counts"],
        sha256=manifest["examples_sha256"],
        toolkit=manifest["toolkit"],
        files=manifest["files"],
        newer=len(ids - known),
        gone=len(known - ids),
    )


def _described(
    examples: Sequence[Example], targets: Targets, gate: GateSettings, **facts: Any
) -> Dataset:
    origins = Counter(str(e.provenance.origin) for e in examples)
    given: dict[str, Any] = {"built": False, "counts": {"total": len(examples)}, **facts}
    return Dataset(
        covered=coverage(examples, targets),
        targets=targets,
        gate=gate,
        origins=dict(sorted(origins.items())),
        verified={name: round(verified(examples, name), 4) for name in ("rust", "french")},
        **given,
    )
