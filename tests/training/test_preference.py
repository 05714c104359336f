"""The loss of preferences against the published formula, by hand and by finite differences."""

import math
from collections.abc import Sequence
from typing import Any

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest
from mlx.utils import tree_flatten, tree_map

from curator.training.data import Row
from curator.training.kept import lower
from curator.training.layers import Layers
from curator.training.pairs import Pair
from curator.training.preference import PreferenceLoss, SplitPreferenceLoss, log_probabilities

WORDS, BETA = 7, 0.3


class Bigrams(nn.Module):
    """A model whose next token depends on the last one alone: a table of logits."""

    def __init__(self, table: np.ndarray):
        super().__init__()
        self.table = mx.array(table)

    def __call__(self, tokens: Any) -> Any:
        return self.table[tokens]


def table(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(WORDS, WORDS)).astype(np.float32)


def by_hand(logits: np.ndarray, row: Row) -> float:
    """Add up the logarithms of what the answer's tokens have for probabilities."""
    wide = logits.astype(np.float64)
    total = 0.0
    for before, token in zip(row.tokens[row.offset - 1 :], row.tokens[row.offset :], strict=False):
        odds = np.exp(wide[before])
        total += math.log(odds[token] / odds.sum())
    return total


def pair(prompt: Sequence[int], chosen: Sequence[int], rejected: Sequence[int]) -> Pair:
    rows = [Row("t:1", (*prompt, *answer), len(prompt)) for answer in (chosen, rejected)]
    return Pair("t:1", *rows, reference=by_hand(REFERENCE, rows[0]) - by_hand(REFERENCE, rows[1]))


POLICY, REFERENCE = table(1), table(2)
PAIRS = [
    pair([0, 3, 1], [4, 2], [5, 5, 6, 1]),
    pair([2, 2], [6, 1, 3, 2], [1]),
    pair([4], [1], [2]),
]


def published(logits: np.ndarray) -> tuple[float, list[float]]:
    """Equation 7 of Rafailov et al. 2023, and the margins within it."""
    margins = []
    for p in PAIRS:
        chosen = by_hand(logits, p.chosen) - by_hand(REFERENCE, p.chosen)
        rejected = by_hand(logits, p.rejected) - by_hand(REFERENCE, p.rejected)
        margins.append(BETA * chosen - BETA * rejected)
    losses = [-math.log(1 / (1 + math.exp(-margin))) for margin in margins]
    return sum(losses) / len(losses), margins


def test_the_log_probability_of_an_answer_is_that_of_its_tokens_alone() -> None:
    row = PAIRS[0].rejected
    tokens = mx.array([[*row.tokens, 0, 0]])  # what fills a row up counts nothing
    found = log_probabilities(Bigrams(POLICY), tokens, mx.array([[3, 6]]))
    assert found.tolist() == pytest.approx([by_hand(POLICY, row)], abs=1e-5)


def test_the_loss_is_the_published_one() -> None:
    loss = PreferenceLoss(BETA)
    found, count = loss.loss(Bigrams(POLICY), *loss.batch(PAIRS))
    expected, margins = published(POLICY)
    assert (float(found), int(count)) == (pytest.approx(expected, abs=1e-5), 3)
    assert 0 < sum(m > 0 for m in margins) < 3  # the example tells an accuracy from 0 and 1
    measured = {k: float(v) for k, v in loss.measure(Bigrams(POLICY), *loss.batch(PAIRS)).items()}
    assert measured == {
        "val_loss": pytest.approx(expected, abs=1e-5),
        "val_accuracy": pytest.approx(sum(m > 0 for m in margins) / 3),
        "val_margin": pytest.approx(sum(margins) / 3, abs=1e-5),
    }


def test_the_reference_itself_has_the_loss_of_a_coin() -> None:
    loss = PreferenceLoss(BETA)
    found, _ = loss.loss(Bigrams(REFERENCE), *loss.batch(PAIRS))
    assert float(found) == pytest.approx(math.log(2), abs=1e-6)


