"""The engine against the Elasticsearch implementation that argilla-server carries.

Each expectation was read from argilla_server/search_engine/commons.py and elasticsearch.py, or from
what Elasticsearch documents for the query built there; where ours differs on purpose, the test's
name says so.
"""

from typing import Any

import pytest

from tests.review.server.conftest import Driver

DATASETS = {
    "d": {
        "fields": {"photo": "image", "question": "text", "answer": "text", "talk": "chat",
                   "panel": "custom"},
        "questions": {"decision": "label_selection", "note": "rating",
                      "themes": "multi_label_selection", "words": "text"},
        "metadata": {"topic": "terms", "n": "integer", "score": "float"},
        "vectors": {"v": 2, "w": 3},
    },
    "other": {
        "fields": {"question": "text"},
        "questions": {"decision": "label_selection"},
        "metadata": {"topic": "terms", "unused": "integer", "empty": "terms"},
        "vectors": {"v": 2},
    },
}  # fmt: skip
RECORDS: list[dict[str, Any]] = [
    {
        "id": "a",
        "status": "completed",
        "fields": {
            "photo": "data:image/png;base64,emprunt",
            "question": "Qu'est-ce que la propriété en Rust ?",
            "answer": "La propriété règle la durée de vie.",
            "talk": [{"role": "user", "content": "Bonjour"}, {"role": "bot", "content": "Salut"}],
            "panel": {"verdict": {"rustc": "E0382"}, "counts": [1, 2]},
        },
        "metadata": {"topic": "ownership", "n": 1, "score": 0.5},
        "suggestions": {
            "decision": {"value": "keep", "score": 0.9, "agent": "gpt", "type": "model"},
            "note": {"value": 5, "score": 0.1},
            "themes": {"value": ["x", "y"], "score": [0.2, 0.8]},
            "words": {"value": "keep", "agent": "human"},
        },
        "responses": {
            "alice": ("submitted", {"decision": "keep", "note": 5, "themes": ["x"]}),
            "bob": ("discarded", {"decision": "drop", "note": 1}),
        },
        "vectors": {"v": [1, 0], "w": [1, 1, 1]},
    },
    {
        "id": "b",
        "fields": {"question": "L'emprunt mutable", "answer": "durée limitée, vie courte"},
        "metadata": {"topic": "borrowing", "n": 2, "score": 1.5, "extra": "free"},
        "suggestions": {"decision": {"value": "drop", "score": 0.3}, "note": {"value": 2}},
        "responses": {"alice": ("draft", {"note": 2})},
        "vectors": {"v": [0, 2]},
    },
    {
        "id": "c",
        "fields": {"question": "Les TRAITS et les génériques", "answer": "impl Trait for T"},
        "metadata": {"topic": ["ownership", "traits"], "n": 10, "score": -2.25},
        "responses": {"bob": ("submitted", {"decision": "keep", "note": 3, "themes": ["y"]})},
        "vectors": {"v": [-3, 0]},
    },
    {"id": "e", "fields": {"question": "String::from et snake_case, 100 %"},
     "vectors": {"v": [0, 0]}},
]  # fmt: skip


@pytest.fixture(scope="module")
def engine(driver: Driver) -> Driver:
    driver("make", users=["alice", "bob", "carol"], datasets=DATASETS)
    driver("add", dataset="d", records=RECORDS)
    text = {"question": "propriété emprunt Rust"}
    driver("add", dataset="other", records=[
        {"id": "z", "fields": text, "metadata": {"topic": "ownership"}, "vectors": {"v": [1, 0]}}
    ])  # fmt: skip
    return driver


