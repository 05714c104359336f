"""The model that settings name: a GGUF file in this process, or one that a server has."""

from curator.models.base import TextModel
from curator.models.gguf import find_model
from curator.models.llama import LlamaModel
from curator.models.openai import OpenAiModel
from curator.models.openai_served import PREFIX
from curator.recipe import ModelSettings


def load_model(settings: ModelSettings) -> TextModel:
    """The model, ready to write; raises ModelError."""
    if settings.name.startswith(PREFIX):
        return OpenAiModel(settings)
    return LlamaModel(find_model(settings.name), settings)


def model_sha256(settings: ModelSettings) -> str:
    """The digest by which provenance knows the model, which is not loaded; raises ModelError."""
    if settings.name.startswith(PREFIX):
        return OpenAiModel(settings).ref.sha256
    return find_model(settings.name).sha256
