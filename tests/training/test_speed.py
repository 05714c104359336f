"""What makes a step faster changes nothing that is learned."""

import random
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from curator.training import kernels
from curator.training.checkpoint import Progress
from curator.training.config import TrainConfig
from curator.training.cost import Cost
from curator.training.data import Row
from curator.training.forecast import Forecast, Forecaster, duration
from curator.training.kept import Kept, lower
from curator.training.layers import split
from curator.training.loop import Callbacks, Job, Loop
from curator.training.metrics import Metric
from curator.training.modelling import adapt, build_optimizer, counts
from curator.training.objective import AnswerLoss, Objective, WholeLoss
from curator.training.recompute import recomputing
from curator.training.rundir import Limits

WORDS, LAYERS = 300, 3
SHAPE = {
    "hidden_size": 32,
    "intermediate_size": 80,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "rms_norm_eps": 1e-6,
    "vocab_size": WORDS,
    "max_position_embeddings": 512,
    "rope_theta": 10000.0,
}
SETTINGS = TrainConfig(num_layers=2, iters=6, steps_per_report=1, steps_per_eval=3, optimizer="sgd")


@pytest.fixture(autouse=True)
def as_in_a_worker() -> Any:
    import mlx.core as mx

    mx.disable_compile()
    yield
    mx.enable_compile()


def model(kind: str = "qwen2", tied: bool = True, settings: TrainConfig = SETTINGS) -> Any:
    """A tiny model of the kind, whose LoRA layers do something."""
    import mlx.core as mx
    from mlx.utils import tree_map

    module = import_module(f"mlx_lm.models.{kind}")
    mx.random.seed(3)
    shape = {**SHAPE, "model_type": kind, "tie_word_embeddings": tied}
    made = module.Model(module.ModelArgs.from_dict(shape))
    adapt(made, settings)
    made.update(tree_map(lambda v: 0.02 * mx.random.normal(v.shape), made.trainable_parameters()))
    made.train()
    return made


def rows(count: int, seed: int = 0) -> tuple[Row, ...]:
    draw = random.Random(seed)
    lengths = [draw.randrange(20, 150) for _ in range(count)]
    tokens = [tuple(draw.randrange(WORDS) for _ in range(n)) for n in lengths]
    return tuple(Row(str(i), t, draw.randrange(len(t) - 1)) for i, t in enumerate(tokens))


def answer_loss(made: Any, numpy: bool, settings: TrainConfig = SETTINGS) -> AnswerLoss:
    layers = split(made, settings)
    assert layers and layers.frozen == LAYERS - settings.num_layers
    return AnswerLoss(layers, lower(layers, None), numpy)


def learned(made: Any, objective: Objective, batch: tuple[Row, ...]) -> tuple[float, Any, Any]:
    """The loss, how many tokens count, and the gradients by name."""
    import mlx.nn as nn
    from mlx.utils import tree_flatten

    arrays = objective.batch(batch)
    (loss, count), slopes = nn.value_and_grad(made, objective.loss)(made, *arrays)
    return float(loss), float(count), dict(tree_flatten(slopes))


def assert_alike(one: tuple[float, Any, Any], other: tuple[float, Any, Any]) -> None:
    import mlx.core as mx

    assert one[0] == pytest.approx(other[0], rel=1e-5) and one[1] == other[1]
    assert one[2].keys() == other[2].keys()
    for name, slope in one[2].items():
        assert float(mx.abs(slope).max()) > 0, name
        assert float(mx.abs(slope - other[2][name]).max()) < 1e-4 * float(mx.abs(slope).max()), name


@pytest.mark.parametrize("kind", ["llama", "qwen2", "qwen3"])
def test_a_head_that_is_the_embedding_counts_once(kind: str) -> None:
    one, two = counts(model(kind, tied=True)), counts(model(kind, tied=False))
    assert (one.head, two.head) == (0, WORDS * SHAPE["hidden_size"])
    assert two.total - one.total == two.head and one.trainable == two.trainable


@pytest.mark.parametrize("numpy", [False, True])
@pytest.mark.parametrize(
    ("kind", "tied"), [("llama", True), ("llama", False), ("qwen2", True), ("qwen3", False)]
)
def test_the_loss_and_its_gradients_are_mlx_lms(kind: str, tied: bool, numpy: bool) -> None:
    made, batch = model(kind, tied), rows(3)
    theirs = learned(made, WholeLoss(), batch)
    with kernels.installed(made) if numpy else nullcontext():
        assert_alike(theirs, learned(made, answer_loss(made, numpy), batch))
        made.eval()
        loss, _ = answer_loss(made, numpy).loss(made, *answer_loss(made, numpy).batch(batch))
        assert float(loss) == pytest.approx(theirs[0], rel=1e-5)


def test_more_positions_than_logits_are_held_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curator.training.entropy._ROWS", 50)
    made, batch = model(), rows(2)
    theirs = learned(made, WholeLoss(), batch)
    assert theirs[1] > 50
    assert_alike(theirs, learned(made, answer_loss(made, numpy=True), batch))


