"""A retraining whose recipe asks people: it waits for their choices, and obeys them."""

from pathlib import Path

import pytest

from curator.base.errors import NotReady
from curator.evaluation.compare import compare
from curator.evaluation.duels.record import DuelLog
from curator.evaluation.promotion import Decision, decide
from curator.evaluation.recipe import EvaluateRecipe, PromotionSettings
from curator.evaluation.records import Scored
from curator.records.project import Project
from curator.release.judge import JudgeSetup, ask_people
from tests.evaluation.conftest import make_arms
from tests.evaluation.test_duels import chosen, made

RULE = PromotionSettings(duels=6, guarded=())


def arms(gain: float = 1.0) -> tuple[Scored, Scored]:
    values = {f"basics-{n}": 1.0 + n / 10 for n in range(8)}
    return make_arms("composite", values, {k: v + gain for k, v in values.items()})


def choose(root: Path, scored: tuple[Scored, Scored], what: str, prompts: int) -> None:
    """Somebody chooses on so many prompts, between these arms as they are."""
    by_name = {s.arm.name: s.arm.signature for s in scored}
    duels = []
    for number in range(prompts):
        duel = made(number)
        sides = [s.model_copy(update={"signature": by_name[s.arm]}) for s in duel.sides]
        duels.append(duel.model_copy(update={"left": sides[0], "right": sides[1]}))
    sides_of = {d.id: "left" if d.left.arm == what else "right" for d in duels}
    choices = [
        chosen(made(n), "anna", "both").model_copy(update={"choice": sides_of[d.id]})
        for n, d in enumerate(duels)
    ]
    DuelLog.of(Project(root)).add(duels, choices)


def setup(root: Path, rule: PromotionSettings = RULE) -> JudgeSetup:
    recipe = EvaluateRecipe(promotion=rule)
    return JudgeSetup(root, recipe, lambda said: None, lambda *counts: None)


def judged(settings: JudgeSetup, scored: tuple[Scored, Scored]) -> Decision:
    """What numbers and people make of two arms; floors and bench have their own tests."""
    by_numbers = decide(compare(*scored), settings.recipe.promotion)
    return ask_people(settings, by_numbers, *(s.arm for s in scored))


def test_it_waits_for_people_and_says_how_to_ask_them(tmp_path: Path) -> None:
    scored = arms()
    choose(tmp_path, scored, "tuned", 3)
    with pytest.raises(NotReady, match="people chose on 3 prompts, and 6 are asked for") as error:
        judged(setup(tmp_path), scored)
    assert "curator review duel --arm base --arm tuned" in str(error.value)
    assert error.value.exit_code == 3


@pytest.mark.parametrize(("what", "promoted"), [("tuned", True), ("base", False)])
def test_it_obeys_them(tmp_path: Path, what: str, promoted: bool) -> None:
    scored = arms()
    choose(tmp_path, scored, what, 8)
    assert judged(setup(tmp_path), scored).promote is promoted


def test_choices_about_an_earlier_model_of_the_name_do_not_count(tmp_path: Path) -> None:
    scored = arms()
    duels = [made(n) for n in range(8)]
    DuelLog.of(Project(tmp_path)).add(duels, [chosen(d, "anna", "tuned") for d in duels])
    with pytest.raises(NotReady, match="people chose on 0 prompts"):
        judged(setup(tmp_path), scored)


def test_a_model_without_a_gain_needs_nobody(tmp_path: Path) -> None:
    assert not judged(setup(tmp_path), arms(gain=0.0001)).promote
    assert judged(setup(tmp_path, PromotionSettings(guarded=())), arms()).promote
