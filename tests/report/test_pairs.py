"""Two arms side by side: how many questions each line rests on; categories too small for one."""

from collections.abc import Mapping, Sequence

from curator.evaluation.compare import compare
from curator.report.blocks import Cell, Table, Text
from curator.report.data.evaluation import Pair
from curator.report.sections.pairs import by_category, method, pair_content
from tests.evaluation.conftest import make_arm, make_arms, make_score, make_scored


def plain(row: Sequence[str | Cell]) -> list[str]:
    texts = [cell.text if isinstance(cell, Cell) else cell for cell in row]
    return [text.replace("\u202f", " ") for text in texts]


def scores(counts: Mapping[str, int], level: float) -> dict[str, float | None]:
    return {
        f"{name}-{n}": level + n % 3 / 10 for name, count in counts.items() for n in range(count)
    }


def categories(counts: Mapping[str, int]) -> Table | Text:
    before, after = make_arms("composite", scores(counts, 1.0), scores(counts, 2.0))
    comparison = compare(before, after)
    return by_category(Pair("tuning", "base", "tuned", "default", comparison, None))


def test_a_line_says_on_how_many_questions_it_rests() -> None:
    def side(name: str, weights: str, known: int) -> list[dict[str, float | None]]:
        return [{"composite": 1.0 + at / 9, "rust": 1.0 if at < known else None} for at in range(8)]

    sides = [
        make_scored(
            make_arm(name, weights),
            [make_score(f"p{at}", **one) for at, one in enumerate(side(name, weights, known))],
        )
        for name, weights, known in (("base", "a", 7), ("tuned", "b", 3))
    ]
    pair = Pair("tuning", "base", "tuned", "default", compare(*sides), None)
    table = pair_content(pair)[0]
    assert isinstance(table, Table)
    assert [name for name, _ in table.columns][:4] == ["Métrique", "n", "base", "tuned"]
    assert {row[0]: row[1] for row in map(plain, table.rows)} == {
        "Score": "8",
        "Rust conforme": "3",
    }
    assert "une moyenne varie donc d'un tableau à l'autre" in table.note
    assert table.caption.endswith("(delta : tuned moins base)")
    assert "8 questions. Intervalles : bootstrap" in str(pair_content(pair)[-1])


def test_categories_with_too_few_questions_are_counted_not_listed() -> None:
    table = categories({"structs": 12, "enums": 3, "traits": 2, "borrowing": 1})
    assert isinstance(table, Table)
    assert [plain(row)[:2] for row in table.rows] == [["structure", "12"]]
    assert table.note.endswith("Les 3 autres catégories ont trop peu de questions (8 au moins).")


def test_one_other_category_is_one() -> None:
    table = categories({"structs": 12, "enums": 3})
    assert isinstance(table, Table)
    assert table.note.endswith("L'autre catégorie a trop peu de questions (7 au moins).")


def test_without_a_large_enough_category_there_is_no_table() -> None:
    text = categories({"structs": 2, "enums": 3})
    assert isinstance(text, Text)
    assert text.text.endswith(" : les 2 catégories ont trop peu de questions (7 au moins).")


def test_where_every_category_is_large_enough_nothing_is_left_out() -> None:
    table = categories({"structs": 12, "enums": 13})
    assert isinstance(table, Table)
    assert len(table.rows) == 2 and "trop peu" not in table.note


def test_the_method_is_a_sentence_that_begins_with_a_capital() -> None:
    assert method().startswith("Les verdicts « amélioration » et « régression » ne sont donnés que")
