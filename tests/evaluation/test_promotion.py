"""The rule of promotion, the ledger, and the model in use."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from curator.base import store
from curator.base.english import english
from curator.base.errors import DataError
from curator.base.notice import Notice
from curator.evaluation.compare import Comparison, compare
from curator.evaluation.promotion import (
    CURRENT,
    Decision,
    Entry,
    conclude,
    current,
    decide,
    decided,
    read_ledger,
)
from curator.evaluation.recipe import PromotionSettings
from curator.french.notices import french
from curator.french.numbers import MINUS
from tests.evaluation.conftest import make_arms

RULE = PromotionSettings(target="composite", margin=0.2, guarded=("composite",))
LOW: dict[str, float | None] = {f"basics-{i}": 2.0 + i % 3 * 0.1 for i in range(20)}


def moved(*by: float) -> Comparison:
    """An arm against itself with these changes, one after the other, over its prompts."""
    after = {name: (v or 0) + by[i % len(by)] for i, (name, v) in enumerate(LOW.items())}
    return compare(*make_arms("composite", LOW, after))


def test_a_certain_gain_of_the_margin_is_promoted() -> None:
    found = decide(moved(0.3, 0.32), RULE)
    assert found.promote and "2.095 -> 2.405 (+0.310" in english.say(found.reasons[0])


def test_a_gain_that_is_form_is_told_and_may_be_refused() -> None:
    found = moved(0.3, 0.32)
    gain = found.find("composite")
    assert gain
    said = gain.model_copy(update={"metric": "french", "delta": 0.6})  # 5 * 0.1 * 0.6 = 0.3 points
    formal = found.model_copy(update={"differences": (gain, said)})
    told = decide(formal, RULE)
    assert told.promote
    assert [r.code for r in told.reasons] == ["gain", "gain_of_form"]
    assert english.say(told.reasons[1]) == "97% of what the composite gained is form"
    assert not decide(formal, RULE.model_copy(update={"form": 0.9})).promote


def test_a_certain_gain_below_the_margin_is_not() -> None:
    found = decide(moved(0.1, 0.12), RULE)
    assert not found.promote and found.reasons[0].code == "gain_below_margin"
    assert english.say(found.reasons[0]).endswith(": a gain of less than 0.2")


def test_noise_is_not_a_gain_and_says_how_many_prompts_would_show_one() -> None:
    found = decide(moved(1.0, -0.8), RULE)
    assert not found.promote and found.reasons[0].code == "no_certain_gain_yet"
    assert "prompts would show one of this size" in english.say(found.reasons[0])


def test_of_too_few_prompts_nothing_is_concluded() -> None:
    names = list(LOW)[:5]
    before = {name: LOW[name] for name in names}
    found = decide(compare(*make_arms("composite", before, dict.fromkeys(names, 5.0))), RULE)
    assert not found.promote
    assert (found.reasons[0].code, found.reasons[0].values["least"]) == ("too_few_prompts", 6)


def test_a_guarded_metric_that_is_worse_stops_it() -> None:
    rule = PromotionSettings(target="french", guarded=("composite",))
    found = decide(moved(-0.3, -0.32), rule)
    assert not found.promote
    assert found.reasons[0] == Notice("unmeasured", {"metric": "french"})
    assert found.reasons[1].code == "guarded_loss"
    assert french.say(found.reasons[1]).startswith(f"Score 2,095 → 1,785 ({MINUS}0,310, ")


def entry(promote: bool) -> Entry:
    return Entry(
        time=datetime(2026, 1, 1, tzinfo=UTC),
        run="run-001",
        before="base",
        before_sha256="a" * 64,
        after="run-001",
        after_sha256="b" * 64,
        dataset_sha256=None,
        rule=RULE,
        decision=Decision(promote=promote, reasons=(Notice("unmeasured", {"metric": "french"}),)),
        comparison=moved(0.3, 0.32),
        toolkit="0",
    )


def test_a_refusal_is_kept_and_changes_nothing(tmp_path: Path) -> None:
    conclude(tmp_path, entry(promote=False), "models/x.gguf")
    assert [e.run for e in read_ledger(tmp_path)] == ["run-001"]
    assert decided(tmp_path, "run-001") == entry(promote=False)
    assert current(tmp_path) is None and decided(tmp_path, "run-002") is None


def test_a_promotion_names_the_model_in_use_once(tmp_path: Path) -> None:
    model = tmp_path / "models" / "x.gguf"
    store.write_bytes(model, b"weights")
    made = entry(promote=True).model_copy(update={"after_sha256": store.sha256_of(model)})
    for _ in range(2):  # killed after the ledger, before the promotion, and called again
        conclude(tmp_path, made, "models/x.gguf")
    assert len(read_ledger(tmp_path)) == 1
    found = current(tmp_path)
    assert found and (found.run, found.file) == ("run-001", "models/x.gguf")
    store.write_bytes(model, b"others")
    with pytest.raises(DataError, match="gone or changed"):
        current(tmp_path)
    (tmp_path / CURRENT).write_text("{}")
    with pytest.raises(DataError, match="file"):
        current(tmp_path)
