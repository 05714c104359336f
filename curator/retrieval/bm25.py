"""Rank chunks by BM25 (package bm25s): scored when the index is built, added up in a search.

Lucene's variant with k1 1.5 and b 0.75 (Robertson and Zaragoza, 2009; Lù, 2024,
arXiv:2407.03618). A chunk's title counts TITLE times.
"""

import logging
from collections.abc import Sequence
from typing import Any

from curator.base.errors import DataError, RecipeError
from curator.base.extras import install
from curator.retrieval.chunks import Chunk
from curator.retrieval.words import query, words

TITLE = 3
ARRAYS = ("data", "indices", "indptr")


def _library() -> Any:
    try:
        import bm25s
    except ImportError as error:
        hint = install("retrieval")
        raise RecipeError("retrieval needs the package bm25s", hint=hint) from error
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to DEBUG when imported
    return bm25s


class Bm25Index:
    """A BM25 index of chunks, numbered from 0."""

    def __init__(self, vocabulary: Sequence[str], scores: dict[str, Any]):
        self.vocabulary = list(vocabulary)
        self.scores = scores
        self._index = _library().BM25()
        self._index.vocab_dict = {word: i for i, word in enumerate(self.vocabulary)}
        self._index.scores = scores
        self._index.nonoccurrence_array = None  # of variants other than Lucene's

    @classmethod
    def of(cls, chunks: Sequence[Chunk]) -> "Bm25Index":
        """Index these chunks; raises DataError where they have no word at all."""
        texts = [list(words(f"{c.title}\n" * TITLE + c.markdown)) for c in chunks]
        vocabulary = sorted({word for text in texts for word in text})
        if not vocabulary:
            raise DataError("there is no text to search")
        number = {word: i for i, word in enumerate(vocabulary)}
        index = _library().BM25()
        ids = [[number[word] for word in text] for text in texts]
        index.index((ids, number), create_empty_token=False, show_progress=False)
        return cls(vocabulary, index.scores)

    def rank(self, question: str, depth: int) -> list[int]:
        """Return the numbers of the chunks that share words with a question, best first.

        Of the alternatives of one word of the question, the best counts.
        """
        import numpy as np

        scores = np.zeros(self.scores["num_docs"], np.float32)
        for meaning, weight in query(question):
            alternatives = [self._score(part) for part in meaning]
            scores += weight * np.max(alternatives, axis=0)
        best = np.argsort(-scores, kind="stable")[:depth]
        return [int(i) for i in best if scores[i] > 0]

    def _score(self, phrase: Sequence[str]) -> Any:
        """Score each chunk for the words of a phrase."""
        import numpy as np

        known = [word for word in phrase if word in self._index.vocab_dict]
        if known:
            return self._index.get_scores(known)
        return np.zeros(self.scores["num_docs"], np.float32)
