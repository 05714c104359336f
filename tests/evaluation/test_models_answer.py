"""The real responders: SmolLM2 as GGUF and as folder, a tiny folder with an adapter, kill -9."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from curator.base import store
from curator.base.errors import ModelError
from curator.evaluation.mlx_respond import MlxResponder, identity
from curator.evaluation.records import Response
from curator.evaluation.respond import GgufResponder
from curator.models.base import ChatRequest, Message
from curator.models.llama.gguf import find_model
from curator.records.example import Sampling
from curator.training.run import prepare, train
from tests.conftest import ROOT
from tests.evaluation.making import make_project
from tests.training.conftest import settings, write_data

pytestmark = pytest.mark.slow
MESSAGES = (Message("system", "Tu es bref."), Message("user", "Qu'est-ce que l'emprunt ?"))
GREEDY = Sampling(temperature=0, repeat_penalty=1, max_tokens=24)


def asks(*seeds: int, sampling: Sampling | None = None) -> list[ChatRequest]:
    return [ChatRequest(MESSAGES, sampling or Sampling(max_tokens=24), seed) for seed in seeds]


def test_the_folder_answers_what_the_gguf_does(smollm2: Path) -> None:
    gguf = GgufResponder(find_model("smollm2"), context=512, width=2)
    folder = MlxResponder(smollm2)
    try:
        assert folder.prompt_tokens(MESSAGES) == gguf.prompt_tokens(MESSAGES)
        assert folder.text_tokens("l'été 😀") == gguf.text_tokens("l'été 😀")
        [ours], [theirs] = (r.respond(asks(1, sampling=GREEDY)) for r in (folder, gguf))
    finally:
        folder.close()
        gguf.close()
    assert ours.text[:20] == theirs.text[:20]  # llama.cpp rounds activations to 8 bits
    assert (ours.tokens, ours.finished) == (24, False)
    assert gguf.ref.runtime["width"] == 2 and folder.ref.kind == "mlx"


def test_a_folder_draws_by_the_seed_alone(tiny: Path) -> None:
    one = MlxResponder(tiny)
    first, second, again = one.respond(asks(1, 2, 1))
    one.close()
    assert first == again != second
    other = MlxResponder(tiny)
    assert other.respond(asks(2)) == [second]
    other.close()


def test_an_adapter_changes_what_is_written_and_who_wrote(tiny: Path, tmp_path: Path) -> None:
    run = prepare(tmp_path, settings(tiny, iters=6), write_data(tmp_path))
    adapters = train(run, lambda pid, message: None).run.file("adapters")
    plain, tuned = MlxResponder(tiny), MlxResponder(tiny, adapters)
    try:
        texts = [r.respond(asks(1))[0].text for r in (plain, tuned)]
    finally:
        plain.close()
        tuned.close()
    assert texts[0] != texts[1]
    assert tuned.ref.sha256 == plain.ref.sha256
    assert tuned.ref.adapter_sha256 == run.adapter().sha256
    assert tuned.ref.name == f"tiny+{run.name}"


def test_what_mlx_cannot_load_is_one_error(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no weights"):
        identity(tmp_path, None)
    with pytest.raises(ModelError, match=r"no adapters\.safetensors"):
        identity(tiny, tmp_path)
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in tiny.iterdir():
        (broken / file.name).write_bytes(file.read_bytes())
    (broken / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="mlx cannot run it"):
        MlxResponder(broken).prompt_tokens(MESSAGES)


def command(root: Path, *arguments: str) -> list[str]:
    made = [sys.executable, "-m", "curator", "--project", str(root), "evaluate"]
    return [*made, "--recipe", str(root / "pipelines" / "small.yaml"), *arguments]


def small(root: Path, count: int, **changes: Any) -> Path:
    make_project(root, count)
    text = json.dumps({"extends": "evaluate.yaml", "width": 4, **changes})
    (root / "pipelines" / "small.yaml").write_text(text, "utf-8")
    return root


def answers(root: Path) -> list[str]:
    """The lines of the answers, but for the time that they took."""
    path = root / "training" / "evaluations" / "base" / "responses.jsonl"
    rows = store.read(path, Response) if path.exists() else []
    return [r.model_copy(update={"seconds": None}).model_dump_json() for r in rows]


def test_killed_five_times_the_answers_are_those_of_an_unbroken_run(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    """SmolLM2 and SIGKILL, in the middle of waves and between them."""
    changes = {"sampling": {"max_tokens": 32}, "context": 512, "samples": 2}
    whole, broken = (small(tmp_path / name, 14, **changes) for name in ("whole", "broken"))
    arm = ("--arm", "base=smollm2", "--json")
    environment = {**environment, "PYTHONPATH": str(ROOT)}
    options: dict[str, Any] = {"cwd": ROOT, "env": environment, "stdout": subprocess.DEVNULL}
    subprocess.run(command(whole, *arm), check=True, **options)
    draw = random.Random(7)
    for kill in range(5):
        process = subprocess.Popen(command(broken, *arm), **options)
        while process.poll() is None and len(answers(broken)) <= 4 * kill:
            time.sleep(0.02)
        time.sleep(draw.uniform(0, 0.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert 0 < len(answers(broken)) < 28
    subprocess.run(command(broken, *arm), check=True, **options)
    assert answers(broken) == answers(whole)
    assert len(answers(whole)) == 28


def test_a_child_ends_with_its_parent(tiny: Path) -> None:
    code = (
        "import sys, os; from pathlib import Path\n"
        "from curator.evaluation.mlx_respond import MlxResponder\n"
        "one = MlxResponder(Path(sys.argv[1])); one.text_tokens('a')\n"
        "print(one._child.pid, flush=True); os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tiny)], cwd=ROOT, capture_output=True)
    child = int(done.stdout)
    deadline = time.monotonic() + 60
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
