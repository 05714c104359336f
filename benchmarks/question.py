"""The question of the seed document, whole: does this data make a model answer better?

    make question MODEL=qwen-0.5b          python benchmarks/question.py --model qwen-0.5b
    make question MODEL=FOLDER BENCH=FILE ARMS="few many" PROMPTS=20

The base, and the same model after LoRA on a few rows, on all of them, on all with a share of its
own answers, and after preferences on top of that; each without and with RAG; the test prompts, and
an outside bench where a file is given. docs/question/run.md says what is what.

Everything lies in build/question/MODEL, and every stage skips what is there: stopped at any moment,
the same command goes on, on whatever machine. It says first what is to be done, and how long that
takes as far as it is known: a stage that was done says what the like of it will take.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
ARMS = ("few", "many", "own", "prefer")
SEED_SOURCE = "seed.jsonl:"
OWN_SHARE = 0.25


@dataclass(frozen=True)
class Stage:
    """A part of the work; `kind` and `size` tell how long it takes by what the like of it took."""

    name: str
    kind: str
    size: float
    done: Callable[[], bool]
    do: Callable[[], None]


@dataclass
class Question:
    """The comparison on one model, in a project of its own."""

    model: str
    home: Path
    settings: Path = ROOT / "training" / "question.yaml"
    arms: tuple[str, ...] = ARMS
    rag: bool = True
    limit: int | None = None
    bench: Path | None = None
    set: Path = ROOT / "curated"
    times: dict[str, list[float]] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The base model as a folder that is trained."""
        given = Path(self.model).resolve()
        return given if (given / "config.json").is_file() else self.home / "models" / "base"

    def curator(self, *arguments: object) -> None:
        """Run the command in the project of the question."""
        command = [sys.executable, "-m", "curator", "--project", self.home, *arguments]
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        environment = {**os.environ, "PYTHONPATH": path}
        subprocess.run([str(w) for w in command], check=True, cwd=self.home, env=environment)

    def stages(self) -> Iterator[Stage]:
        """List what is to be done, in its order."""
        yield Stage("lay the project out", "files", 1, (self.home / "few").is_dir, self.lay_out)
        yield Stage("the base as a folder", "import", 1, self.folder.is_dir, self.import_base)
        for arm in self.arms:
            if arm == "own":
                yield Stage("own answers", "sample", 1, self._is("own-mixed"), self.sample)
            if arm == "prefer":
                paired = self._is("training/pairs/manifest.json")
                yield Stage("pairs", "pairs", 1, paired, self.pair)
            trained = self._is(f"training/runs/{arm}/result.json")
            yield Stage(f"train {arm}", "train", self.rows(arm), trained, self._on(self.train, arm))
            made = self._is(f"models/{arm}-q4_k_m.json")
            yield Stage(f"GGUF of {arm}", "export", 1, made, self._on(self.export, arm))
        yield from self._askings(rag=False)
        if self.bench:
            benched = self._is(f"asked/{self.mark('bench')}")
            yield Stage("the bench", "bench", 1, benched, self.ask_bench)
        if self.rag:
            yield from self._askings(rag=True)
        yield Stage("compare and report", "report", 1, lambda: False, self.report)

    def _askings(self, rag: bool) -> Iterator[Stage]:
        for name in self._asked(rag):
            answered = self._is(f"asked/{self.mark(name)}")
            yield Stage(f"ask {name}", "ask", 2 if rag else 1, answered, self._on(self.ask, name))

    def _is(self, name: str) -> Callable[[], bool]:
        return (self.home / name).exists

    def _on(self, do: Callable[[str], None], name: str) -> Callable[[], None]:
        return lambda: do(name)

    def mark(self, name: str) -> str:
        """Name the file that says that an arm was asked, so many prompts."""
        return f"{name}-{self.limit or 'all'}"

    def _asked(self, rag: bool) -> tuple[str, ...]:
        """Name the arms that are asked without RAG, or with it."""
        return tuple(f"{arm}+rag" if rag else arm for arm in ("base", *self.arms))

    def rows(self, arm: str) -> int:
        """Count the rows that an arm learns in an epoch, as far as they are there."""
        file = self.data(arm) / ("train_pairs.jsonl" if arm == "prefer" else "train.jsonl")
        file = file if file.is_file() else self.set / "train.jsonl"
        return len(file.read_text("utf-8").splitlines())

    def data(self, arm: str) -> Path:
        """Where the rows of an arm lie."""
        folders = {"many": "curated", "own": "own-mixed", "prefer": "training/pairs"}
        return self.home / folders.get(arm, arm)

    def lay_out(self) -> None:
        """Make a project with the curated set, and the part of the first 49 in it as `few`."""
        self.home.mkdir(parents=True, exist_ok=True)
        for name in ("pipelines", "raw/authored", "schemas"):
            shutil.copytree(ROOT / name, self.home / name, dirs_exist_ok=True)
        shutil.copytree(self.set, self.home / "curated", dirs_exist_ok=True)
        (self.home / "training").mkdir(exist_ok=True)
        prompts = "training/prompts_fr.jsonl"
        shutil.copyfile(ROOT / prompts, self.home / prompts)
        part = self.home / ".few"
        part.mkdir(exist_ok=True)
        shutil.copyfile(self.set / "valid.jsonl", part / "valid.jsonl")
        (part / "train.jsonl").write_text("".join(first_rows(self.set)), "utf-8")
        part.rename(self.home / "few")

    def import_base(self) -> None:
        """Turn the model's GGUF into a folder."""
        self.curator("import-model", self.model, "--out", self.folder)

    def train(self, arm: str) -> None:
        """Train an arm to its end, or on from where it was stopped."""
        chosen = yaml.safe_load(self.settings.read_text("utf-8"))
        chosen = {k: v for k, v in chosen.items() if k != "iters"}
        chosen = {"epochs": 2, **chosen, "model": str(self.folder)}
        if arm == "prefer":
            chosen |= {"objective": "dpo", "start_from": self.before_preferences, "epochs": 1}
            chosen["learning_rate"] = chosen["learning_rate"] / 10
        path = self.home / "training" / f"{arm}.yaml"
        path.write_text(yaml.safe_dump(chosen), "utf-8")
        self.curator("train", "--config", path, "--data", self.data(arm), "--name", arm)

    @property
    def before_preferences(self) -> str:
        """The arm whose adapter the preferences go on from."""
        return "own" if "own" in self.arms else "many"

    def export(self, arm: str) -> None:
        """Merge an arm and write its GGUF; the base's is made the same way, once."""
        if not (self.home / "models" / arm / "origin.json").exists():
            self.curator("fuse", "--run", arm)
        self.curator("export", "--run", arm)

    def sample(self) -> None:
        """Let the base answer training tasks, and mix what a check accepts with the rows."""
        self.ask_tasks()
        share = ("--share", OWN_SHARE, "--out", self.data("own"))
        self.curator("mix", "--own", "own", *share)

    def pair(self) -> None:
        """Make pairs of the own answers, which are sampled for it if they are not there yet."""
        if not (self.home / "training" / "own" / "own" / "manifest.json").exists():
            self.ask_tasks()
        self.curator("pairs", "--own", "own")

    def ask_tasks(self) -> None:
        """Let the base answer training tasks; as a GGUF where an export has made it."""
        made = any((self.home / "models").glob("base-*.gguf"))
        self.curator("sample", self.gguf("base") if made else self.folder, "--name", "own")

    def gguf(self, arm: str) -> Path:
        """The GGUF of an arm, from the project's folder."""
        models = self.home / "models"
        found = next(models.glob("base-*.gguf")) if arm == "base" else models / f"{arm}-q4_k_m.gguf"
        return found.relative_to(self.home)

    def ask(self, name: str) -> None:
        """Ask one arm; what it answered is not asked again."""
        self.evaluate((name,))
        self.note(name)

    def ask_bench(self) -> None:
        """Ask all arms the bench, without RAG."""
        arms = [word for a in ("base", *self.arms) for word in ("--arm", self.arm(a))]
        self.curator("evaluate", *arms, "--bench", (self.bench or Path()).resolve())
        self.note("bench")

    def note(self, name: str) -> None:
        """Write down that an arm was asked."""
        mark = self.home / "asked" / self.mark(name)
        mark.parent.mkdir(exist_ok=True)
        mark.touch()

    def arm(self, name: str) -> str:
        """Write an arm as the command takes it."""
        return f"{name}={self.gguf(name.partition('+')[0])}{',rag' if '+' in name else ''}"

    def evaluate(self, names: tuple[str, ...]) -> None:
        """Ask and compare arms."""
        arms = [word for name in names for word in ("--arm", self.arm(name))]
        limit = ("--limit", self.limit) if self.limit else ()
        self.curator("evaluate", *arms, *limit)

    def report(self) -> None:
        """Compare all arms, and write the report."""
        self.evaluate(self._asked(rag=False) + (self._asked(rag=True) if self.rag else ()))
        self.curator("report", "--out", self.home / "rapport")

    def run(self, only_plan: bool = False) -> None:
        """Say what is to be done, and do it."""
        clock = self.home / "times.json"
        if clock.exists():
            self.times = json.loads(clock.read_text("utf-8"))
        self.plan()
        for stage in [] if only_plan else list(self.stages()):
            if stage.done():
                continue
            say(f"== {stage.name} (as far as known: {self.expected(stage)})")
            began = time.monotonic()
            stage.do()
            took = time.monotonic() - began
            self.times.setdefault(stage.kind, []).append(took / stage.size)
            clock.write_text(json.dumps(self.times, indent=1), "utf-8")
        if not only_plan:
            say(f"The report: {self.home / 'rapport'}")

    def plan(self) -> None:
        """Print the stages with what they take."""
        say(f"{self.model} in {self.home}:")
        for stage in self.stages():
            say(f"  {stage.name:24} {'is there' if stage.done() else self.expected(stage)}")

    def expected(self, stage: Stage) -> str:
        """Say how long a stage takes by the last one of its kind."""
        if known := self.times.get(stage.kind):
            seconds = known[-1] * stage.size
            return f"about {seconds / 60:.0f} min" if seconds > 90 else f"about {seconds:.0f} s"
        if stage.kind == "train":
            return "known after its first two iterations: curator train says it"
        return "not known yet: the first of its kind tells"


