"""The code that runs on the machines of a cluster.

Errors for people are returned: raised, Ray would wrap them, and lose where they came from.
"""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from curator.base.errors import CuratorError
from curator.cluster.verdicts import collect_verdicts
from curator.filters.base import Filter
from curator.models.base import ChatRequest, Completion, Message, TextModel
from curator.models.load import load_model
from curator.models.settings import ModelSettings
from curator.records.example import Example, ModelRef, Verdict


@dataclass(frozen=True)
class RemoteError:
    """An error for people, and the machine where it occurred."""

    what: str
    node: str


def remote_error(error: CuratorError | str) -> RemoteError:
    """Return an error with this machine's name."""
    return RemoteError(str(error), f"node {socket.gethostname()}")


@lru_cache(maxsize=32)
def _shipped(reference: Any) -> Filter:
    """Fetch a filter that the driver sent, once in each worker."""
    import ray

    filter_: Filter = ray.get(reference)
    return filter_


def judge(
    filters: Sequence[Any], examples: Sequence[Example], drop: bool
) -> list[list[Verdict]] | RemoteError:
    """Call `collect_verdicts`; the filters come as references to what the driver stored."""
    try:
        return collect_verdicts([_shipped(one) for one in filters], examples, drop)
    except CuratorError as error:
        return remote_error(error)


class ModelActor:
    """A model as an actor: loaded when it is first asked, and again if its worker died.

    Each call names the model that is expected, since another machine may have another file.
    """

    def __init__(self, settings: ModelSettings):
        self._settings = settings

    @cached_property
    def _model(self) -> TextModel:
        return load_model(self._settings)

    def ref(self) -> ModelRef | RemoteError:
        """Return which model this is."""
        try:
            return self._model.ref
        except CuratorError as error:
            return remote_error(error)

    def complete(
        self, requests: Sequence[ChatRequest], expected: ModelRef
    ) -> list[Completion] | RemoteError:
        """Write a wave; see TextModel."""
        try:
            return self._mismatch(expected) or self._model.complete(requests)
        except CuratorError as error:
            return remote_error(error)

    def likelihood(
        self, messages: Sequence[Message], text: str, expected: ModelRef
    ) -> float | RemoteError:
        """Score a text; see TextModel."""
        try:
            return self._mismatch(expected) or self._model.likelihood(messages, text)
        except CuratorError as error:
            return remote_error(error)

    def _mismatch(self, expected: ModelRef) -> RemoteError | None:
        if self._model.ref == expected:
            return None
        return remote_error(
            f"another model, or another version of its runtime, than {expected.name}"
        )
