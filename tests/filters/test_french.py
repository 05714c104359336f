"""What of a text is judged as French prose, and how it is cut into units."""

from hypothesis import given
from hypothesis import strategies as st

from curator.filters.french import FrenchFilter, FrenchSettings, languages, prose, units
from curator.records.files import read_examples
from curator.records.project import Project
from tests.conftest import ANSWER, ROOT, make_example
from tests.filters.test_reasons import ENGLISH


def test_code_and_compiler_messages_are_not_prose() -> None:
    message = f"error[E0382]: borrow of moved value\n = note: {ENGLISH}"
    text = f"Rust dit :\n{message}\n\n```text\n{ENGLISH}\n```"
    assert prose(text) == ["Rust dit :"]


def test_short_paragraphs_join_their_neighbours() -> None:
    assert list(units(["un", "deux", "trois"], 5)) == ["un\ndeux", "trois"]
    assert list(units(["assez long", "un", "deux"], 5)) == ["assez long", "un\ndeux"]
    assert list(units(["assez long", "un"], 5)) == ["assez long\nun"]
    assert list(units(["un"], 50)) == ["un"]
    assert list(units([], 50)) == []


@given(st.lists(st.text(min_size=1).filter(lambda t: "\n" not in t)), st.integers(1, 90))
def test_units_lose_no_text(texts: list[str], size: int) -> None:
    found = list(units(texts, size))
    assert "\n".join(found) == "\n".join(texts)
    assert len(found) <= 1 or all(len(u) >= size for u in found)


def test_the_same_text_always_gets_the_same_probabilities() -> None:
    mixed = ENGLISH + " " + ANSWER[:120]
    assert len({tuple(languages(mixed).items()) for _ in range(5)}) == 1


def test_the_fast_detector_gives_what_langdetect_gives() -> None:
    import langdetect

    langdetect.DetectorFactory.seed = 0
    authored = [e.answer for e in read_examples(*Project(ROOT).authored_files())]
    mixed = [f"{a[:90]} {ENGLISH[:n]}" for n, a in enumerate(authored[:60])]
    parts = [u for a in authored[::3] for u in units(prose(a), 80)]
    for text in [*mixed, *parts, "Hola, ¿qué tal estás hoy?", "ok", "É", "Ä ö ü"]:
        expected = {guess.lang: guess.prob for guess in langdetect.detect_langs(text)}
        assert languages(text) == expected


def test_text_without_letters_has_no_language() -> None:
    assert languages("12 + 3 = 15 !") == {}


def test_an_english_paragraph_in_a_long_french_answer_is_caught() -> None:
    answer = "\n".join([ANSWER, ANSWER, ANSWER, ENGLISH, ANSWER])
    [verdict] = FrenchFilter(FrenchSettings()).judge([make_example(answer=answer)])
    assert verdict.reason == "foreign_paragraph"
    assert verdict.detail.startswith("answer: en")
