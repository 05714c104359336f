"""A project with candidates to review, a server in memory, and the real one where it runs."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from curator.base import store
from curator.records.example import Example, ModelRef, Origin, Provenance, Review, Sampling
from curator.records.project import Project
from curator.review.argilla.access import Access
from curator.review.argilla.fake import FakeServer
from curator.review.argilla.sdk import ArgillaServer
from curator.review.decisions.settle import Settlement
from curator.review.decisions.state import read_state
from curator.review.pull import PullResult, pull
from curator.review.push import PushResult, push
from curator.review.recipe import ReviewRecipe, load_review
from tests.conftest import ANSWER, QUESTION, ROOT, copy_recipes, make_example
from tests.review.office import RATED, Office, hired

GENERATED = Provenance(
    origin=Origin.GENERATED,
    created=datetime(2026, 1, 1, tzinfo=UTC),
    toolkit="0",
    batch="augment-s0001-12345678",
    index=0,
    strategy="few_shot",
    model=ModelRef(name="Petit modèle (4 bits)", sha256="0" * 64),
    prompt_sha256="1" * 64,
    sampling=Sampling(),
    seed=3,
    rustc="rustc 1.95.0",
)
# Candidates here are one text with other words in places: no filter of near duplicates.
QUICK = {"structure", "length", "banned", "french", "duplicates", "rust"}
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def candidate(number: int, **changes: Any) -> Example:
    """An example that passes every filter, unlike those of other numbers."""
    words = ("chaîne", "liste", "table", "pile", "file", "tranche", "somme", "note", "ligne", "clé")
    word = words[number % len(words)]
    question = QUESTION.replace("variable", f"variable {word} {number}")
    answer = ANSWER.replace("longueur", f"taille_{number}").replace("texte", f"{fold(word)}_x")
    answer = answer.replace("de départ", f"de départ, une {word} numéro {number},")
    return make_example(question, answer, **{"provenance": GENERATED, **changes})


def fold(word: str) -> str:
    return word.replace("î", "i").replace("é", "e")


def review(annotator: str, decision: str, example: str = "0" * 16, **changes: Any) -> Review:
    """A review; people answer a minute after each other, by the first letters of their names."""
    time = START + timedelta(minutes=ord(annotator[0]) - ord("a"))
    fields = {"dataset": "revue", "time": time, "ratings": RATED, **changes}
    return Review(example=example, annotator=annotator, decision=decision, **fields)


class Desk:
    """A project, its recipe and a server, with the loop's steps as short as tests want them."""

    def __init__(self, project: Project, recipe: ReviewRecipe, server: FakeServer):
        self.project, self.recipe, self.server = project, recipe, server
        self.time = START

    def push(self, **options: Any) -> PushResult:
        def compile_nothing(examples: Any) -> list[list[Any]]:
            return [[] for _ in examples]

        return push(self.project, self.recipe, self.server, quiet, compile_nothing, **options)

    def pull(self) -> PullResult:
        return pull(self.project, self.recipe, self.server, quiet)

    def say(
        self, annotator: str, example: str, decision: str, dataset: str = "revue", **values: Any
    ) -> None:
        self.time += timedelta(seconds=40)
        given = {"decision": decision, **RATED, **values}
        self.server.answer(dataset, example, annotator, self.time, **given)

    def settled(self, example: str) -> Settlement:
        return read_state(self.project, self.recipe).settlements[example]


def quiet(label: str, done: int, total: int) -> None:
    """No progress."""


@pytest.fixture
def candidates() -> list[Example]:
    """Three, the first of which has all that models signal."""
    signals = {"agreement": 0.9, "likelihood_gain": 0.2, "opinion": 0.8}
    return [candidate(0).measured(signals), candidate(1), candidate(2)]


@pytest.fixture
def reviewed(tmp_path: Path, candidates: list[Example]) -> Project:
    """A project with one batch of candidates."""
    copy_recipes(tmp_path)
    shutil.copy(ROOT / "README.fr.md", tmp_path)
    recipe = tmp_path / "pipelines" / "augment.yaml"
    data = yaml.safe_load(recipe.read_text("utf-8"))
    data["filters"] = [f for f in data["filters"] if f["name"] in QUICK]
    recipe.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    store.write_atomic(tmp_path / "raw/authored/ownership.jsonl", [make_example()])
    batch = tmp_path / "raw/generated" / "augment-s0001-12345678"
    store.write_atomic(batch / "accepted.jsonl", candidates)
    store.write_atomic(batch / "rejected.jsonl", [candidate(9)])
    return Project(tmp_path)


@pytest.fixture
def desk(reviewed: Project, recipe_with: Callable[..., ReviewRecipe]) -> Desk:
    server = FakeServer(("anna", "benoit", "chloe"))
    return Desk(reviewed, recipe_with(), server)


@pytest.fixture
def recipe_with(reviewed: Project) -> Callable[..., ReviewRecipe]:
    """The project's recipe with fast vectors, no pauses, and the changes that are given."""

    def make(**changes: Any) -> ReviewRecipe:
        given = load_review(reviewed).model_dump() | {"vectors": "words"} | changes
        given["server"] = {**given["server"], "backoff": 0}
        return ReviewRecipe.model_validate(given)

    return make


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    """A real server for this session."""
    url, key = os.environ.get("ARGILLA_API_URL"), os.environ.get("ARGILLA_API_KEY")
    if url and key:
        yield Access(url, key)
        return
    supervisor = pytest.importorskip("curator.review.argilla.server.supervisor")
    data = tmp_path_factory.mktemp("argilla")
    up = supervisor.up(data)
    yield Access(up.url, up.api_key)
    supervisor.down(data)


@pytest.fixture
def office(running: Access) -> Office:
    return hired(running)


@pytest.fixture
def server(office: Office) -> ArgillaServer:
    return ArgillaServer(office.access)


@pytest.fixture
def recipe(office: Office, recipe_with: Callable[..., ReviewRecipe]) -> ReviewRecipe:
    return recipe_with(workspace=office.workspace, batch_size=2)
