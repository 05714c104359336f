from collections import Counter

from curator.coverage import Coverage, coverage
from curator.generate.plan import plan
from curator.recipe import AugmentRecipe, GenerateSettings, Targets
from curator.taxonomy import Category, Cell, Difficulty, Topic
from tests.conftest import make_example


def recipe(candidates: int, per_prompt: int = 1, **targets: object) -> AugmentRecipe:
    return AugmentRecipe(
        generate=GenerateSettings(candidates=candidates, per_prompt=per_prompt),
        targets=Targets(**targets),  # type: ignore[arg-type]
    )


def covered(chosen: AugmentRecipe, *examples: object) -> Coverage:
    return coverage(examples, chosen.targets)  # type: ignore[arg-type]


def test_what_lacks_most_comes_first() -> None:
    chosen = recipe(6, topics={"traits": 7})
    cells = [r.cell for r in plan(covered(chosen), chosen, seed=1)]
    assert set(cells) == {Cell(Topic.TRAITS, d) for d in Difficulty}


def test_a_plan_fills_every_cell_to_its_target() -> None:
    chosen = recipe(44, per_cell=1, topics={})
    requests = plan(covered(chosen, make_example()), chosen, seed=1)
    assert len({r.cell for r in requests}) == 44
    assert Cell(Topic.OWNERSHIP, Difficulty.DEBUTANT) not in {r.cell for r in requests}


def test_categories_near_their_shares() -> None:
    chosen = recipe(100, per_prompt=3)
    counts = Counter(r.category for r in plan(covered(chosen), chosen, seed=1))
    assert abs(counts[Category.DEBUG] - 40) <= 3
    assert abs(counts[Category.EXERCISES] - 20) <= 3


def test_neighbours_share_a_prompt() -> None:
    chosen = recipe(10, per_prompt=4)
    requests = plan(covered(chosen), chosen, seed=1)
    groups = [requests[:4], requests[4:8], requests[8:]]
    assert all(len({(r.cell, r.category) for r in group}) == 1 for group in groups)
    assert len({r.idea for r in requests[:4]}) == 4


def test_a_full_set_can_still_grow() -> None:
    chosen = recipe(5, per_cell=0, topics={})
    assert len(plan(covered(chosen), chosen, seed=1)) == 5


def test_same_arguments_same_plan() -> None:
    chosen = recipe(20)
    assert plan(covered(chosen), chosen, 1) == plan(covered(chosen), chosen, 1)
    assert plan(covered(chosen), chosen, 1) != plan(covered(chosen), chosen, 2)


def test_every_request_has_a_seed_of_its_own() -> None:
    chosen = recipe(50)
    requests = plan(covered(chosen), chosen, 1)
    assert len({r.seed for r in requests}) == 50
    assert [r.index for r in requests] == list(range(50))
