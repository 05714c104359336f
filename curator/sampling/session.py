"""Sample a model's own answers to the train split, from the rows to the manifest."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.base import store
from curator.base.errors import CompilerError, DataError
from curator.base.progress import Progress, silent
from curator.base.seeds import derive_seed
from curator.base.settings import digest
from curator.evaluation.asking import texts_sha256
from curator.evaluation.judging import rust_judge
from curator.evaluation.models import open_responder
from curator.evaluation.recipe import ArmSetting, EvaluateRecipe
from curator.evaluation.records import ARM_NAME
from curator.evaluation.respond import Responder
from curator.evaluation.solving.run import Machine
from curator.records import samples as names
from curator.records.project import Project
from curator.records.samples import Answer, LeftOut, SampledTask
from curator.sampling import rows
from curator.sampling.ask import Asking, ask, too_long
from curator.sampling.asked_elsewhere import leakages, leaks_of
from curator.sampling.choose import choose
from curator.sampling.judge import judge
from curator.sampling.prove import prove
from curator.sampling.recipe import SampleRecipe
from curator.sampling.tasks import Rows, read_rows

_TOGETHER = 64  # answers that are checked together


def real_responder(root: Path, recipe: SampleRecipe) -> Responder:
    """Open the model that is asked: as an arm of an evaluation names it."""
    asked = EvaluateRecipe(
        augment=recipe.augment,
        sampling=recipe.sampling,
        context=recipe.context,
        width=recipe.width,
        threads=recipe.threads,
    )
    name, _, adapter = recipe.model.partition("+")
    return open_responder(root, asked, ArmSetting(name="own", model=name, adapter=adapter or None))


def real_machine() -> Machine:
    """Return the sandbox; raises CompilerError where there is none."""
    machine = rust_judge(()).machine
    if machine is None:
        hint = "leave --unsandboxed away, or sample on a machine with a sandbox"
        raise CompilerError("answers are checked in a sandbox only", hint=hint)
    return machine


@dataclass(frozen=True)
class Tools:
    """The parts of a sampling: the model, and what compiles and runs."""

    responder: Callable[[Path, SampleRecipe], Responder] = real_responder
    machine: Callable[[], Machine] = real_machine


TOOLS = Tools()


@dataclass(frozen=True)
class Job:
    """A sampling whose tasks are known; nothing is asked yet."""

    project: Project
    recipe: SampleRecipe
    folder: Path
    tasks: Sequence[SampledTask]
    left_out: Sequence[LeftOut]
    responder: Responder
    machine: Machine

    @property
    def made(self) -> rows.Made:
        """What all answers follow from."""
        return rows.Made(
            model=self.responder.ref,
            prompt_sha256=texts_sha256(self.tasks[0].system, rag=False),
            sampling=self.recipe.sampling,
            seed=self.recipe.seed,
            rustc=self.machine.compiler.version,
        )


@dataclass(frozen=True)
class Sampled:
    """What came of a sampling: its folder, and the manifest in it."""

    folder: Path
    manifest: Mapping[str, Any]

    def document(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {"folder": str(self.folder), **self.manifest}


def sample(
    project: Project,
    recipe: SampleRecipe,
    name: str,
    progress: Progress = silent,
    tools: Tools = TOOLS,
) -> Sampled:
    """Ask a model the tasks of the train split, check its answers, and write those to train on.

    What is on disk is not asked again; it is checked and chosen from anew. Raises DataError where
    there is no set, no task has a check, or the folder holds another sampling; ModelError for what
    the model cannot do; CompilerError without a sandbox; StoreError where another process works
    in the folder.
    """
    folder = project.root / names.OWN / _plain(name)
    with store.locked(folder.with_name(f".{name}.lock"), "samples here", 0.2, where=folder):
        job = _prepare(project, recipe, folder, (progress, tools))
        try:
            asking = Asking(job.tasks, recipe, job.responder, folder / names.ANSWERS)
            answers = ask(asking, progress)
        finally:
            job.responder.close()
        return _finish(job, answers, progress)


def _plain(name: str) -> str:
    if re.fullmatch(ARM_NAME, name) is None:
        hint = "use lower-case letters, digits and . _ -"
        raise DataError(f"{name!r} is no name for a folder of own answers", hint=hint)
    return name


def _prepare(
    project: Project,
    recipe: SampleRecipe,
    folder: Path,
    means: tuple[Progress, Tools],
) -> Job:
    """Find the tasks: those on disk, where the same was asked for, else those of the set."""
    progress, tools = means
    read = read_rows(project.root, project.curated, leakages(project, recipe.leakage))
    machine, responder = tools.machine(), tools.responder(project.root, recipe)
    request = _request(recipe, responder, read)
    _check_same(folder, request)
    if not (folder / names.REQUEST).is_file():
        proved = prove(read.asked, machine, progress)
        tasks, left_out = _fitting(
            proved.tasks, [*read.left_out, *proved.left_out], recipe, responder
        )
        if not tasks:
            told = rows.counted(one.reason for one in left_out)
            what = f"no row of the train split can be asked: {told}"
            raise DataError(what, where=project.curated)
        # Drawn, so that the first ones, which `limit` asks, are of all topics.
        tasks.sort(key=lambda task: derive_seed(recipe.seed, task.id))
        store.write_atomic(folder / names.TASKS, tasks)
        store.write_atomic(folder / names.LEFT_OUT, left_out)
        store.write_json(folder / names.REQUEST, {**request, "files": _digests(folder)})
    _check_tasks(folder)
    tasks = list(store.read(folder / names.TASKS, SampledTask))
    left_out = list(store.read(folder / names.LEFT_OUT, LeftOut))
    return Job(project, recipe, folder, tasks[: recipe.limit], left_out, responder, machine)


def _request(recipe: SampleRecipe, responder: Responder, read: Rows) -> dict[str, Any]:
    """Return all that the answers follow from; what is chosen of them may change."""
    asked = [[one.id, one.system, one.question, one.reference] for one in read.asked]
    return {
        "model": responder.ref.model_dump(mode="json"),
        "width": responder.width,
        "rows_sha256": digest(asked),
        **recipe.model_dump(mode="json", include={"sampling", "seed", "per_task", "context"}),
    }


def _check_same(folder: Path, request: Mapping[str, Any]) -> None:
    """Raise DataError where a folder holds answers to another request."""
    path = folder / names.REQUEST
    if not path.is_file():
        return
    before = store.read_json(path)
    known = before if isinstance(before, dict) else {}
    changed = [key for key in request if known.get(key) != request[key]]
    if changed:
        what = f"other answers are there: {', '.join(changed)} changed"
        hint = "--name NAME asks under another name; or delete the folder"
        raise DataError(what, where=folder, hint=hint)


def _digests(folder: Path) -> dict[str, str]:
    known = [name for name in (names.TASKS, names.LEFT_OUT) if (folder / name).is_file()]
    return {name: store.sha256_of(folder / name) for name in known}


def _check_tasks(folder: Path) -> None:
    """Raise DataError where the tasks, and so their checks, are not those that were proved."""
    now = _digests(folder)
    before = {**now, **store.read_json(folder / names.REQUEST).get("files", {})}  # older: none
    for name in (names.TASKS, names.LEFT_OUT):
        if name not in now or now[name] != before[name]:
            what = "not the file that was written when the checks were proved"
            hint = "restore it; or ask under another --name; or delete the folder"
            raise DataError(what, where=folder / name, hint=hint)


def _fitting(
    tasks: Sequence[SampledTask],
    left_out: Sequence[LeftOut],
    recipe: SampleRecipe,
    responder: Responder,
) -> tuple[list[SampledTask], list[LeftOut]]:
    """Leave out what does not fit the model's context."""
    long = set(too_long(tasks, recipe, responder))
    detail = f"context {recipe.context}, answers of {recipe.sampling.max_tokens}"
    found = [
        LeftOut(id=task.id, category=task.category, reason="too_long", detail=detail)
        for task in tasks
        if task.id in long
    ]
    return [task for task in tasks if task.id not in long], [*left_out, *found]


def _finish(job: Job, answers: Sequence[Answer], progress: Progress) -> Sampled:
    """Check the answers, choose rows, and write everything, the manifest last."""
    known = {task.id: task for task in job.tasks}
    pairs = [(known[one.task], one.text) for one in answers]
    outcomes = []
    for at in range(0, len(pairs), _TOGETHER):
        progress("checking", at, len(pairs))
        outcomes += judge(pairs[at : at + _TOGETHER], job.machine)
    progress("choosing", 0, 0)
    checked = [
        (known[one.task], one, outcome) for one, outcome in zip(answers, outcomes, strict=True)
    ]
    leaks = leaks_of(job.project, job.recipe.leakage)
    samples = choose(checked, job.recipe, leaks)
    rows.write(job.folder, job.tasks, samples, job.made)
    content = {
        **job.made.model_dump(mode="json"),
        "recipe": job.recipe.model_dump(mode="json"),
        "checks_sha256": digest([rows.check_digest(task) for task in job.tasks]),
        "request": store.read_json(job.folder / names.REQUEST),
        "counts": rows.counts(job.tasks, job.left_out, samples),
    }
    return Sampled(job.folder, rows.write_manifest(job.folder, content))
