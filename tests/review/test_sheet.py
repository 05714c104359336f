"""Blind readings: what a sheet shows, what it hides, and what readings of it come to."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from curator.base import store
from curator.base.errors import BrokenLine, DataError
from curator.records.example import Example, Origin
from curator.records.files import read_examples
from curator.records.planted import planted_ids
from curator.records.project import Project
from curator.review.controls import readings as counted
from curator.review.controls import sheet as sheets
from curator.review.controls.falsehoods import KINDS, proposals
from curator.review.controls.plant import Planter, right_ones, verifier
from curator.review.controls.record import Control, ControlLog
from curator.review.controls.sheet import KeyLine, SheetPlan
from tests.conftest import ROOT, make_example
from tests.review.conftest import candidate

PLAN = SheetPlan(accepted=3, authored=4, planted=6, seed=5)


@pytest.fixture(scope="session")
def authored() -> list[Example]:
    """The shipped examples of four topics, which hold all three kinds of statements."""
    names = ("borrowing", "iterators", "ownership", "traits")
    return list(read_examples(*(ROOT / "raw" / "authored" / f"{n}.jsonl" for n in names)))


@pytest.fixture
def shop(reviewed: Project, authored: list[Example]) -> Project:
    """A project with a batch of candidates and enough authored examples."""
    path = reviewed.raw / "authored" / "ownership.jsonl"
    store.write_atomic(path, authored[::3])
    return reviewed


@pytest.fixture
def made(shop: Project, candidates: list[Example], tmp_path: Path) -> sheets.Sheet:
    return sheets.make_sheet(shop, candidates, PLAN, tmp_path / "out", tmp_path / "key.jsonl")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_each_planted_falsehood_is_refuted_for_itself_alone(authored: list[Example]) -> None:
    planted = Planter(verifier(), 7, "here").plant(sheets.by_topic(authored, 7), 9)
    assert {c.planted.kind for c in planted if c.planted} == set(KINDS)
    assert len({c.of for c in planted}) == 9  # of nine examples
    known = {e.id: e for e in authored}
    for control in planted:
        assert control.planted is not None
        assert control.planted.refuted
        assert control.example.provenance.origin is Origin.PLANTED
        before, now = known[control.of], control.example
        assert control.planted.now in f"{now.question}\n{now.answer}"
        assert control.planted.now not in f"{before.question}\n{before.answer}"
        assert now.cell == before.cell


def test_a_text_that_the_verifier_faults_is_no_control() -> None:
    wrong = make_example(answer='## Solution\n\n```rust\nfn main() { let x: u8 = "a"; }\n```\n')
    assert Planter(verifier(), 1, "here").plant([wrong], 1) == []
    assert right_ones([wrong], 1, "here", verifier()) == []


def test_what_rustc_does_not_refute_is_not_planted() -> None:
    import random

    spare = (
        "## Solution\n\n```rust\nfn main() {\n    let mut v = vec![1];\n    let w = v.clone();\n"
        '    println!("{w:?}");\n    v.clear();\n}\n```\n\n## Explication\nUne copie.\n\n'
        "## À retenir\n- Copier coûte.\n"
    )
    example = make_example(answer=spare)
    said = {p.now for p in proposals(example, random.Random(0)) if p.kind == "claim"}
    assert any("`.clone()`" in s for s in said)
    [control] = Planter(verifier(), 0, "here").plant([example], 1)
    assert control.planted is not None
    assert "`mut`" in control.planted.now  # without `.clone()`, it would compile in truth


def test_a_sheet_tells_nothing_of_where_its_texts_come_from(made: sheets.Sheet) -> None:
    shown, key = lines(made.folder / "sheet.jsonl"), lines(made.key)
    assert Counter(k["kind"] for k in key) == {"accepted": 3, "authored": 4, "planted": 6}
    assert [s["id"] for s in shown] == [k["id"] for k in key]
    assert {tuple(s) for s in shown} == {
        ("id", "topic", "level", "category", "question", "answer"),
    }
    text = "".join(p.read_text("utf-8") for p in made.folder.iterdir())
    for line in key:
        assert line["example"] not in text
        assert all(w not in text for w in ("planted", "authored", "accepted", "augment-s0001"))
    kinds = [k["kind"] for k in key]
    assert kinds != sorted(kinds)
    assert kinds != sorted(kinds, reverse=True)


@pytest.mark.slow
def test_the_same_seed_writes_the_same_sheet(
    shop: Project, candidates: list[Example], made: sheets.Sheet, tmp_path: Path
) -> None:
    again = sheets.make_sheet(shop, candidates, PLAN, tmp_path / "two", tmp_path / "two.jsonl")
    for name in (sheets.SHEET, sheets.READABLE):
        assert (again.folder / name).read_bytes() == (made.folder / name).read_bytes()
    other = SheetPlan(3, 4, 6, seed=6)
    third = sheets.make_sheet(shop, candidates, other, tmp_path / "three", tmp_path / "3.jsonl")
    assert lines(third.folder / sheets.SHEET)[0]["id"][:4] != lines(made.key)[0]["id"][:4]


def test_what_was_read_before_can_be_left_out(shop: Project, made: sheets.Sheet) -> None:
    read = sheets.ids_in([made.key])
    key = shop.root / "more.key.jsonl"
    plan = SheetPlan(0, 5, 5, seed=5, without=read)
    sheets.make_sheet(shop, [], plan, shop.root / "more", key)
    assert not read & {k["example"] for k in lines(key)}


def test_no_text_stands_beside_a_variant_of_itself(shop: Project, tmp_path: Path) -> None:
    known = list(read_examples(*shop.authored_files()))
    parents = [e.id for e in known[:-8]]
    grown = [
        e.model_copy(update={"provenance": e.provenance.model_copy(update={"parents": (p,)})})
        for e, p in zip((candidate(n) for n in range(len(parents))), parents, strict=True)
    ]
    key = tmp_path / "k.jsonl"
    sheets.make_sheet(shop, grown, SheetPlan(len(grown), 4, 3, 2), tmp_path / "s", key)
    used = {k["example"] for k in lines(key) if k["kind"] != "accepted"}
    assert not used & set(parents)


def test_the_key_stays_outside_and_nothing_is_overwritten(
    shop: Project, candidates: list[Example], made: sheets.Sheet, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="there already"):
        sheets.make_sheet(shop, candidates, PLAN, made.folder, tmp_path / "other.jsonl")
    inside = tmp_path / "new" / "key.jsonl"
    with pytest.raises(DataError, match="the key is in the folder of the sheet"):
        sheets.make_sheet(shop, candidates, PLAN, tmp_path / "new", inside)
    with pytest.raises(DataError, match="3 accepted candidates, and 4 are asked for"):
        sheets.make_sheet(
            shop, candidates, SheetPlan(4, 0, 0, 1), tmp_path / "n", tmp_path / "k.jsonl"
        )
    with pytest.raises(DataError, match="falsehoods could be planted"):
        sheets.make_sheet(
            shop, candidates, SheetPlan(0, 0, 999, 1), tmp_path / "n", tmp_path / "k.jsonl"
        )
    assert not (tmp_path / "n").exists()
    with pytest.raises(DataError, match="no such batch: absent"):
        sheets.accepted_of(shop, "absent", "raw/generated")


def test_no_reader_of_examples_takes_a_planted_one(shop: Project, made: sheets.Sheet) -> None:
    controls = ControlLog.of(shop).controls()
    assert planted_ids(shop) == controls.keys()
    assert len(controls) == 6
    path = shop.raw / "generated" / "augment-s0001-12345678" / "accepted.jsonl"
    with store.Appender(path) as appender:
        appender.append(next(iter(controls.values())).example)
    with pytest.raises(BrokenLine, match="a planted falsehood"):
        list(read_examples(path))


KEY = {
    name: KeyLine(id=name, kind=kind, example=candidate(number).id)
    for number, (name, kind) in enumerate(
        {"k-1": "accepted", "k-2": "accepted", "k-3": "authored", "k-4": "planted"}.items()
    )
}


def reading(*decisions: str, false: tuple[str, ...] = ()) -> dict[str, counted.Reading]:
    return {
        name: counted.Reading(id=name, decision=d, false=name in false, reason="vu")  # type: ignore[arg-type]
        for name, d in zip(KEY, decisions, strict=True)
    }


def test_readings_are_counted_by_what_was_read() -> None:
    first = reading("accept", "repair", "accept", "reject", false=("k-4",))
    second = reading("accept", "reject", "accept", "accept", false=("k-2",))
    found = counted.score(KEY, {"a": first, "b": second})
    by_kind = {k.kind: k for k in found.kinds}
    accepted = by_kind["accepted"]
    assert (accepted.texts, accepted.accepted, accepted.repairable) == (2, 1, 1)
    assert (accepted.false_all, accepted.false_any) == (0, 1)
    assert accepted.by_reader["b"] == {"accept": 1, "repair": 0, "reject": 1, "false": 1}
    assert by_kind["authored"].accepted == 1
    assert [(c.caught, c.let_through, c.refused) for c in found.caught] == [(1, 0, 0), (0, 1, 0)]


def test_kappa_is_that_of_cohens_table() -> None:
    both = [("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15
    assert counted.kappa(both) == pytest.approx(0.4)
    assert counted.kappa([("a", "a"), ("b", "b")]) == 1
    assert counted.kappa([("a", "a"), ("a", "a")]) is None


def write(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
    return path


WHOLE = [{"id": n, "decision": "Accepter", "false": "non", "reason": "juste"} for n in KEY]


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (WHOLE[:3], "1 of 4 texts have no decision: k-4"),
        ([*WHOLE, {**WHOLE[0], "decision": "reject"}], "two decisions on k-1"),
        ([*WHOLE, {**WHOLE[0], "id": "z-1"}], "not in the key: z-1"),
        ([{**WHOLE[0], "decision": "maybe"}, *WHOLE[1:]], "decision"),
        ([{**WHOLE[0], "reason": " "}, *WHOLE[1:]], "reason"),
        ([{k: v for k, v in WHOLE[0].items() if k != "false"}, *WHOLE[1:]], "false"),
    ],
)
def test_an_incomplete_reading_is_refused_in_one_line(
    tmp_path: Path, records: list[dict[str, Any]], said: str
) -> None:
    path = write(tmp_path / "a.jsonl", *records)
    with pytest.raises(DataError, match=said) as error:
        counted.read_reading(path, KEY)
    assert len(str(error.value).splitlines()) == 1
    assert "a.jsonl" in str(error.value)


def test_readings_are_joined_with_the_key(tmp_path: Path) -> None:
    key = tmp_path / "x.key.jsonl"
    store.write_atomic(key, KEY.values())
    files = [write(tmp_path / f"{n}.jsonl", *WHOLE) for n in "ab"]
    found, written = counted.score_files(key, files, ["Anna", "Ben"], None)
    assert written.name == "x.readings.jsonl"
    assert found.readers == ["Anna", "Ben"]
    assert lines(written)[3] == {
        "id": "k-4",
        "kind": "planted",
        "example": KEY["k-4"].example,
        "readings": [
            {"reader": n, "decision": "accept", "false": False, "reason": "juste"}
            for n in ("Anna", "Ben")
        ],
    }
    with pytest.raises(DataError, match="1 reader is named for 2 readings"):
        counted.score_files(key, files, ["Anna"], None)
    with pytest.raises(DataError, match="one of the files to be read"):
        counted.score_files(key, files, [], files[0])


def test_controls_are_read_back_by_their_place(reviewed: Project) -> None:
    log = ControlLog.of(reviewed)
    one = Control(kind="authored", of=candidate(1).id, place="revue", example=candidate(1))
    log.add([one])
    assert log.controls("revue") == {one.id: one}
    assert log.controls("sheet 1234") == {}
    assert planted_ids(reviewed) == frozenset()
