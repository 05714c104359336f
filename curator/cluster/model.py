"""A model of the cluster, behind the TextModel protocol.

A wave is asked of one actor, whole: among other neighbours in the model's memory a text may come
out with other tokens. The actor is on a machine with a GPU, if one is free; if it is lost, another
one loads the model again and writes the wave again, with the same texts.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from curator.cluster.pool import RETRIES, taken
from curator.cluster.worker import Writer
from curator.models.base import ChatRequest, Completion, Message, TextModel, ignore
from curator.models.load import load_model
from curator.models.openai.served import PREFIX
from curator.models.settings import ModelSettings
from curator.records.example import ModelRef


class RemoteModel:
    """See TextModel; raises ClusterError with the machine's name where the model fails."""

    def __init__(self, ray: Any, settings: ModelSettings):
        self._ray = ray
        gpus = {"num_gpus": 1} if ray.cluster_resources().get("GPU") else {}
        kept = {"max_restarts": RETRIES, "max_task_retries": RETRIES}
        self._actor = ray.remote(Writer).options(**gpus, **kept).remote(settings)
        self.ref: ModelRef = taken(ray, self._actor.ref.remote())

    def complete(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        """See TextModel; `done` is called at the end."""
        written: list[Completion] = taken(
            self._ray, self._actor.complete.remote(list(requests), self.ref)
        )
        done(len(written))
        return written

    def likelihood(self, messages: Sequence[Message], text: str) -> float:
        """See TextModel."""
        asked = self._actor.likelihood.remote(list(messages), text, self.ref)
        return float(taken(self._ray, asked))


def load_remote(ray: Any, settings: ModelSettings) -> TextModel:
    """The model in an actor; one that a server has stays a matter of this process and its key."""
    if settings.name.startswith(PREFIX):
        return load_model(settings)
    path = Path(settings.name).expanduser()
    name = str(path.resolve()) if path.is_file() else settings.name
    return RemoteModel(ray, settings.model_copy(update={"name": name}))
