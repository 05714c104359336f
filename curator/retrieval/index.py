"""Search an index over documents: BM25 and embeddings, fused by rank."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curator.base.errors import DataError
from curator.retrieval.bm25 import Bm25Index
from curator.retrieval.chunks import Chunk
from curator.retrieval.embeddings import Embedder
from curator.retrieval.fusion import fuse
from curator.retrieval.settings import RagSettings
from curator.retrieval.words import with_english

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Hit:
    """A passage that was found.

    `address` is its page and anchor from the root of the documents, `sections` the addresses of
    all sections that it has text of, `ranks` its place (from 1) by "words" and by "meaning" where
    it had one, `score` the fused score that orders the hits.
    """

    address: str
    title: str
    markdown: str
    score: float
    ranks: dict[str, int]
    sections: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return the hit as a JSON object."""
        return {**self.__dict__, "sections": list(self.sections)}


@dataclass(frozen=True)
class Index:
    """What `load_index` returns: chunks, their words, their vectors (None: words alone).

    `digest` is the SHA-256 over sources, chunks and the settings it was built with; `made_of`
    says which these were.
    """

    digest: str
    made_of: dict[str, Any]
    chunks: Sequence[Chunk]
    words: Bm25Index
    vectors: "NDArray[np.float32] | None"
    embedder: Embedder | None
    settings: RagSettings

    def search(self, question: str, k: int | None = None) -> list[Hit]:
        """Return the k best passages for a question (settings.k if not given), best first.

        Of a section that was cut into several, only the best piece is given.
        Raises DataError for an empty question. Fewer come where nothing else fits.
        """
        if not question.strip():
            raise DataError("an empty question finds nothing", hint="give some words")
        rankings = self.rankings(question)
        weights = {"words": self.settings.words, "meaning": self.settings.meaning}
        fused = fuse(
            list(rankings.values()), [weights[n] for n in rankings], self.settings.constant
        )
        best: dict[str, tuple[int, float]] = {}
        for number, score in fused:
            best.setdefault(self.chunks[number].address, (number, score))
        wanted = list(best.values())[: self.settings.k if k is None else k]
        return [self._hit(number, score, rankings) for number, score in wanted]

    def rankings(self, question: str) -> dict[str, list[int]]:
        """Rank chunks by "words" and, where there are vectors, by "meaning"; returns numbers."""
        import numpy as np

        ranked = {"words": self.words.rank(question, self.settings.depth)}
        if self.vectors is not None and self.embedder is not None:
            [asked] = self.embedder.questions([with_english(question)])
            order = np.argsort(-(self.vectors @ asked), kind="stable")
            ranked["meaning"] = [int(i) for i in order[: self.settings.depth]]
        return ranked

    def _hit(self, number: int, score: float, rankings: dict[str, list[int]]) -> Hit:
        chunk = self.chunks[number]
        ranks = {
            name: ranking.index(number) + 1
            for name, ranking in rankings.items()
            if number in ranking
        }
        return Hit(chunk.address, chunk.title, chunk.markdown, score, ranks, chunk.sections)
