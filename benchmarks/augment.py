"""What a batch costs beside its model and rustc: the share of `curator augment` spent elsewhere.

    PYTHONPATH=.:benchmarks python benchmarks/augment.py [--known 10000] [--candidates 600]
        [--model smollm2] [--tokens 128] [--rate 66] [--judge all]
        [--strategies few_shot mutate repair]

A project of the authored examples and of made-up distinct ones (benchmarks/scale.py), `--known` in
all, and one batch with the default filters. The carried SmolLM2 writes the candidates (`--model
smollm2`), or a script does, which takes no time: then the model's time is that of its words at
`--rate` tokens a second (66 is SmolLM2's on two cores; the models people use are slower). Half of
the script's candidates are near copies of what is known, the others new, and one in four has code
that rustc rejects.

The filters judge a wave while the next one is decoded, so that processor time is what tells: that
of this process outside decoding, beside the time of the model and of rustc. Aim: under 10 % of all.
Before, the filters were made for every wave; what that would take is what making them took here,
once, for each of the waves (the examples of the batch itself left out).
"""

import argparse
import os
import random
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from scale import Corpus

from curator.augment import judge as judging
from curator.augment import run as pipeline
from curator.base import store
from curator.filters.registry import make_filters
from curator.generate import prompting
from curator.generate.recipe import AugmentRecipe
from curator.models.base import ChatRequest, Completion, Message, TextModel, ignore
from curator.models.scripted import ScriptedModel
from curator.records.files import read_examples
from curator.records.project import Project
from curator.rust import sandbox
from curator.rust.crates import crates_for
from curator.rust.process import execute
from curator.rust.toolchain import find_toolchain

ROOT = Path(__file__).parent.parent
FAULTY = 0.25


