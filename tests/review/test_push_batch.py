"""One batch goes to people alone, and every command says what was never pushed."""

import re
from collections.abc import Callable

import pytest

from curator.augment.batches import BatchSummary, list_batches
from curator.augment.details import batch_details
from curator.augment.discard import find_batches
from curator.base import store
from curator.base.errors import DataError
from curator.cli.views.batches import batches_view
from curator.records.project import Project
from curator.report.named import named_set
from curator.review.controls.sheet import accepted_of
from curator.review.push import push_batch
from curator.review.recipe import ReviewRecipe
from curator.review.sent import FILE, sent_ids
from tests.review.conftest import Desk, candidate, quiet

PLAN = {
    "settings": {"generate": {"strategies": ["few_shot"]}, "model": None, "toolkit": "0"},
    "seed": 1,
    "created": "2026-01-01T00:00:00+00:00",
    "wanted": {},
    "history": {},
}
FIRST, SECOND = "augment-s0001-12345678", "augment-s0002-12345678"


def staged(project: Project, name: str, *numbers: int, folder: str = "raw/generated") -> None:
    """A complete batch with these candidates, all accepted by the filters."""
    place = project.root / folder / name
    found = [candidate(n) for n in numbers]
    store.write_json(place / "plan.json", PLAN)
    store.write_atomic(place / "accepted.jsonl", found)
    outcome = {"total": len(found), "accepted": len(found)}
    store.write_json(place / "manifest.json", {"outcome": outcome})


@pytest.fixture
def two(desk: Desk) -> Desk:
    staged(desk.project, FIRST, 0, 1, 2)
    staged(desk.project, SECOND, 5, 6)
    return desk


def lines(project: Project) -> list[str]:
    _table, *said = batches_view(list_batches(project))
    return [str(line) for line in said]


@pytest.mark.slow
def test_a_batch_is_sent_alone_by_how_its_name_begins(two: Desk) -> None:
    done = push_batch(two.project, two.recipe, two.server, "augment-s0002", quiet)
    assert done.sent == {"revue": 2}
    assert two.server.cards["revue"].keys() == {candidate(5).id, candidate(6).id}
    again = push_batch(two.project, two.recipe, two.server, SECOND, quiet)
    assert (again.sent, again.present) == ({"revue": 0}, 2)
    assert two.push().sent == {"revue": 3}


def test_a_name_of_none_or_of_several_sends_nothing(two: Desk) -> None:
    for name, said in (("aug", f"2 batches begin with 'aug': {FIRST}"), ("b", "no such batch: b")):
        with pytest.raises(DataError, match=re.escape(said)):
            push_batch(two.project, two.recipe, two.server, name, quiet)
    assert two.server.sent == 0


@pytest.mark.slow
def test_one_rule_for_every_command_that_takes_a_batch(two: Desk) -> None:
    project = two.project
    assert batch_details(project, "augment-s0002").summary.name == SECOND
    assert [b.name for b in find_batches(project, ["augment-s0002", SECOND])] == [SECOND]
    assert named_set(project, "augment-s0002").name == SECOND
    assert len(accepted_of(project, "augment-s0002", "raw/generated")) == 2
    for find in (
        lambda: batch_details(project, "aug"),
        lambda: find_batches(project, ["aug"]),
        lambda: named_set(project, "aug"),
        lambda: accepted_of(project, "aug", "raw/generated"),
    ):
        with pytest.raises(DataError, match="2 batches begin with 'aug'"):
            find()


@pytest.mark.slow
def test_batches_say_what_was_never_pushed_and_what_waits(two: Desk) -> None:
    assert lines(two.project) == [
        f"{FIRST}: 3 never pushed; next: curator review push {FIRST}",
        f"{SECOND}: 2 never pushed; next: curator review push {SECOND}",
    ]
    push_batch(two.project, two.recipe, two.server, FIRST, quiet)
    for name in ("anna", "benoit"):
        two.say(name, candidate(0).id, "accepter")
    two.pull()
    assert lines(two.project)[0] == (
        f"{FIRST}: 2 wait for people in Argilla; 1 decided; next: curator review pull"
    )
    for number in (1, 2):
        for name in ("anna", "benoit"):
            two.say(name, candidate(number).id, "accepter")
    two.pull()
    assert lines(two.project)[0] == f"{FIRST}: 3 decided"


def test_a_server_that_lost_its_records_is_believed(two: Desk) -> None:
    """The note is only what was there at last: the next exchange writes it anew."""
    two.push()
    assert len(sent_ids(two.project, two.recipe)) == 5
    two.server.cards.clear()
    two.push(returns_only=True)
    assert not sent_ids(two.project, two.recipe)
    (two.project.root / two.recipe.input / FILE).write_text("no JSON", "utf-8")
    assert not sent_ids(two.project, two.recipe)
    assert two.push().sent == {"revue": 5}
    assert len(sent_ids(two.project, two.recipe)) == 5


def test_a_demo_batch_is_marked_and_asks_for_nothing(
    two: Desk, recipe_with: Callable[..., ReviewRecipe]
) -> None:
    staged(two.project, "demo-s0001-12345678", 7, folder="build/demo")
    [demo, *_] = sorted(list_batches(two.project), key=lambda b: not b.throwaway)
    assert (demo.name, demo.next, demo.document()["throwaway"]) == ("demo-s0001-12345678", "", True)
    [line] = [line for line in lines(two.project) if line.startswith("demo")]
    assert "a demo's, apart from the set" in line and "next" not in line


def test_a_batch_of_another_review_names_its_recipe(two: Desk) -> None:
    root = two.project.root
    recipe = root / "pipelines" / "augment.yaml"
    other = "extends: augment.yaml\nname: other\noutput: raw/other\n"
    recipe.with_name("other.yaml").write_text(other, "utf-8")
    review = "extends: review.yaml\nname: second\ndataset: second\nadjudication: a2\n"
    recipe.with_name("second.yaml").write_text(f"{review}input: raw/other\n", "utf-8")
    staged(two.project, "other-s0001-12345678", 7, folder="raw/other")
    found: list[BatchSummary] = [b for b in list_batches(two.project) if b.name.startswith("other")]
    option = "--recipe pipelines/second.yaml"
    assert [b.next for b in found] == [f"curator review push other-s0001-12345678 {option}"]
