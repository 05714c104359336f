"""Answer with a model folder, perhaps with an adapter, through mlx-lm in a child process.

The child (mlx_child) has OpenBLAS before mlx's BLAS, and its memory ends with it. It answers one
ask after another, so that an answer depends on its own seed and nothing else.
"""

import json
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from typing_extensions import override

from curator.base import child, store
from curator.base.errors import ModelError
from curator.evaluation.records import ModelIdentity
from curator.evaluation.respond import Responder
from curator.models.base import ChatRequest, Completion, Message, ignore
from curator.training.artefacts import weights_digest
from curator.training.blas import find_openblas, with_openblas

ADAPTER = "adapters.safetensors"


class MlxResponder(Responder):
    """A model folder. The child starts with the first question and lives until `close`."""

    width = 1

    def __init__(self, folder: Path, adapter: Path | None = None):
        self._folder, self._adapter = folder, adapter
        self._child: subprocess.Popen[str] | None = None
        self._words: IO[bytes] | None = None  # what it says on standard error
        self.ref = identity(folder, adapter)

    @override
    def prompt_tokens(self, messages: Sequence[Message]) -> int:
        return int(self._ask({"messages": _plain(messages)})["size"])

    @override
    def text_tokens(self, text: str) -> int:
        return int(self._ask({"text": text})["size"])

    @override
    def respond(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        completions = []
        for ask in requests:
            sampling = ask.sampling.model_dump()
            wanted = {"messages": _plain(ask.messages), "sampling": sampling, "seed": ask.seed}
            completions.append(Completion(**self._ask(wanted)))
            done(len(completions))
        return completions

    @override
    def close(self) -> None:
        if self._child:
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe:
                    pipe.close()
            self._child = None
        if self._words:
            self._words.close()
            self._words = None

    def _start(self) -> "subprocess.Popen[str]":
        adapter = [str(self._adapter)] if self._adapter else []
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the child
        return subprocess.Popen(
            child.command("curator.evaluation.mlx_child", str(self._folder), *adapter),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            text=True,
            encoding="utf-8",
            env=with_openblas(),
            start_new_session=True,  # Ctrl-C is for the command, which then closes the child
        )

    def _ask(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Ask the child one question; raises ModelError with what went wrong."""
        process = self._child = self._child or self._start()
        if process.stdin is None or process.stdout is None:
            raise ModelError("the child was started without pipes", where=self._folder)
        try:
            process.stdin.write(json.dumps(wanted) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = process.stdout.readline()  # why it ended, if it said so
        if not line:
            raise self._ended(process.wait())
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise ModelError(f"mlx cannot run it: {answer['error']}", where=self._folder)
        return answer

    def _ended(self, code: int) -> ModelError:
        """Make an error of a child that ended without an answer, with its own last words."""
        words = b""
        if self._words:
            self._words.seek(0)
            words = self._words.read()
        hint = "the same command resumes where it stopped"
        if code == -signal.SIGKILL or child.lacked_memory(words):
            hint = f"it lacks memory; {hint}"
        said = child.last_line(words) or "it said nothing"
        return ModelError(f"mlx ended with code {code}: {said}", where=self._folder, hint=hint)


def _plain(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [asdict(m) for m in messages]


def identity(folder: Path, adapter: Path | None) -> ModelIdentity:
    """Identify a folder and an adapter; raises ModelError where one has no weights."""
    if not list(folder.glob("*.safetensors")):
        raise ModelError("the folder has no weights", where=folder, hint="import or fuse it again")
    digest = None
    if adapter:
        if not (adapter / ADAPTER).is_file():
            hint = "give the folder `adapters` of a run"
            raise ModelError(f"there is no {ADAPTER}", where=adapter, hint=hint)
        digest = store.sha256_of(adapter / ADAPTER)
    name = f"{folder.name}+{adapter.parent.name}" if adapter else folder.name
    runtime = {
        "mlx": version("mlx"),
        "mlx_lm": version("mlx-lm"),
        "blas": find_openblas() or "mlx's own",
    }
    return ModelIdentity(
        kind="mlx",
        name=name,
        sha256=weights_digest(folder),
        adapter_sha256=digest,
        runtime=runtime,
    )