@dataclass
class Timed:
    """A model that counts the seconds spent in it, its tokens, and the requests of each call."""

    model: TextModel
    seconds: float = 0.0
    busy: float = 0.0  # processor seconds of this thread alone
    tokens: int = 0

    def __post_init__(self) -> None:
        self.ref = self.model.ref

    def complete(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        """See TextModel."""
        began, thread = time.perf_counter(), time.thread_time()
        written = self.model.complete(requests, done)
        self.seconds += time.perf_counter() - began
        self.busy += time.thread_time() - thread
        self.tokens += sum(w.tokens for w in written)
        return written

    def likelihood(self, messages: Sequence[Message], text: str) -> float:
        """See TextModel."""
        return self.model.likelihood(messages, text)


STATEMENTS = (
    'let v{n} = vec![{a}, {b}, {c}];\n    println!("{{v{n}:?}}");',
    'let s{n} = String::from("mot{a}");\n    println!("{{}}", s{n}.len());',
    'let t{n}: i32 = (1..{a}).filter(|x| x % 2 == 0).sum();\n    println!("{{t{n}}}");',
    'let o{n} = Some({a}).map(|x| x + {b});\n    println!("{{o{n}:?}}");',
    'for i in 0..{a} {{\n        println!("{{i}}");\n    }}',
    'let c{n} = |x: i32| x * {a};\n    println!("{{}}", c{n}({b}));',
    'if let Ok(x) = "{a}".parse::<u32>() {{\n        println!("{{x}}");\n    }}',
)


def program(draw: random.Random) -> str:
    """A program that compiles, and one in four that does not."""
    lines = [
        one.format(n=n, a=draw.randint(2, 99), b=draw.randint(2, 99), c=draw.randint(2, 99))
        for n, one in enumerate(draw.choices(STATEMENTS, k=draw.randint(6, 12)))
    ]
    if draw.random() < FAULTY:
        lines.append("absent();")
    return "fn main() {\n    " + "\n    ".join(lines) + "\n}"


def script(corpus: Corpus, known: int) -> ScriptedModel:
    """A model that writes new records and near copies of those known or written before."""

    def write(messages: Sequence[Message], seed: int) -> str:
        draw = random.Random(seed)  # noqa: S311
        made = corpus.record(draw.randrange(2 * known))  # the first half is known
        code = f"```rust\n{program(draw)}\n```"
        answer = re.sub(r"```rust\n.*\n```", lambda _: code, made.answer, flags=re.DOTALL)
        answer = answer.replace("À retenir\n", f"À retenir\n- Voir {seed}.\n")
        text = prompting.format_example(f"{made.question} ({seed})", answer)
        return text.removeprefix(prompting.PREFIX)

    return ScriptedModel(write)


class Watched(judging.WaveJudge):
    """The judge of a batch, and the processor seconds of its thread."""

    busy = 0.0

    def __call__(self, *arguments: Any) -> Any:
        """See WaveJudge."""
        began = time.thread_time()
        try:
            return super().__call__(*arguments)
        finally:
            Watched.busy += time.thread_time() - began


def recipe_of(options: argparse.Namespace) -> AugmentRecipe:
    """The default filters, and one strategy that asks the model."""
    settings = {
        "model": {"name": "smollm2"},
        "allow_empty": True,
        "targets": {"per_cell": 1000},  # so that something is missing
        "generate": {
            "strategies": options.strategies,
            "shots": 1,
            "sampling": {"max_tokens": options.tokens},
        },
        "stop": {"candidates": options.candidates, "min_yield": 0},
        "judge": options.judge,
    }
    return AugmentRecipe.model_validate(settings)


def prepare(folder: Path, known: int, corpus: Corpus) -> Project:
    """A project of the authored examples and, as imported ones, made-up records."""
    for part in ("pipelines", "raw/authored"):
        shutil.copytree(ROOT / part, folder / part)
    project = Project(folder)
    missing = known - sum(1 for _ in read_examples(*project.trusted_files()))
    if missing > 0:
        path = folder / "raw" / "imported" / "made-up.jsonl"
        store.write_atomic(path, map(corpus.record, range(missing)))
    return project


class Waited:
    """The seconds in which rustc ran; the kernel does not tell its processor time, behind bwrap."""

    seconds = 0.0

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """See curator.rust.process.execute."""
        began = time.perf_counter()
        try:
            return execute(*arguments, **named)
        finally:
            self.seconds += time.perf_counter() - began


def main() -> None:
    """Run one batch and print where its time went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--known", type=int, default=10_000)
    parser.add_argument("--candidates", type=int, default=600)
    parser.add_argument("--strategies", nargs="+", default=["few_shot"])
    parser.add_argument("--model", choices=("scripted", "smollm2"), default="scripted")
    parser.add_argument("--tokens", type=int, default=1024, help="of a candidate, at most")
    parser.add_argument("--rate", type=float, default=66, help="tokens a second of the script")
    parser.add_argument("--judge", choices=("first", "all"), default="all")
    options = parser.parse_args()
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp()  # rustc's answers are not known
    corpus, recipe = Corpus(1, distinct=True), recipe_of(options)
    with tempfile.TemporaryDirectory() as folder:
        project = prepare(Path(folder), options.known, corpus)
        scripted = options.model == "scripted"
        written = script(corpus, options.known) if scripted else pipeline.load_model(recipe.model)
        model = Timed(written)
        pipeline.WaveJudge = Watched  # type: ignore[misc]
        crates_for(find_toolchain(), ["use tokio::task;"])  # built once for a machine
        sandbox.execute = rustc = Waited()
        began = time.perf_counter()
        thread, process = time.thread_time(), time.process_time()
        done = pipeline.augment(project, recipe, lambda *_: None, lambda _: model)
        wall = time.perf_counter() - began
        # SmolLM2 decodes in threads of its own, whose time is not ours.
        own = time.thread_time() - thread + Watched.busy
        own = (time.process_time() - process if scripted else own) - model.busy
        making = built(project, recipe)
    report(model, options, done, (wall, own, rustc.seconds, making))


def built(project: Project, recipe: AugmentRecipe) -> float:
    """Processor seconds to make the filters once."""
    known = list(read_examples(*project.trusted_files()))
    began = time.thread_time()
    make_filters(recipe.filters, known, project.root)
    return time.thread_time() - began


def report(
    model: Timed,
    options: argparse.Namespace,
    done: pipeline.AugmentResult,
    times: tuple[float, float, float, float],
) -> None:
    """Print the times and the share."""
    wall, own, compiling, making = times
    scripted = options.model == "scripted"
    spent = model.tokens / options.rate if scripted else model.seconds
    waves = -(-len(done.candidates) // AugmentRecipe().generate.wave)
    say = partial(print, sep="")
    say(f"known             {options.known}; load {os.getloadavg()[0]:.1f}")
    say(f"candidates        {len(done.candidates)} in {waves} waves, {model.tokens} tokens")
    if done.outcome:
        say(f"accepted          {done.outcome.kept}; {done.outcome.reasons()}")
    at = f"stated: {options.rate:.0f} tokens/s" if scripted else "wall"
    say(f"model             {spent:.1f} s ({at})")
    say(f"rustc             {compiling:.1f} s (wall)")
    share = own / (own + compiling + spent)
    say(f"everything else   {own:.1f} s of processor time, {share:.1%} of the three (aim: 10 %)")
    say(f"  of which filters made once  {making:.1f} s")
    before = own + (waves - 1) * making
    old = before / (before + compiling + spent)
    say(f"made for every wave           {before:.1f} s, {old:.1%}; ratio {before / own:.1f}")
    say(f"wall              {wall:.1f} s, of which {wall - model.seconds:.1f} s not decoding")


if __name__ == "__main__":
    main()
