"""Numbers and words as French writes them."""

from datetime import UTC, datetime

import pytest

from curator.base.notice import Notice
from curator.evaluation.comparable import Incomparable
from curator.evaluation.compare import compare
from curator.french import numbers, words
from curator.french.notices import french
from curator.french.numbers import MINUS, NONE, THIN
from curator.records.example import Sampling
from tests.evaluation.conftest import make_arm, make_score, make_scored


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (numbers.number(3.05, 2), "3,05"),
        (numbers.number(1543.714, 3), f"1{THIN}543,714"),
        (numbers.number(-0.5, 1), f"{MINUS}0,5"),
        (numbers.number(-0.001, 2), "0,00"),
        (numbers.number(None), NONE),
        (numbers.signed(0.3), "+0,30"),
        (numbers.signed(0.0), "0,00"),
        (numbers.percent(0.39), f"39{THIN}%"),
        (numbers.percent(5.276 / 1543.714, 3), f"0,342{THIN}%"),
        (numbers.size(940_000_000), f"940{THIN}Mo"),
        (numbers.size(3_000_000_000), f"3,0{THIN}Go"),
        (numbers.duration(45.2), f"45{THIN}s"),
        (numbers.duration(600), f"10{THIN}min"),
        (numbers.duration(11_100), f"3{THIN}h{THIN}05"),
        (numbers.day(datetime(2026, 3, 1, tzinfo=UTC)), "1er mars 2026"),
        (numbers.count(0, "exemple"), "0 exemple"),
        (numbers.count(2, "exemple"), "2 exemples"),
        (numbers.interval("1", "+2"), f"[1{THIN};{THIN}+2]"),
        (numbers.listed(["a", "b", "c"]), "a, b et c"),
    ],
)
def test_as_in_french(given: str, expected: str) -> None:
    assert given == expected


def test_refusals_are_said_in_french() -> None:
    before = make_scored(make_arm("base", sampling=Sampling()), [make_score("p0")])
    other = {"prompts_sha256": "1" * 64, "sampling": Sampling(temperature=0.1)}
    after = make_scored(make_arm("tuned", "b", **other), [make_score("p0"), make_score("p1")])
    with pytest.raises(Incomparable) as caught:
        compare(before, after.model_copy(update={"profile": "seed", "rustc": "rustc 1.99.0"}))
    assert french.say(caught.value.reason) == (
        "ils n'ont pas été interrogés ou jugés de la même façon : "
        "questions 000000000000 / 111111111111, profil par défaut / du document de départ, "
        "jugés par inconnu / rustc 1.99.0, température 0,7 / 0,1, "
        "questions sans réponse d'un côté : 1, dont p1"
    )


def test_a_name_is_never_translated() -> None:
    """Sentences once went through patterns, which found their own words in file names."""
    for path in ("evaluation/samples.jsonl", "the model, now: the seed.json"):
        gone = french.say(Notice("responses_gone", {"path": path}))
        assert gone == f"le fichier de ses réponses a disparu : {path}"
        failed = french.say(Notice("not_repeatable", {"error": f"{path}: no prompts"}))
        assert failed == f"il ne peut plus être refait : {path}: no prompts"
    died = Notice("exited", {"status": 1, "words": "killed by rows of more than 3"})
    assert french.say(died) == "code de sortie 1 : killed by rows of more than 3"


def test_groups_of_the_evaluation_have_french_names() -> None:
    assert words.group("lifetimes") == "durée de vie"
    assert words.group("<b>") == "<b>"
