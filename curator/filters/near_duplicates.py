"""Near duplicates: MinHash LSH finds (curator/filters/lsh.py), exact Jaccard similarity decides.

Compared are bigrams of the prose, five-grams of the Rust code with its own names and literals
taken out (see curator/text/shingles.py), and trigrams of the question's prose. An example repeats
an earlier one when

- its prose does, whatever the code;
- or its code does, and moreover the lesson is the same: the same tokens were changed to the same
  error code, or the prose is fairly similar, less so being asked where the error code is the same.
  A parent's program with another error explained in other words is legitimate;
- or its question does, about the same code or about none, whatever the answer.

The same wordings on another program are legitimate up to the bound on prose: at 0.5, two thirds of
the words. A corrected or repaired version is not held against what it was made from, which it
replaces; mutated and evolved examples are.

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
    ComparingFilter,
    Comparison,
    FilterSettings,
    Reason,
    Reasons,
    failing,
    passing,
)
from curator.filters.lineage import Lineage
from curator.filters.lsh import Index
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

    `shingles` are those of all prose, all code and the question's prose; `shows` says whether the
    question shows code; `errors` are the codes that failing blocks name, and `edit` the change
    that made them fail, 0 for none.
    """

    shingles: tuple[set[str], set[str], set[str]]
    shows: bool
    errors: frozenset[str]
    edit: int


def features(example: Example) -> Features:
    """What is compared of an example."""
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
    shows = bool(question.failing or question.code)
    return Features(texts, shows, errors, hash((change, errors)) if change else 0)


class _Seen:
    """What is kept of the examples beside their shingles, by number: 21 bytes for each."""

    def __init__(self) -> None:
        self._ids, self._shows = array("Q"), array("b")
        self._errors, self._edits = array("I"), array("q")
        self._sets: dict[frozenset[str], int] = {}  # of error codes: there are few

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, example: Example, found: Features) -> None:
        """Keep an example under the next number."""
        self._ids.append(int(example.id, 16))
        self._shows.append(found.shows)
        self._errors.append(self._sets.setdefault(found.errors, len(self._sets)))
        self._edits.append(found.edit)

    def id(self, number: int) -> str:
        """The id of an example."""
        return f"{self._ids[number]:016x}"

    def shows(self, number: int) -> bool:
        """Whether its question shows code."""
        return bool(self._shows[number])

    def same_errors(self, number: int, found: Features) -> bool:
        """Whether its failing blocks name the same error codes as another's, and any."""
        return bool(found.errors) and self._sets.get(found.errors) == self._errors[number]

    def same_edit(self, number: int, found: Features) -> bool:
        """Whether the same change made its code fail as another's."""
        return bool(found.edit) and found.edit == self._edits[number]


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
        self.indexes = Index(rows=4), Index(rows=8), Index(rows=4, size=128)
        self.seen = _Seen()
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
        """The score is the highest similarity that was found in what decides."""
        found, settings, name = self._features[row], self._settings, self._filter.name
        mine = self._filter.lineage.replaced(self._examples[row]).union(without)
        prose, code, question = (
            {n: s for n, s in b.similar(row).items() if not mine or self._seen.id(n) not in mine}
            for b in self._batches
        )
        number, score = _closest(prose)
        if score >= settings.prose:
            detail = f"prose {score:.2f} like {self._seen.id(number)}"
            return failing(name, "near_prose", detail, round(score, 4))
        for other, same in code.items():
            if same >= settings.code and (why := self._same_lesson(other, found)):
                detail = f"code {same:.2f} like {self._seen.id(other)}, {why}"
                return failing(name, "near_code", detail, round(same, 4))
        asked = {n: s for n, s in question.items() if self._same_problem(n, found)}
        number, likeness = _closest(asked)
        if likeness >= settings.question:
            detail = f"question {likeness:.2f} like {self._seen.id(number)}"
            return failing(name, "near_question", detail, round(likeness, 4))
        return passing(name, round(max(score, likeness), 4))

    def _same_problem(self, number: int, found: Features) -> bool:
        """Whether questions are about the same code, or both about none."""
        if found.shows != self._seen.shows(number):
            return False
        index = self._filter.indexes[1]
        code = index.similarity(number, found.shingles[1]) if found.shows else 1.0
        return code >= self._settings.code

    def _same_lesson(self, number: int, found: Features) -> str:
        """Why code that is alike teaches the same thing; empty where it does not."""
        if self._seen.same_edit(number, found):
            return "the same error in it"
        prose = self._filter.indexes[0].similarity(number, found.shingles[0])
        if self._seen.same_errors(number, found) and prose >= self._settings.prose_with_error:
            return f"the same error code, prose {prose:.2f}"
        return f"prose {prose:.2f}" if prose >= self._settings.prose_with_code else ""


def _closest(similar: dict[int, float]) -> tuple[int, float]:
    """The number with the highest similarity, the earliest of equal ones; (-1, 0) for none."""
    return max(similar.items(), key=lambda pair: pair[1], default=(-1, 0.0))
