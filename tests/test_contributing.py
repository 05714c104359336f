"""CONTRIBUTING.md's checklists, followed to the letter in a copy of the toolkit.

What a list says to write or to add is taken from the list itself. What was made is then used as
people use it: by `python -m curator`, in another process, which imports the copy.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from curator.base import store
from curator.generate.prompting import PREFIX, format_example
from curator.records.example import Example
from curator.records.files import read_examples
from curator.rust.compiler import Rustc
from tests.conftest import ANSWER, QUESTION, ROOT, make_example
from tests.models.openai_fake import Fake, Reply, chat, running

FENCE = re.compile(r"^( *)```\w+\n(.*?)\n *```$", re.MULTILINE | re.DOTALL)


@dataclass
class Checkout:
    """A copy of the toolkit, with a project in it."""

    root: Path

    def curator(self, *arguments: str) -> str:
        """The output of a command in the copy; stops the test where it fails."""
        places = {"XDG_CACHE_HOME": str(self.root / "cache"), "HF_HUB_OFFLINE": "1"}
        run = subprocess.run(
            [sys.executable, "-m", "curator", *arguments],
            cwd=self.root, env={**os.environ, **places}, capture_output=True, text=True,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        return run.stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self.curator(*arguments, "--json"))

    def recipe(self, name: str, **settings: Any) -> str:
        """The path of a new recipe."""
        recipe = {"kind": "augment", "name": name, "allow_empty": True, **settings}
        path = self.root / "pipelines" / f"{name}.yaml"
        path.write_text(yaml.safe_dump(recipe), "utf-8")
        return str(path)

    def candidates(self, name: str, which: str = "candidates") -> list[Example]:
        [folder] = (self.root / "raw" / "generated").glob(f"{name}-*")
        return list(read_examples(folder / f"{which}.jsonl"))

    def report(self) -> str:
        self.curator("report", "--out", "rapport")
        return (self.root / "rapport" / "rapport.md").read_text("utf-8")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """The compiled modules come along: they are those of the same sources."""
    for name in ("curator", "schemas", "pipelines"):
        shutil.copytree(ROOT / name, tmp_path / name)
    store.write_atomic(tmp_path / "raw" / "authored" / "own.jsonl", [make_example(answer=PROGRAM)])
    return Checkout(tmp_path)


PROGRAM = ANSWER.replace(
    "fn longueur(texte: &str) -> usize {\n    texte.len()\n}",
    'fn parite(reste: u32) -> &\'static str {\n    if reste == 0 {\n        "pair"\n'
    '    } else {\n        "impair"\n    }\n}',
)
LOUD = ANSWER.replace("référence.", "référence ! Enfin ! Voilà ! Bravo !")


@dataclass
class Step:
    """A step of a checklist that has a block of text: a new file, or what a tuple gets."""

    said: str
    path: str
    block: str

    @property
    def place(self) -> str | None:
        """The tuple to which the block is added; None for a new file."""
        named = re.search(r"`([A-Z]+)`", self.said)
        return named and named[1]

    def apply(self, root: Path) -> None:
        path = root / self.path
        if self.place is None:
            assert self.said.startswith("Write ") and not path.exists()
            path.write_text(f"{self.block}\n", "utf-8")
            return
        text = path.read_text("utf-8")
        [start] = re.finditer(rf"^{self.place} = \(\n", text, re.MULTILINE)
        if "above" in self.said:
            where, block = start.start(), f"{self.block}\n\n\n"
        else:
            where, block = text.index("\n)", start.end()), f"\n{self.block}"
            assert "one line" not in self.said or "\n" not in self.block
        path.write_text(text[:where] + block + text[where:], "utf-8")


def steps(title: str) -> Iterator[Step]:
    """The steps of a checklist that have a block of text."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split(f"\n## {title}\n")[1]
    section = re.split(r"^## ", text, flags=re.MULTILINE)[0]
    for item in re.split(r"^\d+\. ", section, flags=re.MULTILINE)[1:]:
        if fence := FENCE.search(item):
            rows = [row.removeprefix(fence[1]) for row in fence[2].split("\n")]
            path = re.search(r"`([^`]+)`", item)
            assert path
            yield Step(item[: fence.start()], path[1], "\n".join(rows))


