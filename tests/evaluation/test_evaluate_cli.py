"""`curator evaluate` as a process: recorded answers, real models, refusals, what is stale."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from curator.base import store
from curator.evaluation.prompts import PROMPTS
from tests.conftest import ROOT
from tests.evaluation.making import make_project, make_prompts
from tests.training.conftest import chat, write_rows

SMALL = """
extends: evaluate.yaml
name: small
sampling: {{max_tokens: 24}}
context: 1000
width: 4
rag: {{docs: docs, embeddings: none, k: 2, budget_tokens: 200}}
arms:
  - {{name: base, model: smollm2}}
  - {{name: base+rag, model: smollm2, rag: true}}
  - {{name: tiny, model: {tiny}}}
  - {{name: tuned, model: tuned}}
"""
BOOK = """# References

A reference borrows a value: the owner keeps it. `&str` is a reference to text.

```rust
fn length(text: &str) -> usize { text.len() }
```

# Lifetimes

The annotation 'a in a signature says how long a reference is valid.
"""


def curator(root: Path, *arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "curator", "--project", root, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    return subprocess.run(
        list(map(str, command)), cwd=root, capture_output=True, text=True, env=environment
    )


def document(root: Path, *arguments: object, code: int = 0) -> dict[str, Any]:
    done = curator(root, *arguments, "--json")
    assert done.returncode == code, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def record(root: Path, name: str, answer: str) -> Path:
    path = root / f"{name}.jsonl"
    rows = [{"prompt_id": p.id, "response": f"{answer} ({p.id})"} for p in make_prompts()]
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    return path


@pytest.mark.slow
def test_recorded_answers_are_scored_and_compared_without_a_model(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    one = record(root, "one", "Une référence emprunte la valeur.")
    other = record(root, "other", "I do not know.")
    with_prompts = ("--prompts", PROMPTS, "--profile", "seed")
    found = document(root, "evaluate", "--responses", one, *with_prompts)
    assert found["arms"][0]["summary"]["overall"]["metrics"]["topics"] == 1
    asked = ("evaluate", "--responses", other, *with_prompts, "--against", "one")
    found = document(root, *asked, "--name", "autre")
    [comparison] = found["comparisons"]
    assert (comparison["before"], comparison["after"]) == ("one", "autre")
    shown = curator(root, *asked, "--name", "autre").stdout
    assert "one -> autre (seed)" in shown and "training/evaluations/autre/" in shown
    assert "one -> autre: nothing can be concluded from 3 prompts; it takes 6 at least." in shown
    assert "too few (6 at least)" in shown and "indécis" not in shown
    first = curator(root, "evaluate", "--responses", one, "--prompts", PROMPTS).stdout
    again = curator(root, "evaluate", "--responses", one, "--prompts", PROMPTS).stdout
    assert first == again, "kept scores are shown as new ones are"
    one.unlink()
    assert "stale: one: the file of its responses is gone" in curator(root, *asked).stdout


@pytest.mark.slow
def test_what_leaked_into_the_training_of_either_side_is_left_out(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    with_prompts = ("--prompts", PROMPTS, "--profile", "seed")
    for name in ("one", "other"):
        document(root, "evaluate", "--responses", record(root, name, name), *with_prompts)
    folder = root / "training" / "evaluations" / "one"
    arm = json.loads((folder / "arm.json").read_text())
    arm["model"]["run"] = "run-001"
    store.write_json(folder / "arm.json", arm)
    scored = json.loads((folder / "scores-seed.json").read_text())
    store.write_json(folder / "scores-seed.json", {**scored, "arm": arm})
    [first, *_] = make_prompts()
    rows = root / "training" / "runs" / "run-001" / "data" / "train.jsonl"
    write_rows(rows, [chat(first.prompt, "Avec une référence.")])
    asked = ("evaluate", "--responses", root / "other.jsonl", *with_prompts, "--against", "one")
    found = document(root, *asked)
    assert list(found["leaked"]["one"]) == [first.id]
    assert found["comparisons"][0]["left_out"] == [first.id]
    assert found["arms"][0]["summary"]["overall"]["prompts"] == 2
    shown = curator(root, *asked).stdout
    assert f"left out: prompt {first.id} leaked into the training of one: row 1: " in shown


@pytest.mark.slow
def test_the_same_answers_twice_are_no_comparison(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    one, other = (record(root, name, "Une référence.") for name in ("one", "other"))
    other.write_bytes(other.read_bytes() + b"\n")
    curator(root, "evaluate", "--responses", one, "--prompts", PROMPTS)
    known = document(root, "evaluate", "--responses", other, "--name", "copie")
    why = {"code": "same_answers", "values": {}}
    assert known["twins"] == [{"name": "one, copie", "why": why}]
    asked = ("evaluate", "--responses", other, "--prompts", PROMPTS, "--against", "one")
    found = document(root, *asked, code=1)
    assert found["refused"][0]["why"] == why
    done = curator(root, *asked)
    assert done.returncode == 1 and "no comparison of one -> other: every" in done.stdout
    assert "the same twice: copie, other: they are one arm" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--arm", "smollm2"], 2, "an arm is NAME=MODEL"),
        (["--arm", "a=none.gguf"], 1, "none.gguf: no such model file"),
        (["--arm", "a=smollm2", "--arm", "b=smollm2"], 1, "a, b: these arms have the same model"),
        (["--arm", "a=smollm2", "--arm", "a=smollm2"], 1, "a name is there twice"),
        (["--prompts", "none.jsonl"], 1, "none.jsonl: cannot read"),
        (["--responses", "none.jsonl"], 1, "none.jsonl"),
        (["--arm", "a=smollm2", "--against", "b"], 1, "there is no arm b"),
        (["--responses", "x", "--arm", "a=smollm2"], 2, "takes no --arm"),
        (["--arm", "a=smollm2", "--against", "a"], 2, "cannot be compared with itself"),
        (["--responses", "A.jsonl", "--against", "a"], 2, "cannot be compared with itself"),
        (["--name", "x"], 2, "--name is that of --responses"),
        (["--profile", "gold"], 2, "gold"),
    ],
)
def test_a_mistake_is_one_clear_line(
    tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    done = curator(make_project(tmp_path), "evaluate", *arguments)
    assert done.returncode == code and said in done.stderr
    assert "Traceback" not in done.stderr and done.stdout == ""
    if code == 1:
        assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_models_with_and_without_retrieval(tmp_path: Path, tiny: Path) -> None:
    root = make_project(tmp_path)
    (root / "docs").mkdir()
    (root / "docs" / "book.md").write_text(BOOK, "utf-8")
    (root / "pipelines" / "small.yaml").write_text(SMALL.format(tiny=tiny), "utf-8")
    asked = ("evaluate", "--recipe", "pipelines/small.yaml")
    found = document(root, *asked)
    names = [one["arm"]["name"] for one in found["arms"]]
    assert names == ["base", "base+rag", "tiny"]
    assert [one["name"] for one in found["skipped"]] == ["tuned"]
    assert all(one["summary"]["overall"]["answers"] == 3 for one in found["arms"])
    kinds = [one["arm"]["model"]["kind"] for one in found["arms"]]
    assert kinds == ["gguf", "gguf", "mlx"]
    pairs = [(c["before"], c["after"]) for c in found["comparisons"]]
    assert pairs == [("base", "base+rag"), ("base", "tiny")]
    responses = root / "training" / "evaluations" / "base+rag" / "responses.jsonl"
    rows = [json.loads(line) for line in responses.read_text("utf-8").splitlines()]
    assert all(row["sources"][0]["address"].startswith("book.md") for row in rows)
    before = responses.read_bytes()
    shown = curator(root, "run", "pipelines/small.yaml")
    assert shown.returncode == 0 and responses.read_bytes() == before
    assert "skipped: tuned: " in shown.stdout and "base -> base+rag (default)" in shown.stdout
    changed = make_prompts()[:2]
    store.write_atomic(root / PROMPTS, changed)
    done = curator(root, *asked)
    assert done.returncode == 1 and "changed since: the prompts" in done.stderr
    found = document(root, "evaluate", "--arm", "other=smollm2", "--limit", "1")
    assert {one["name"] for one in found["stale"]} == {"base", "base+rag", "tiny"}
    assert document(root, *asked, "--again")["arms"][0]["summary"]["overall"]["prompts"] == 2
