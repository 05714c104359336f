"""What a batch would make for slots that are full in the set: told, and avoided if possible."""

from decimal import Decimal
from pathlib import Path

import pytest
from rich.table import Table

from curator.augment import run as pipeline
from curator.augment.inputs import BatchInputs
from curator.augment.preview import preview
from curator.augment.room import limits, wanted, without_room
from curator.base import store
from curator.cli.views.augment import augment_view, preview_table, preview_view
from curator.generate.recipe import AugmentRecipe
from curator.models.scripted import ScriptedModel
from curator.records.project import Project
from curator.records.targets import Targets
from tests.conftest import make_example
from tests.generate.test_batch import good_or_bad, quiet, recipe

SLOT = make_example().slot
ONE = Targets(per_cell=1, topics={}, surplus=1.5)
KEY = "targets.per_cell (or targets.topics) in pipelines/augment.yaml"


@pytest.fixture
def full(project: Project) -> Project:
    """A set whose slots hold nothing beyond the target, which is zero."""
    path = project.root / "pipelines" / "augment.yaml"
    text = path.read_text("utf-8").replace("per_cell: 5", "per_cell: 0")
    assert "per_cell: 0" in text
    store.write_bytes(path, text.encode())
    return project


def more(**changes: object) -> AugmentRecipe:
    zero = {"per_cell": 0, "topics": {}}
    return recipe(targets=Targets.model_validate(zero), more=1, **changes)


def test_a_slot_holds_what_the_set_would_hold(project: Project) -> None:
    """By the targets of the set's recipe, whatever those of the batch's are."""
    project.open()
    found = limits(project, more())
    assert found and found[SLOT] == 4  # 40 % of 5, twice
    assert limits(project, more(output="build/demo")) is None, "it enters no set"


def test_what_is_held_leaves_less_room(project: Project) -> None:
    inputs = BatchInputs.read(project, more())
    sources = inputs.besides(None)
    held = sum(e.slot == SLOT for e in sources.trusted)
    assert sources.room and sources.room[SLOT] == max(0, 4 - held)


def test_surplus_candidates_of_a_slot_with_room_are_not_counted() -> None:
    other = SLOT._replace(topic=make_example(topic="async").slot.topic)
    room = {SLOT: 2, other: 0}
    assert without_room({SLOT: 3.0, other: 3.0}, room, 1.5) == 3.0
    assert without_room({SLOT: 4.0}, room, 1.5) == 1.0
    assert without_room({SLOT: 4.0}, None, 1.5) == 0.0


def test_full_slots_are_left_alone_where_the_batch_is_filled_without(project: Project) -> None:
    before = BatchInputs.read(project, more()).besides(None).before
    room = dict.fromkeys(before.lacking, 0) | {SLOT: 2}
    small, large = (
        recipe(targets=more().targets, more=3, stop={"candidates": n}) for n in (3, 600)
    )
    assert wanted(small, before, room) == {SLOT: 3.0}
    assert len(wanted(large, before, room)) > 40


def test_a_dry_run_says_how_many_would_be_left_out(full: Project) -> None:
    planned = preview(full, more(model={"name": "smollm2"}), quiet)
    count = planned.document()["no_room"]
    lines = [line for line in preview_view(planned) if isinstance(line, str)]
    [said] = [line for line in lines if line.startswith("Full slots: ")]
    assert count > 0 and f"about {round(count)} of " in said and KEY in said


def test_a_dry_run_with_room_for_all_says_nothing_of_it(project: Project) -> None:
    planned = preview(project, recipe(model={"name": "smollm2"}), quiet)
    assert planned.wanted and planned.document()["no_room"] == 0
    assert not any(str(line).startswith("Full slots") for line in preview_view(planned))


def test_the_expected_column_adds_up(full: Project) -> None:
    """To the decimal that is shown: 2 and 14 times 1 are no total of 14."""
    table = preview_table(preview(full, more(model={"name": "smollm2"}), quiet))
    *parts, total = (Decimal(str(cell)) for cell in table.columns[-1].cells)
    assert all(part.as_tuple().exponent == -1 for part in (*parts, total))
    assert abs(sum(parts) - total) <= Decimal("0.05") * len(parts) and total > 0


def test_coverage_is_told_as_that_before_the_batch(full: Project) -> None:
    chosen = more(output="build/demo")
    done = pipeline.augment(full, chosen, quiet, lambda settings: ScriptedModel(good_or_bad))
    table = next(iter(augment_view(done, full)))
    assert isinstance(table, Table)
    title = "Coverage before this batch, with what earlier ones in build/demo/ brought"
    assert str(table.title).startswith(title)


def test_a_batch_says_so_before_it_begins(full: Project, caplog: pytest.LogCaptureFixture) -> None:
    pipeline.augment(full, more(), quiet, lambda settings: ScriptedModel(good_or_bad))
    [said] = [r.message for r in caplog.records if "would have no room" in r.message]
    assert KEY in said


def test_a_set_that_cannot_be_read_stops_no_batch(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    Path(project.root / "pipelines" / "retrain.yaml").write_text("build: {excess: 0}\n", "utf-8")
    assert limits(project, more()) is None
    assert "planned without the room in the set: " in caplog.text and "excess" in caplog.text
