"""Stages are counted as they went, written, read back, and named in French."""

import ast
import re
from collections.abc import Iterator

import pytest

from curator.base import store
from curator.french import words
from curator.generate.funnel import FILTERS, Funnel, fate, funnel_of
from curator.generate.yields import Yields, tokens_document
from curator.records.example import Example, Stage, Verdict
from tests.conftest import ROOT, make_example
from tests.review.conftest import GENERATED

PROGRAM = Stage(name="program", kept=True, tries=2, tokens=200)
ERROR = Stage(name="error", kept=True)
QUESTION = Stage(name="question", kept=True, tries=3, tokens=60)
NONE = PROGRAM.model_copy(update={"kept": False, "reason": "does_not_compile"})
UNPROVED = ERROR.model_copy(update={"kept": False, "reason": "no_error"})
REFUSED = QUESTION.model_copy(update={"kept": False, "reason": "wrong_verb", "tokens": 120})
GOOD = Verdict(filter="structure", passed=True)
BAD = Verdict(filter="rust", passed=False, reason="does_not_compile")
EMPTY = Verdict(filter="structure", passed=False, reason="empty")


def made(*stages: Stage, verdict: Verdict | None = GOOD, **labels: str) -> Example:
    """A candidate of from_program; one that a stage ended has no question."""
    ended = stages[-1].name != "question"
    tokens = sum(stage.tokens for stage in stages)
    update = {"strategy": "from_program", "stages": stages or None, "tokens": tokens}
    provenance = GENERATED.model_copy(update=update)
    text = {"question": "", "answer": "x"} if ended else {}
    return make_example(**text, provenance=provenance, **labels).judged(
        [verdict] if verdict else []
    )


CANDIDATES = [
    made(NONE, verdict=EMPTY),
    made(PROGRAM, UNPROVED, verdict=EMPTY),
    made(PROGRAM, ERROR, QUESTION),
    made(PROGRAM, ERROR, REFUSED, topic="traits"),
    made(PROGRAM, ERROR, REFUSED, verdict=BAD, topic="traits"),
]
COUNTS = {
    "program": {"place": 0, "reached": 5, "kept": 4, "tokens": 1000},
    "error": {"place": 1, "reached": 4, "kept": 3, "tokens": 0},
    "question": {"place": 2, "reached": 3, "kept": 1, "tokens": 300},
    FILTERS: {"place": 3, "reached": 3, "kept": 2, "tokens": 0},
}
REASONS = {
    "program": {"does_not_compile": 1},
    "error": {"no_error": 1},
    "question": {"wrong_verb": 2},
    FILTERS: {"rust.does_not_compile": 1},
}


def test_each_stage_has_its_counts_and_what_a_stage_ended_reaches_no_filter() -> None:
    stages = funnel_of(CANDIDATES).document()["from_program"]
    assert {name: s.pop("reasons") for name, s in stages.items()} == REASONS
    assert stages == COUNTS


def test_what_is_written_is_read_back_in_the_order_of_the_stages(tmp_path: object) -> None:
    path = ROOT.joinpath(str(tmp_path), "manifest.json")
    store.write_json(path, funnel_of(CANDIDATES).document())  # which sorts the keys
    twice = Funnel()
    twice.recall(store.read_json(path))
    assert [row.stage for row in twice.rows()] == ["program", "error", "question", FILTERS]
    assert twice.document() == funnel_of(CANDIDATES).document()
    twice.recall(store.read_json(path))
    assert twice.rows()[2].counts.most_frequent() == ("wrong_verb", 4)
    assert twice.rows()[0].counts.tokens == 2000


def test_the_filters_come_last_whichever_candidate_is_first() -> None:
    rows = funnel_of([*CANDIDATES[2:], *CANDIDATES[:2]]).rows()
    assert [row.stage for row in rows] == ["program", "error", "question", FILTERS]


def test_what_was_not_judged_has_no_filters_and_other_strategies_no_stages() -> None:
    assert [r.stage for r in funnel_of([made(NONE, verdict=None)]).rows()] == ["program"]
    assert funnel_of([make_example()]).rows() == []
    assert Funnel().document() == {}


def test_a_candidate_falls_for_the_stage_that_ended_it() -> None:
    fates = [fate(e) for e in CANDIDATES]
    assert fates == [
        *("program.does_not_compile", "error.no_error"),
        *("", "", "rust.does_not_compile"),
    ]


def test_tokens_by_topic() -> None:
    yields = Yields()
    yields.learn(CANDIDATES)
    assert tokens_document(yields) == {
        "from_program": {
            "ownership": {"tried": 3, "accepted": 1, "tokens": 660},
            "traits": {"tried": 2, "accepted": 1, "tokens": 640},
        }
    }
    assert yields.by_topic()["from_program"]["traits"].per_accepted == 640
    assert yields.whole["from_program"].per_accepted == 650


NODES = {"string_content"}  # kinds of tree-sitter's nodes, which look like codes
CODE = re.compile(r"[a-z]+_[a-z_]+")


def codes(text: str) -> Iterator[str]:
    """The reason codes in a module: what `refused` is given, and what looks like one in a fault."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "refused":
            yield from strings(node.args[0])
        elif isinstance(node, ast.FunctionDef) and re.search("fault|_run|_prove", node.name):
            yield from (code for code in strings(node) if CODE.fullmatch(code))


def strings(node: ast.AST) -> Iterator[str]:
    found = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant))
    return (value for value in found if isinstance(value, str))


@pytest.mark.parametrize("module", ["programs", "naming", "parts", "strategies/from_program"])
def test_every_reason_has_a_french_wording(module: str) -> None:
    found = set(codes((ROOT / "curator" / "generate" / f"{module}.py").read_text("utf-8")))
    assert found and found - NODES - words.STAGE_REASONS.keys() == set()
