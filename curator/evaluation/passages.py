"""Find passages of the documentation for the prompts of RAG arms, by curator.retrieval."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from typing_extensions import override

from curator.base.settings import digest
from curator.evaluation.recipe import EvaluateRecipe
from curator.evaluation.records import Retrieval, Source
from curator.retrieval.settings import RagSettings

if TYPE_CHECKING:
    from curator.retrieval import Index

Count = Callable[[str], int]
Progress = Callable[[str, int, int], None]


class Passages(NamedTuple):
    """Passages as the model reads them, numbered and with addresses, and each by itself."""

    text: str = ""
    sources: tuple[Source, ...] = ()


class Retriever(Protocol):
    """Finds passages of the documentation for a question; `ref` says what it searches."""

    ref: Retrieval

    def passages(self, question: str, budget: int, count: Count) -> Passages:
        """Return the best passages, best first, in at most `budget` tokens by `count`."""
        ...


class IndexRetriever(Retriever):
    """A retriever over the index of the Rust documentation."""

    def __init__(self, index: "Index", settings: RagSettings):
        self._index, self._settings = index, settings
        others = settings.model_dump(mode="json", exclude={"k", "budget_tokens", "docs"})
        self.ref = Retrieval(
            index_sha256=digest(index.digest, others),
            k=settings.k,
            budget_tokens=settings.budget_tokens,
        )

    @override
    def passages(self, question: str, budget: int, count: Count) -> Passages:
        from curator.retrieval import context

        text, used = context(self._index.search(question, self._settings.k), budget, count)
        return Passages(
            text,
            tuple(Source(address=h.address, title=h.title, text=h.markdown) for h in used),
        )


_opened: dict[str, IndexRetriever] = {}  # several arms, and the look for stale ones, share it


def open_retriever(root: Path, recipe: EvaluateRecipe, progress: Progress) -> Retriever:
    """Open the index that the recipe names, built where there is none; see load_index."""
    from curator.retrieval import load_index

    key = digest(recipe.rag, str(root))
    if key not in _opened:
        docs = root / recipe.rag.docs if recipe.rag.docs else None
        _opened[key] = IndexRetriever(load_index(recipe.rag, docs, progress), recipe.rag)
    return _opened[key]
