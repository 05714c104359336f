"""The tables of the index follow Argilla's, whatever happens to them."""

from typing import Any

import pytest

from tests.review.server.conftest import Driver
from tests.review.server.test_engine import DATASETS, RECORDS

TABLES = {
    "docs": "record_id, dataset_id, external_id, status, inserted_at, updated_at",
    "facts": "doc, field, source, value, user_id",
    "text": "rowid, *",
    "vectors": "vector_id, settings_id, doc",
}


@pytest.fixture(scope="module")
def engine(driver: Driver) -> Driver:
    driver("make", users=["alice", "bob"], datasets=DATASETS)
    return driver


@pytest.fixture(autouse=True)
def _records(engine: Driver) -> None:
    for table in ("records", "responses"):
        assert engine("sql", text=f"SELECT count(*) FROM {table}") == [[0]]
    engine("add", dataset="d", records=RECORDS)


@pytest.fixture(autouse=True)
def _emptied(engine: Driver, _records: None) -> Any:
    """After each test: deleting what is left leaves nothing in any table of the index."""
    yield
    for (name,) in engine("sql", text="SELECT external_id FROM records"):
        engine("remove", what="record", record=name)
    for table in TABLES:
        assert engine("sql", text=f"SELECT count(*) FROM curator_{table}") == [[0]]
    assert engine("search", dataset="d", query="durée")["total"] == 0


def contents(engine: Driver) -> dict[str, list[str]]:
    """The index, in an order that does not hang on how it was made."""
    engine("search", dataset="d", query="durée")  # indexes what is stale
    return {
        table: sorted(map(str, engine("sql", text=f"SELECT {columns} FROM curator_{table}")))
        for table, columns in TABLES.items()
    }


def found(engine: Driver, **given: Any) -> list[str]:
    return sorted(engine("search", dataset="d", **given)["ids"])


@pytest.mark.slow
def test_edited_fields_are_found_anew(engine: Driver) -> None:
    engine("change", record="b", fields={"question": "Fermetures"})
    assert found(engine, query="fermetures") == ["b"]
    assert found(engine, query="mutable") == []


def test_edited_metadata_and_status_are_found_anew(engine: Driver) -> None:
    engine("change", record="b", metadata_={"topic": "closures"}, status="completed")
    topic = {"scope": ["metadata", "topic"], "values": ["closures", "borrowing"]}
    assert found(engine, filter=topic) == ["b"]
    assert found(engine, filter={"scope": ["metadata", "n"], "ge": 2, "le": 2}) == []
    assert found(engine, filter={"scope": ["record", "status"], "values": ["completed"]}) == [
        "a",
        "b",
    ]
    engine("change", record="b", metadata_=None)
    assert found(engine, filter=topic) == []


def test_a_change_of_mind_replaces_the_response(engine: Driver) -> None:
    engine("respond", record="a", user="alice", status="submitted", values={"decision": "drop"})
    drop = {"scope": ["response", "decision", None, "alice"], "values": ["drop"]}
    keep = {"scope": ["response", "decision", None, "alice"], "values": ["keep"]}
    assert found(engine, filter=drop) == ["a"]
    assert found(engine, filter=keep) == []
    engine("respond", record="a", user="alice", status="discarded", values={})
    assert engine("progress", dataset="d", user="alice") == {"total": 2, "discarded": 1, "draft": 1}


@pytest.mark.parametrize("what", ["responses", "suggestions", "vectors"])
def test_what_is_removed_is_found_no_more(engine: Driver, what: str) -> None:
    scopes = {"responses": ["response", "note"], "suggestions": ["suggestion", "note", "value"]}
    near = {"dataset": "d", "vector": "v", "value": [1, 0]}
    engine("remove", what=what, record="a")
    if what == "vectors":
        assert engine("similar", **near)["ids"] == ["b", "c"]
    else:
        assert "a" not in found(engine, filter={"scope": scopes[what], "ge": 0})
    assert "a" in found(engine)


def test_removed_records_leave_totals_and_pages_right(engine: Driver) -> None:
    engine("remove", what="record", record="a")
    assert engine("progress", dataset="d") == {"total": 3, "pending": 3}
    assert found(engine, query="durée") == ["b"]
    assert engine("metrics", dataset="d", name="n")["min"] == 2


def test_a_removed_dataset_takes_its_index_along(engine: Driver) -> None:
    engine("add", dataset="other", records=[{"id": "z", "fields": {"question": "durée"}}])
    before = contents(engine)
    engine("make_dataset", name="third", given=DATASETS["d"])
    third = [{**record, "id": f"3{record['id']}"} for record in RECORDS]
    engine("add", dataset="third", records=third)
    assert engine("search", dataset="third", query="durée")["total"] == 2
    engine("remove", what="dataset", name="third")
    assert contents(engine) == before


@pytest.mark.slow
def test_the_index_built_anew_is_the_one_that_triggers_kept(engine: Driver) -> None:
    engine("change", record="c", fields={"question": "Autre chose"}, metadata_={"n": 4})
    engine("respond", record="c", user="alice", status="submitted", values={"note": 4})
    kept = contents(engine)
    assert engine("rebuild") is False  # nothing to do
    engine("sql", text="DROP TRIGGER curator_on_delete_on_records")  # as a migration would
    assert engine("rebuild") is True
    assert contents(engine) == kept
    engine("sql", text="DELETE FROM curator_docs WHERE external_id = 'b'")
    assert engine("rebuild") is True
    assert contents(engine) == kept
    assert found(engine, query="emprunt") == ["b"]
