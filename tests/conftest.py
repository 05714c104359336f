"""What every test uses: an example that passes every filter, a project, the real compiler."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from curator.base import store
from curator.base.shipped import open_folder
from curator.models.llama.model import quiet_threads
from curator.records.example import Example, Origin, Provenance
from curator.records.files import read_examples
from curator.records.project import Project
from curator.records.taxonomy import use_taxonomy
from curator.rust.compiler import Rustc

# Before any test module imports llama_cpp: beside other work, its tests took minutes.
quiet_threads()
# What commands print must not follow the terminal that tests run in; pytest-xdist says 80.
os.environ["COLUMNS"] = "120"

ROOT = Path(__file__).parent.parent

QUESTION = "Pourquoi ma variable n'est-elle plus utilisable après cet appel de fonction en Rust ?"

ANSWER = """## TL;DR
La fonction a pris la propriété de la chaîne ; prêtez-la plutôt avec une référence.

## Problème
Le paramètre prend la valeur elle-même, et la variable de départ ne possède donc plus rien.

## Solution
```rust
fn longueur(texte: &str) -> usize {
    texte.len()
}
```

## Explication
Une référence laisse la valeur à son propriétaire, qui peut encore s'en servir ensuite.

## À retenir
- Un paramètre de type référence emprunte, il ne prend pas la valeur qu'on lui confie.
"""


def make_example(question: str = QUESTION, answer: str = ANSWER, **changes: Any) -> Example:
    provenance = Provenance(
        origin=Origin.AUTHORED,
        created=datetime(2026, 1, 1, tzinfo=UTC),
        toolkit="0",
        author="une personne",
    )
    labels = {"category": "debug", "topic": "ownership", "difficulty": "debutant"}
    fields = {**labels, "provenance": provenance, **changes}
    return Example(question=question, answer=answer, **fields)


def processes(word: object) -> list[str]:
    """The commands of the machine's processes in which a word occurs."""
    seen = (" ".join(p.info["cmdline"] or ()) for p in psutil.process_iter(["cmdline"]))
    return [command for command in seen if str(word) in command]


def left(word: object, seconds: float = 5) -> list[str]:
    """The processes that still have a word in their command after some seconds.

    What was killed is gone at once on a machine at rest; a busy one takes its time.
    """
    end = time.monotonic() + seconds
    while (alive := processes(word)) and time.monotonic() < end:
        time.sleep(0.05)
    return alive


def copy_recipes(root: Path) -> None:
    """The checkout's recipes in a project, whose datasets are called revue and arbitrage."""
    shutil.copytree(ROOT / "pipelines", root / "pipelines")
    recipe = root / "pipelines" / "review.yaml"
    recipe.write_text(recipe.read_text("utf-8").replace("-{project}", ""), "utf-8")


def first_49() -> list[Example]:
    """The authored examples of the seed document's distribution, in file order.

    Tests that need a set in which something is missing, or a small one, take these.
    """
    every = read_examples(*Project(ROOT).authored_files())
    return [e for e in every if (e.provenance.source or "").startswith("seed.jsonl:")]


@pytest.fixture(autouse=True)
def no_project_is_open() -> Iterator[None]:
    """A project that a test opens is open in that test only."""
    yield
    use_taxonomy(None)
    open_folder(None)


@pytest.fixture
def example() -> Example:
    return make_example()


@pytest.fixture
def make() -> Callable[..., Example]:
    return make_example


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of the checkout's recipes, and its first 49 authored examples."""
    copy_recipes(tmp_path)
    store.write_atomic(tmp_path / "raw" / "authored" / "first.jsonl", first_49())
    return Project(tmp_path)


@pytest.fixture(scope="session")
def rustc() -> Rustc:
    """The real compiler in the real sandbox."""
    return Rustc()


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """The environment for a `curator` of our own: repeatable times, no hub."""
    return {**os.environ, "SOURCE_DATE_EPOCH": "1767225600", "HF_HUB_OFFLINE": "1"}


@pytest.fixture(scope="session")
def smollm2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SmolLM2-135M as a folder that mlx-lm trains."""
    from curator.training.import_model import import_model

    return import_model("smollm2", tmp_path_factory.mktemp("models") / "smollm2")


@pytest.fixture(scope="session")
def tiny(smollm2: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A very small model: see tests/training/conftest.py."""
    from tests.training.conftest import drawn

    return drawn(smollm2, tmp_path_factory.mktemp("models") / "tiny", seed=7)
