"""semantic_duplicates: the same meaning in other words, by embeddings of multilingual-e5-small.

What is embedded is the question's prose with the answer's first section (TL;DR), inline code
included: a whole answer takes ten times as long and tells examples apart no better. Both sides get
the prefix "query: ", as the model's card asks for symmetric tasks (Wang et al. 2024,
arXiv:2402.05672). Measured by cosine: 49 authored examples reach 0.915 against each other, 9
paraphrases of them 0.955 to 0.974 against their own and at most 0.924 against another.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from curator.filters.base import (
    Bound,
    ComparingFilter,
    Comparison,
    FilterSettings,
    Reason,
    Reasons,
    failing,
    passing,
)
from curator.filters.lineage import Lineage
from curator.models.e5 import embed_kept, require
from curator.records.example import Example, ExampleId, Verdict
from curator.text.markdown import paragraphs, sections


class SemanticDuplicateSettings(FilterSettings):
    """No question and answer mean what those of an earlier example do.

    `similarity` is the cosine of multilingual-e5-small's embeddings, which lie close together:
    unrelated texts have 0.8 and more. Needs the extra "retrieval".
    """

    name: Literal["semantic_duplicates"] = "semantic_duplicates"
    similarity: float = Field(0.94, gt=0, le=1)


_vectors: dict[bytes, Any] = {}  # text's SHA-256 -> unit vector, for the life of the process


def gist(example: Example) -> str:
    """Return the part of an example that is embedded."""
    first = sections(example.answer)[:1]
    answer = first[0].body if first else example.answer
    return " ".join(p for text in (example.question, answer) for p in paragraphs(text, code=True))


def vectors(texts: Sequence[str]) -> list[Any]:
    """Return the unit vector (384 float32) of each text; a text is embedded once."""
    keys = [hashlib.sha256(text.encode("utf-8")).digest() for text in texts]
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in _vectors}
    if new:
        _vectors.update(zip(new, embed_kept(list(new.values()), "query"), strict=True))
    return [_vectors[key] for key in keys]


class SemanticDuplicateFilter(ComparingFilter[SemanticDuplicateSettings]):
    """Reject what says in other words what a known or an earlier kept example says."""

    name = "semantic_duplicates"
    settings_type = SemanticDuplicateSettings
    label_fr = "doublons de sens"
    cure_fr = "des stratégies plus variées : evolve, from_docs"
    bounds = (Bound("similarity", "same_meaning", ">="),)
    reasons: ClassVar[Reasons] = {
        "same_meaning": Reason(
            "question and answer mean what those of an earlier example do",
            "même sens qu'un autre exemple",
        ),
    }

    def __init__(self, settings: SemanticDuplicateSettings, known: Iterable[Example] = ()):
        super().__init__(settings)
        # before any other work
        require("the filter semantic_duplicates", "take the filter out of the recipe")
        self.kept = _Vectors()
        self.lineage = Lineage()
        self.learn(known)

    @override
    def compare(self, examples: Sequence[Example]) -> "_Comparison":
        return _Comparison(self, examples)


class _Vectors:
    """Vectors by the ids of their examples, as the first rows of a matrix that grows."""

    def __init__(self) -> None:
        self._ids: list[ExampleId] = []
        self._rows: dict[ExampleId, list[int]] = {}
        self._matrix: Any = None

    def add(self, name: ExampleId, vector: Any) -> None:
        """Keep the vector of an example."""
        import numpy as np

        count = len(self._ids)
        if self._matrix is None:
            self._matrix = np.zeros((64, len(vector)), vector.dtype)
        elif count == len(self._matrix):
            self._matrix = np.concatenate([self._matrix, np.zeros_like(self._matrix)])
        self._matrix[count] = vector
        self._rows.setdefault(name, []).append(count)
        self._ids.append(name)

    def closest(self, vector: Any, without: Collection[ExampleId]) -> tuple[float, ExampleId]:
        """Return the highest cosine to a vector, and whose it is; (0, "") where there is none."""
        if not self._ids:
            return 0.0, ""
        cosines = self._matrix[: len(self._ids)] @ vector
        cosines[[row for name in without for row in self._rows.get(name, ())]] = 0
        row = int(cosines.argmax())
        return (float(cosines[row]), self._ids[row]) if cosines[row] > 0 else (0.0, "")


class _Comparison(Comparison):
    def __init__(self, own: SemanticDuplicateFilter, examples: Sequence[Example]):
        self._filter, self._examples = own, examples
        self._vectors = vectors([gist(e) for e in examples])

    @override
    def remember(self, row: int) -> None:
        self._filter.kept.add(self._examples[row].id, self._vectors[row])
        self._filter.lineage.add(self._examples[row])

    @override
    def verdict(self, row: int, without: Collection[ExampleId] = ()) -> Verdict:
        """Judge an example; the score is the highest cosine to an earlier one."""
        own = self._filter
        allowed = own.lineage.replaced(self._examples[row]).union(without)
        score, name = own.kept.closest(self._vectors[row], allowed)
        if score >= own.settings.similarity:
            detail = f"meaning {score:.3f} like {name}"
            return failing(own.name, "same_meaning", detail, round(score, 4))
        return passing(own.name, round(score, 4))
