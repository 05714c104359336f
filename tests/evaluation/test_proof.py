"""The prompts are proved by their own answers: the bars of the score, over all of them."""

import pytest

from curator.evaluation.judging import rust_judge
from curator.evaluation.prompts import PROMPTS, EvalPrompt, read_prompts
from curator.evaluation.proof import FLOOR, GOOD, SHORT, Proof, prove, short_scores
from tests.conftest import ROOT

WITH_IDEAS = [prompt for prompt in read_prompts(ROOT / PROMPTS) if prompt.ideas]


@pytest.fixture(scope="module")
def proofs() -> dict[str, Proof]:
    judge = rust_judge(prompt.prompt for prompt in WITH_IDEAS)
    return {proof.prompt_id: proof for proof in prove(WITH_IDEAS, judge)}


@pytest.mark.slow
@pytest.mark.parametrize("prompt", WITH_IDEAS, ids=lambda prompt: prompt.id)
def test_right_answers_pass_and_what_is_worth_nothing_does_not(
    prompt: EvalPrompt, proofs: dict[str, Proof]
) -> None:
    proof = proofs[prompt.id]
    assert proof.faults == ()
    assert proof.scores["reference"] >= GOOD
    floors = ("bland", "soup", "copy", "unrelated", "english")
    assert max(proof.scores[name] for name in floors) <= FLOOR


@pytest.mark.slow
def test_nine_in_ten_short_answers_are_right_ones(proofs: dict[str, Proof]) -> None:
    scores = short_scores(list(proofs.values()))
    assert sum(score >= SHORT for score in scores) >= 0.9 * len(scores)


GOOD_ANSWER = """Prenez une tranche `&[f64]` en paramètre : la fonction emprunte le panier sans le
prendre, et il sert encore après l'appel à `moyenne`.

```rust
fn moyenne(prix: &[f64]) -> f64 { prix.iter().sum::<f64>() / prix.len() as f64 }
```
"""
PROMPT = {
    "id": "borrowing-panier",
    "category": "borrowing",
    "topic": "borrowing",
    "difficulty": "debutant",
    "split": "dev",
    "prompt": "Mon panier est perdu après `moyenne` :\n\n```rust\n"
    "fn moyenne(prix: Vec<f64>) -> f64 { prix.len() as f64 }\n```\n",
    "ideas": [
        {"any": ["tranche", "&[f64]"], "in": "prose"},
        {"any": ["emprunt*"], "in": "prose"},
        {"any": ["&[f64]"], "in": "code"},
    ],
    "must_not": [{"any": [".clone()"], "in": "code", "why": "copier le panier"}],
    "check": {
        "kind": "tests",
        "keeps": ["fn moyenne"],
        "tests": "#[test] fn a() { assert_eq!(moyenne(&[1.0, 3.0]), 2.0); }",
    },
    "reference": GOOD_ANSWER,
    "short_answers": [GOOD_ANSWER, GOOD_ANSWER.replace("Prenez", "Demandez")],
}


def make(**changes: object) -> EvalPrompt:
    return EvalPrompt.model_validate({**PROMPT, **changes})


def test_a_sound_prompt_has_no_fault() -> None:
    [proof] = prove([make()], rust_judge([]))
    assert (proof.faults, proof.doubts) == ((), ())
    assert proof.scores["reference"] == pytest.approx(5, abs=0.01)
    assert proof.document()["scores"]["copy"] == 0


def test_faults_of_prompts_are_told() -> None:
    wrong = GOOD_ANSWER.replace("sum::<f64>()", "product::<f64>()")
    cloned = GOOD_ANSWER.replace("prix.iter()", "prix.to_vec().clone().iter()")
    prompts = [
        make(id="a-1", reference=wrong),
        make(id="a-2", reference=cloned),
        make(id="a-3", ideas=[*PROMPT["ideas"][:2], {"any": ["Cow"], "in": "prose"}]),
        make(id="a-4", check={**PROMPT["check"], "keeps": ["fn mediane"]}),
    ]
    faults = {proof.prompt_id: "\n".join(proof.faults) for proof in prove(prompts, rust_judge([]))}
    assert "reference: fails the check: it panics" in faults["a-1"]
    assert "reference: must not have .clone()" in faults["a-2"]
    assert "reference: lacks the idea Cow" in faults["a-3"]
    assert "keeps: nothing is called fn mediane" in faults["a-4"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"split": None}, "split: a prompt with ideas has it"),
        ({"reference": None}, "reference: a prompt with ideas has it"),
        ({"ideas": PROMPT["ideas"][:1]}, "ideas: give 2 to 5 groups, not 1"),
        ({"short_answers": ["Une."]}, "short_answers: give two, not 1"),
        ({"check": {"kind": "runs"}}, "'tests', 'prints', 'compiles', 'claim'"),
        ({"check": {**PROMPT["check"], "keeps": ["moyenne"]}}, 'write "fn NAME"'),
        ({"check": {**PROMPT["check"], "tests": "fn a() {}"}}, r"there is no #\[test\] in it"),
        ({"must_not": [{"any": ["a"]}] * 4}, "at most 3 items"),
    ],
)
def test_a_bad_prompt_is_refused_with_the_reason(changes: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        make(**changes)
