import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from curator.review.argilla.server import environment
from curator.review.argilla.server.launch import ENGINE


class Driver:
    """The engine in a process of the server's environment (driver.py)."""

    def __init__(self, folder: Path, python: Path):
        seen = {
            **os.environ,
            "PYTHONPATH": str(ENGINE),
            "ARGILLA_HOME_PATH": str(folder),
            "ARGILLA_DATABASE_URL": "sqlite+aiosqlite:///argilla.db",
            "ARGILLA_SEARCH_ENGINE": "sqlite",
            "HF_HUB_OFFLINE": "1",
        }
        self.process = subprocess.Popen(
            [str(python), str(Path(__file__).with_name("driver.py"))],
            cwd=folder,
            env=seen,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(folder / "log").open("wb"),
            text=True,
        )
        self.log = folder / "log"

    def __call__(self, call: str, **given: Any) -> Any:
        said = self.ask(call, **given)
        assert "answer" in said, said
        return said["answer"]

    def ask(self, call: str, **given: Any) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"call": call, **given}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        while line and not line.startswith("{"):  # what migrations print
            line = self.process.stdout.readline()
        assert line, self.log.read_text()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(30)


@pytest.fixture(scope="session")
def server_python() -> Path:
    return environment.python_of(environment.ensure())


@pytest.fixture(scope="module")
def driver(server_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    made = Driver(tmp_path_factory.mktemp("engine"), server_python)
    yield made
    made.close()
