"""Keep what the reference model, the one that a training starts from, makes of each pair.

reference.jsonl has a line per pair. It is written before the first iteration, pair by pair, so that
a worker that dies costs one of them; when it is whole, it is read, and no second model is needed.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from curator.base import store
from curator.training.batches import padded
from curator.training.pairs import Pair, halves
from curator.training.preference import log_probabilities

FILE = "reference.jsonl"


class Reference(BaseModel):
    """A pair's log-probabilities under the reference."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    where: str
    chosen: float
    rejected: float


def with_reference(
    pairs: Sequence[Pair], model: Any, path: Path, asked_to_stop: Callable[[], bool]
) -> list[Pair] | None:
    """Return pairs with the reference's part, computing what is not in `path` yet.

    `asked_to_stop` is called before each one that is computed; None where it says so. `model` must
    be the reference as it is: no iteration may have changed it, unless all pairs are known.
    """
    known = {r.where: r for r in store.read(path, Reference)} if path.exists() else {}
    missing = [p for p in pairs if p.where not in known]
    model.eval()
    with store.Appender(path) as sink:
        for pair in missing:
            if asked_to_stop():
                return None
            known[pair.where] = _computed(pair, model)
            sink.append(known[pair.where])
    model.train()
    return [replace(p, reference=_difference(known[p.where])) for p in pairs]


def _computed(pair: Pair, model: Any) -> Reference:
    import mlx.core as mx

    tokens, ends = (mx.array(a, dtype=mx.int32) for a in padded(halves([pair])))
    chosen, rejected = log_probabilities(model, tokens, ends).tolist()
    mx.clear_cache()
    return Reference(where=pair.where, chosen=chosen, rejected=rejected)


def _difference(found: Reference) -> float:
    return found.chosen - found.rejected
