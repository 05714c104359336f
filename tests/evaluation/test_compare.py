"""Comparisons: refused where there is none, and words only where the numbers bear them."""

import numpy as np
import pytest

from curator.base.errors import EvaluationError
from curator.evaluation.compare import compare
from curator.evaluation.records import ModelIdentity, Scored
from curator.records.example import Sampling
from tests.evaluation.conftest import make_arm, make_arms, make_score, make_scored

SCORES = [make_score(f"p{i}", composite=3.0) for i in range(8)]


def test_the_same_arm_is_refused_whatever_it_is_called() -> None:
    one = make_scored(make_arm("base"), SCORES)
    other = make_scored(make_arm("tuned"), SCORES)  # the same digests, with other texts even
    assert one.responses_sha256 != other.responses_sha256
    with pytest.raises(EvaluationError, match="one arm: the same model") as caught:
        compare(one, other)
    assert caught.value.where == "base, tuned"


def test_identical_answers_are_refused_whatever_the_weights() -> None:
    one = make_scored(make_arm("base", "a"), SCORES)
    other = make_scored(make_arm("tuned", "b"), SCORES)
    other = other.model_copy(update={"responses_sha256": one.responses_sha256})
    with pytest.raises(EvaluationError, match="every answer of one is the same text"):
        compare(one, other)


def _other(**changes: object) -> Scored:
    return make_scored(make_arm("tuned", "b", **changes), SCORES)


@pytest.mark.parametrize(
    ("after", "named"),
    [
        (_other(prompts_sha256="1" * 64), "alike: prompts 000000000000 / 111111111111 "),
        (_other(sampling=Sampling(temperature=0.1)), r"alike: temperature 0\.7 / 0\.1 "),
        (_other().model_copy(update={"profile": "seed"}), "alike: profile default / seed "),
        (
            _other().model_copy(update={"rustc": "rustc 1.99.0"}),
            r"alike: judged by unknown / rustc 1\.99\.0 ",
        ),
    ],
)
def test_what_was_asked_or_judged_otherwise_is_named(after: Scored, named: str) -> None:
    before = make_scored(make_arm("base", sampling=Sampling()), SCORES)
    with pytest.raises(EvaluationError, match=named):
        compare(before, after)


def test_a_recording_does_not_say_how_it_was_sampled() -> None:
    before = make_scored(make_arm("base", sampling=Sampling()), SCORES)
    recorded = ModelIdentity(kind="recorded", name="x", sha256="c" * 64)
    assert compare(before, make_scored(make_arm("other", model=recorded), SCORES)).prompts == 8


def test_missing_answers_are_refused_and_so_is_nothing() -> None:
    before = make_scored(make_arm("base"), SCORES)
    with pytest.raises(EvaluationError, match="1 prompt is answered in one only, such as p0"):
        compare(before, make_scored(make_arm("tuned", "b"), SCORES[1:]))
    with pytest.raises(EvaluationError, match="every prompt is left out"):
        compare(before, _other(), leave_out={f"p{i}" for i in range(8)})


def test_a_difference_by_hand() -> None:
    # Differences: 1, 1, 1, 1, 1, 1, 0, -1. Seven decide; 2 x (1 + 7) / 2^7 = 0.125.
    before = {f"basics-{i}": 2.0 for i in range(8)}
    after = {f"basics-{i}": v for i, v in enumerate([3.0] * 6 + [2.0, 1.0])}
    done = compare(*make_arms("composite", before, after))
    found = done.find("composite")
    assert found
    assert (found.n, found.before, found.after) == (8, 2, 2.625)
    assert found.delta == pytest.approx(5 / 8)
    assert (found.wins, found.losses, found.ties) == (6, 1, 1)
    assert found.p == found.p_adjusted == pytest.approx(0.125)
    # Means of eight draws from these are eighths, of which 0.6 % are cut off at each side: as
    # Student's t, 0.625 - 2.365 x 0.744 / sqrt(8) = 0.003, in the next eighth. Plain percentiles
    # would be at 0.125, and call eight prompts enough.
    assert (found.low, found.high) == (-0.125, 1)
    assert found.word == "undecided"
    # (2.8016 x 0.744 / 0.625)^2 + 1.92 = 13.05
    assert found.needed == 14
    assert (done.prompts, done.before, done.after) == (8, "base", "tuned")


def test_for_repetition_less_is_better() -> None:
    before = {f"basics-{i}": 0.5 + i / 100 for i in range(9)}
    after = {f"basics-{i}": 0.1 for i in range(9)}
    better, worse = (
        compare(*pair).find("repetition")
        for pair in (
            make_arms("repetition", before, after),
            make_arms("repetition", after, before),
        )
    )
    assert better
    assert worse
    assert (better.word, better.wins, better.losses) == ("better", 9, 0)
    assert better.delta < 0 < worse.delta
    assert (worse.word, worse.wins, worse.losses) == ("worse", 0, 9)