def ids(engine: Driver, **given: Any) -> str:
    """The ids found, in the order of the alphabet, after a check of the total."""
    found = engine("search", dataset="d", **given)
    assert found["total"] == len(found["ids"])
    return "".join(sorted(found["ids"]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("propriete", "a"),  # accents folded, both ways
        ("PROPRIÉTÉ", "a"),
        ("generiques", "c"),
        ("durée vie", "ab"),  # AND by default, anywhere in a record
        ('"durée de vie"', "a"),
        ('"duree vie"', ""),
        ('"duree vie"~1', "ab"),
        ("emprunt propriété", ""),
        ("emprunt | propriété", "ab"),
        ("durée -limitée", "a"),
        ("-durée", "ce"),
        ("-(durée | traits)", "e"),
        ("durée + courte", "b"),
        ("impl tra*", "c"),
        ("*", "abce"),
        ("emprunt mutable | durée propriété", "a"),  # no precedence: ((e AND m) OR d) AND p
        ("emprunt", "b"),  # an apostrophe divides words
        ("l'emprunt", "b"),
        ("String::from", "e"),
        ("snake_case", "e"),
        ("100 %", "e"),  # what is no word is passed over
        ("%", ""),
        ("", ""),
        ("   ", ""),
        ('"durée', "ab"),  # open quotes and brackets are passed over
        ("(durée", "ab"),
        ("durée)", "ab"),
        (r"dur\ée", "ab"),
        ("bonjour salut", "a"),  # chat: the messages' content and role
        ("E0382", "a"),  # custom: the values
        ("base64", ""),  # images are not searched
        ("free", ""),  # nor metadata
        ("question : durée", ""),  # FTS5's own operators are words: question, durée
        ("durée AND vie", ""),
        ("NEAR(durée vie)", ""),
        ("keep", ""),  # nor suggestions and responses
    ],
)
def test_texts(engine: Driver, query: str, expected: str) -> None:
    assert ids(engine, query=query) == expected


@pytest.mark.parametrize(
    ("field", "query", "expected"),
    [
        ("question", "durée", ""),
        ("answer", "durée", "ab"),
        ("answer", "-durée", "ce"),
        ("question", "emprunt | traits", "bc"),
        ("answer", "*", "abce"),
        ("question", "propriété vie", ""),
        ("talk", "salut", "a"),
        ("panel", "E0382", "a"),
        ("question", '"les génériques"', "c"),
        ("answer", "dur*", "ab"),
    ],
)
def test_texts_in_one_field(engine: Driver, field: str, query: str, expected: str) -> None:
    assert ids(engine, query={"q": query, "field": field}) == expected


def test_an_unknown_field_is_refused(engine: Driver) -> None:
    said = engine.ask("search", dataset="d", query={"q": "x", "field": "nowhere"})
    assert "not found" in said["refused"]


def test_a_number_as_text(engine: Driver) -> None:
    assert ids(engine, query={"q": 100}) == "e"


def terms(*scope: Any, values: list[Any]) -> dict[str, Any]:
    return {"scope": scope, "values": values}


def between(*scope: Any, ge: Any = None, le: Any = None) -> dict[str, Any]:
    return {"scope": scope, "ge": ge, "le": le}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (terms("metadata", "topic", values=["ownership"]), "ac"),  # one of several values
        (terms("metadata", "topic", values=["borrowing", "traits"]), "bc"),
        (terms("metadata", "topic", values=["owner"]), ""),  # whole values only
        (terms("metadata", "topic", values=["Ownership"]), ""),
        (terms("metadata", "n", values=["2", "10"]), "bc"),
        (terms("metadata", "score", values=["0.5"]), "a"),
        (between("metadata", "n", ge=2), "bc"),  # numbers as numbers: 10 > 2
        (between("metadata", "n", ge=1, le=2), "ab"),
        (between("metadata", "score", le=0), "c"),
        (between("metadata", "topic", ge=0), ""),
        (between("metadata", "topic", ge="p"), "c"),
        (terms("suggestion", "decision", "value", values=["keep"]), "a"),
        (terms("suggestion", "note", "value", values=["5", "4"]), "a"),
        (between("suggestion", "note", "value", ge=2), "ab"),
        (between("suggestion", "decision", "score", ge=0.5), "a"),
        (between("suggestion", "themes", "score", le=0.3), "a"),
        (terms("suggestion", "themes", "value", values=["y"]), "a"),
        (terms("suggestion", "decision", "agent", values=["gpt"]), "a"),
        (terms("suggestion", "decision", "type", values=["model"]), "a"),
        (terms("suggestion", "words", "agent", values=["human"]), "a"),
        (terms("suggestion", "words", "value", values=["keep"]), ""),  # texts are not indexed
        (terms("response", "decision", values=["keep"]), "ac"),
        (terms("response", "decision", None, "alice", values=["keep"]), "a"),
        (terms("response", "decision", None, "bob", values=["keep"]), "c"),
        (terms("response", "decision", None, "carol", values=["keep"]), ""),
        (terms("response", "themes", None, "bob", values=["x", "y"]), "c"),
        (between("response", "note", ge=3), "ac"),
        (between("response", "note", None, "alice", le=2), "b"),  # drafts too
        (terms("response", None, "status", values=["submitted"]), "ac"),
        (terms("response", None, "status", values=["pending"]), "e"),
        (terms("response", None, "status", values=["pending", "draft"]), "be"),
        (terms("response", None, "status", "alice", values=["pending"]), "ce"),
        (terms("response", None, "status", "alice", values=["submitted", "draft"]), "ab"),
        (terms("response", None, "status", "alice", values=["pending", "draft"]), "bce"),
        (terms("response", None, "status", "alice", values=["discarded"]), ""),
        (terms("response", None, "status", "alice", values=[]), "ab"),
        (terms("response", None, "status", values=[]), "abce"),
        (terms("record", "status", values=["completed"]), "a"),
        (terms("record", "external_id", values=["a", "c", "z"]), "ac"),
        (between("record", "inserted_at", ge="2020-01-01"), "abce"),
        (between("record", "inserted_at", le="2020-01-01T00:00:00Z"), ""),
        (between("record", "updated_at", le=1577836800000), ""),
        (between("record", "inserted_at", ge=1577836800000), "abce"),
        ({"and": []}, "abce"),
    ],
)
def test_filters(engine: Driver, given: dict[str, Any], expected: str) -> None:
    assert ids(engine, filter=given) == expected


