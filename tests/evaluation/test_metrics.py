"""Our metrics, each by a value worked out by hand."""

import pytest
from pydantic import ValidationError

from curator.evaluation import metrics
from curator.evaluation.grounded import citations, groundedness, names
from curator.evaluation.metrics import Shown
from curator.evaluation.prompts import EvalPrompt
from curator.evaluation.records import Response, Source
from curator.evaluation.solving.run import Outcome
from curator.evaluation.weights import MOST_FORM, Weights

FRENCH = "Une référence permet de lire une valeur sans en devenir propriétaire, ni la copier. "
ENGLISH = "A reference lets you read a value without owning it, and nothing needs to be copied. "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FRENCH, 1),
        (ENGLISH, 0),
        (FRENCH + ENGLISH, 0.5),  # one paragraph, two sentences
        (f"{FRENCH}\n\n{FRENCH}\n\n{ENGLISH}\n\n{FRENCH}", 0.75),
        (f"{FRENCH}\n```rust\n// {ENGLISH}\n```\n`{ENGLISH}`", 1),  # code is no prose
        ("", None),
        ("1 2 3", None),
    ],
)
def test_french_is_judged_sentence_by_sentence(text: str, expected: float) -> None:
    assert metrics.french(text) == expected


FIVE = ("TL;DR", "Problème", "Solution", "Explication", "À retenir")


def answer(*titles: str) -> str:
    return "".join(f"## {title}\nTexte.\n" for title in titles)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (answer(*FIVE), 1),
        (answer(*FIVE[:2], "Autre", FIVE[3]), 0.6),
        (answer(*reversed(FIVE)), 0.2),
        (answer(FIVE[4], *FIVE[:3]), 0.6),  # three in order
        (answer("Solution", "Solution", "Solution"), 0.2),
        ("## TL;DR\n## Solution\nTexte.\n", 0.2),  # the first is empty
        ("# TL;DR\nTexte.\n**Solution**\nTexte.\n", 0),
        ("```\n## TL;DR\nTexte.\n```", 0),
    ],
)
def test_structure(text: str, expected: float) -> None:
    assert metrics.structure(text) == expected


def test_code_counts_what_does_as_it_says_and_is_of_the_question() -> None:
    asked = "Mon `plateau` de `dames` ?\n```rust\nlet plateau = 1;\n```"
    own = Shown("let dames = plateau + 1;", True)
    assert metrics.code([own], asked, False) == 1
    assert metrics.code([own, own._replace(passed=False)], asked, False) == 0.5
    assert metrics.code([Shown("let x = 1;", True)], asked, False) == 0
    assert metrics.code([Shown("let plateau = 1;", True)], asked, False) is None  # handed back
    assert metrics.code([], asked, False) is None
    assert metrics.code([own._replace(passed=False)], asked, True) == 1


def test_form_is_an_end_a_length_and_no_repetition() -> None:
    said = Response(prompt_id="a", response="Une phrase sans rien qui revienne.")
    assert metrics.form(said) == 1
    assert metrics.form(said.model_copy(update={"finished": False})) == 0
    assert metrics.form(Response(prompt_id="a", response="encore et " * 300)) < 0.1
    long = " ".join(map(str, range(1200)))
    assert metrics.form(Response(prompt_id="a", response=long)) == pytest.approx(0.5)


def test_repetition() -> None:
    # abcd bcda cdab dabc abcd: four are different
    assert metrics.repetition("a b c d a b c d") == pytest.approx(1 - 4 / 5)
    assert metrics.repetition("la " * 103) == pytest.approx(0.99)  # 100 times the same one
    assert metrics.repetition("a b c") == 0
    assert metrics.repetition("") == 0


def test_reference_is_chrf() -> None:
    # Orders 1 to 4 of "abcd" in "abcde": precision 1; recall (4/5 + 3/4 + 2/3 + 1/2) / 4.
    recall = (4 / 5 + 3 / 4 + 2 / 3 + 1 / 2) / 4
    found = metrics.reference("abcd", "abcde")
    assert found == pytest.approx(5 * recall / (4 + recall), abs=1e-9)  # F2, 0.726
    assert metrics.reference("abc", "abc") == pytest.approx(1)
    assert metrics.reference("abc", "xyz") == 0
    assert metrics.reference("", "xyz") == 0
    assert metrics.reference("abc", None) is None
    printed = "L\u2019emprunt\u00a0: est-il fini\u202f?"
    assert metrics.reference(printed, "L'emprunt : est-il fini ?") == pytest.approx(1)


BOOK = Source(
    address="book/ch04-02-references-and-borrowing.html#references",
    title="References",
    text="We pass `&s1` into `calculate_length`; see E0382 and `Vec::push`.",
)
INDEX = Source(address="error_codes/E0502.html", title="E0502", text="A borrow is active.")


