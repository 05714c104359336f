"""Why answers are unsolved: what each fails by, counted over all answers of each file.

Of answers to the evaluation's prompts (responses.jsonl of an arm, or what lies beside a report), or
with --bench of those to HumanEval-X's tasks for Rust, asked by chat. Everything is checked anew, in
the sandbox. A table, a column for each file; then the commonest errors of rustc in each.

Run: .venv/bin/python benchmarks/why_unsolved.py [--bench TASKS] ANSWERS.jsonl ...
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from curator.base import store
from curator.evaluation.bench.check import check_tasks
from curator.evaluation.bench.tasks import read_tasks
from curator.evaluation.judging import Judge, rust_judge
from curator.evaluation.prompts import PROMPTS, read_prompts
from curator.evaluation.records import Response
from curator.evaluation.solving.reasons import count_codes, kind_of_reason
from curator.evaluation.solving.run import Outcome

KINDS: dict[str, str] = {
    "solved": "solved",
    "absent": "none of the code that was asked for",
    "compile": "does not compile",
    "unsaid": "does not say what it should",
    "false": "says what is false",
    "output": "prints something else",
    "lacks": "lacks what was asked for in its code",
    "fails": "fails a test, panics or does not end",
}


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
    counts = {
        name: Counter("solved" if one.solved else kind_of_reason(one.why) for one in outcomes)
        for name, outcomes in found.items()
    }
    for kind, words in KINDS.items():
        if any(counts[name][kind] for name in names):
            print(f"| {words} | " + " | ".join(str(counts[name][kind]) for name in names) + " |")
    print("| all | " + " | ".join(str(len(found[name])) for name in names) + " |")
    for name, outcomes in found.items():
        codes = count_codes(one.why for one in outcomes).most_common(6)
        told = ", ".join(f"{code or 'no code'} {count}" for code, count in codes)
        print(f"\n{name}, errors of rustc: {told}")


if __name__ == "__main__":
    main()