def test_filters_nest(engine: Driver) -> None:
    owners = terms("metadata", "topic", values=["ownership"])
    high, keep = between("metadata", "n", ge=2), terms("response", "decision", values=["keep"])
    assert ids(engine, filter={"and": [owners, {"and": [high, keep]}]}) == "c"
    assert ids(engine, filter={"and": [owners, {"and": [{"and": [high]}]}]}, query="trait") == "c"
    assert ids(engine, filter={"and": [owners]}, query="durée") == "a"


@pytest.mark.parametrize(
    "given",
    [
        terms("response", None, None, values=["x"]),
        between("response", None, "status", ge=1),
        terms("record", "fields", values=["x"]),
    ],
)
def test_what_elasticsearch_refuses_is_refused(engine: Driver, given: dict[str, Any]) -> None:
    assert "Cannot process" in engine.ask("search", dataset="d", filter=given)["refused"]


def test_an_id_is_found_as_argilla_writes_it(engine: Driver) -> None:
    (found,) = engine("sql", text="SELECT record_id FROM curator_docs WHERE external_id = 'b'")
    written = "-".join(found[0][i:j] for i, j in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32)))
    assert ids(engine, filter=terms("record", "id", values=[written])) == "b"


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ([(("metadata", "n"), "asc")], "abce"),  # without value: last, both ways
        ([(("metadata", "n"), "desc")], "cbae"),
        ([(("metadata", "score"), "asc")], "cabe"),
        ([(("metadata", "topic"), "asc")], "bace"),  # of several values the least
        ([(("metadata", "topic"), "desc")], "cabe"),  # or the greatest
        ([(("suggestion", "note", "value"), "asc")], "bace"),
        ([(("suggestion", "decision", "score"), "desc")], "abce"),
        ([(("response", "note"), "asc")], "bace"),  # mean of all users: 3, 2, 3
        ([(("response", "note", None, "bob"), "desc")], "cabe"),
        ([(("response", "note", None, "alice"), "desc")], "abce"),
        ([(("record", "inserted_at"), "desc")], "ecba"),
        ([(("record", "external_id"), "desc")], "ecba"),
        ([(("record", "status"), "asc"), (("record", "external_id"), "desc")], "aecb"),
    ],
)
def test_sorts(engine: Driver, sort: list[Any], expected: str) -> None:
    found = engine("search", dataset="d", sort=sort)
    assert "".join(found["ids"]) == expected
    assert found["scores"] == [None] * 4  # Elasticsearch gives none with a sort


def test_labels_can_be_sorted_by_unlike_there(engine: Driver) -> None:
    found = engine("search", dataset="d", sort=[(("response", "decision"), "desc")])
    assert "".join(found["ids"]) == "acbe"


def test_pages(engine: Driver) -> None:
    sort = [(("record", "external_id"), "asc")]
    pages = [engine("search", dataset="d", sort=sort, offset=n, limit=2) for n in (0, 2, 4)]
    assert ["".join(p["ids"]) for p in pages] == ["ab", "ce", ""]
    assert {p["total"] for p in pages} == {4}