def test_names_are_those_of_inline_code() -> None:
    text = "Le type `Vec<String>` et `let mut x`, erreur E0382.\n```rust\n`Box`\n```\nVec dehors"
    assert names(text) == {"Vec", "String", "E0382"}


def test_citations_are_of_sources_that_there_are() -> None:
    text = "Voir [1], [2, 3] et book/ch04-02-references-and-borrowing.html#x ; `v[9]` non."
    assert citations(text, [BOOK, INDEX]) == [True, True, False, True]
    addresses = (
        "https://doc.rust-lang.org/error_codes/E0502.html "
        "(ch04-02-references-and-borrowing.html) book/ch99-00-nothing.html references.html."
    )
    assert citations(addresses, [BOOK, INDEX]) == [True, True, False, False]
    assert citations("```rust\nv[7]\n```\n", [BOOK]) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("La fonction `calculate_length` et `Vec::push` [1].", 1),  # three names, one citation
        ("`calculate_length`, `Rc` et E0502 [3]", 0.5),  # Rc and [3] are not there
        ("Le `plateau` de la question, E0599", 0),  # one is the prompt's, the other nowhere
        ("`somme`\n```rust\nfn somme() {}\n```", None),  # the answer's own
        ("Rien de nommé.", None),
    ],
)
def test_groundedness(text: str, expected: float | None) -> None:
    assert groundedness(text, "Mon `plateau`", [BOOK, INDEX]) == expected
    assert groundedness(text, "", []) is None


ASKED = "Pourquoi ?\n\n```rust\nfn plateau(dames: &[u8]) -> u8 { dames }\n```"
TRIED = "fn plateau(dames: &[u8]) -> u8 { dames.len() }"
LISTED = '// plateau, dames\nfn main() { let _ = "plateau"; let _ = "dames"; }'


@pytest.mark.parametrize(
    ("code", "attempt"),
    [(TRIED, True), (LISTED, False), (TRIED.replace("}", ""), False), ("fn f() {}", False)],
)
def test_only_an_attempt_at_the_question_shows_ideas_or_mends(code: str, attempt: bool) -> None:
    prompt = EvalPrompt(id="p", category="basics", prompt=ASKED, split="dev")
    block, outcome = Shown(code, False), Outcome(False, compiles=True)
    assert metrics.sound_blocks(prompt, [block], outcome) == ([code] if attempt else [])
    assert metrics.compiles(ASKED, [block], outcome) == float(attempt)
    assert metrics.compiles(ASKED, [block], None) is None
    assert metrics.compiles(ASKED, [], Outcome(True)) == 1


def scored(**changes: float | None) -> float:
    """The score of an answer that has everything, but for some metrics."""
    names = ("solved", "compiles", "ideas", "must_not", "code", "relevance", "french", "form")
    full = {name: 0.0 if name == "must_not" else 1.0 for name in names}
    return metrics.composite({**full, **changes})


def test_the_score_by_hand() -> None:
    assert scored() == scored(solved=None) == pytest.approx(5)
    assert scored(ideas=0.5) == pytest.approx(5 * (0.5 + 0.5 * 0.35 / 0.85))
    assert scored(solved=0.0) == pytest.approx(5 * (0.5 * 0.3 + 0.5 * 0.35))
    assert scored(solved=0.0, compiles=0.0) == pytest.approx(5 * 0.5 * 0.35)
    assert scored(solved=0.0, compiles=0.0, ideas=0.15) == 0  # what one meets by chance
    assert scored(code=0.0) == pytest.approx(5 * (0.5 + 0.5 * 0.7))
    assert scored(code=None) == pytest.approx(5)
    assert scored(solved=None, relevance=0.5) == pytest.approx(2.5)
    assert scored(french=0.5, form=0.0) == pytest.approx(5 * (1 - 0.1 / 2 - 0.05))
    assert scored(french=0.0) == 0  # it cannot be read
    assert scored(french=None) == pytest.approx(4.5)  # code alone is in no language
    everything = dict.fromkeys(
        ("solved", "compiles", "ideas", "code", "relevance", "french", "form"), 1.0
    )
    broken = metrics.composite({**everything, "must_not": 0.5}, 0.25)
    assert broken == pytest.approx(5 * (0.5 + 0.5 * 0.6 / 0.85))


def test_form_adds_nothing_to_what_is_worth_nothing_and_at_most_a_seventh() -> None:
    assert scored(solved=0.0, compiles=0.0, ideas=0.0) == 0
    assert (scored() - scored(french=0.5, form=0.0)) / 5 <= MOST_FORM
    with pytest.raises(ValidationError, match=r"french and form: at most 0\.15"):
        Weights(french=0.15, form=0.15)
