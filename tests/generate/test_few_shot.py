import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.generate import few_shot
from curator.generate.plan import Request
from tests.conftest import ANSWER, QUESTION, make_example


def request(**changes: object) -> Request:
    fields = {
        "index": 0, "category": "debug", "topic": "ownership", "difficulty": "debutant",
        "idea": "une idée", "seed": 1,
    }  # fmt: skip
    return Request(**{**fields, **changes})  # type: ignore[arg-type]


def test_what_is_written_out_is_read_back() -> None:
    assert few_shot.read_back(few_shot.write_out(QUESTION, ANSWER)) == (QUESTION, ANSWER.strip())


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        ("Q ?\n\n# Réponse\nR", "Q ?", "R"),
        ("Q ?\n## reponse :\nR", "Q ?", "R"),
        ("Q ?\n\n## TL;DR\nR", "Q ?", "## TL;DR\nR"),
        ("Q ?\n# Réponse\nR\n\n# Question\nautre", "Q ?", "R"),
        ("rien de tout cela", "", "rien de tout cela"),
        ("", "", ""),
    ],
)
def test_what_models_write(text: str, question: str, answer: str) -> None:
    assert few_shot.read_back(text) == (question, answer)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    question, answer = few_shot.read_back(text)
    assert question in text
    assert answer in text


def test_shots_come_from_the_same_cell_first() -> None:
    near = make_example()
    level = make_example(question="b", difficulty="avance")
    far = make_example(question="c", topic="async")
    assert few_shot.choose_shots([far, level, near], request(), 2) == [near, level]


def test_requests_of_one_cell_and_category_share_their_shots() -> None:
    pool = [make_example(question=str(i)) for i in range(20)]
    one = few_shot.choose_shots(pool, request(seed=1, idea="a"), 2)
    assert few_shot.choose_shots(pool[::-1], request(seed=2, idea="b", index=5), 2) == one


def test_the_conversation_begins_the_answer() -> None:
    turns = few_shot.messages(request(), [make_example()])
    assert [t.role for t in turns] == ["system", "user", "assistant", "user", "assistant"]
    assert turns[-1].content == few_shot.PREFIX
    assert turns[2].content == few_shot.write_out(QUESTION, ANSWER)
    assert "Sujet : une idée." in turns[3].content
    assert "$" not in turns[3].content
