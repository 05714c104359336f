"""`curator influence`: compare the rows of a run with targets, in a child process, and sum up."""

import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from curator.base import child, store
from curator.base.errors import TrainingError
from curator.base.progress import Progress, silent
from curator.training.blas import for_training
from curator.training.influence.folder import InfluenceDir
from curator.training.influence.measure import (
    UNKNOWN,
    Group,
    Influence,
    described,
    grouped,
    influences,
)
from curator.training.modelling import find_folder
from curator.training.rundir import RunDir

GROUPS = ("topic", "category", "difficulty")


@dataclass(frozen=True)
class Influenced:
    """The rows of a run by what they did for `targets` rows, the most helpful first."""

    run: RunDir
    rows: list[Influence]
    groups: dict[str, list[Group]]
    targets: int

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON object."""
        groups = {by: [asdict(group) for group in found] for by, found in self.groups.items()}
        rows = [asdict(row) for row in self.rows]
        return {"run": self.run.name, "targets": self.targets, "groups": groups, "rows": rows}


def measure(
    root: Path, run: RunDir, targets: Path | None = None, progress: Progress = silent
) -> Influenced:
    """Find how each row of a complete run influences the loss of `targets` (its validation rows).

    Resumes what was begun. Raises TrainingError for a run that cannot be asked or a worker that
    died, DataError for targets that cannot be read, StoreError where another process does this.
    """
    folder = InfluenceDir(run)
    find_folder(run.request().folder)
    with store.locked(run.file(".influence.lock"), "compares the rows of this run", wait=1.0):
        folder.begin(targets)
        if not folder.complete:
            _work(run, progress)
        found = _summed(root, folder, own=targets is None)
        folder.finish(found.document())
    return found


def _summed(root: Path, folder: InfluenceDir, own: bool) -> Influenced:
    """Sum up what was found; the topics of targets are known where they are `own` rows."""
    likenesses = folder.found()
    valid = described(folder.run, root, "valid") if own else {}
    places = [f"valid.jsonl:{line}" for line in folder.target_lines()]
    topics = [valid[place].topic if place in valid else UNKNOWN for place in places]
    rows = influences(likenesses, described(folder.run, root, "train"), topics)
    groups = {by: grouped(rows, by) for by in GROUPS}
    return Influenced(folder.run, rows, groups, len(topics))


def _work(run: RunDir, progress: Progress) -> None:
    """Let a child compare what is not compared yet."""
    command = child.command("curator.training.influence.worker", str(run.path))
    with (run.file("influence") / "worker.log").open("wb") as log:
        worker = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=for_training())
        with worker:
            try:
                error = _follow(worker, progress)
            except BaseException:
                worker.kill()
                raise
    if error:
        raise TrainingError(**error)
    if worker.returncode:
        words = child.last_line((run.file("influence") / "worker.log").read_bytes())
        how = words or f"it ended with {worker.returncode} and said nothing"
        hint = "the same command goes on from here; less memory: fewer or shorter rows"
        raise TrainingError(f"the worker died: {how}", where=run.path, hint=hint)


def _follow(worker: "subprocess.Popen[bytes]", progress: Progress) -> dict[str, Any] | None:
    """Report what a worker does; returns the error that it names."""
    labels = {"targets": "gradients of the targets", "rows": "comparing rows"}
    for line in worker.stdout or ():
        message = child.parse_message(line) or {}
        if "error" in message:
            return dict(message["error"])
        for key in labels.keys() & message.keys():
            progress(labels[key], message[key], message["of"])
    return None
