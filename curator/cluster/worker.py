"""What runs on the machines of a cluster. Errors of ours are returned: raised, they lose a part."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from curator.base.errors import CuratorError
from curator.cluster.meet import meet
from curator.filters.base import Filter
from curator.models.base import ChatRequest, Completion, Message, TextModel
from curator.models.load import load_model
from curator.models.settings import ModelSettings
from curator.records.example import Example, ModelRef, Verdict


@dataclass(frozen=True)
class Failed:
    """An error for people, and the machine that it came up on."""

    what: str
    node: str


def failed(error: CuratorError | str) -> Failed:
    """An error of this machine."""
    return Failed(str(error), f"node {socket.gethostname()}")


@lru_cache(maxsize=32)
def _shipped(reference: Any) -> Filter:
    """A filter of the driver's, made once in each worker."""
    import ray

    found: Filter = ray.get(reference)
    return found


def judge(
    filters: Sequence[Any], examples: Sequence[Example], drop: bool
) -> list[list[Verdict]] | Failed:
    """See `meet`; the filters come as references to what the driver put."""
    try:
        return meet([_shipped(one) for one in filters], examples, drop)
    except CuratorError as error:
        return failed(error)


class Writer:
    """A model as an actor: loaded when it is first asked, and again if its worker died.

    What it is asked names the model that is meant, since another machine may have another file.
    """

    def __init__(self, settings: ModelSettings):
        self._settings = settings

    @cached_property
    def _model(self) -> TextModel:
        return load_model(self._settings)

    def ref(self) -> ModelRef | Failed:
        """Which model this is."""
        try:
            return self._model.ref
        except CuratorError as error:
            return failed(error)

    def complete(
        self, requests: Sequence[ChatRequest], meant: ModelRef
    ) -> list[Completion] | Failed:
        """See TextModel."""
        try:
            return self._other(meant) or self._model.complete(requests)
        except CuratorError as error:
            return failed(error)

    def likelihood(self, messages: Sequence[Message], text: str, meant: ModelRef) -> float | Failed:
        """See TextModel."""
        try:
            return self._other(meant) or self._model.likelihood(messages, text)
        except CuratorError as error:
            return failed(error)

    def _other(self, meant: ModelRef) -> Failed | None:
        if self._model.ref == meant:
            return None
        return failed(f"another model, or another version of its runtime, than {meant.name}")
