"""A real OpenAI-compatible server on this machine: llama-cpp-python's own, with SmolLM2."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from curator.models.llama.gguf import find_model

# Threads that sleep while they wait, for the sake of what else runs: see models/llama/model.py.
_SLEEPY = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0"}


@dataclass
class Serving:
    """A server that runs, and how to stop it by its process id."""

    process: "subprocess.Popen[bytes]"
    port: int

    @property
    def name(self) -> str:
        """The served model as a recipe names it."""
        return f"openai:smollm2@http://127.0.0.1:{self.port}/v1"

    def kill(self) -> None:
        """End it at once, as a machine that fails does."""
        self.process.kill()
        self.process.wait()


def free_port() -> int:
    """A port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(log: Path, port: int = 0, context: int = 2048, threads: int = 2) -> Iterator[Serving]:
    """The server, ready; what it says goes to `log`."""
    port = port or free_port()
    options = {"model": find_model("smollm2").path, "model_alias": "smollm2", "port": port,
               "host": "127.0.0.1", "n_ctx": context, "n_threads": threads}  # fmt: skip
    command = [sys.executable, "-m", "llama_cpp.server"]
    command += [part for key, value in options.items() for part in (f"--{key}", str(value))]
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, **_SLEEPY})
    served = Serving(process, port)
    try:
        _wait(served, log)
        yield served
    finally:
        served.kill()


def _wait(served: Serving, log: Path, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and served.process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{served.port}/v1/models", trust_env=False)
            return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"the server did not start: {log.read_text('utf-8')[-2000:]}")
