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
from curator.base.errors import TrainingError
from curator.training.pairs import Pair
from curator.training.preference import PairLoss

FILE = "reference.jsonl"


class Reference(BaseModel):
    """By how much the reference finds a pair's chosen answer likelier, as a logarithm."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    where: str
    difference: float


class References:
    """The file of a run's references, of pairs as `objective` compares them.

    `begun` says that the model was trained already: then it is the reference no more, and all
    pairs must be known.
    """

    def __init__(self, path: Path, objective: PairLoss, begun: bool):
        self._path, self._objective, self._begun = path, objective, begun

    def of(
        self, pairs: Sequence[Pair], model: Any, asked_to_stop: Callable[[], bool]
    ) -> list[Pair] | None:
        """Return pairs with the reference's part, computing what is not known yet.

        `asked_to_stop` is called before each one that is computed; None where it says so. Raises
        TrainingError where a pair can be known no more.
        """
        path = self._path
        found = store.read(path, Reference) if path.exists() else ()
        known = {r.where: r.difference for r in found}
        missing = [p for p in pairs if p.where not in known]
        if missing and self._begun:
            what = f"{missing[0].where} is missing, and the model has changed since"
            raise TrainingError(what, where=path, hint="delete the run, and train again")
        model.eval()
        with store.Appender(path) as sink:
            for pair in missing:
                if asked_to_stop():
                    return None
                known[pair.where] = self._computed(pair, model)
                sink.append(Reference(where=pair.where, difference=known[pair.where]))
        model.train()
        return [replace(p, reference=known[p.where]) for p in pairs]

    def _computed(self, pair: Pair, model: Any) -> float:
        import mlx.core as mx

        found = float(self._objective.differences(model, *self._objective.batch([pair]))[0])
        mx.clear_cache()
        return found