def test_a_model_that_is_not_known_in_two_parts_has_none() -> None:
    module = import_module("mlx_lm.models.gemma2")
    known = {**SHAPE, "model_type": "gemma2"}
    assert split(module.Model(module.ModelArgs.from_dict(known)), SETTINGS) is None
    module = import_module("mlx_lm.models.llama")
    kinds = ["sliding_attention"] * (LAYERS - 1) + ["full_attention"]
    windows = {**SHAPE, "model_type": "llama", "layer_types": kinds, "sliding_window": 8}
    assert split(module.Model(module.ModelArgs.from_dict(windows)), SETTINGS) is None


def test_layers_computed_again_have_the_same_gradients_even_with_dropout() -> None:
    import mlx.core as mx

    settings = SETTINGS.model_copy(
        update={"lora_parameters": SETTINGS.lora_parameters.model_copy(update={"dropout": 0.3})}
    )
    plain, batch = model(), rows(2)
    with kernels.installed(plain):
        kept = learned(plain, answer_loss(plain, numpy=True), batch)
        with recomputing(plain):
            assert_alike(kept, learned(plain, answer_loss(plain, numpy=True), batch))
    made = model(settings=settings)
    objective, name = answer_loss(made, True, settings), "mlp.down_proj.lora_b"
    weight = made.layers[-1].mlp.down_proj

    def loss_at(change: Any) -> tuple[float, Any, Any]:
        before = weight.lora_b
        weight.lora_b = before + change
        mx.random.seed(11)
        found = learned(made, objective, batch)
        weight.lora_b = before
        return found

    with kernels.installed(made), recomputing(made):
        slope = loss_at(mx.zeros_like(weight.lora_b))[2][f"model.layers.{LAYERS - 1}.{name}"]
        way = 0.01 * slope / mx.abs(slope).max()
        measured = loss_at(way)[0] - loss_at(-way)[0]
    assert measured == pytest.approx(float(2 * (way * slope).sum()), rel=0.02)


@pytest.mark.parametrize("length", [1, 2, 127, 128, 129, 300])
def test_attention_and_swiglu_are_mlxs(length: int) -> None:
    import mlx.core as mx
    import mlx.nn as nn

    mx.random.seed(length)
    shapes = [(2, 4, length, 16), (2, 2, length, 16), (2, 2, length, 16)]
    given = [mx.random.normal(s) * 3 for s in shapes]
    into = mx.random.normal(shapes[0])

    def ours(q: Any, k: Any, v: Any) -> Any:
        return (kernels.causal_attention(q, k, v, 0.25) * into).sum()

    def theirs(q: Any, k: Any, v: Any) -> Any:
        found = mx.fast.scaled_dot_product_attention(q, k, v, scale=0.25, mask="causal")
        return (found * into).sum()

    pairs = [(ours, theirs, given)]
    gates = [mx.random.normal((3, length, 1000)) * 40 for _ in range(2)]
    pairs.append(
        (lambda a, b: kernels.swiglu(a, b).sum(), lambda a, b: (nn.silu(a) * b).sum(), gates)
    )
    for one, other, arrays in pairs:
        places = tuple(range(len(arrays)))
        value, slopes = mx.value_and_grad(one, places)(*arrays)
        wanted, wanted_slopes = mx.value_and_grad(other, places)(*arrays)
        assert float(value) == pytest.approx(float(wanted), rel=1e-4, abs=1e-2)
        for a, b in zip(slopes, wanted_slopes, strict=True):
            assert float(mx.abs(a - b).max()) <= 1e-5 + 1e-4 * float(mx.abs(b).max())


def losses(objective: Callable[[Any], Objective], numpy: bool) -> list[tuple[float, ...]]:
    """Train for a few iterations; returns what the metrics have of losses."""
    made, found = model(), []
    data = rows(5), rows(2, seed=1)
    config = SETTINGS.model_copy(update={"learning_rate": 0.5})

    def metric(record: Metric) -> None:
        found.append(record.curve())

    nothing: Callable[..., None] = lambda *given: None  # noqa: E731
    calls = Callbacks(nothing, metric, nothing, nothing, lambda: False)
    with kernels.installed(made) if numpy else nullcontext():
        optimizer = build_optimizer(config)
        optimizer.init(made.trainable_parameters())
        job = Job(config, Limits(), *data, objective(made))
        assert Loop(job, made, optimizer, calls, Progress()).run() == "done"
    return [tuple(v or 0.0 for v in record) for record in found]


@pytest.mark.parametrize("numpy", [False, True])
def test_every_iteration_has_the_loss_of_the_plain_loop(numpy: bool) -> None:
    plain = losses(lambda made: WholeLoss(), numpy=False)
    fast = losses(lambda made: answer_loss(made, numpy), numpy)
    assert len(plain) == 9 and abs(plain[0][2] - plain[-1][2]) > 0.01
    for one, other in zip(plain, fast, strict=True):
        assert one == pytest.approx(other, abs=1e-5)


