"""Conclusions follow from numbers by conditions; each rule here on both sides of its own."""

from dataclasses import replace
from typing import Any

import pytest

from curator.generate.funnel import Funnel
from curator.report import rules
from curator.report.gather import Report
from curator.report.rules import advice, limits, works
from curator.report.rules.shared import Rule
from curator.report.sections import values


def heads(report: Report, *which: Rule) -> list[str]:
    return [item.head for item in rules.follow(report, which)]


def changed(report: Report, part: str, **values: Any) -> Report:
    return replace(report, **{part: replace(getattr(report, part), **values)})


def run_with(report: Report, **values: Any) -> Report:
    assert report.training
    return changed(report, "training", run=replace(report.training.run, **values))


def test_the_size_of_the_set(report: Report) -> None:
    gate = report.dataset.gate
    assert heads(report, works.enough_examples, limits.too_few) == ["Jeu de données trop petit"]
    small = changed(report, "dataset", gate=gate.model_copy(update={"total": 49}))
    assert heads(small, works.enough_examples, limits.too_few) == ["Jeu de données"]
    free = changed(report, "dataset", gate=gate.model_copy(update={"total": None}))
    assert heads(free, works.enough_examples, limits.too_few) == []


def test_cells_below_target_are_counted_against_those_that_there_are(report: Report) -> None:
    covered = report.dataset.covered
    three = list(covered.cells)[:3]
    few = replace(
        covered,
        cells=dict.fromkeys(three, 1),
        deficits=dict(zip(three, (2, 0, 1), strict=True)),
    )
    [item] = limits.gaps(changed(report, "dataset", covered=few))
    assert "2 cases" in item.because
    assert item.because.endswith("sur 3")


def test_a_run_that_ended_and_one_that_did_not(report: Report) -> None:
    both = (works.finished, limits.interrupted)
    assert heads(report, *both) == ["Entraînement", "Entraînement accidenté"]
    assert heads(run_with(report, deaths=0), *both) == ["Entraînement"]
    assert heads(run_with(report, ended=None), *both) == ["Entraînement interrompu"]
    [item] = advice.train_next(run_with(report, ended=None))
    assert item.head == "Reprendre l'entraînement" and "grad_checkpoint" in item.because


def test_learning_and_overfitting(report: Report) -> None:
    assert heads(report, works.learned, limits.overfits) == ["Apprentissage"]
    worse = changed(report, "training", last_loss=0.9)
    assert heads(worse, limits.overfits) == ["Surapprentissage"]
    assert heads(run_with(report, best_loss=2.0), works.learned) == []


def test_words_are_the_comparison_s_alone(report: Report) -> None:
    assert report.evaluation
    assert "Fine-tuning" in heads(report, works.better)
    pair = report.evaluation.of("default", "tuning")[0]
    assert pair.comparison
    for word, rule, head in (
        ("undecided", limits.undecided, "Effet du fine-tuning"),
        ("worse", limits.worse, "Régression de base à tuned"),
        ("worse", advice.keep_old, "Garder le modèle actuel"),
    ):
        differences = tuple(
            d.model_copy(update={"word": word, "needed": 340}) for d in pair.comparison.differences
        )
        other = pair.comparison.model_copy(update={"differences": differences})
        evaluation = replace(report.evaluation, pairs=(replace(pair, comparison=other),))
        told = replace(report, evaluation=evaluation)
        assert heads(told, rule) == [head]
        assert heads(told, works.better) == []
        if word == "undecided":
            [item] = advice.more_prompts(told)
            assert "340 questions" in item.text


def test_nobody_is_told_to_ask_fewer_prompts_than_were_asked(report: Report) -> None:
    assert report.evaluation
    pair = report.evaluation.of("default", "tuning")[0]
    assert pair.comparison
    found = pair.comparison.find("composite")
    assert found and found.n == 24 and found.low > 0
    for needed, said in (
        (22, "le test des signes ne le confirme pas"),
        (30, "environ 30 questions"),
    ):
        one = found.model_copy(update={"word": "undecided", "needed": needed})
        assert said in values.conclusion(one)
        comparison = pair.comparison.model_copy(update={"differences": (one,)})
        pairs = (replace(pair, comparison=comparison),)
        told = replace(report, evaluation=replace(report.evaluation, pairs=pairs))
        assert len(list(advice.more_prompts(told))) == (needed > 24)