def first_rows(folder: Path) -> list[str]:
    """Return the training rows of a curated set that are among the first 49."""
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    records = (folder / "examples.jsonl").read_text("utf-8").splitlines()
    sources = {r["id"]: r["provenance"].get("source") or "" for r in map(json.loads, records)}
    rows = (folder / "train.jsonl").read_text("utf-8").splitlines(keepends=True)
    pairs = zip(manifest["splits"]["train"], rows, strict=True)
    return [row for name, row in pairs if sources[name].startswith(SEED_SOURCE)]


def say(line: str) -> None:
    """Print a line at once: what follows it takes hours."""
    print(line, flush=True)


def main() -> None:
    """Do what is not done yet."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", required=True, help="qwen-0.5b, a GGUF or a model's folder")
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS))
    parser.add_argument("--settings", type=Path, default=ROOT / "training" / "question.yaml")
    parser.add_argument("--prompts", type=int, help="ask only the first so many")
    parser.add_argument("--bench", type=Path, help="HumanEval-X's tasks for Rust, JSONL")
    parser.add_argument("--no-rag", action="store_true", help="ask without passages only")
    parser.add_argument("--set", type=Path, default=ROOT / "curated", help="a built set")
    parser.add_argument("--home", type=Path, help="the folder [build/question/MODEL]")
    parser.add_argument("--plan", action="store_true", help="say what is to be done, and end")
    given = parser.parse_args()
    question = Question(
        model=given.model,
        home=(given.home or ROOT / "build" / "question" / Path(given.model).stem).resolve(),
        settings=given.settings,
        arms=tuple(arm for arm in ARMS if arm in given.arms),
        rag=not given.no_rag,
        limit=given.prompts,
        bench=given.bench,
        set=given.set,
    )
    signal.signal(signal.SIGINT, lambda *_: None)  # the command at work heeds it, and ends
    try:
        question.run(only_plan=given.plan)
    except subprocess.CalledProcessError as error:
        say("Stopped; the same command goes on from here. ARMS names the arms to go on with.")
        sys.exit(error.returncode if error.returncode > 0 else 130)


if __name__ == "__main__":
    main()
