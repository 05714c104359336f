"""A model on a cluster, behind the TextModel protocol.

One actor writes a whole wave: beside other texts in the model's memory, a text may get other
tokens. The actor is on a machine with a GPU, if one is free; if it is lost, another one loads the
model and writes the wave again, with the same texts.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from typing_extensions import override

from curator.cluster.pool import RETRIES, result_of
from curator.cluster.worker import ModelActor
from curator.models.base import ChatRequest, Completion, Message, TextModel, ignore
from curator.models.load import load_model
from curator.models.openai.served import PREFIX
from curator.models.settings import ModelSettings
from curator.records.example import ModelRef


class RemoteModel(TextModel):
    """A model in an actor; raises ClusterError, with the machine's name, where it fails."""

    def __init__(self, ray: Any, settings: ModelSettings):
        self._ray = ray
        gpus = {"num_gpus": 1} if ray.cluster_resources().get("GPU") else {}
        retries = {"max_restarts": RETRIES, "max_task_retries": RETRIES}
        self._actor = ray.remote(ModelActor).options(**gpus, **retries).remote(settings)
        self.ref: ModelRef = result_of(ray, self._actor.ref.remote())

    @override
    def complete(
        self, requests: Sequence[ChatRequest], done: Callable[[int], None] = ignore
    ) -> list[Completion]:
        """Ask for a wave; `done` is called once, at the end."""
        written: list[Completion] = result_of(
            self._ray, self._actor.complete.remote(list(requests), self.ref)
        )
        done(len(written))
        return written

    @override
    def likelihood(self, messages: Sequence[Message], text: str) -> float:
        asked = self._actor.likelihood.remote(list(messages), text, self.ref)
        return float(result_of(self._ray, asked))


def load_remote(ray: Any, settings: ModelSettings) -> TextModel:
    """Load the model in an actor; a served model is asked from here, where its key is."""
    if settings.name.startswith(PREFIX):
        return load_model(settings)
    path = Path(settings.name).expanduser()
    name = str(path.resolve()) if path.is_file() else settings.name
    return RemoteModel(ray, settings.model_copy(update={"name": name}))
