"""Floors stand below every arm, and nothing that is no better, or constant, is promoted."""

from pathlib import Path

import pytest

from curator.base.english import english
from curator.evaluation.best import best_two
from curator.evaluation.compare import Comparison, compare
from curator.evaluation.constancy import likeness
from curator.evaluation.evaluate import Measure
from curator.evaluation.floor_scores import FOLDER, kept_floors, score_floors
from curator.evaluation.floors import FLOORS
from curator.evaluation.job import Tools
from curator.evaluation.judging import rust_judge
from curator.evaluation.promotion import CONSTANT, Candidacy, decide
from curator.evaluation.prompts import EvalPrompt, prompts_digest, read_prompts
from curator.evaluation.records import Response, Scored
from curator.evaluation.weights import Weights
from tests.conftest import ROOT
from tests.evaluation.conftest import make_arm, make_score, make_scored
from tests.evaluation.making import make_prompts, tools
from tests.evaluation.test_promotion import RULE, moved

OLD = ROOT / "training" / "prompts_fr.jsonl"


def test_every_floor_answers_every_prompt_whatever_it_says() -> None:
    prompts = read_prompts(OLD)
    for name, floor in FLOORS.items():
        answers = [floor(prompts, at) for at in range(len(prompts))]
        assert all(answers), name
        assert (len(set(answers)) == 1) == (name == "bland")
    assert all(
        floor([EvalPrompt(id="a", category="b", prompt="?")], 0) for floor in FLOORS.values()
    )


def test_floors_are_scored_once_for_what_is_asked(tmp_path: Path) -> None:
    prompts = make_prompts()
    real = Tools(judge=lambda p, r: rust_judge([]))
    found = score_floors(tmp_path, prompts, Measure(), real)
    assert [one.arm.name for one in found] == [f"floor-{name}" for name in FLOORS]
    assert {one.arm.model.kind for one in found} == {"floor"}
    assert kept_floors(tmp_path, prompts_digest(prompts), "default") == found
    assert score_floors(tmp_path, prompts, Measure(), tools()) == found  # nothing is judged again
    [file] = (tmp_path / FOLDER).iterdir()
    other = Measure(weights=Weights(code=0.5))
    assert score_floors(tmp_path, prompts, other, tools())[0].criteria_sha256 != found[
        0].criteria_sha256  # fmt: skip
    file.write_text("[{}]", "utf-8")
    assert kept_floors(tmp_path, prompts_digest(prompts), "default") == ()
    assert len(score_floors(tmp_path, prompts, Measure("seed"), tools())) == len(FLOORS)


def against_floor(*points: float) -> Comparison:
    """A candidate with these scores, prompt by prompt, against a floor of 0.3."""
    names = [f"basics-{at}" for at in range(len(points))]
    floor = make_scored(make_arm("floor-soup", "f"), [make_score(n, composite=0.3) for n in names])
    scores = [make_score(n, composite=p) for n, p in zip(names, points, strict=True)]
    return compare(floor, make_scored(make_arm("new", "e"), scores))


def test_an_arm_that_is_not_above_every_floor_is_not_promoted() -> None:
    gained = moved(0.3, 0.32)
    assert decide(gained, RULE).promote
    above, level = against_floor(*[1.0] * 20), against_floor(*[0.1, 0.6] * 10)
    assert decide(gained, RULE, Candidacy([above])).promote
    refused = decide(gained, RULE, Candidacy([above, level]))
    assert not refused.promote
    assert english.say(refused.reasons[-1]).startswith("not better for certain than floor-soup")


def answered(*texts: str) -> list[Response]:
    return [Response(prompt_id=f"p{at}", response=text) for at, text in enumerate(texts)]


def test_a_constant_answer_is_never_promoted() -> None:
    prompts = read_prompts(OLD)
    bland = [FLOORS["bland"](prompts, at) for at in range(20)]
    nearly = [f"{text}\n\nVoir {prompts[at].id}." for at, text in enumerate(bland)]
    turns = [bland[0] if at % 2 else "Lisez le message, puis corrigez." for at in range(20)]
    for texts in (bland, nearly, turns):
        alike = likeness(answered(*texts))
        refused = decide(moved(0.3, 0.32), RULE, Candidacy(alike=alike))
        assert alike >= CONSTANT and not refused.promote
        assert "alike" in english.say(refused.reasons[-1])
    real = likeness(answered(*(prompt.reference or "" for prompt in prompts)))
    assert real < 0.1
    assert decide(moved(0.3, 0.32), RULE, Candidacy(alike=real)).promote


def test_samples_of_one_prompt_may_be_alike() -> None:
    texts = [f"Réponse à la question numéro {at} : {at * 7919} {at * 104729}" for at in range(9)]
    samples = [r.model_copy(update={"sample": s}) for r in answered(*texts) for s in (0, 1)]
    assert likeness(samples) == likeness(answered(*texts))
    assert likeness(answered("une")) == 0


def arm_of(name: str, weights: str, *points: float) -> Scored:
    scores = [make_score(f"basics-{at}", composite=p) for at, p in enumerate(points)]
    return make_scored(make_arm(name, weights), scores)


def test_the_two_best_arms_are_compared() -> None:
    low, mid, top = (arm_of(n, n, *[p] * 8) for n, p in (("a", 1.0), ("b", 2.0), ("c", 3.0)))
    found = best_two([low, top, mid], ())
    assert found and (found.before, found.after) == ("b", "c")
    twin = arm_of("d", "c", *[3.0] * 8)  # the same weights: no other arm
    again = best_two([top, twin, mid], ())
    assert again and {again.before, again.after} == {"b", again.after}
    assert best_two([top], ()) is None


def test_a_gain_of_a_few_prompts_is_no_improvement() -> None:
    """An interval without 0 and a sign test that disagrees: no word is said."""
    points = [0.0] * 30 + [5.0] * 4  # large gains on four prompts, nothing elsewhere
    found = compare(arm_of("a", "a", *[0.0] * 34), arm_of("b", "b", *points)).find("composite")
    assert found and found.low > 0 and found.p > 0.05
    assert found.word == "undecided"


@pytest.mark.parametrize(("by", "told"), [((1.0, -0.99), True), ((0.5, -0.3), False)])
def test_prompts_that_nobody_asks_are_not_asked_for(by: tuple[float, float], told: bool) -> None:
    found = moved(*by).find("composite")
    assert found and found.out_of_reach == told
    reason = decide(moved(*by), RULE).reasons[0].code
    assert reason == ("no_certain_gain" if told else "no_certain_gain_yet")