def test_a_gain_that_is_form_is_called_that(report: Report) -> None:
    assert report.evaluation
    pair = report.evaluation.of("default", "tuning")[0]
    assert pair.comparison
    for french, expected in ((0.6, ["Gain de forme"]), (0.2, [])):
        moves = {"composite": 0.5, "french": french}
        differences = tuple(
            d.model_copy(update={"delta": moves.get(d.metric, 0.0), "word": "better"})
            for d in pair.comparison.differences
        )
        other = pair.comparison.model_copy(update={"differences": differences})
        evaluation = replace(report.evaluation, pairs=(replace(pair, comparison=other),))
        # French counts 0.1 of 5: 0.3 of a gain of half a point, or 0.1 of it.
        assert heads(replace(report, evaluation=evaluation), limits.form_only) == expected


def test_weak_categories_are_named_and_strengthened(report: Report) -> None:
    assert heads(report, limits.weakest, advice.strengthen) == ["Durée de vie", "Renforcer"]
    [item] = advice.strengthen(report)
    assert "durée de vie" in item.text and "3 exemples" in item.because


def asked(report: Report, prompts: int) -> Report:
    """The report with means and differences of so many prompts."""
    assert report.evaluation
    sides = []
    for side in report.evaluation.sides:
        found = side.summaries["default"]
        measured = dict.fromkeys(found.overall.measured, prompts)
        overall = found.overall.model_copy(update={"prompts": prompts, "measured": measured})
        summaries = {"default": found.model_copy(update={"overall": overall})}
        sides.append(replace(side, summaries=summaries))
    pairs = []
    for pair in report.evaluation.of("default"):
        assert pair.comparison
        made = [
            d.model_copy(update={"n": prompts, "word": "undecided"})
            for d in pair.comparison.differences
        ]
        other = pair.comparison.model_copy(update={"differences": tuple(made)})
        pairs.append(replace(pair, comparison=other))
    evaluation = replace(report.evaluation, sides=tuple(sides), pairs=tuple(pairs))
    return replace(report, evaluation=evaluation)


def test_of_too_few_prompts_nothing_is_concluded(report: Report) -> None:
    means = (works.rust_good, works.french_good, limits.rust_low, limits.french_low)
    means += (limits.weakest, advice.strengthen)
    enough, few = asked(report, 6), asked(report, 5)
    assert heads(enough, *means) and not heads(few, *means)
    assert heads(enough, limits.few_prompts) == []
    [item] = limits.few_prompts(few)
    assert "5 questions" in item.text and "au moins 6" in item.because
    [first, *_] = limits.undecided(few)
    assert first.text.endswith("rien à conclure de 5 questions : il en faut au moins 6.")
    [first, *_] = advice.more_prompts(few)
    assert "Au moins 6 questions" in first.text


def test_a_category_of_few_prompts_is_named_as_an_indication(report: Report) -> None:
    [item] = limits.weakest(report)
    assert "sur 4 questions, trop peu pour conclure (il en faut 6)" in item.text
    [item] = advice.strengthen(report)
    assert "si 2 questions de plus le confirment" in item.text


def test_common_reasons_bring_a_cure(report: Report) -> None:
    assert heads(report, advice.common_reason) == ["Mieux produire"]
    even = changed(report, "batches", reasons={f"rust.r{n}": 1 for n in range(9)})
    assert heads(even, advice.common_reason) == []


def test_where_a_stage_ends_the_texts_the_cure_is_for_the_stage(report: Report) -> None:
    stages = Funnel()
    counts = {
        "reached": 30,
        "kept": 6,
        "tokens": 0,
        "reasons": {"does_not_compile": 22, "copied": 2},
    }
    question = {"place": 1, "reached": 6, "kept": 5, "tokens": 0, "reasons": {"wrong_verb": 1}}
    stages.recall({"from_program": {"program": {"place": 0, **counts}, "question": question}})
    lost = changed(report, "batches", reasons={"structure.missing_section": 25}, stages=stages)
    [item] = advice.common_reason(lost)
    assert "étape « programme »" in item.text and "generate.grammar" not in item.text
    assert item.because == "24 sur 30 s'arrêtent là, le plus souvent : ne compile pas (22)"
    other = changed(report, "batches", reasons={"structure.missing_section": 90}, stages=stages)
    [item] = advice.common_reason(other)
    assert "generate.grammar" in item.text, "most of these came from elsewhere"


@pytest.mark.parametrize("rule", [*rules.WORKS, *rules.LIMITS, *rules.ADVICE])
def test_every_rule_says_why(report: Report, rule: Rule) -> None:
    assert rule.__doc__
    for item in rule(report):
        assert item.head and item.text and item.because
