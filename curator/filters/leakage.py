"""leakage: nothing close to the evaluator's prompts or their reference answers is trained on.

Rejected are examples that contain a prompt or reference whole; that contain too large a share of
its 8-grams (PaLM, Chowdhery et al. 2022, section 8, calls 70 % of a test item's 8-grams
contaminated; GPT-3, Brown et al. 2020, appendix C, used 13-grams, longer than many a question);
and whose question is like a prompt, or the answer like a reference, by Jaccard similarity of
bigrams. Words are compared without case, accents and punctuation, those of code among them: without
their code, many prompts are only "why does this not compile?". The labels of fences are no words:
what a model was trained on has none in its questions.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple, Self

from pydantic import BaseModel, Field
from typing_extensions import override

from curator.base.errors import DataError, RecipeError
from curator.base.store import read
from curator.filters.base import Bound, Filter, FilterSettings, Reason, Reasons, failing, passing
from curator.records.example import Example, Verdict
from curator.text.fences import unlabelled
from curator.text.shingles import shingles, words


class LeakageSettings(FilterSettings):
    """Nothing too close to the evaluator's prompts or reference answers.

    `prompts` is a JSONL file, from the project's root; None takes the project's own, and asks
    nothing while there is none. `overlap` is the share of a prompt's or reference's 8-grams that
    must not be reached, `similarity` the Jaccard similarity of word bigrams.
    """

    name: Literal["leakage"] = "leakage"
    prompts: str | None = None
    overlap: float = Field(0.5, gt=0, le=1)
    similarity: float = Field(0.4, gt=0, le=1)


DEFAULT = Path("training") / "prompts_fr.jsonl"
NGRAM = 8
_LEAST_WORDS = 4  # a shorter prompt ("Et Rust ?") counts only as the whole question


class Prompt(BaseModel):
    """A prompt of the evaluator, as far as it is read here."""

    id: str
    prompt: str
    reference: str | None = None


class _TextIndex:
    """Prompts or references, indexed by their words."""

    def __init__(self, role: str, texts: dict[str, str]):
        self.role = role
        self.words = {name: split for name, text in texts.items() if (split := _words(text))}
        self._phrases = {name: f" {' '.join(w)} " for name, w in self.words.items()}
        self._bigrams = {name: shingles(w, 2) for name, w in self.words.items()}
        self._ngrams = {
            name: shingles(w, NGRAM) for name, w in self.words.items() if len(w) >= NGRAM
        }
        self._by_bigram, self._by_ngram = _inverted(self._bigrams), _inverted(self._ngrams)

    def contained(self, text: Sequence[str]) -> Iterator[str]:
        """Yield those that a text contains word for word."""
        whole = f" {' '.join(text)} "
        for name, wanted in self.words.items():
            if wanted == text or (len(wanted) >= _LEAST_WORDS and self._phrases[name] in whole):
                yield name

    def overlap(self, text: Sequence[str]) -> list[tuple[str, float]]:
        """Return what share of whose 8-grams occurs in a text, the largest first."""
        counts = _common(shingles(text, NGRAM), self._by_ngram)
        return _ranked({n: c / len(self._ngrams[n]) for n, c in counts.items()})

    def similar(self, text: Sequence[str]) -> list[tuple[str, float]]:
        """Return the Jaccard similarity of those that share bigrams, the highest first."""
        own = shingles(text, 2)
        counts = _common(own, self._by_bigram)
        return _ranked({n: c / (len(own) + len(self._bigrams[n]) - c) for n, c in counts.items()})


def _words(text: str) -> list[str]:
    return words(unlabelled(text))


def _inverted(sets: dict[str, set[str]]) -> dict[str, list[str]]:
    index: dict[str, list[str]] = defaultdict(list)
    for name, members in sets.items():
        for member in members:
            index[member].append(name)
    return dict(index)


def _common(own: set[str], index: dict[str, list[str]]) -> Counter[str]:
    return Counter(name for shingle in own if shingle in index for name in index[shingle])


def _ranked(scores: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def read_prompts(path: str | None, root: Path) -> list[Prompt] | None:
    """Read the evaluator's prompts; None where no file is named and the project has none yet.

    Raises RecipeError for a named file that is absent, BrokenLine or DataError for a bad one.
    """
    file = root / (path or DEFAULT)
    if not file.is_file():
        if path is None:
            return None
        hint = "correct `prompts` of the filter leakage, or leave it out"
        raise RecipeError("no such file of prompts", where=file, hint=hint)
    prompts = list(read(file, Prompt))
    if not prompts:
        raise DataError("there is no prompt in it", where=file)
    return prompts


class Match(NamedTuple):
    """One way in which an example is like a prompt, or like its reference, as `role` says.

    `place` is where in the example that is; `reason` is "" where the score is below the bound.
    """

    prompt: str
    role: str
    place: str
    reason: str
    detail: str
    score: float


class LeakDetector:
    """Compares examples with prompts and their references."""

    def __init__(self, prompts: Sequence[Prompt], settings: LeakageSettings):
        self.settings = settings
        self._prompts = _TextIndex("prompt", {p.id: p.prompt for p in prompts})
        self._references = _TextIndex("reference", {p.id: p.reference or "" for p in prompts})

    def matches(self, question: str, answer: str) -> Iterator[Match]:
        """Yield every match of an example; what leaks most comes first."""
        asked, answered = _words(question), _words(answer)
        for known, own in ((self._prompts, asked), (self._references, answered)):
            for place, text in (("question", asked), ("answer", answered)):
                for name in known.contained(text):
                    detail = f"{place}: {known.role} {name}, whole"
                    yield Match(name, known.role, place, "contains_prompt", detail, 1.0)
                for name, share in known.overlap(text):
                    reason = "overlaps_prompt" if share >= self.settings.overlap else ""
                    detail = f"{place}: {known.role} {name}, {share:.0%} of its {NGRAM}-grams"
                    yield Match(name, known.role, place, reason, detail, round(share, 4))
            for name, similarity in known.similar(own):
                reason = "resembles_prompt" if similarity >= self.settings.similarity else ""
                detail = f"{known.role} {name}, similarity {similarity:.2f}"
                place = "question" if known is self._prompts else "answer"
                yield Match(name, known.role, place, reason, detail, round(similarity, 4))

    def leaks(self, question: str, answer: str) -> Iterator[Match]:
        """Yield the matches that reach a bound."""
        return (match for match in self.matches(question, answer) if match.reason)


class LeakageFilter(Filter[LeakageSettings]):
    """Reject what would teach the evaluation."""

    name = "leakage"
    settings_type = LeakageSettings
    by_default = True
    about_text = False
    label_fr = "fuite d'évaluation"
    cure_fr = "ne pas donner au modèle de textes proches des questions d'évaluation"
    bounds = (
        Bound("overlap", "overlaps_prompt", ">=", "at_most"),
        Bound("similarity", "resembles_prompt", ">=", "at_most"),
    )
    reasons: ClassVar[Reasons] = {
        "contains_prompt": Reason(
            "a prompt or reference of the evaluator stands in it word for word",
            "une question d'évaluation y figure mot pour mot",
        ),
        "overlaps_prompt": Reason(
            "it has much of a prompt or reference of the evaluator, in 8-grams",
            "il reprend une large part d'une question d'évaluation",
        ),
        "resembles_prompt": Reason(
            "the question is like a prompt, or the answer like a reference",
            "il ressemble à une question d'évaluation",
        ),
    }

    def __init__(self, settings: LeakageSettings, root: Path | None = None):
        super().__init__(settings)
        prompts = read_prompts(settings.prompts, root or Path())
        self._detector = None if prompts is None else LeakDetector(prompts, settings)

    @override
    @classmethod
    def from_settings(cls, settings: LeakageSettings, root: Path) -> Self:
        return cls(settings, root)

    @override
    def judge(self, examples: Sequence[Example]) -> list[Verdict]:
        """Return one verdict each; the score is the highest similarity or share."""
        if self._detector is None:
            return [
                passing(self.name, detail=f"nothing to compare: no {DEFAULT}") for _ in examples
            ]
        return [self._judge(self._detector, e) for e in examples]

    def _judge(self, detector: LeakDetector, example: Example) -> Verdict:
        highest = 0.0
        for match in detector.matches(example.question, example.answer):
            if match.reason:
                return failing(self.name, match.reason, match.detail, match.score)
            highest = max(highest, match.score)
        return passing(self.name, highest)
