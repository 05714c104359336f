"""Answer a bench's tasks by an arm's model, greedily, and check the answers; resumed by waves."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from curator import __version__
from curator.base import store
from curator.base.errors import CompilerError, ModelError
from curator.base.settings import digest
from curator.evaluation.bench.check import check_tasks
from curator.evaluation.bench.result import BenchResult
from curator.evaluation.bench.tasks import UP_TO_END, Mode, Task, read_tasks
from curator.evaluation.folder import ArmDir
from curator.evaluation.job import Listen
from curator.evaluation.judging import Judge
from curator.evaluation.records import Response
from curator.evaluation.respond import Responder
from curator.models.base import ChatRequest
from curator.records.example import Sampling
from curator.text.fold import fold

GREEDY = Sampling(temperature=0.0, top_p=1.0, top_k=0, repeat_penalty=1.0, max_tokens=768)


@dataclass(frozen=True)
class Bench:
    """A file of tasks, and how they are asked."""

    path: Path
    mode: Mode
    sampling: Sampling = GREEDY

    @property
    def name(self) -> str:
        """How its results are called: the file's name without its end."""
        return re.sub(r"[^a-z0-9_-]+", "-", fold(self.path.stem))

    @property
    def grammar(self) -> str | None:
        """What an answer is held to: by completion it ends where the function does."""
        return UP_TO_END if self.mode == "completion" else None

    @property
    def stem(self) -> str:
        """The name of its files in an arm's folder, without an end."""
        return f"bench-{self.name}-{self.mode}"


def run_bench(
    folder: ArmDir, bench: Bench, responder: Responder, judge: Judge, listen: Listen
) -> BenchResult:
    """Answer a bench's tasks and check the answers; those that are on disk are not asked again.

    Raises DataError for what is no bench, ModelError where the model cannot be asked so, and
    CompilerError where nothing can be run.
    """
    if bench.mode == "completion" and responder.ref.kind != "gguf":
        what = f"a {responder.ref.kind} model is asked by chat only"
        raise ModelError(what, where=folder.name, hint="--bench-mode chat")
    if judge.machine is None:
        raise CompilerError("a bench's programs run in a sandbox only", hint="no --unsandboxed")
    tasks = read_tasks(bench.path)
    with folder.locked():
        answers = _answers(folder, bench, tasks, responder, listen)
        listen(f"{folder.name}: running the tests", 0, 0)
        pairs = list(zip(tasks, answers, strict=True))
        outcomes = dict(zip(tasks, check_tasks(pairs, bench.mode, judge.machine), strict=True))
        result = BenchResult(
            arm=folder.name,
            model=responder.ref,
            bench=bench.name,
            bench_sha256=store.sha256_of(bench.path),
            mode=bench.mode,
            sampling=bench.sampling,
            rustc=judge.version,
            toolkit=__version__,
            passed={task.task_id: one.solved for task, one in outcomes.items()},
            why={task.task_id: one.why[:300] for task, one in outcomes.items() if not one.solved},
        )
        store.write_json(folder.path / f"{bench.stem}.json", result.model_dump(mode="json"))
    return result


def _answers(
    folder: ArmDir, bench: Bench, tasks: Sequence[Task], responder: Responder, listen: Listen
) -> list[str]:
    """Return an answer to each task: those on disk, and the others, asked in waves."""
    held = [bench.grammar] if bench.grammar else []
    given = [t.model_dump(mode="json") for t in tasks]
    made = digest(responder.ref, bench.sampling, given, *held)
    path = folder.path / f"{bench.stem}-{made[:12]}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    known = [one.response for one in store.read(path, Response)] if path.exists() else []
    known = known[: len(known) - len(known) % responder.width] if len(known) < len(tasks) else known
    store.write_atomic(path, _responses(tasks, known))
    try:
        while len(known) < len(tasks):
            before = len(known)
            wave = tasks[before : before + responder.width]
            asked = [
                ChatRequest(t.messages(bench.mode), bench.sampling, 0, bench.grammar) for t in wave
            ]

            def told(ended: int, before: int = before) -> None:
                listen(f"{folder.name}: {bench.name}", before + ended, len(tasks))

            told(0)
            texts = [one.text for one in responder.respond(asked, told)]
            with store.Appender(path) as file:
                file.extend(_responses(wave, texts))
            known += texts
    finally:
        responder.close()
    return known


def _responses(tasks: Sequence[Task], texts: Sequence[str]) -> list[Response]:
    pairs = zip(tasks, texts, strict=False)
    return [Response(prompt_id=task.task_id, response=text) for task, text in pairs]
