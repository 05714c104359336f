"""The ranking: what each arm solves, and the floors below, in words that say what they are."""

from collections.abc import Sequence

from curator.evaluation.compare import compare
from curator.evaluation.floor_scores import PREFIX
from curator.evaluation.floors import FLOORS
from curator.evaluation.records import Arm, Scored
from curator.evaluation.summary import summarise
from curator.report.blocks import Cell, Table, Text
from curator.report.data.evaluation import Evaluation, Side
from curator.report.language import speaking
from curator.report.sections.standing import standing_content
from tests.evaluation.conftest import make_arm, make_score, make_scored


def scored(arm: Arm, solved: Sequence[Sequence[bool]], score: float) -> Scored:
    """Scores of prompts, of each whether its samples solve it."""
    each = [
        make_score(f"p{at}", s, solved=float(one), composite=score + at % 2)
        for at, own in enumerate(solved)
        for s, one in enumerate(own)
    ]
    return make_scored(arm, each)


def evaluation(before: Scored, after: Scored) -> Evaluation:
    sides = [
        Side(one.arm, (), 0, {}, {"default": one}, {"default": summarise(one)}, None)
        for one in (before, after)
    ]
    floors = [
        summarise(scored(make_arm(f"{PREFIX}{name}", "f"), [[False]] * 82, 0.0)) for name in FLOORS
    ]
    return Evaluation(
        sides=tuple(sides),
        pairs=(),
        leaked={},
        profile="default",
        floors={"default": tuple(floors)},
        best={"default": compare(before, after)},
    )


def content(samples: int) -> tuple[Table, Text]:
    never = [[False] * samples] * 82
    often = [[at < 10, *[False] * (samples - 1)] for at in range(82)]
    before, after = make_arm("base"), make_arm("new", "b")
    made = evaluation(scored(before, never, 1.0), scored(after, often, 2.0))
    table, text = standing_content(made, "default")
    assert isinstance(table, Table) and isinstance(text, Text)
    return table, text


def texts(row: Sequence[str | Cell]) -> list[str]:
    return [cell.text if isinstance(cell, Cell) else cell for cell in row]


def plain(text: str) -> str:
    return text.replace("\u202f", " ")


def test_what_is_solved_has_its_interval_beside_it_and_is_told_once() -> None:
    table, _ = content(samples=1)
    assert [name for name, _ in table.columns] == [
        *("Bras", "Score", "Résolues", "Questions", "Réponses du témoin")
    ]
    assert [plain(cell) for cell in texts(table.rows[0])[:4]] == [
        *("new", "2,50/5", "12 % [7 % ; 21 %]", "82")
    ]
    assert plain(texts(table.rows[1])[2]) == "0 % [0 % ; 4 %]"
    assert {len(row) for row in table.rows} == {len(table.columns)}


def test_more_answers_have_a_column_of_their_own() -> None:
    table, _ = content(samples=2)
    at = [name for name, _ in table.columns].index("pass@k")
    assert plain(texts(table.rows[0])[at]).startswith("k = 2 : 12 % [")
    assert "k = 1" not in str(table.rows)
    assert {len(row) for row in table.rows} == {len(table.columns)}


def test_floors_have_names_and_the_note_says_what_they_are_for() -> None:
    table, _ = content(samples=1)
    rows = [texts(row) for row in table.rows[2:]]
    assert len(rows) == len(FLOORS)
    for row, name in zip(rows, FLOORS, strict=True):
        assert row[0].endswith(f" ({PREFIX}{name})"), "each has a French name"
        assert row[-1]
    assert "Témoins : réponses fabriquées par du code, sans valeur pour l'élève" in table.note
    assert "gris" not in table.note + table.caption, "Markdown has no grey"


def test_the_difference_of_the_best_two_says_which_way() -> None:
    _, text = content(samples=1)
    assert text.text.startswith("Les deux meilleurs bras, new moins base : +1,00")
    with speaking("en"):
        assert content(samples=1)[1].text.startswith("The two best arms, new minus base: +1.00")
