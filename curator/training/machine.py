"""Prepare this machine for a training: what is computed how, on a GPU and on a processor."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from curator.training import kernels, modelling
from curator.training.config import TrainConfig
from curator.training.kept import Kept, lower
from curator.training.layers import Layers, split
from curator.training.objective import Objective, split_objective, whole_objective
from curator.training.recompute import recomputing
from curator.training.rundir import Limits


def checkpointed(config: TrainConfig, limits: Limits) -> bool:
    """Tell whether layers are computed again in the backward pass.

    auto is yes with a GPU; on a processor where memory is short, which `limits` says then.
    """
    if config.grad_checkpoint == "auto":
        return limits.grad_checkpoint or not modelling.on_cpu()
    return config.grad_checkpoint or limits.grad_checkpoint


def by_numpy(model: Any) -> bool:
    """Tell whether the model is trained on a processor in float32, where numpy is the faster."""
    import mlx.core as mx
    from mlx.utils import tree_flatten

    types = {v.dtype for _, v in tree_flatten(model.parameters())}
    return modelling.on_cpu() and types == {mx.float32}


def objective_of(
    model: Any, config: TrainConfig, keep: Callable[[Layers], Kept | None] = lambda layers: None
) -> Objective:
    """Return what a training of this model minimises, in two parts where these are known.

    `keep` says where outputs of the frozen layers are kept; by default nowhere.
    """
    layers = split(model, config)
    if layers is None:
        return whole_objective(config)
    return split_objective(config, layers, lower(layers, keep(layers)), by_numpy(model))


@contextmanager
def prepared(model: Any, config: TrainConfig, limits: Limits) -> Iterator[None]:
    """Set the model's layers up for training, while the block runs."""
    with ExitStack() as stack:
        if by_numpy(model):
            stack.enter_context(kernels.installed(model))
            if checkpointed(config, limits):
                stack.enter_context(recomputing(model))
        elif checkpointed(config, limits):
            from mlx_lm.tuner.trainer import grad_checkpoint

            grad_checkpoint(model.layers[0])
        yield