def follow(checkout: Checkout, title: str) -> list[str]:
    """Do what a checklist says to write or to add; the names of the files, in order."""
    todo = list(steps(title))
    for step in todo:
        step.apply(checkout.root)
    code = sorted({str(checkout.root / s.path) for s in todo if s.path.endswith(".py")})
    settings = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    for check in (["check"], ["format", "--check"]):
        lint = [sys.executable, "-m", "ruff", *check, *settings, *code]
        done = subprocess.run(lint, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
    return [step.path.rpartition("/")[2] for step in todo]


@pytest.fixture
def loud() -> Iterator[Fake]:
    """A served model whose every text shouts."""

    def answer(request: dict[str, Any]) -> Reply:
        text = format_example(f"{QUESTION} {request['seed']}", LOUD).removeprefix(PREFIX)
        return chat(text)

    with running(Fake(answer=answer)) as fake:
        yield fake


@pytest.mark.slow
def test_a_filter(checkout: Checkout, loud: Fake) -> None:
    names = follow(checkout, "A filter")
    assert names == ["exclamations.py", "registry.py"]
    store.write_atomic(
        checkout.root / "given.jsonl",
        [make_example(), make_example(question=f"{QUESTION} Dites.", answer=LOUD)],
    )
    recipe = checkout.recipe(
        "loud",
        filters=[{"name": "exclamations", "most": 2}],
        generate={"strategies": ["few_shot"]},
        stop={"candidates": 2},
        model={"name": loud.name},
    )
    outcome = checkout.json("filter", "given.jsonl", "--recipe", recipe)
    assert outcome["accepted"] == 1
    assert outcome["reasons"] == {"exclamations.shouts": 1}

    checkout.curator("run", recipe)
    rejected = checkout.candidates("loud", "rejected")
    assert {(e.rejection.filter, e.rejection.detail) for e in rejected if e.rejection} == {
        ("exclamations", "4, at most 2")
    }
    report = checkout.report()
    assert "la prose crie" in report and "points d’exclamation" in report
    assert "demander un ton posé" in report


@pytest.mark.slow
def test_a_strategy(checkout: Checkout, loud: Fake) -> None:
    names = follow(checkout, "A strategy")
    assert names == ["analogy.py", "analogy.txt", "registry.py"]
    recipe = checkout.recipe(
        "analogies",
        filters=[{"name": "length"}],
        generate={"strategies": ["analogy"]},
        stop={"candidates": 3},
        model={"name": loud.name},
    )
    checkout.curator("run", recipe)
    accepted = checkout.candidates("analogies", "accepted")
    assert [e.provenance.strategy for e in accepted] == ["analogy"] * 3
    assert len({e.provenance.source for e in accepted}) == 3
    asked = [r["messages"][-2]["content"] for r in loud.requests]
    assert len(asked) == 3
    assert all("par une comparaison avec un métier" in text for text in asked)
    assert "modèle, par analogie" in checkout.report()


@pytest.mark.slow
def test_a_mutation(checkout: Checkout, rustc: Rustc) -> None:
    names = follow(checkout, "A mutation")
    assert names == [
        *("pattern_matching.py", "pattern_matching.py", "assign_in_condition.yaml"),
    ]
    more_of_each(checkout.root / "curator/generate/mutate/texts/assign_in_condition.yaml")
    recipe = checkout.recipe(
        "own",
        generate={"strategies": ["mutate"]},
        filters=[{"name": "structure"}, {"name": "length"}, {"name": "rust"}],
    )
    checkout.curator("run", recipe)
    made = [
        e for e in checkout.candidates("own", "accepted") if "assign" in str(e.provenance.source)
    ]
    assert made
    assert "if reste = 0 {" in made[0].question
    assert "error[E0308]: mismatched types" in made[0].question
    assert "+    if reste == 0 {" in made[0].answer or "if reste == 0 {" in made[0].answer


def more_of_each(path: Path) -> None:
    """More wordings for each one, as the list asks of people."""
    wordings = yaml.safe_load(path.read_text("utf-8"))
    path.write_text(yaml.safe_dump({name: 4 * said for name, said in wordings.items()}), "utf-8")


def test_the_lists_name_what_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    examples = ("exclamations", "analogy", "assign_in_condition", "<name>")
    named = re.findall(r"`((?:curator|tests|schemas|pipelines)/[\w./<>]*)`", text)
    existing = [p for p in named if not any(made in p for made in examples)]
    assert len(existing) > 10
    assert [p for p in existing if not (ROOT / p).exists()] == []
    rooms = set(re.findall(r"`(\w+)/`", text.split("## Layout")[1].split("## Names")[0]))
    folders = {p.parent.name for p in (ROOT / "curator").glob("*/__init__.py")}
    assert folders <= rooms
