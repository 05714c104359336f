"""Find the model that settings name: a GGUF file in this process, or one that a server has."""

from curator.models.base import TextModel
from curator.models.llama.gguf import check_name, find_local, find_model
from curator.models.llama.model import LlamaModel
from curator.models.openai.model import OpenAiModel
from curator.models.openai.served import PREFIX, parse_name
from curator.models.settings import ModelSettings


def load_model(settings: ModelSettings) -> TextModel:
    """Load the model, or look it up on its server; raises ModelError."""
    if settings.name.startswith(PREFIX):
        return OpenAiModel(settings)
    return LlamaModel(find_model(settings.name), settings)


def check_model(settings: ModelSettings) -> None:
    """Raise ModelError where the name means no model, without network and without loading one."""
    if settings.name.startswith(PREFIX):
        parse_name(settings.name)
    else:
        check_name(settings.name)


def model_sha256(settings: ModelSettings) -> str:
    """Return the digest that provenance gives of the model, which is not loaded or downloaded.

    Raises ModelError where the model is not on this machine or its server.
    """
    if settings.name.startswith(PREFIX):
        return OpenAiModel(settings).ref.sha256
    return find_local(settings.name).sha256
