"""The model that settings name: a GGUF file in this process, or one that a server has."""

from curator.models.base import TextModel
from curator.models.llama.gguf import at_hand, check_name, find_model
from curator.models.llama.model import LlamaModel
from curator.models.openai.model import OpenAiModel
from curator.models.openai.served import PREFIX, place
from curator.models.settings import ModelSettings


def load_model(settings: ModelSettings) -> TextModel:
    """The model, ready to write; raises ModelError."""
    if settings.name.startswith(PREFIX):
        return OpenAiModel(settings)
    return LlamaModel(find_model(settings.name), settings)


def check_model(settings: ModelSettings) -> None:
    """Raise ModelError where the name means no model; asks no network and loads nothing."""
    if settings.name.startswith(PREFIX):
        place(settings.name)
    else:
        check_name(settings.name)


def model_sha256(settings: ModelSettings) -> str:
    """The digest by which provenance knows the model, which is neither loaded nor downloaded.

    Raises ModelError where it is not at hand.
    """
    if settings.name.startswith(PREFIX):
        return OpenAiModel(settings).ref.sha256
    return at_hand(settings.name).sha256
