"""A served model through a real server: llama-cpp-python's, with the carried SmolLM2."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from curator.base.errors import ModelError
from curator.models.base import ChatRequest, Message
from curator.models.openai.model import OpenAiModel
from curator.models.settings import ModelSettings
from curator.records.example import Sampling
from curator.records.files import read_examples
from curator.records.project import Project
from tests.conftest import ROOT
from tests.models.openai_real import Serving, free_port, serving

pytestmark = pytest.mark.slow
SHORT = Sampling(max_tokens=12)
SHAPE = r'root ::= "oui, " [a-z]{1,8} "."'
RECIPE = """
kind: augment
name: servi
seed: 1
allow_empty: true
model: {name: "%s", concurrency: 2, timeout: 120}
targets: {per_cell: 9}
generate: {strategies: [few_shot], wave: 2, shots: 0, sampling: {max_tokens: 24}}
stop: {candidates: 6, min_yield: 0}
filters: [{name: structure}]
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    pytest.importorskip("starlette_context")
    with serving(tmp_path_factory.mktemp("server") / "server.log") as found:
        yield found


def ask(text: str, seed: int = 1, begun: str = "", grammar: str | None = None) -> ChatRequest:
    said: tuple[Message, ...] = (Message("user", text),)
    said += (Message("assistant", begun),) if begun else ()
    return ChatRequest(said, SHORT, seed, grammar)


def test_several_texts_at_a_time(served: Serving) -> None:
    model = OpenAiModel(ModelSettings(name=served.name, concurrency=4))
    assert model.ref.name == "smollm2"
    assert model.ref.runtime["server"] == "llama-cpp-python"
    counts: list[int] = []
    held = [ask("Aimez-vous Rust ?", seed, "Bien sûr : ", SHAPE) for seed in range(3)]
    made = model.complete([*held, ask("Racontez une longue histoire.")], counts.append)
    assert counts == [1, 2, 3, 4]
    for one in made[:3]:
        begin = one.text if one.finished else one.text + "a."
        assert re.match(r"oui, [a-z]{0,8}\.?", begin), one
    assert (made[3].tokens, made[3].finished) == (SHORT.max_tokens, False)


def test_a_prompt_that_does_not_fit(served: Serving) -> None:
    model = OpenAiModel(ModelSettings(name=served.name))
    with pytest.raises(ModelError, match="maximum context length is 2048 tokens"):
        model.complete([ask("mot " * 3000)])


def test_another_name_is_refused(served: Serving) -> None:
    name = served.name.replace("smollm2", "qwen")
    with pytest.raises(ModelError, match="has no model qwen") as caught:
        OpenAiModel(ModelSettings(name=name))
    assert "smollm2" in str(caught.value)


def test_its_echo_is_not_believed(served: Serving) -> None:
    """It gives each token of a prompt the probability of the place after: see likelihood."""
    body = {"prompt": "1, 2, 3, 4, 5, 6, 7, 8, 9, 10", "max_tokens": 1, "echo": True, "logprobs": 1}
    url = f"http://127.0.0.1:{served.port}/v1/completions"
    answer = httpx.post(url, json=body, trust_env=False, timeout=60).json()
    told = answer["choices"][0]["logprobs"]["token_logprobs"]
    with pytest.raises(ModelError, match="does not tell how probable"):
        OpenAiModel(ModelSettings(name=served.name)).likelihood([Message("user", "?")], "Oui.")
    assert sum(told[8:20]) / 12 < -5  # a model of our own gives -0.2: counting is easily foreseen


def curator(project: Project, environment: dict[str, str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "curator", "--project", str(project.root)]
    command += ["augment", "--recipe", str(project.root / "servi.yaml"), "--json"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def waves(project: Project) -> list[Path]:
    return sorted(project.root.glob("raw/generated/servi-*/waves/*.candidates.jsonl"))


def test_a_server_that_dies_in_a_batch_and_comes_back(
    project: Project, environment: dict[str, str], tmp_path: Path
) -> None:
    pytest.importorskip("starlette_context")
    port, log = free_port(), tmp_path / "server.log"
    with serving(log, port) as first:
        (project.root / "servi.yaml").write_text(RECIPE % first.name, "utf-8")
        batch = curator(project, {**environment, "CURATOR_API_KEY": "sk-secret-du-test"})
        until = time.monotonic() + 240
        while not waves(project) and batch.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        first.kill()
        _, said = batch.communicate(timeout=120)
    assert batch.returncode == 1
    assert f"curator: http://127.0.0.1:{port}/v1: no server answers" in said
    assert "run the same command again" in said and "Traceback" not in said
    kept = {p.name: p.read_bytes() for p in waves(project)}
    assert 1 <= len(kept) < 3
    with serving(log, port):
        batch = curator(project, environment)
        out, said = batch.communicate(timeout=240)
    assert batch.returncode == 0, said
    folder = project.root / "raw" / "generated" / json.loads(out)["batch"]
    written = list(read_examples(folder / "candidates.jsonl"))
    assert [e.provenance.index for e in written] == list(range(6))
    for number, data in enumerate(kept.values()):
        before = [json.loads(line)["id"] for line in data.splitlines()]
        assert [e.id for e in written[2 * number : 2 * number + 2]] == before
    assert all(e.provenance.model and e.provenance.model.name == "smollm2" for e in written)
    everything = [p for p in project.root.rglob("*") if p.is_file()]
    assert not [p for p in everything if b"sk-secret-du-test" in p.read_bytes()]
    assert not [p for p in folder.rglob("*") if p.is_file() and b"127.0.0.1" in p.read_bytes()]


def test_ctrl_c_does_not_wait_for_the_server(
    project: Project, environment: dict[str, str], served: Serving
) -> None:
    whole = (RECIPE % served.name).replace("max_tokens: 24", "max_tokens: 1500")
    (project.root / "servi.yaml").write_text(whole, "utf-8")
    batch = curator(project, environment)
    watch = threading.Timer(120, batch.kill)
    watch.start()
    while not list(project.root.glob("raw/generated/servi-*/plan.json")) and batch.poll() is None:
        time.sleep(0.05)
    time.sleep(3)
    os.kill(batch.pid, 2)
    _, said = batch.communicate()
    watch.cancel()
    assert batch.returncode == 130
    assert "curator: interrupted (run the same command again to resume)" in said
