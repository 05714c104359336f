"""Compute a model in two parts: the layers below the first that is trained, and those above.

What the lower part makes of a row never changes in a run. mlx-lm's models are one function; here
are the two for those whose layers are all alike: embeddings, layers, norm, head.
"""

from dataclasses import dataclass
from typing import Any

from curator.training.config import TrainConfig

_KNOWN = ("mlx_lm.models.llama", "mlx_lm.models.qwen2", "mlx_lm.models.qwen3")


@dataclass(frozen=True)
class Layers:
    """A model whose first `frozen` layers are not trained."""

    model: Any
    frozen: int

    def below(self, tokens: Any) -> Any:
        """Return what the frozen layers make of tokens (batch, length): their hidden states."""
        hidden = self.model.model.embed_tokens(tokens)
        return self._through(self.model.layers[: self.frozen], hidden)

    def above(self, hidden: Any) -> Any:
        """Return what the other layers make of hidden states, ready for the head."""
        return self.model.model.norm(self._through(self.model.layers[self.frozen :], hidden))

    @property
    def head(self) -> Any:
        """The matrix (vocabulary, hidden size) that makes logits of hidden states."""
        tied = self.model.args.tie_word_embeddings
        return (self.model.model.embed_tokens if tied else self.model.lm_head).weight

    def _through(self, layers: Any, hidden: Any) -> Any:
        from mlx_lm.models.base import create_attention_mask

        mask = create_attention_mask(hidden, None)
        for layer in layers:
            hidden = layer(hidden, mask, None)
        return hidden


def split(model: Any, config: TrainConfig) -> Layers | None:
    """Return the model in two parts; None for one whose parts are not known here."""
    if type(model).__module__ not in _KNOWN or _windowed(model) or _quantised(model):
        return None
    layers = len(model.layers)
    return Layers(model, 0 if config.num_layers == -1 else layers - config.num_layers)


def _windowed(model: Any) -> bool:
    """Tell whether some layers see less than the others."""
    return getattr(model.model, "swa_idx", None) is not None


def _quantised(model: Any) -> bool:
    import mlx.nn as nn

    return any(isinstance(m, nn.QuantizedEmbedding | nn.QuantizedLinear) for m in model.modules())
