"""What still counts, read from reviews with only the reviewed examples in memory."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from curator.base import store
from curator.records.example import Example, Origin, Review
from curator.records.project import Project
from curator.review.decisions.log import ReviewLog
from curator.review.decisions.settle import ReviewStatus
from curator.review.decisions.state import count_waiting, read_changes, read_state, reviewed
from curator.review.recipe import load_review
from tests.conftest import make_example
from tests.review.conftest import candidate

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def correction(parent: Example) -> Example:
    facts = parent.provenance.model_dump()
    facts |= {"origin": Origin.CORRECTED, "parents": (parent.id,), "author": "anna"}
    return make_example(parent.question, f"{parent.answer}\nMieux dit.", provenance=facts)


def said(example: Example, who: str, what: str, corrected: str | None = None) -> Review:
    fields = {"annotator": who, "decision": what, "corrected": corrected}
    return Review(example=example.id, time=NOW, dataset="revue", **fields)  # type: ignore[arg-type]


@pytest.fixture
def discussed(project: Project) -> Project:
    """Six candidates: accepted, rejected, corrected, disputed, of one opinion, and of none."""
    made = [candidate(n) for n in range(1, 7)]
    batch = project.root / "raw" / "generated" / "augment-s0001-12345678"
    store.write_atomic(batch / "accepted.jsonl", made)
    better = correction(made[2])
    reviews = [
        *(said(made[0], who, "accepter") for who in ("anna", "benoit")),
        *(said(made[1], who, "rejeter") for who in ("anna", "benoit")),
        *(said(made[2], who, "corriger", better.id) for who in ("anna", "benoit")),
        said(made[3], "anna", "accepter"),
        said(made[3], "benoit", "rejeter"),
        said(made[4], "anna", "accepter"),
    ]
    ReviewLog.of(project).add(reviews, [better])
    return project


def test_the_settlements_are_those_of_the_whole_state(discussed: Project) -> None:
    recipe = load_review(discussed)
    whole = read_state(discussed, recipe).settlements
    found = reviewed(discussed, recipe)
    assert {s.status for s in found.values()} >= {
        *(
            ReviewStatus.ACCEPTED,
            ReviewStatus.REJECTED,
            ReviewStatus.CORRECTED,
            ReviewStatus.DISPUTED,
        )
    }
    assert found == {key: whole[key] for key in found}
    assert all(whole[key].status is ReviewStatus.PENDING for key in whole.keys() - found.keys())


def test_the_count_is_that_of_the_list(discussed: Project, tmp_path: Path) -> None:
    made = [candidate(n) for n in range(1, 7)]
    left = read_changes(discussed).applied(made)
    changes = read_changes(discussed)
    waiting = [e for e in left if e.id not in changes.accepted]
    assert (len(left), count_waiting(changes, made)) == (5, len(waiting))
    better = correction(made[2])
    assert [e.id for e in left] == [*(made[n].id for n in (0, 3, 4, 5)), better.id]
    (tmp_path / "pipelines" / "review.yaml").unlink()
    assert read_changes(discussed).applied(made) == made
