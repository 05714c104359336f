"""Numbers and words as French writes them."""

from datetime import UTC, datetime

import pytest

from curator.base.errors import EvaluationError
from curator.evaluation.compare import compare
from curator.french import numbers as french
from curator.french import words
from curator.french.numbers import MINUS, NONE, THIN
from curator.records.example import Sampling
from curator.report import translate
from tests.evaluation.conftest import make_arm, make_score, make_scored


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (french.number(3.05, 2), "3,05"),
        (french.number(1543.714, 3), f"1{THIN}543,714"),
        (french.number(-0.5, 1), f"{MINUS}0,5"),
        (french.number(-0.001, 2), "0,00"),
        (french.number(None), NONE),
        (french.signed(0.3), "+0,30"),
        (french.signed(0.0), "0,00"),
        (french.percent(0.39), f"39{THIN}%"),
        (french.percent(5.276 / 1543.714, 3), f"0,342{THIN}%"),
        (french.points(-0.05), f"{MINUS}5,0{THIN}pts"),
        (french.mark(3.05), "3,05/5"),
        (french.size(940_000_000), f"940{THIN}Mo"),
        (french.size(3_000_000_000), f"3,0{THIN}Go"),
        (french.duration(45.2), f"45{THIN}s"),
        (french.duration(600), f"10{THIN}min"),
        (french.duration(11_100), f"3{THIN}h{THIN}05"),
        (french.day(datetime(2026, 3, 1, tzinfo=UTC)), "1er mars 2026"),
        (french.count(0, "exemple"), "0 exemple"),
        (french.count(2, "exemple"), "2 exemples"),
        (french.interval("1", "+2"), f"[1{THIN};{THIN}+2]"),
        (french.listed(["a", "b", "c"]), "a, b et c"),
        (french.typography("l'un : « a » ; b ?"), "l’un\u00a0: «\u00a0a\u00a0»\u202f; b\u202f?"),
        (french.typography("'none' d::e"), "'none' d::e"),
    ],
)
def test_as_in_french(given: str, expected: str) -> None:
    assert given == expected


def test_what_others_say_in_english_is_said_in_french() -> None:
    assert translate.refusal(
        "no comparison: every answer of one is the same text as the other's"
    ) == ("toutes les réponses de l'un sont, mot pour mot, celles de l'autre")
    before = make_scored(make_arm("base", sampling=Sampling()), [make_score("p0")])
    other = {"prompts_sha256": "1" * 64, "sampling": Sampling(temperature=0.1)}
    after = make_scored(make_arm("tuned", "b", **other), [make_score("p0"), make_score("p1")])
    with pytest.raises(EvaluationError) as caught:
        compare(before, after.model_copy(update={"profile": "seed", "rustc": "rustc 1.99.0"}))
    assert translate.refusal(caught.value.what) == (
        "ils n'ont pas été interrogés ou jugés de la même façon : "
        "questions 000000000000 / 111111111111, profil par défaut / du document de départ, "
        "jugés par inconnu / rustc 1.99.0, température 0,7 / 0,1, "
        "questions sans réponse d'un côté : 1, dont p1"
    )
    assert translate.refusal("anything else") == "anything else"
    assert translate.stale("changed since: the model, the seed (1, now 2)") == (
        "a changé depuis l'évaluation : le modèle, la graine (1, maintenant 2)"
    )
    assert translate.leak("row 2: answer: reference r1, 83% of its 8-grams") == (
        "ligne 2 : dans sa réponse, la référence de r1, 83\u202f% de ses 8-grammes"
    )
    assert translate.leak("row 1: prompt p, similarity 0.91").endswith("p, similarité 0,91")
    assert translate.event("killed by SIGKILL") == "tué par SIGKILL"
    assert words.group("lifetimes") == "durée de vie"
    assert words.group("<b>") == "<b>"
