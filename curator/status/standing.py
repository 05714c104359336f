"""Where a project stands, and the next sensible command: what `curator` says by itself.

Only what is written down is read: no filter, compiler or model runs, so that it answers at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from curator.base import store
from curator.base.clock import now
from curator.base.plural import plural
from curator.dataset.gate import Check, checks, last_training
from curator.dataset.recipe import RetrainRecipe, load_retrain
from curator.evaluation.promotion import Entry, read_ledger
from curator.generate.batch import existing
from curator.generate.recipe import load_recipe
from curator.records.coverage import Coverage, coverage
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.project import MANIFEST, Project
from curator.records.rejections import Refused
from curator.records.targets import Targets
from curator.release.retrain import PENDING
from curator.review.decisions.agreement import Agreement, agreement
from curator.review.decisions.settle import ReviewStatus
from curator.review.decisions.state import State, read_state
from curator.review.recipe import load_review
from curator.training.rundir import RunDir, runs


class Next(NamedTuple):
    """A command, and why it is the sensible one."""

    command: str
    why: str


@dataclass(frozen=True)
class BuiltSet:
    """curated/ as it was built, for the gate. `fresh`: a build today would weigh the same."""

    examples: Sequence[Example]
    covered: Coverage
    agreement: Sequence[Agreement]
    fresh: bool


@dataclass(frozen=True)
class Standing:
    """Where a project stands.

    `answers` counts its candidates by what people said; `run` is the newest training, `decision`
    the last line of the ledger; `failed` are the gate's checks that do not pass on the built set.
    `refused` knows what is not counted as covered, `broken` names batches that were broken off.
    """

    covered: Coverage
    answers: dict[str, int]
    built: BuiltSet | None
    failed: tuple[Check, ...]
    run: RunDir | None
    decision: Entry | None
    next: Next
    refused: Refused
    broken: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Everything as one JSON document."""
        return {
            "examples": self.covered.total,
            "missing": self.covered.missing,
            "refused": self.refused.met,
            "candidates": self.answers,
            "batches_broken_off": list(self.broken),
            "built": len(self.built.examples) if self.built else None,
            "built_is_fresh": bool(self.built and self.built.fresh),
            "gate": [c.document() for c in self.failed],
            "training": {"run": self.run.name, "finished": self.run.finished} if self.run else None,
            "decision": self.decision.decision.model_dump() if self.decision else None,
            "next": self.next._asdict(),
        }


def standing(project: Project) -> Standing:
    """Read it; raises CuratorError for files that cannot be read."""
    recipe = load_retrain(project)
    augment = load_recipe(project.root / "pipelines" / recipe.augment)
    targets = augment.targets
    state = read_state(project, load_review(project, project.root / "pipelines" / recipe.review))
    covered = coverage(state.counted(), targets, project.taxonomy)
    answers = {a.value: 0 for a in ReviewStatus}
    for found in state.settlements.values():
        answers[found.status.value] += 1
    built = _built(project, recipe, state, targets)
    last = last_training(project.root)
    found_checks = checks(built, recipe.gate, last, now()) if built else []
    failed = tuple(c for c in found_checks if not c.passed)
    run = next(reversed(runs(project.root)), None)
    decision = next(reversed(read_ledger(project.root)), None)
    makings = covered, answers, built, failed, run
    pending = (project.root / PENDING).exists()
    broken = tuple(b.name for b in existing(project.root / augment.output) if not b.complete)
    sensible = next(_sensible(*makings, pending))
    return Standing(*makings, decision, sensible, state.refused, broken)


def _built(
    project: Project, recipe: RetrainRecipe, state: State, targets: Targets
) -> BuiltSet | None:
    path = project.curated / MANIFEST
    if not path.is_file():
        return None
    manifest = store.read_json(path)
    examples = list(read_examples(project.curated / "examples.jsonl"))
    free = recipe.build.without_review
    accepted = state.accepted()
    every = [*state.trusted, *state.examples.values(), *accepted]
    may_enter = {e.id for e in every if e.provenance.origin in free} | {e.id for e in accepted}
    weighed = {e.id for e in examples} | set(manifest["left_out"])
    known = [e for e in examples if e.topic in project.taxonomy.topics]
    fresh = weighed == may_enter and len(known) == len(examples)
    covered = coverage(known, targets, project.taxonomy)
    return BuiltSet(examples, covered, agreement(state.reviews), fresh)


def _sensible(
    covered: Coverage,
    answers: dict[str, int],
    built: BuiltSet | None,
    failed: Sequence[Check],
    run: RunDir | None,
    pending: bool,
) -> Iterator[Next]:
    """The sensible commands, the most pressing one first."""
    if not covered.total:
        yield Next("curator import FILE --authored", "there is no example yet to learn from")
    if pending:
        yield Next("curator retrain", "a retraining was broken off")
    if run and not run.finished:
        yield Next(run.go_on, f"{run.name} was broken off")
    if answers["disputed"]:
        yield Next(
            "curator review push",
            f"{plural(answers['disputed'], 'waits', 'wait')} for a third person",
        )
    if answers["pending"]:
        waiting = plural(answers["pending"], "candidate waits", "candidates wait")
        why = f"{waiting} for people; curator argilla up, if none runs"
        yield Next("curator review pull && curator review push", why)
    if covered.missing:
        missing = plural(covered.missing, "example is missing", "examples are missing")
        yield Next("curator augment", f"{missing} to the targets")
    if not built:
        yield Next("curator build", "there is no curated set yet")
    elif not built.fresh:
        yield Next("curator build", "the curated set is older than what may enter it")
    if failed:
        yield Next("curator gate", f"not ready for a training: {failed[0].name}")
    yield Next("curator retrain", "the gate is met")
