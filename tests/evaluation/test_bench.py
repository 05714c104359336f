"""The outside yardstick: tasks of HumanEval-X's form, written for this test."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from curator.base.errors import CuratorError, DataError, EvaluationError
from curator.base.notice import Notice
from curator.evaluation.bench.check import check_tasks, without_strangers
from curator.evaluation.bench.result import BenchResult, difference, losses, results_of
from curator.evaluation.bench.session import bench_arms
from curator.evaluation.bench.tasks import UP_TO_END, Mode, read_tasks
from curator.evaluation.job import Tools
from curator.evaluation.judging import Judge, rust_judge
from curator.evaluation.recipe import EvaluateRecipe
from curator.evaluation.solving.run import Machine
from curator.models.base import ChatRequest, Message
from curator.models.llama.gguf import find_model
from curator.models.llama.model import LlamaModel
from curator.models.settings import ModelSettings
from curator.records.example import Sampling
from curator.rust.compiler import Rustc
from curator.rust.process import Limits
from curator.rust.runner import Runner
from tests.evaluation.conftest import DIGEST
from tests.evaluation.making import arm, identity, make_project, tools

BENCH = Path(__file__).with_name("bench.jsonl")
TASKS = read_tasks(BENCH)


@pytest.fixture(scope="module")
def machine() -> Machine:
    return Machine(Rustc(), Runner(running=Limits(seconds=2, memory=1 << 30, output=64 << 10)))


def solved(machine: Machine, mode: Mode, *answers: str) -> list[bool]:
    pairs = list(zip(TASKS, answers, strict=False))
    return [one.solved for one in check_tasks(pairs, mode, machine)]


@pytest.mark.slow
def test_right_solutions_pass_that_need_no_crate(machine: Machine) -> None:
    bodies = [task.canonical_solution for task in TASKS]
    assert solved(machine, "completion", *bodies) == [True, True, False, True]
    whole = [f"Sure:\n```rust\n{t.declaration.strip()}{t.canonical_solution}```" for t in TASKS]
    assert solved(machine, "chat", *whole) == [True, True, False, True]


@pytest.mark.slow
def test_what_a_model_writes(machine: Machine) -> None:
    body = TASKS[0].canonical_solution
    more = body + "\nfn main() {\n    let x = unfinis"
    assert solved(machine, "completion", more) == [True]  # it went on until it was cut
    assert solved(machine, "completion", "    0\n}\n") == [False]
    assert solved(machine, "completion", "    loop {}\n}\n") == [False]
    bare = "fn cheap_stamps(p: &Vec<u32>, l: u32) -> usize { p.iter().filter(|x| **x < l).count() }"
    assert solved(machine, "chat", bare) == [True]  # without a fence
    assert solved(machine, "chat", f"```rust\n{bare}\n```\n```rust\nlet x = 1;\n```") == [True]
    shown = f'```rust\n{bare}\n\nfn main() {{\n    let n: u8 = "";\n    println!("{{}}", n'
    assert solved(machine, "chat", shown) == [True]  # its demonstration is wrong, and was cut
    wrong = f"```rust\nfn main() {{ let x = 1; }}\n{bare.replace('<', '>')}\n```"
    assert solved(machine, "chat", wrong) == [False]
    colours = "```rust\nfn colours(s: &[&str]) -> Vec<String> {\n    let set: HashSet<&str> = s"
    colours += ".iter().copied().collect();\n    let mut v: Vec<String> = set.into_iter()"
    colours += ".map(String::from).collect();\n    v.sort();\n    v\n}\n```"
    assert solved(machine, "chat", bare, colours) == [True, True]  # the imports were given


@pytest.mark.slow
def test_by_completion_a_text_ends_where_the_function_does() -> None:
    model = LlamaModel(find_model("smollm2"), ModelSettings(width=1, context=1024, threads=1))
    head = "/// Add two numbers.\nfn add(a: u32, b: u32) -> u32 {\n"
    asked = (Message("assistant", head),)
    cut = Sampling(temperature=0, max_tokens=200)
    free, held = (model.complete([ChatRequest(asked, cut, 0, g)])[0] for g in (None, UP_TO_END))
    body, brace, after = held.text.partition("\n}")
    assert held.finished and brace and "\n}" not in body and not after.strip()
    assert free.text.startswith(held.text.rstrip()) and len(free.text) > len(held.text)


def test_imports_of_crates_that_are_not_there_are_dropped_where_nothing_needs_them() -> None:
    code = "use rand::Rng;\nuse regex::Regex;\nuse std::fmt;\nfn f(r: Regex) {}"
    assert without_strangers(code).split("\n") == [
        "", "use regex::Regex;", "use std::fmt;", "fn f(r: Regex) {}",
    ]  # fmt: skip


def test_a_file_that_is_no_bench_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "b.jsonl"
    path.write_text(BENCH.read_text("utf-8").replace("-> u8 {", "-> u8;"), "utf-8")
    with pytest.raises(DataError, match="does not end with a function's head") as caught:
        read_tasks(path)
    assert caught.value.where == "Rust/2"
    path.write_text('{"task_id": "a"}\n', "utf-8")
    with pytest.raises(CuratorError, match=r"b\.jsonl:1"):
        read_tasks(path)


def right(messages: Sequence[Message], seed: int) -> str:
    """Answer the first task by chat, and all by completion."""
    asked = messages[-1].content
    task = next(t for t in TASKS if t.name in asked)
    if messages[-1].role == "assistant":
        return task.canonical_solution
    return f"```rust\n{task.declaration}{task.canonical_solution}```" if task is TASKS[0] else "Non"


def with_judge(judge: Judge) -> Tools:
    made = tools(right)
    return Tools(made.responder, made.retriever, lambda p, r: judge)


def recipe(mode: str, *names: str) -> EvaluateRecipe:
    arms = [arm(name, name).model_dump() for name in names]
    fields = {"bench": str(BENCH), "bench_mode": mode, "arms": arms, "width": 3}
    return EvaluateRecipe.model_validate(fields)


def test_an_arm_is_asked_once_and_its_result_is_kept(tmp_path: Path) -> None:
    make_project(tmp_path)
    with_real = with_judge(rust_judge([]))
    found = bench_arms(tmp_path, recipe("both", "base"), tools=with_real)
    assert [(one.mode, one.rate) for one in found.results] == [("chat", 0.25), ("completion", 0.75)]
    assert results_of(tmp_path, "base") == found.results
    assert found.results[0].why["Rust/1"] == "no fence has fn colours"
    low, high = found.results[0].interval
    assert low <= 0.25 <= high
    silent = tools(lambda *_: "asked again")
    again = Tools(silent.responder, silent.retriever, with_real.judge)
    assert bench_arms(tmp_path, recipe("both", "base"), tools=again).results == found.results


def test_no_bench_and_no_sandbox_are_said(tmp_path: Path) -> None:
    make_project(tmp_path)
    with pytest.raises(EvaluationError, match="the recipe names no bench"):
        bench_arms(tmp_path, EvaluateRecipe(), tools=tools())
    with pytest.raises(CuratorError, match="in a sandbox only"):
        bench_arms(tmp_path, recipe("chat", "base"), strict=True, tools=tools())


def result(arm: str, passed: Sequence[bool], mode: Mode = "chat") -> BenchResult:
    return BenchResult(
        arm=arm,
        model=identity(arm),
        bench="b",
        bench_sha256=DIGEST,
        mode=mode,
        sampling={},
        toolkit="0",
        passed={str(at): one for at, one in enumerate(passed)},
        why={},
    )


def test_no_task_passed_is_no_certainty() -> None:
    assert result("a", [False] * 82).interval == pytest.approx((0, 0.0448))
    assert result("a", [True] * 82).interval == pytest.approx((0.9552, 1))


def test_a_bench_is_worse_only_for_certain() -> None:
    good, bad = result("a", [True] * 40), result("b", [True] * 25 + [False] * 15)
    found = difference(good, bad)
    assert found and found.worse and found.after - found.before == pytest.approx(-15 / 40)
    assert [one.code for one in losses([good], [bad])] == ["bench_worse"]
    assert losses([bad], [good]) == losses([good], [good]) == []
    slightly = result("c", [True] * 37 + [False] * 3)
    assert losses([good], [slightly]) == []  # three of three: the sign test says 0.25
    assert difference(good, result("d", [True] * 40, "completion")) is None
    assert isinstance(found.notice(), Notice)
