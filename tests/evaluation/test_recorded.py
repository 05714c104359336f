"""Recorded answers: ten written by hand, with every figure worked out by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from curator.base.errors import CuratorError, DataError
from curator.evaluation.judging import Judge
from curator.evaluation.recorded import Known, arm_name, read_responses
from curator.evaluation.records import Scored
from curator.evaluation.scoring import score
from curator.evaluation.summary import summarise
from curator.rust.compiler import Rustc
from curator.rust.document import Options
from tests.evaluation.conftest import RECORDED

# 5 x (0.20 language + 0.15 code + 0.35 topics + 0.15 length + 0.15 compilation), to three decimals
#             language code words topics compilation sections composite
FIGURES = {
    # let, mut, immuable; three statements, which compile inside main
    "basics-1": (1, 1, 131, 3 / 3, 1 / 1, 0 / 5, 5.000),
    # English, and short; "fn" and "return", not "fonction" and "retour"
    "basics-2": (0, 1, 53, 2 / 4, 1 / 1, 0 / 5, 2.375),  # 5 (0.15 + 0.175 + 0.15)
    # no code; not "drop"
    "ownership-1": (1, 0, 133, 2 / 3, None, 0 / 5, 2.917),  # 5 (0.20 + 0.2333 + 0.15)
    # short; the first program uses a moved value; "clone", not "move"
    "ownership-2": (1, 1, 75, 1 / 2, 1 / 2, 0 / 5, 3.000),  # 5 (0.20 + 0.15 + 0.175 + 0.075)
    # a fence without a label; not "exclusif"
    "borrowing-1": (1, 1, 129, 3 / 4, 1 / 1, 0 / 5, 4.563),  # 5 (0.65 + 0.2625): 4.5625
    # a conflict of borrows, and the compiler's words in a fence without a label: two failures;
    # the toml is none of ours
    "borrowing-2": (1, 1, 65, 0 / 2, 0 / 2, 0 / 5, 1.750),  # 5 (0.20 + 0.15)
    # one sentence, with "la" and "les" only: French, but not by this rule; "'a" alone
    "lifetimes-1": (0, 0, 20, 1 / 3, None, 0 / 5, 0.583),  # 5 x 0.1167
    # HashMap is used and not imported
    "enums-1": (1, 1, 83, 2 / 2, 1 / 1, 0 / 5, 4.250),  # 5 (0.20 + 0.15 + 0.35 + 0.15)
    # the five sections; one program of two lacks a field, and has its own main
    "structs-1": (1, 1, 171, 2 / 2, 1 / 2, 5 / 5, 4.625),  # 5 (0.85 + 0.075)
    # three sections, at three levels; the only fence is text; "debug", not "derive"
    "structs-2": (1, 1, 49, 1 / 2, None, 3 / 5, 2.625),  # 5 (0.20 + 0.15 + 0.175)
}
OVERALL = {
    "composite": 3.169,  # 31.6875 / 10
    "language": 0.8,
    "code": 0.8,
    "length": 0.4,
    "topics": 0.625,  # 3/3 + 2/4 + 2/3 + 1/2 + 3/4 + 0 + 1/3 + 2/2 + 2/2 + 1/2 = 6.25
    "compilation": 0.714,  # (1 + 1 + 1/2 + 1 + 0 + 1 + 1/2) / 7: of those with blocks
    "sections": 0.16,
    "format": 0.8,  # (5 + 3) / 10
    "words": 90.9,  # 909 / 10
}
CATEGORIES = {
    "basics": 3.688,  # 7.375 / 2 = 3.6875
    "ownership": 2.958,  # 5.91667 / 2
    "borrowing": 3.156,  # 6.3125 / 2
    "lifetimes": 0.583,
    "enums": 4.250,
    "structs": 3.625,  # 7.25 / 2
}
NAMES = ("language", "code", "words", "topics", "compilation", "sections", "composite")
THREE_DECIMALS = 0.000501


@pytest.fixture(scope="module")
def scored(rustc: Rustc) -> Scored:
    prompts, responses, arm = read_responses(RECORDED, None)
    return score(arm, prompts, responses, "seed", Judge(rustc, Options()))


@pytest.mark.slow
def test_each_answer_has_the_figures_worked_out_by_hand(scored: Scored) -> None:
    assert [s.prompt_id for s in scored.scores] == list(FIGURES)
    for one in scored.scores:
        expected = dict(zip(NAMES, FIGURES[one.prompt_id], strict=True))
        found = {name: one.metrics[name] for name in NAMES}
        assert found == pytest.approx(expected, abs=THREE_DECIMALS), one.prompt_id


def test_the_means_are_those_worked_out_by_hand(scored: Scored) -> None:
    found = summarise(scored)
    assert found.overall.metrics == pytest.approx(OVERALL, abs=THREE_DECIMALS)
    composites = {name: group.metrics["composite"] for name, group in found.category.items()}
    assert composites == pytest.approx(CATEGORIES, abs=THREE_DECIMALS)
    assert (found.category["lifetimes"].prompts, found.category["structs"].prompts) == (1, 2)
    assert found.difficulty["avance"].metrics["composite"] == pytest.approx(1.75)
    assert found.topic == {}


def test_the_compilation_details_are_those_counted_by_hand(scored: Scored) -> None:
    found = summarise(scored).compilation
    # 1 + 1 + 2 + 1 + 2 + 1 + 2 blocks of seven answers; 1 + 0 + 2 + 1 of them fail
    assert (found.answers, found.with_code, found.blocks) == (10, 7, 10)
    assert (found.compiled, found.failed, found.rate) == (6, 4, 0.6)
    assert found.reasons == {"does_not_compile": 4}


def test_each_block_says_why_it_fails(scored: Scored) -> None:
    failed = {(s.prompt_id, b.line): b for s in scored.scores for b in s.blocks if not b.passed}
    assert {place: b.code for place, b in failed.items()} == {
        ("ownership-2", 4): "E0382",
        ("borrowing-2", 4): "E0502",
        ("borrowing-2", 13): "",  # no Rust at all
        ("structs-1", 30): "E0063",
    }
    assert "a" in failed[("ownership-2", 4)].message


def _rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in RECORDED.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("key", [None, "responses", "results"])
def test_json_says_the_same_as_jsonl(tmp_path: Path, key: str | None) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps({key: _rows(), "model": "x"} if key else _rows()), "utf-8")
    prompts, responses, arm = read_responses(path, None)
    wanted = read_responses(RECORDED, None)
    assert (prompts, responses) == wanted[:2]
    assert arm.prompts_sha256 == wanted[2].prompts_sha256
    assert (arm.name, arm.model.kind, wanted[2].name) == ("run", "recorded", "recorded")


def test_the_prompts_come_from_the_file_that_is_named(tmp_path: Path) -> None:
    answers, prompts = tmp_path / "Mes réponses.jsonl", tmp_path / "prompts.jsonl"
    rows = [{"prompt_id": n, "response": r, "score": 3} for n, r in (("b", "x"), ("a", "y"))]
    rows.append({"prompt_id": "b", "response": "z", "category": "ignored"})
    answers.write_text("".join(json.dumps(r) + "\n" for r in rows))
    known = [
        {"id": name, "category": "basics", "topic": "structs", "prompt": name} for name in "abc"
    ]
    prompts.write_text("".join(json.dumps(r) + "\n" for r in known))
    asked, responses, arm = read_responses(answers, Known(prompts))
    assert [(p.id, p.topic) for p in asked] == [("a", "structs"), ("b", "structs")]
    assert [(r.prompt_id, r.sample) for r in responses] == [("b", 0), ("a", 0), ("b", 1)]
    assert (arm.name, arm.samples) == ("mes-reponses", 2)
    assert read_responses(answers, Known(prompts), "upstream")[2].name == "upstream"


GOOD = {"prompt_id": "a", "response": "x", "category": "c", "expected_topics": ["t"]}


@pytest.mark.parametrize(
    ("rows", "where", "what"),
    [
        ([GOOD, {**GOOD, "response": None}], "2", "response"),
        ([{"id": "a", "response": "x"}], "1", "prompt_id: .*each answer has prompt_id"),
        ([GOOD, {"prompt_id": "b", "response": "x"}], "2", "category and expected_topics missing"),
        ([GOOD, "text"], "2", "object"),
        ([{**GOOD, "response": "\ud800"}], "1", "surrogate"),
        ([GOOD, {**GOOD, "category": "d"}], "2", "prompt a is described otherwise"),
        ([], "", "no answer"),
    ],
)
@pytest.mark.parametrize("suffix", ["jsonl", "json"])
def test_what_is_no_record_is_named(
    tmp_path: Path, rows: list[Any], where: str, what: str, suffix: str
) -> None:
    path = tmp_path / f"run.{suffix}"
    lines = "".join(json.dumps(r) + "\n" for r in rows)
    path.write_text(lines if suffix == "jsonl" else json.dumps(rows))
    with pytest.raises(DataError, match=what) as caught:
        read_responses(path, None)
    place = f":{where}" if suffix == "jsonl" else f", answer {where}"
    assert caught.value.where == f"{path}{place if where else ''}"
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.json", "{"), ("a.json", '{"x": []}'), ("a.json", "3"), ("a.jsonl", "{]\n{}\n"), ("b", "")],
)
def test_what_is_no_list_of_answers_is_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(CuratorError, match=str(tmp_path / name)):
        read_responses(tmp_path / name, None)
    with pytest.raises(CuratorError):
        read_responses(tmp_path / "absent.jsonl", None)


def test_an_answer_to_an_unknown_prompt_is_refused(tmp_path: Path) -> None:
    prompts = tmp_path / "prompts.jsonl"
    prompts.write_text(json.dumps({"id": "z", "category": "basics"}) + "\n")
    with pytest.raises(DataError, match=r"prompt basics-1 is not in prompts\.jsonl") as caught:
        read_responses(RECORDED, Known(prompts))
    assert caught.value.where == f"{RECORDED}:1"
    assert "correct the id, or give --prompts FILE" in str(caught.value)


def test_without_a_file_of_prompts_they_are_the_records_own_else_the_project_s(
    tmp_path: Path,
) -> None:
    answers, prompts = tmp_path / "answers.jsonl", tmp_path / "prompts.jsonl"
    project = Known(prompts, given=False)
    prompts.write_text(json.dumps({"id": "a", "category": "structs", "prompt": "?"}) + "\n")

    def asked(*rows: dict[str, Any]) -> list[tuple[str, str]]:
        answers.write_text("".join(json.dumps(r) + "\n" for r in rows))
        return [(p.id, p.category) for p in read_responses(answers, project)[0]]

    assert asked({"prompt_id": "a", "response": "x"}) == [("a", "structs")]
    assert asked(GOOD) == [("a", "c")]
    with pytest.raises(DataError, match=r"2: prompt b is not in prompts\.jsonl") as caught:
        asked({"prompt_id": "a", "response": "x"}, {"prompt_id": "b", "response": "x"})
    assert "category and expected_topics in every record" in str(caught.value)
    prompts.unlink()
    with pytest.raises(DataError, match="1: category and expected_topics missing"):
        asked({"prompt_id": "a", "response": "x"})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Base Q4", "base-q4"),
        ("..x", "x"),
        ("Réponses", "reponses"),
        ("?", "recorded"),
        ("../etc", "etc"),
        ("", "recorded"),
    ],
)
def test_names_of_arms_are_safe_as_folders(text: str, name: str) -> None:
    assert arm_name(text) == name


@pytest.mark.parametrize("name", ["a/b", "../x", "Base", "-x", "é"])
def test_a_name_that_no_arm_can_have_is_refused(name: str) -> None:
    with pytest.raises(DataError, match="no name of an arm") as caught:
        read_responses(RECORDED, None, name)
    assert caught.value.where == name and "\n" not in str(caught.value)


def test_a_recorded_answer_is_cleaned(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    text = "```text\n10%\r50%\r100%\n```"
    row = {"prompt_id": "p", "response": text, "category": "basics", "expected_topics": []}
    path.write_text(json.dumps(row) + "\n")
    _, [response], _ = read_responses(path, None)
    assert response.response == text.replace("\r", "\n")