def test_the_gradient_is_that_of_finite_differences() -> None:
    loss, model, step = PreferenceLoss(BETA), Bigrams(POLICY), 1e-5
    _, gradients = nn.value_and_grad(model, loss.loss)(model, *loss.batch(PAIRS))
    found = np.array(gradients["table"])
    for i, j in [(1, 4), (1, 5), (5, 6), (2, 6), (4, 1), (0, 3), (6, 6)]:
        up, down = POLICY.astype(np.float64), POLICY.astype(np.float64)
        up[i, j] += step
        down[i, j] -= step
        slope = (published(up)[0] - published(down)[0]) / (2 * step)
        assert found[i, j] == pytest.approx(slope, abs=1e-5)
    assert abs(found[1]).max() > 0.01 and not found[0].any()  # a prompt teaches nothing


def test_a_loss_far_out_stays_a_number() -> None:
    loss = PreferenceLoss(1e4)
    model = Bigrams(POLICY)
    (found, _), gradients = nn.value_and_grad(model, loss.loss)(model, *loss.batch(PAIRS))
    assert math.isfinite(float(found)) and bool(mx.all(mx.isfinite(gradients["table"])))


def test_steps_against_the_gradient_raise_each_margin() -> None:
    loss, model = PreferenceLoss(BETA), Bigrams(REFERENCE)
    batch = loss.batch(PAIRS)
    learn = nn.value_and_grad(model, loss.loss)
    for _ in range(50):
        _, gradients = learn(model, *batch)
        model.update(tree_map(lambda p, g: p - 0.5 * g, model.trainable_parameters(), gradients))
    assert min(loss.margins(model, *batch).tolist()) > 0.2
    assert [name for name, _ in tree_flatten(model.trainable_parameters())] == ["table"]


@pytest.fixture(scope="module")
def llama() -> Any:
    """A small llama with LoRA layers on the last of its two, drawn by a seed."""
    from mlx_lm.models.llama import Model, ModelArgs
    from mlx_lm.tuner.utils import linear_to_lora_layers

    mx.random.seed(5)
    shape = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "rms_norm_eps": 1e-5}
    model = Model(
        ModelArgs.from_dict({"model_type": "llama", "vocab_size": WORDS, **shape, **heads})
    )
    model.freeze()
    linear_to_lora_layers(model, 1, {"rank": 2, "dropout": 0.0, "scale": 4.0})
    drawn = [(n, mx.random.normal(v.shape)) for n, v in tree_flatten(model.trainable_parameters())]
    model.load_weights(drawn, strict=False)
    model.train()
    return model


@pytest.mark.parametrize("numpy", [False, True])
def test_of_a_model_in_two_parts_it_is_the_same(llama: Any, numpy: bool) -> None:
    layers = Layers(llama, frozen=1)
    split, whole = (
        SplitPreferenceLoss(BETA, layers, lower(layers, None), numpy),
        PreferenceLoss(BETA),
    )
    (a, count), gradient = nn.value_and_grad(llama, split.loss)(llama, *split.batch(PAIRS))
    (b, _), expected = nn.value_and_grad(llama, whole.loss)(llama, *whole.batch(PAIRS))
    assert (float(a), int(count)) == (pytest.approx(float(b), abs=1e-5), 3)
    ours, theirs = dict(tree_flatten(gradient)), dict(tree_flatten(expected))
    assert ours.keys() == theirs.keys() and ours
    for name, slope in theirs.items():
        assert np.allclose(np.array(ours[name]), np.array(slope), atol=1e-5), name
    assert max(float(mx.abs(v).max()) for v in theirs.values()) > 1e-2
    measured = split.measure(llama, *split.batch(PAIRS)), whole.measure(llama, *whole.batch(PAIRS))
    for name in ("val_loss", "val_accuracy", "val_margin"):
        assert float(measured[0][name]) == pytest.approx(float(measured[1][name]), abs=1e-4)