def test_without_query_all_scores_are_one_in_the_order_of_arrival(engine: Driver) -> None:
    found = engine("search", dataset="d")
    assert "".join(found["ids"]) == "abce"
    assert found["scores"] == [1.0] * 4


def test_each_user_has_an_order_that_stays(engine: Driver) -> None:
    orders = {}
    for user in ("alice", "bob", "carol"):
        found = engine("search", dataset="d", user=user)
        again = [engine("search", dataset="d", user=user, offset=n, limit=1) for n in range(4)]
        orders[user] = "".join(found["ids"])
        assert [p["ids"][0] for p in again] == found["ids"]
        assert sorted(found["scores"], reverse=True) == found["scores"]
        assert all(0 <= score < 1 for score in found["scores"])
    assert len(set(orders.values())) > 1


def test_the_better_text_comes_first(engine: Driver) -> None:
    found = engine("search", dataset="d", query="durée")
    assert found["ids"] == ["b", "a"]  # as often in a shorter text
    assert found["scores"][0] > found["scores"][1] > 0
    one = engine("search", dataset="d", query="courte | durée", limit=1)
    assert (one["ids"], one["total"]) == (["b"], 2)


def test_similar_to_a_value(engine: Driver) -> None:
    found = engine("similar", dataset="d", vector="v", value=[2, 0])
    assert found["ids"] == ["a", "b", "c"]  # not e, whose vector has no direction
    assert found["scores"] == pytest.approx([1, 0.5, 0])
    assert found["total"] == 3


def test_similar_to_a_record_is_not_the_record(engine: Driver) -> None:
    found = engine("similar", dataset="d", vector="v", record="a")
    assert found["ids"] == ["b", "c"]


def test_least_similar(engine: Driver) -> None:
    found = engine("similar", dataset="d", vector="v", value=[2, 0], order="least_similar")
    assert found["ids"] == ["c", "b", "a"]
    assert found["scores"] == pytest.approx([1, 0.5, 0])


def test_similar_with_filter_text_limit_and_threshold(engine: Driver) -> None:
    owners = terms("metadata", "topic", values=["ownership"])
    near = {"dataset": "d", "vector": "v", "value": [1, 1]}
    assert engine("similar", **near, filter=owners)["ids"] == ["a", "c"]
    assert engine("similar", **near, filter=owners, query="trait")["ids"] == ["c"]
    assert engine("similar", **near, query={"q": "durée", "field": "question"})["ids"] == []
    top = engine("similar", **near, max_results=1)
    assert (top["ids"], top["total"]) == (["a"], 1)
    assert engine("similar", **near, threshold=0.8)["ids"] == ["a", "b"]


def test_similar_needs_one_of_value_and_record(engine: Driver) -> None:
    both = {"value": [1, 0], "record": "a"}
    assert "Must provide" in engine.ask("similar", dataset="d", vector="v", **both)["refused"]
    assert "Must provide" in engine.ask("similar", dataset="d", vector="v")["refused"]
    assert "Cannot find" in engine.ask("similar", dataset="d", vector="w", record="b")["refused"]


def test_metrics(engine: Driver) -> None:
    values = [{"term": "ownership", "count": 2}, {"term": "borrowing", "count": 1}]
    expected = {"type": "terms", "total": 4, "values": [*values, {"term": "traits", "count": 1}]}
    assert engine("metrics", dataset="d", name="topic") == expected
    assert engine("metrics", dataset="d", name="n") == {"type": "integer", "min": 1, "max": 10}
    assert engine("metrics", dataset="d", name="score") == {
        "type": "float", "min": -2.25, "max": 1.5,
    }  # fmt: skip
    assert engine("metrics", dataset="other", name="empty") == {
        "type": "terms", "total": 0, "values": [],
    }  # fmt: skip
    unused = {"type": "integer", "min": None, "max": None}
    assert engine("metrics", dataset="other", name="unused") == unused


def test_progress(engine: Driver) -> None:
    assert engine("progress", dataset="d") == {"total": 4, "pending": 3, "completed": 1}


@pytest.mark.slow
def test_a_users_progress_is_that_users_unlike_there(engine: Driver) -> None:
    """Elasticsearch's counts everybody's responses to the records that the user responded to."""
    alice = engine("progress", dataset="d", user="alice")
    assert alice == {"total": 2, "submitted": 1, "draft": 1}
    assert engine("progress", dataset="d", user="carol") == {"total": 0}
