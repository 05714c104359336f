"""near_duplicates: MinHash LSH finds candidates (lsh.py), exact Jaccard similarity decides.

Compared are bigrams of the prose, five-grams of the Rust code with its own names and literals
taken out (see curator/text/shingles.py), and trigrams of the question's prose. An example repeats
an earlier one when

- its prose does, whatever the code;
- or its code does and the lesson is the same: the same tokens were changed to get the same error
  code, or the prose is fairly similar, for which less is asked where the error code is the same. A
  parent's program with another error explained in other words is legitimate;
- or its question does, about the same code or about none, whatever the answer.

The same wordings on another program are legitimate up to the bound on prose: at 0.5, two thirds of
the words. A corrected or repaired version is not held against the version that it replaces; mutated
and evolved examples are compared with their parents.

The bounds were set on data. Prose: 49 authored examples reach 0.07 against each other, copies with
one word in five swapped 0.51 and more. Lessons: over all pairs of 449 mutants (51 mutations of 47
programs, in up to three forms each), 98 % of a mutant's own forms are found, 87 % of one mutation
at two places of a program, and 0.5 % of two mutations of one program.
"""

from array import array
from collections.abc import Collection, Iterable, Sequence
from typing import ClassVar, Literal, NamedTuple

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
from curator.filters.lsh import LshIndex
from curator.records.example import Example, ExampleId, Verdict
from curator.text.shingles import edit, shingles, split, tokens, words


class NearDuplicateSettings(FilterSettings):
    """No example nearly repeats an earlier one; bounds are Jaccard similarities of shingles.

    The prose of two examples stays below `prose`. Where their code reaches `code`, the prose stays
    below `prose_with_code`, and below `prose_with_error` where they show the same error code.
    Their questions stay below `question`, where the code reaches `code` or there is none.
    """

    name: Literal["near_duplicates"] = "near_duplicates"
    prose: float = Field(0.5, ge=0.4, le=1)
    code: float = Field(0.8, ge=0.7, le=1)
    prose_with_code: float = Field(0.15, ge=0, le=1)
    prose_with_error: float = Field(0.06, ge=0, le=1)
    question: float = Field(0.7, ge=0.5, le=1)


_LEAST_CODE = 20  # shingles; shorter code, such as one `let`, says nothing


class Features(NamedTuple):
    """What is compared of an example.

    `shingles` are those of all prose, all code and the question's prose; `shows_code` says whether
    the question shows code; `errors` are the codes that failing blocks name, and `edit` is the hash
    of the change that made them fail, 0 for none.
    """

    shingles: tuple[set[str], set[str], set[str]]
    shows_code: bool
    errors: frozenset[str]
    edit: int


def features(example: Example) -> Features:
    """Extract what is compared of an example."""
    question, answer = split(example.question), split(example.answer)
    asked = words(question.prose)
    failing_code = tokens(f"{question.failing}\n{answer.failing}")
    fixed = tokens(f"{question.code}\n{answer.code}")
    code = shingles([*failing_code, *fixed], 5)
    texts = (
        shingles([*asked, *words(answer.prose)], 2),
        code if len(code) >= _LEAST_CODE else set[str](),
        shingles(asked, 3),
    )
    change = edit(failing_code, fixed)
    errors = question.errors | answer.errors
    shows_code = bool(question.failing or question.code)
    return Features(texts, shows_code, errors, hash((change, errors)) if change else 0)


class _SeenExamples:
    """What is kept of earlier examples beside their shingles, by number: 21 bytes each."""

    def __init__(self) -> None:
        self._ids, self._shows_code = array("Q"), array("b")
        self._errors, self._edits = array("I"), array("q")
        self._error_sets: dict[frozenset[str], int] = {}  # numbered: there are few

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, example: Example, new: Features) -> None:
        """Keep an example under the next number."""
        self._ids.append(int(example.id, 16))
        self._shows_code.append(new.shows_code)
        self._errors.append(self._error_sets.setdefault(new.errors, len(self._error_sets)))
        self._edits.append(new.edit)

    def id(self, number: int) -> str:
        """Return the id of an example."""
        return f"{self._ids[number]:016x}"

    def shows_code(self, number: int) -> bool:
        """Return whether an example's question shows code."""
        return bool(self._shows_code[number])

    def same_errors(self, number: int, new: Features) -> bool:
        """Return whether both name the same error codes in failing blocks, and any."""
        return bool(new.errors) and self._error_sets.get(new.errors) == self._errors[number]

    def same_edit(self, number: int, new: Features) -> bool:
        """Return whether the same change made both fail."""
        return bool(new.edit) and new.edit == self._edits[number]


