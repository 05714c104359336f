"""Leakage: nothing close to the evaluator's prompts or their reference answers is trained on.

Caught are a prompt or reference contained whole; a prompt or reference of which too large a share
of the 8-grams occurs (PaLM, Chowdhery et al. 2022, section 8, calls 70 % of a test item's 8-grams
contaminated; GPT-3, Brown et al. 2020, appendix C, used 13-grams, longer than many a question);
and a question like a prompt, or an answer like a reference, by Jaccard similarity of bigrams.
Words are compared without case, accents and punctuation, those of code among them: without their
code, many prompts are only "why does this not compile?".
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel

from curator.errors import DataError, RecipeError
from curator.example import Example, Verdict
from curator.filters.base import failing, passing
from curator.recipe import LeakageSettings
from curator.shingles import shingles, words
from curator.store import read

DEFAULT = Path("training") / "prompts_fr.jsonl"
_NGRAM = 8
_LEAST_WORDS = 4  # a shorter prompt ("Et Rust ?") counts only as the whole question


class Prompt(BaseModel):
    """What is read of one prompt of the evaluator; its other fields are the evaluator's."""

    id: str
    prompt: str
    reference: str | None = None


class _Texts:
    """Prompts or references, by their words."""

    def __init__(self, role: str, texts: dict[str, str]):
        self.role = role
        self.words = {name: made for name, text in texts.items() if (made := words(text))}
        self._phrases = {name: f" {' '.join(w)} " for name, w in self.words.items()}
        self._bigrams = {name: shingles(w, 2) for name, w in self.words.items()}
        self._ngrams = {
            name: shingles(w, _NGRAM) for name, w in self.words.items() if len(w) >= _NGRAM
        }
        self._by_bigram, self._by_ngram = _inverted(self._bigrams), _inverted(self._ngrams)

    def contained(self, text: Sequence[str]) -> str | None:
        """The first one that stands in a text word for word."""
        whole = f" {' '.join(text)} "
        for name, wanted in self.words.items():
            if wanted == text or (len(wanted) >= _LEAST_WORDS and self._phrases[name] in whole):
                return name
        return None

    def overlap(self, text: Sequence[str]) -> tuple[str, float]:
        """The one of which the largest share of 8-grams occurs in a text, and that share."""
        found = _common(shingles(text, _NGRAM), self._by_ngram)
        return _highest({n: c / len(self._ngrams[n]) for n, c in found.items()})

    def similar(self, text: Sequence[str]) -> tuple[str, float]:
        """The one with the highest Jaccard similarity to a text, and that similarity."""
        own = shingles(text, 2)
        found = _common(own, self._by_bigram)
        return _highest({n: c / (len(own) + len(self._bigrams[n]) - c) for n, c in found.items()})


def _inverted(sets: dict[str, set[str]]) -> dict[str, list[str]]:
    index: dict[str, list[str]] = defaultdict(list)
    for name, members in sets.items():
        for member in members:
            index[member].append(name)
    return dict(index)


def _common(own: set[str], index: dict[str, list[str]]) -> Counter[str]:
    return Counter(name for shingle in own if shingle in index for name in index[shingle])


def _highest(scores: dict[str, float]) -> tuple[str, float]:
    return max(sorted(scores.items()), key=lambda pair: pair[1], default=("", 0.0))


def read_prompts(path: str | None, root: Path) -> list[Prompt] | None:
    """The evaluator's prompts; None where no file is named and the project has none yet.

    Raises RecipeError for a named file that is absent, BrokenLine or DataError for a bad one.
    """
    file = root / (path or DEFAULT)
    if not file.is_file():
        if path is None:
            return None
        hint = "correct `prompts` of the filter leakage, or leave it out"
        raise RecipeError("no such file of prompts", where=file, hint=hint)
    found = list(read(file, Prompt))
    if not found:
        raise DataError("there is no prompt in it", where=file)
    return found


class LeakageFilter:
    """Rejects what would teach the evaluation."""

    name = "leakage"
    reasons: ClassVar[dict[str, str]] = {
        "contains_prompt": "a prompt or reference of the evaluator stands in it word for word",
        "overlaps_prompt": "it has much of a prompt or reference of the evaluator, in 8-grams",
        "resembles_prompt": "the question is like a prompt, or the answer like a reference",
    }

    def __init__(self, settings: LeakageSettings, root: Path | None = None):
        self.settings = settings
        prompts = read_prompts(settings.prompts, root or Path())
        self._any = prompts is not None
        known = prompts or []
        self._prompts = _Texts("prompt", {p.id: p.prompt for p in known})
        self._references = _Texts("reference", {p.id: p.reference or "" for p in known})

    def judge(self, examples: Sequence[Example]) -> list[Verdict]:
        """See Filter. The score is the highest similarity or share that was found."""
        if not self._any:
            return [
                passing(self.name, detail=f"nothing to compare: no {DEFAULT}") for _ in examples
            ]
        return [self._judge(e) for e in examples]

    def _judge(self, example: Example) -> Verdict:
        question, answer = words(example.question), words(example.answer)
        scores = [0.0]
        for known, own in ((self._prompts, question), (self._references, answer)):
            for role, text in (("question", question), ("answer", answer)):
                place = f"{role}: {known.role}"
                if name := known.contained(text):
                    return failing(self.name, "contains_prompt", f"{place} {name}, whole", 1.0)
                name, share = known.overlap(text)
                if share >= self.settings.overlap:
                    detail = f"{place} {name}, {share:.0%} of its {_NGRAM}-grams"
                    return failing(self.name, "overlaps_prompt", detail, round(share, 4))
                scores.append(share)
            name, similarity = known.similar(own)
            if similarity >= self.settings.similarity:
                detail = f"{known.role} {name}, similarity {similarity:.2f}"
                return failing(self.name, "resembles_prompt", detail, round(similarity, 4))
            scores.append(similarity)
        return passing(self.name, round(max(scores), 4))
