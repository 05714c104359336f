"""Means: over samples first, then over prompts."""

from curator.evaluation.records import BlockScore
from curator.evaluation.summary import summarise
from tests.evaluation.conftest import make_arm, make_score, make_scored

BLOCKS = (
    BlockScore(line=1, passed=True),
    BlockScore(line=2, passed=False, reason="free_names"),
    BlockScore(line=3, passed=False, reason="does_not_compile"),
    BlockScore(line=4, passed=False, reason="does_not_compile"),
)


def test_samples_first_then_prompts() -> None:
    scores = [
        make_score("a", 0, composite=1.0, rust=None),
        make_score("a", 1, composite=2.0, rust=1.0),
        make_score("a", 2, composite=3.0, rust=0.0),
        make_score("b", 0, composite=4.0, rust=None),
        make_score("c", 0, "structs", composite=0.0, rust=1.0),
    ]
    found = summarise(make_scored(make_arm(), scores))
    # (2 + 4 + 0) / 3, not (1 + 2 + 3 + 4 + 0) / 5; rust: (1/2 + 1) / 2
    assert found.overall.metrics == {"composite": 2, "rust": 0.75}
    assert found.overall.measured == {"composite": 3, "rust": 2}
    assert (found.prompts, found.answers) == (3, 5)
    basics = found.category["basics"]
    assert (basics.prompts, basics.answers, basics.metrics["rust"]) == (2, 4, 0.5)
    assert summarise(make_scored(make_arm(), scores[3:4])).overall.metrics["rust"] is None


def test_groups_are_those_that_prompts_name() -> None:
    scores = [
        make_score("a", x=1.0).model_copy(update={"topic": "structs", "difficulty": "avance"}),
        make_score("b", x=0.0).model_copy(update={"topic": "enums"}),
        make_score("c", x=0.0),
    ]
    found = summarise(make_scored(make_arm(), scores))
    assert {n: g.prompts for n, g in found.topic.items()} == {"enums": 1, "structs": 1}
    assert {n: g.metrics["x"] for n, g in found.difficulty.items()} == {"avance": 1}
    assert found.document()["category"]["basics"]["prompts"] == 3


def test_blocks_are_counted_and_their_reasons_ordered() -> None:
    scores = [
        make_score("a").model_copy(update={"blocks": BLOCKS[:3]}),
        make_score("b").model_copy(update={"blocks": BLOCKS[3:]}),
        make_score("c"),
    ]
    found = summarise(make_scored(make_arm(), scores)).compilation
    assert (found.answers, found.with_code, found.blocks) == (3, 2, 4)
    assert (found.compiled, found.failed, found.rate) == (1, 3, 0.25)
    assert list(found.reasons.items()) == [("does_not_compile", 2), ("free_names", 1)]
    assert summarise(make_scored(make_arm(), scores[2:])).compilation.rate is None


def test_prompts_left_out_count_nowhere() -> None:
    scores = [make_score("a", x=1.0).model_copy(update={"blocks": BLOCKS}), make_score("b", x=0.0)]
    found = summarise(make_scored(make_arm(), scores), leave_out=["a", "never asked"])
    assert (found.left_out, found.prompts, found.compilation.blocks) == (("a",), 1, 0)
    assert found.overall.metrics == {"x": 0}
    empty = summarise(make_scored(make_arm(), scores), leave_out=["a", "b"])
    assert (empty.prompts, empty.overall.metrics, empty.category) == (0, {}, {})
