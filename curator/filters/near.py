"""Near duplicates: MinHash LSH (Broder 1997; Indyk and Motwani 1998) finds, exact Jaccard decides.

Compared are bigrams of the prose, five-grams of the Rust code with its own names and literals
taken out (see curator/shingles.py), and trigrams of the question's prose. An example repeats
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
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, NamedTuple

from curator.example import Example, ExampleId, Verdict
from curator.filters.base import failing, passing
from curator.filters.lineage import Lineage
from curator.recipe import NearDuplicateSettings
from curator.shingles import edit, jaccard, shingles, split, tokens, words

_SEED = 1
_LEAST_CODE = 20  # shingles; shorter code, such as one `let`, says nothing


class Index:
    """Sets of shingles by LSH. `rows` values of a signature make one band.

    With 256 values in bands of 4, a pair of Jaccard similarity 0.5 is found with probability
    1 - (1 - 0.5^4)^64 = 0.98; in bands of 8, one of 0.8 with 0.997.
    """

    def __init__(self, rows: int, size: int = 256):
        from rensa import RMinHashLSH

        self._size = size
        self._lsh = RMinHashLSH(0.5, size, size // rows)  # the threshold serves another method
        self._kept: dict[int, array[int]] = {}

    def sketches(self, texts: Sequence[set[str]]) -> list[Any]:
        """The MinHash signature of each set."""
        from rensa import RMinHash

        return list(RMinHash.from_token_sets(texts, num_perm=self._size, seed=_SEED))

    def add(self, number: int, text: set[str], sketch: Any) -> None:
        """Keep a set under a number; an empty one is never found."""
        if text:
            self._lsh.insert(number, sketch)
            # A tenth of the strings' memory; two differ in 64 bits but once in 10^19.
            self._kept[number] = array("q", map(hash, text))

    def similar(self, text: set[str], sketch: Any) -> dict[int, float]:
        """The numbers of the sets that may be alike, in order, each with its exact similarity."""
        found = sorted(self._lsh.query(sketch)) if text else []
        own = set(map(hash, text)) if found else set[int]()
        return {n: jaccard(own, self._kept[n]) for n in found}

    def similarity(self, number: int, text: set[str]) -> float:
        """The exact Jaccard similarity to one kept set."""
        return jaccard(set(map(hash, text)), self._kept.get(number, ()))


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


class NearDuplicateFilter:
    """Rejects what repeats a known example, or one before it in the same run, in other words."""

    name = "near_duplicates"
    reasons: ClassVar[dict[str, str]] = {
        "near_prose": "the prose is nearly that of an earlier example",
        "near_code": "the code is nearly that of an earlier example, for the same lesson",
        "near_question": "the question is nearly that of an earlier example",
    }

    def __init__(self, settings: NearDuplicateSettings, known: Iterable[Example] = ()):
        self.settings = settings
        self._indexes = Index(rows=4), Index(rows=8), Index(rows=4, size=128)
        self._ids: list[ExampleId] = []
        self._seen: list[tuple[bool, frozenset[str], int]] = []  # Features.shows, .errors, .edit
        self._lineage = Lineage()
        for example, found, sketches in self._sketched(list(known)):
            self._remember(example, found, sketches)

    def _sketched(
        self, examples: Sequence[Example]
    ) -> Iterable[tuple[Example, Features, tuple[Any, ...]]]:
        found = [features(e) for e in examples]
        columns = [
            index.sketches([f.shingles[i] for f in found]) for i, index in enumerate(self._indexes)
        ]
        return zip(examples, found, zip(*columns, strict=True), strict=True)

    def _remember(self, example: Example, found: Features, sketches: tuple[Any, ...]) -> None:
        number = len(self._ids)
        self._ids.append(example.id)
        self._seen.append((found.shows, found.errors, found.edit))
        self._lineage.add(example)
        for index, text, sketch in zip(self._indexes, found.shingles, sketches, strict=True):
            index.add(number, text, sketch)

    def judge(self, examples: Sequence[Example]) -> list[Verdict]:
        """See Filter. The score is the highest similarity that was found in what decides."""
        verdicts = []
        for example, found, sketches in self._sketched(examples):
            verdict = self._judge(example, found, sketches)
            if verdict.passed:
                self._remember(example, found, sketches)
            verdicts.append(verdict)
        return verdicts

    def _judge(self, example: Example, found: Features, sketches: tuple[Any, ...]) -> Verdict:
        mine = self._lineage.replaced(example)
        prose, code, question = (
            {n: s for n, s in index.similar(text, sketch).items() if self._ids[n] not in mine}
            for index, text, sketch in zip(self._indexes, found.shingles, sketches, strict=True)
        )
        settings = self.settings
        number, score = _closest(prose)
        if score >= settings.prose:
            detail = f"prose {score:.2f} like {self._ids[number]}"
            return failing(self.name, "near_prose", detail, round(score, 4))
        for other, same in code.items():
            if same >= settings.code and (why := self._same_lesson(other, found)):
                detail = f"code {same:.2f} like {self._ids[other]}, {why}"
                return failing(self.name, "near_code", detail, round(same, 4))
        asked = {n: s for n, s in question.items() if self._same_problem(n, found)}
        number, likeness = _closest(asked)
        if likeness >= settings.question:
            detail = f"question {likeness:.2f} like {self._ids[number]}"
            return failing(self.name, "near_question", detail, round(likeness, 4))
        return passing(self.name, round(max(score, likeness), 4))

    def _same_problem(self, number: int, found: Features) -> bool:
        """Whether questions are about the same code, or both about none."""
        if found.shows != self._seen[number][0]:
            return False
        code = self._indexes[1].similarity(number, found.shingles[1]) if found.shows else 1.0
        return code >= self.settings.code

    def _same_lesson(self, number: int, found: Features) -> str:
        """Why code that is alike teaches the same thing; empty where it does not."""
        _, errors, change = self._seen[number]
        if found.edit and found.edit == change:
            return "the same error in it"
        prose = self._indexes[0].similarity(number, found.shingles[0])
        if found.errors and found.errors == errors and prose >= self.settings.prose_with_error:
            return f"the same error code, prose {prose:.2f}"
        return f"prose {prose:.2f}" if prose >= self.settings.prose_with_code else ""


def _closest(similar: dict[int, float]) -> tuple[int, float]:
    """The number with the highest similarity, the earliest of equal ones; (-1, 0) for none."""
    return max(similar.items(), key=lambda pair: pair[1], default=(-1, 0.0))
