"""Conclusions follow from numbers by conditions; each rule here on both sides of its own."""

from dataclasses import replace
from typing import Any

import pytest

from curator.evaluation.bench.result import BenchResult
from curator.evaluation.records import ModelIdentity
from curator.generate.funnel import Funnel
from curator.records.example import Sampling
from curator.report import rules
from curator.report.blocks import Cell, Table, Text
from curator.report.gather import Report
from curator.report.language.numbers import NONE, signed
from curator.report.rules import advice, limits, works
from curator.report.rules.effects import conclude, effects, told
from curator.report.rules.shared import Rule
from curator.report.sections import values
from curator.report.sections.bench import bench_section


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
    assert heads(report, works.better)[0] == "Gains de base à tuned"
    pair = report.evaluation.of("default", "tuning")[0]
    assert pair.comparison
    for word, rule, head in (
        ("undecided", limits.undecided, "Effet du fine-tuning"),
        ("worse", limits.worse, "Régression de base à tuned"),
        ("worse", advice.keep_old, "Garder le modèle actuel"),
    ):
        differences = tuple(
            d.model_copy(update={"word": word, "needed": 340, "low": -1.0})
            for d in pair.comparison.differences
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
    for needed, low, said in (
        (22, found.low, "le test des signes ne le confirme pas"),
        (30, found.low, "le test des signes ne le confirme pas"),
        (30, -found.low, "environ 30 questions"),
    ):
        one = found.model_copy(update={"word": "undecided", "needed": needed, "low": low})
        assert said in values.conclusion(one)
        comparison = pair.comparison.model_copy(update={"differences": (one,)})
        pairs = (replace(pair, comparison=comparison),)
        told = replace(report, evaluation=replace(report.evaluation, pairs=pairs))
        assert len(list(advice.more_prompts(told))) == (low < 0)


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


def bench_result(arm: str, passed: int, why: str = "it fails") -> BenchResult:
    return BenchResult(
        arm=arm,
        model=ModelIdentity(kind="gguf", name=f"{arm}.gguf", sha256="0" * 64),
        bench="dehors",
        bench_sha256="1" * 64,
        mode="chat",
        sampling=Sampling(),
        toolkit="0",
        passed={f"Rust/{n}": n < passed for n in range(40)},
        why={f"Rust/{n}": why for n in range(passed, 40)},
    )


def with_benches(report: Report, **passed: int) -> Report:
    assert report.evaluation
    results = tuple(bench_result(arm, n) for arm, n in passed.items())
    return replace(report, evaluation=replace(report.evaluation, benches=results))


def test_a_loss_beyond_our_prompts_decides(report: Report) -> None:
    assert conclude(report).startswith("Conclusion : tuned fait mieux que base")
    assert not list(advice.keep_old(report))
    lost = with_benches(report, base=20, tuned=5)
    assert (
        conclude(lost) == "Conclusion : garder base ; l'entraînement y perd, sans doute possible."
    )
    [item] = advice.keep_old(lost)
    assert item.text == "Ne pas remplacer base par tuned."
    assert "dehors, chat : 20 puis 5 tâches sur 40" in item.because
    assert "Régression de base à tuned" in heads(lost, limits.worse)
    same = with_benches(report, base=20, tuned=19)
    assert not list(advice.keep_old(same)), "one task of forty is no certain loss"
    assert "(indécis)" in told(effects(same, "tuning")[0]).text
    gained = with_benches(report, base=5, tuned=20)
    [first, *_] = works.better(gained)
    assert "dehors, chat : 5 puis 20 tâches sur 40" in first.text


def test_what_fails_beyond_our_prompts_is_counted() -> None:
    why = "does not compile: E0252 the name `HashMap` is defined multiple times"
    results = [bench_result("many", 0, why), bench_result("base", 10, "no fence has fn f")]
    section = bench_section(results, ["base", "many"])
    table, *notes = section.content
    assert isinstance(table, Table)
    assert [row[0].text for row in table.rows if isinstance(row[0], Cell)] == ["base", "many"]
    assert table.rows[0][-2:] == [NONE, NONE]
    assert str(table.rows[1][-2]).startswith(signed(-25.0, 1))
    texts = [note.text for note in notes if isinstance(note, Text)]
    assert texts == [
        "Échecs de base (dehors, chat) : 30 sans le code demandé.",
        "Échecs de many (dehors, chat) : 40 ne compilent pas (E0252 : 40).",
    ]


def cut(report: Report, **shares: float) -> Report:
    """Let a share of an arm's answers be cut."""
    assert report.evaluation
    sides = []
    for side in report.evaluation.sides:
        least = round(shares.get(side.name, 0.0) * len(side.responses))
        responses = tuple(
            one.model_copy(update={"finished": place >= least})
            for place, one in enumerate(side.responses)
        )
        sides.append(replace(side, responses=responses))
    return replace(report, evaluation=replace(report.evaluation, sides=tuple(sides)))


def test_more_tokens_are_no_cure_for_a_training_that_forgot_to_stop(report: Report) -> None:
    assert not list(advice.longer_answers(cut(report)))
    both = cut(report, base=0.5, tuned=0.5)
    assert heads(both, advice.longer_answers) == ["Laisser finir"]
    [item] = advice.longer_answers(cut(report, tuned=0.5))
    assert item.head == "Réponses sans fin" and item.text.startswith("tuned ne sait plus")


def test_rag_that_loses_is_advised_against(report: Report) -> None:
    assert report.evaluation
    pair = report.evaluation.of("default", "rag")[0]
    assert pair.comparison
    differences = tuple(d.model_copy(update={"word": "worse"}) for d in pair.comparison.differences)
    other = pair.comparison.model_copy(update={"differences": differences})
    evaluation = replace(report.evaluation, pairs=(replace(pair, comparison=other),))
    [item] = advice.leave_rag(replace(report, evaluation=evaluation))
    assert item.text == f"Servir {pair.before} plutôt que {pair.after}."
    assert not list(advice.leave_rag(report))


def test_what_is_rejected_anyway_needs_no_more_prompts(report: Report) -> None:
    assert report.evaluation
    pair = report.evaluation.of("default", "tuning")[0]
    assert pair.comparison
    differences = tuple(
        d.model_copy(
            update={"word": "undecided" if d.metric == "composite" else "worse", "needed": 340}
        )
        for d in pair.comparison.differences
    )
    other = pair.comparison.model_copy(update={"differences": differences})
    evaluation = replace(report.evaluation, pairs=(replace(pair, comparison=other),))
    lost = replace(report, evaluation=evaluation)
    assert not list(advice.more_prompts(lost)) and heads(lost, advice.keep_old)


def test_where_all_categories_are_weak_none_is_singled_out(report: Report) -> None:
    assert report.evaluation
    sides = []
    for side in report.evaluation.sides:
        summary = side.summaries["default"]
        groups = {
            name: group.model_copy(
                update={"prompts": 8, "metrics": {**group.metrics, "composite": place / 10}}
            )
            for place, (name, group) in enumerate(sorted(summary.category.items()))
        }
        summaries = {**side.summaries, "default": summary.model_copy(update={"category": groups})}
        sides.append(replace(side, summaries=summaries))
    weak = replace(report, evaluation=replace(report.evaluation, sides=tuple(sides)))
    [item] = limits.weakest(weak)
    assert item.head == "Toutes les catégories sont faibles" and "De 0,00/5" in item.text
    assert not list(advice.strengthen(weak))