class NearDuplicateFilter(ComparingFilter[NearDuplicateSettings]):
    """Reject what repeats a known example, or one that was kept before it, in other words.

    Memory: about 1.3 KB for each example that is kept to compare with; on disk are its shingles
    and the keys of its bands, 5 KB.
    """

    name = "near_duplicates"
    settings_type = NearDuplicateSettings
    by_default = True
    label_fr = "quasi-doublons"
    cure_fr = "des stratégies plus variées : evolve, from_docs"
    bounds = (
        Bound("prose", "near_prose", ">=", "at_most"),
        Bound("code", "near_code", ">=", "unknown"),
        Bound("question", "near_question", ">=", "at_most"),
    )
    reasons: ClassVar[Reasons] = {
        "near_prose": Reason(
            "the prose is nearly that of an earlier example",
            "la prose est presque celle d'un autre exemple",
        ),
        "near_code": Reason(
            "the code is nearly that of an earlier example, for the same lesson",
            "le code est presque celui d'un autre exemple",
        ),
        "near_question": Reason(
            "the question is nearly that of an earlier example",
            "la question est presque celle d'un autre exemple",
        ),
    }

    def __init__(self, settings: NearDuplicateSettings, known: Iterable[Example] = ()):
        super().__init__(settings)
        self.indexes = LshIndex(rows=4), LshIndex(rows=8), LshIndex(rows=4, size=128)
        self.seen = _SeenExamples()
        self.lineage = Lineage()
        self.learn(known)

    @override
    def compare(self, examples: Sequence[Example]) -> "_Comparison":
        return _Comparison(self, examples)


class _Comparison(Comparison):
    def __init__(self, own: NearDuplicateFilter, examples: Sequence[Example]):
        self._filter, self._settings, self._seen = own, own.settings, own.seen
        self._examples = examples
        self._features = [features(e) for e in examples]
        texts = [[f.shingles[i] for f in self._features] for i in range(len(own.indexes))]
        self._batches = [i.batch(t) for i, t in zip(own.indexes, texts, strict=True)]

    @override
    def remember(self, row: int) -> None:
        for batch in self._batches:
            batch.add(row, len(self._seen))
        self._seen.add(self._examples[row], self._features[row])
        self._filter.lineage.add(self._examples[row])

    @override
    def close(self) -> None:
        for batch in self._batches:
            batch.close()

    @override
    def verdict(self, row: int, without: Collection[ExampleId] = ()) -> Verdict:
        """Judge an example; the score is the highest similarity of those that decide."""
        new, settings, name = self._features[row], self._settings, self._filter.name
        allowed = self._filter.lineage.replaced(self._examples[row]).union(without)
        prose, code, question = (
            {n: s for n, s in scores.items() if not allowed or self._seen.id(n) not in allowed}
            for scores in (batch.similar(row) for batch in self._batches)
        )
        number, score = _closest(prose)
        if score >= settings.prose:
            detail = f"prose {score:.2f} like {self._seen.id(number)}"
            return failing(name, "near_prose", detail, round(score, 4))
        for other, likeness in code.items():
            if likeness >= settings.code and (why := self._same_lesson(other, new)):
                detail = f"code {likeness:.2f} like {self._seen.id(other)}, {why}"
                return failing(name, "near_code", detail, round(likeness, 4))
        number, likeness = _closest({n: s for n, s in question.items() if self._same_code(n, new)})
        if likeness >= settings.question:
            detail = f"question {likeness:.2f} like {self._seen.id(number)}"
            return failing(name, "near_question", detail, round(likeness, 4))
        return passing(name, round(max(score, likeness), 4))

    def _same_code(self, number: int, new: Features) -> bool:
        """Return whether two questions are about the same code, or both about none."""
        if new.shows_code != self._seen.shows_code(number):
            return False
        code = (
            self._filter.indexes[1].similarity(number, new.shingles[1]) if new.shows_code else 1.0
        )
        return code >= self._settings.code

    def _same_lesson(self, number: int, new: Features) -> str:
        """Say why code that is alike teaches the same thing; "" where it does not."""
        if self._seen.same_edit(number, new):
            return "the same error in it"
        prose = self._filter.indexes[0].similarity(number, new.shingles[0])
        if self._seen.same_errors(number, new) and prose >= self._settings.prose_with_error:
            return f"the same error code, prose {prose:.2f}"
        return f"prose {prose:.2f}" if prose >= self._settings.prose_with_code else ""


def _closest(similar: dict[int, float]) -> tuple[int, float]:
    """Return the number with the highest similarity, the earliest of equals; (-1, 0) for none."""
    return max(similar.items(), key=lambda pair: pair[1], default=(-1, 0.0))