def test_what_is_kept_is_what_was_made(tmp_path: Path) -> None:
    import mlx.core as mx
    import numpy as np

    made = model()
    layers = split(made, SETTINGS)
    assert layers
    tokens = rows(1)[0].tokens
    fresh = np.array(lower(layers, None)(tokens))
    kept = Kept(tmp_path, 10**6, "these weights")
    assert np.array_equal(np.array(lower(layers, kept)(tokens)), fresh)
    (file,) = tmp_path.iterdir()
    again = Kept(tmp_path, 10**6, "these weights")

    def never() -> mx.array:
        raise AssertionError("it is kept")

    assert np.array_equal(np.array(again.get(tokens, fresh.shape, never)), fresh)
    with file.open("r+b") as half:
        half.truncate(100)
    assert np.array_equal(np.array(lower(layers, again)(tokens)), fresh)
    assert file.stat().st_size == fresh.nbytes
    others = [(again, tokens[1:]), (Kept(tmp_path, 10**6, "other weights"), tokens)]
    for one, asked in others:
        with pytest.raises(AssertionError, match="it is kept"):
            one.get(asked, fresh.shape, never)


def test_no_more_is_kept_than_may_be_and_no_failure_ends_the_run(tmp_path: Path) -> None:
    made = model()
    layers = split(made, SETTINGS)
    assert layers
    size = lower(layers, None)(rows(1)[0].tokens).nbytes
    (tmp_path / "left.part").write_bytes(b"half of it")
    kept = Kept(tmp_path, int(1.5 * size), "weights")
    for _ in range(2):
        lower(layers, kept)(rows(1)[0].tokens)
        lower(layers, kept)(rows(1)[0].tokens[::-1])
    assert [f.stat().st_size for f in tmp_path.iterdir()] == [size]
    (tmp_path / "no folder").write_text("")
    refused = Kept(tmp_path / "no folder", 10 * size, "weights")
    assert lower(layers, refused)(rows(1)[0].tokens).nbytes == size


def test_the_arithmetic_counted_is_that_of_the_models_weights() -> None:
    from mlx.utils import tree_flatten

    made = model(settings=SETTINGS)
    cost = Cost.of(SETTINGS, SHAPE, checkpointed=True)
    layer = [v.size for n, v in tree_flatten(made.layers[0].parameters()) if v.ndim == 2]
    assert cost.per_token == 2 * sum(layer)
    assert (cost.frozen, cost.trained, cost.passes) == (1, 2, 3)
    attention = 2 * 100**2 * 4 * 8
    assert cost.below(100) == 100 * cost.per_token + attention
    assert cost.step(100, 7) == 6 * cost.below(100) + 4 * 7 * WORDS * 32
    full = Cost.of(SETTINGS.model_copy(update={"fine_tune_type": "full"}), SHAPE, False)
    assert full.passes == 3
    assert cost.least(4, [(100, 7), (50, 3)]) == 2 * sum(
        cost.below(t) + cost.step(t, n) for t, n in [(100, 7), (50, 3)]
    )


def test_the_forecast_follows_from_two_iterations(monkeypatch: pytest.MonkeyPatch) -> None:
    import curator.training.forecast as module

    clock, told = [0.0], []
    monkeypatch.setattr(module.time, "perf_counter", lambda: clock[0])
    monkeypatch.setattr(module, "matrix_speed", lambda: 4e9)
    row = Row("x", tuple(range(100)), 40)
    config = SETTINGS.model_copy(update={"iters": 10, "steps_per_eval": 5, "keep_gb": 0.0})
    cost = Cost(1, 10**7, 0, 0, 2, 1, 3)
    watching = Forecaster(config, cost, [row] * 4, [row], 0, told.append, 0.0)
    for beat, seconds in [(0, 30.0), (1, 3.0), (2, 4.0), (3, 9.0)]:
        clock[0] += seconds
        watching.beat(beat)
        if beat == 0:
            record = {"iteration": 0, "epoch": 0, "learning_rate": 1, "tokens": 0, "peak_gb": 1}
            watching.metric(Metric(**record, val_loss=2.0, seconds=30.0))
    (forecast,) = told
    assert (forecast.iteration, forecast.iterations, forecast.validations) == (2, 8, 2)
    assert forecast.iteration_seconds == 3.5 and forecast.validation_seconds == 30.0
    assert forecast.seconds == 8 * 3.5 + 2 * 30
    assert forecast.share == 0.5  # 7 layers' passes of 10^9 operations in 3.5 s, of 4 * 10^9
    assert "about 88 s left: 8 iterations of 3.5 s and 2 validations of 30 s" in forecast.line()
    assert [duration(s) for s in (40, 720, 12600)] == ["40 s", "12 min", "3.5 h"]
    assert Forecast.model_validate(forecast.model_dump()) == forecast


def test_all_is_put_back_when_the_training_is_over() -> None:
    module, made = import_module("mlx_lm.models.qwen2"), model()
    kind = type(made.layers[0])
    before = module.swiglu, module.scaled_dot_product_attention, kind.__call__
    with ExitStack() as stack:
        stack.enter_context(kernels.installed(made))
        stack.enter_context(recomputing(made))
        assert module.swiglu is not before[0] and kind.__call__ is not before[2]
    assert (module.swiglu, module.scaled_dot_product_attention, kind.__call__) == before
