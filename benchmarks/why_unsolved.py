"""Why answers are unsolved: what each fails by, counted over all answers of each file.

Of answers to the evaluation's prompts (responses.jsonl of an arm, or what lies beside a report), or
with --bench of those to HumanEval-X's tasks for Rust, asked by chat. Everything is checked anew, in
the sandbox. A table, a column for each file; then the commonest errors of rustc in each.

Run: .venv/bin/python benchmarks/why_unsolved.py [--bench TASKS] ANSWERS.jsonl ...
"""

import argparse
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from curator.base import store
from curator.evaluation.bench.check import check_tasks
from curator.evaluation.bench.tasks import read_tasks
from curator.evaluation.judging import Judge, rust_judge
from curator.evaluation.prompts import PROMPTS, read_prompts
from curator.evaluation.records import Response
from curator.evaluation.solving.run import Outcome

CODE = re.compile(r"does not compile: (E\d{4})?")
KINDS = (
    ("solved", ""),
    ("none of the code that was asked for", "no fence has"),
    ("does not compile", "does not compile"),
    ("does not say what it should", "does not say"),
    ("says what is false", "says "),
    ("prints something else", "it prints"),
    ("lacks what was asked for in its code", "no "),
    ("fails a test, panics or does not end", "it "),
)


def kind_of(outcome: Outcome) -> str:
    """Name the kind of an outcome: the first of KINDS that its reason begins with."""
    if outcome.solved:
        return KINDS[0][0]
    return next((name for name, begin in KINDS[1:] if outcome.why.startswith(begin)), outcome.why)


def outcomes_of(path: Path, bench: Path | None) -> list[Outcome]:
    """Check the answers of a file; those to prompts without a check are passed over."""
    answers = list(store.read(path, Response))
    judge = rust_judge([one.response for one in answers])
    return list(_on_bench(bench, answers, judge) if bench else _on_prompts(answers, judge))


def _on_prompts(answers: Sequence[Response], judge: Judge) -> Iterator[Outcome]:
    prompts = {prompt.id: prompt for prompt in read_prompts(PROMPTS)}
    pairs = [(prompts[one.prompt_id], one.response) for one in answers]
    yield from (one for one in judge.solved(pairs) if one is not None)


def _on_bench(path: Path, answers: Sequence[Response], judge: Judge) -> Iterator[Outcome]:
    assert judge.machine, "nothing is run without a sandbox"
    tasks = {task.task_id: task for task in read_tasks(path)}
    pairs = [(tasks[one.prompt_id], one.response) for one in answers]
    yield from check_tasks(pairs, "chat", judge.machine)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("answers", nargs="+", type=Path)
    parser.add_argument("--bench", type=Path, help="HumanEval-X's tasks for Rust, JSONL")
    given = parser.parse_args()
    found = {path.stem: outcomes_of(path, given.bench) for path in given.answers}
    names = list(found)
    print("| of " + " | ".join(["answers", *names]) + " |")
    print("|---|" + "---:|" * len(names))
    counts = {name: Counter(kind_of(one) for one in outcomes) for name, outcomes in found.items()}
    for kind in [name for name, _ in KINDS if any(counts[n][name] for n in names)]:
        print(f"| {kind} | " + " | ".join(str(counts[n][kind]) for n in names) + " |")
    print("| all | " + " | ".join(str(len(found[n])) for n in names) + " |")
    for name, outcomes in found.items():
        codes = Counter(m[1] or "syntax" for one in outcomes if (m := CODE.match(one.why)))
        told = ", ".join(f"{code} {count}" for code, count in codes.most_common(6))
        print(f"\n{name}, errors of rustc: {told}")


if __name__ == "__main__":
    main()
