"""Where a project stands, and the next sensible command: what `curator` says by itself.

Only what is written down is read: no filter, compiler or model runs, so that it answers at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from curator.augment.batches import BatchStatus, BatchSummary, list_batches
from curator.base import store
from curator.base.clock import now
from curator.dataset.gate import Check, LastTraining, checks, last_training
from curator.dataset.recipe import RetrainRecipe, load_retrain
from curator.evaluation.promotion import Entry, read_ledger
from curator.generate.recipe import load_recipe
from curator.records.coverage import Coverage, coverage
from curator.records.example import Example, Origin
from curator.records.files import read_examples
from curator.records.project import MANIFEST, Project
from curator.records.rejections import FULL, LastBuildRejections
from curator.records.targets import Targets
from curator.release.retrain import LOCK, PENDING
from curator.review.argilla.access import is_known
from curator.review.decisions.agreement import Agreement, agreement
from curator.review.decisions.settle import ReviewStatus
from curator.review.decisions.state import State, read_state
from curator.review.recipe import ReviewRecipe, load_review
from curator.review.sent import sent_ids
from curator.status.next import NextStep, Standing, next_steps
from curator.training.rundir import RunDir, runs
from curator.training.watch import alive


@dataclass(frozen=True)
class BuiltSet:
    """The curated set as it was built, for the gate.

    `full` examples were left out for full slots; `fresh` says that a build today would choose from
    the same examples.
    """

    examples: Sequence[Example]
    covered: Coverage
    agreement: Sequence[Agreement]
    full: int
    fresh: bool


@dataclass(frozen=True)
class ProjectStatus:
    """Where a project stands.

    `made` candidates of all batches were made, `passed` of them passed the filters, and
    `candidates` counts those by their status with reviewers, of which `unsent` wait and were never
    pushed; `run` is the newest training, `decision` the last line of the ledger; `failed` are the
    gate's checks that do not pass on the built set. `next` is the sensible step, and `then` what
    waits for people meanwhile, where `next` is a training. `rejections` knows what is not counted
    as covered, `batches` are those that are not complete, and `training` says that a process works
    on the run now.
    """

    covered: Coverage
    made: int
    passed: int
    candidates: dict[str, int]
    unsent: int
    built: BuiltSet | None
    failed: tuple[Check, ...]
    run: RunDir | None
    decision: Entry | None
    next: NextStep
    then: NextStep | None
    rejections: LastBuildRejections
    batches: tuple[BatchSummary, ...]
    training: bool

    @property
    def gate_ready(self) -> bool | None:
        """Whether the gate is met by a set of what there is now; None where there is none."""
        if not (self.covered.total and self.built and self.built.fresh):
            return None
        return not self.failed

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        return {
            "examples": self.covered.total,
            "missing": self.covered.missing,
            "refused": self.rejections.seen,
            "made": self.made,
            "passed": self.passed,
            "candidates": self.candidates,
            "unsent": self.unsent,
            "batches_broken_off": [b.name for b in self.batches if not b.running],
            "batches": [b.document() for b in self.batches],
            "built": len(self.built.examples) if self.built else None,
            "built_is_fresh": bool(self.built and self.built.fresh),
            "gate": [c.document() for c in self.failed],
            "gate_ready": self.gate_ready,
            "training": self._training(),
            "decision": self.decision.decision.model_dump() if self.decision else None,
            "next": self.next._asdict(),
            "then": self.then._asdict() if self.then else None,
        }

    def _training(self) -> dict[str, Any] | None:
        if self.run is None:
            return None
        return {"run": self.run.name, "finished": self.run.finished, "running": self.training}


def project_status(
    project: Project, recipe: RetrainRecipe | None = None, review: ReviewRecipe | None = None
) -> ProjectStatus:
    """Read where a project stands, by its own recipes where none are given.

    Raises CuratorError for files that cannot be read.
    """
    recipe = recipe or load_retrain(project)
    review = review or load_review(project, project.root / "pipelines" / recipe.review)
    augment = load_recipe(project.root / "pipelines" / recipe.augment)
    targets = augment.targets
    state = read_state(project, review)
    covered = coverage(state.counted(), targets, project.taxonomy)
    every = [s.status for s in state.settlements.values()]
    candidates = {status.value: every.count(status) for status in ReviewStatus}
    sent = sent_ids(project, review)
    pending = [k for k, s in state.settlements.items() if s.status is ReviewStatus.PENDING]
    unsent = sum(key not in sent for key in pending)
    built = _built(project, recipe, state, targets)
    last = last_training(project.root)
    weighed = checks(built, recipe.gate, last, now()) if built else []
    failed = tuple(c for c in weighed if not c.passed)
    run = next(reversed(runs(project.root)), None)
    decision = next(reversed(read_ledger(project.root)), None)
    working = run is not None and not run.finished and alive(run)
    held = store.held(project.root / LOCK)
    retraining = (project.root / PENDING).exists() and not held
    listed = list_batches(project, [augment.output])
    batches = tuple(b for b in listed if b.state is not BatchStatus.COMPLETE)
    standing = Standing(
        covered=covered,
        candidates=candidates,
        unsent=unsent,
        sent=bool(sent),
        served=bool(unsent) and is_known(review.server, project),
        built=bool(built),
        fresh=bool(built and built.fresh),
        failed=failed,
        untrained=not (working or held) and _is_new(built, last),
        run=None if working or held else run,
        retraining=retraining,
        batches=batches,
    )
    first, *others = next_steps(standing)
    waiting = next((step for step in others if step.step == "review"), None)
    return ProjectStatus(
        covered=covered,
        made=sum(b.candidates for b in listed),
        passed=sum(b.accepted or 0 for b in listed),
        candidates=candidates,
        unsent=unsent,
        built=built,
        failed=failed,
        run=run,
        decision=decision,
        next=first,
        then=waiting if first.step == "training" else None,
        rejections=state.rejections,
        batches=batches,
        training=working,
    )


def _is_new(built: BuiltSet | None, last: LastTraining | None) -> bool:
    """Tell whether the newest training did not see the set as it was built."""
    if built is None:
        return False
    return last is None or {e.id for e in built.examples} != last.examples


def _built(
    project: Project, recipe: RetrainRecipe, state: State, targets: Targets
) -> BuiltSet | None:
    """Read the built set, if there is one."""
    path = project.curated / MANIFEST
    if not path.is_file():
        return None
    manifest = store.read_json(path)
    examples = list(read_examples(project.curated / "examples.jsonl"))
    free = recipe.build.without_review
    accepted = state.accepted()
    every = [*state.trusted, *state.examples.values(), *accepted]
    # Imports that a filter rejected enter only when people have mended them.
    open_ = (e for e in every if not (e.rejection and e.provenance.origin is Origin.IMPORTED))
    may_enter = {e.id for e in open_ if e.provenance.origin in free} | {e.id for e in accepted}
    chosen_from = {e.id for e in examples} | set(manifest["left_out"])
    known = [e for e in examples if e.topic in project.taxonomy.topics]
    fresh = chosen_from == may_enter and len(known) == len(examples)
    covered = coverage(known, targets, project.taxonomy)
    full = sum(reason.startswith(FULL) for reason in manifest["left_out"].values())
    return BuiltSet(examples, covered, agreement(state.reviews), full, fresh)