def test_words_wait_for_enough_prompts() -> None:
    # Five of five are better, and no interval holds 0; five fair coins agree in one of 16 cases.
    before, after = ({f"basics-{i}": v + i / 10 for i in range(5)} for v in (1.0, 2.0))
    found = compare(*make_arms("composite", before, after)).find("composite")
    assert found
    assert found.low > 0
    assert (found.word, found.p, found.needed) == ("undecided", 0.0625, 6)
    assert (found.least, found.short) == (6, True)


def test_categories_are_corrected_for_being_several() -> None:
    # basics: 8 of 8 better, p = 1/128; structs: 5 better, 1 worse, p = 14/64; enums: no change.
    names = [f"{c}-{i}" for c, n in (("basics", 8), ("structs", 6), ("enums", 2)) for i in range(n)]
    before = dict.fromkeys(names, 1.0)
    change = {"basics": 1.0, "structs": 0.5, "enums": 0.0}
    after = {n: 1 + change[n.split("-")[0]] for n in names}
    after["structs-0"] = 0.0
    done = compare(*make_arms("composite", before, after))
    basics, enums, structs = (done.find("composite", n) for n in ("basics", "enums", "structs"))
    assert basics
    assert structs
    assert enums
    assert [d.p for d in (basics, structs, enums)] == [1 / 128, 14 / 64, 1]
    assert [d.p_adjusted for d in (basics, structs, enums)] == [3 / 128, 28 / 64, 1]
    # At 0.05 / 3, seven prompts are the fewest: 2 / 2^7 = 0.0156.
    assert [d.word for d in (basics, structs, enums)] == ["better", "undecided", "undecided"]
    assert enums.needed is None
    assert [(d.least, d.short) for d in (basics, structs, enums)] == [
        (7, False), (7, True), (7, True)
    ]  # fmt: skip
    only = {n: v for n, v in before.items() if n.startswith("structs")}
    alone = compare(*make_arms("composite", only, {n: after[n] for n in only}))
    single = alone.find("composite", "structs")
    assert single
    assert structs.low <= single.low
    assert structs.high >= single.high


def test_a_metric_counts_where_both_have_it() -> None:
    before = {"basics-0": None, "basics-1": 1.0, "basics-2": 0.5, "structs-0": None}
    after = {"basics-0": 1.0, "basics-1": 0.5, "basics-2": None, "structs-0": None}
    done = compare(*make_arms("rust", before, after))
    found = done.find("rust")
    assert found
    assert (found.n, found.before, found.after, found.losses) == (1, 1, 0.5, 1)
    assert done.find("rust", "basics")
    assert done.find("rust", "structs") is None


def test_the_number_of_words_is_neither_better_nor_worse() -> None:
    pair = make_arms("words", dict.fromkeys("abcdefg", 100.0), dict.fromkeys("abcdefg", 900.0))
    assert compare(*pair).differences == ()


def test_samples_are_averaged_before_they_are_compared() -> None:
    def arm(name: str, weights: str, values: list[float]) -> Scored:
        scores = [make_score("p", s, composite=v) for s, v in enumerate(values)]
        return make_scored(make_arm(name, weights, samples=len(values)), scores)

    found = compare(arm("base", "a", [1, 2, 3]), arm("tuned", "b", [4, 2, 3])).find("composite")
    assert found
    assert (found.n, found.before, found.after, found.wins) == (1, 2, 3, 1)


def test_prompts_left_out_are_named_and_do_not_count() -> None:
    before = {f"basics-{i}": 1.0 for i in range(7)}
    after = {f"basics-{i}": 1.0 + (i == 0) for i in range(7)}
    done = compare(*make_arms("composite", before, after), leave_out={"basics-0", "elsewhere"})
    assert (done.prompts, done.left_out) == (6, ("basics-0",))
    assert [d.delta for d in done.differences] == [0, 0]


def test_the_same_seed_gives_the_same_document() -> None:
    draw = np.random.default_rng(1)
    sides = [{f"basics-{i}": float(v) for i, v in enumerate(draw.normal(size=20))} for _ in "ab"]
    pair = make_arms("composite", *sides)
    assert compare(*pair).document() == compare(*pair).document()
    assert compare(*pair, seed=1).document() != compare(*pair, seed=2).document()


@pytest.mark.slow
@pytest.mark.parametrize("flips", [0.08, 0.3, 1.0])
def test_words_are_rarely_wrong_where_nothing_changed(flips: float) -> None:
    """Of 50 prompts, some flip, as often one way as the other: 300 comparisons."""
    draw = np.random.default_rng(17)
    wrong = 0
    for _ in range(300):
        change = draw.choice([-1, 0, 1], 50, p=[flips / 2, 1 - flips, flips / 2])
        before = {f"c{i % 10}-{i}": 0.0 for i in range(50)}
        after = {f"c{i % 10}-{i}": float(v) for i, v in enumerate(change)}
        done = compare(*make_arms("rust", before, after), resamples=400)
        wrong += any(d.word != "undecided" for d in done.differences if d.group == "all")
        assert all(d.word == "undecided" for d in done.differences if d.group != "all")
    assert wrong / 300 <= 0.08
