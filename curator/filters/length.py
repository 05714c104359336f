"""length: bounds on an answer, in words and punctuation marks.

The count needs no model, so that it is the same on every machine. A model's tokens are more: about
1.4 of SmolLM2's for one of these in French with Rust (see benchmarks/tokens.py).
"""

import re
from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from curator.filters.base import Bound, Filter, FilterSettings, Reason, Reasons, failing, passing
from curator.records.example import Example, Verdict


class LengthSettings(FilterSettings):
    """Bounds on the answer, in words and punctuation marks."""

    name: Literal["length"] = "length"
    min_tokens: int = Field(50, ge=0)
    max_tokens: int = Field(800, ge=1)


_TOKEN = re.compile(r"\w+|[^\w\s]")


def count_tokens(text: str) -> int:
    """Count the words and single punctuation marks of a text."""
    return sum(1 for _ in _TOKEN.finditer(text))


class LengthFilter(Filter[LengthSettings]):
    """Reject answers too short to teach, or too long to read and to train on."""

    name = "length"
    settings_type = LengthSettings
    by_default = True
    label_fr = "longueur"
    cure_fr = "ajuster les bornes du filtre length, ou sampling.max_tokens"
    bounds = (
        Bound("min_tokens", "too_short", "<"),
        Bound("max_tokens", "too_long", ">"),
    )
    reasons: ClassVar[Reasons] = {
        "too_short": Reason(
            "the answer has fewer tokens than the recipe asks for", "la réponse est trop courte"
        ),
        "too_long": Reason(
            "the answer has more tokens than the recipe allows", "la réponse est trop longue"
        ),
    }

    @override
    def judge(self, examples: Sequence[Example]) -> list[Verdict]:
        """Return one verdict each; the score is the number of tokens."""
        return [self._judge(count_tokens(e.answer)) for e in examples]

    def _judge(self, count: int) -> Verdict:
        low, high = self.settings.min_tokens, self.settings.max_tokens
        if count < low:
            return failing(self.name, "too_short", f"{count} tokens, at least {low}", count)
        if count > high:
            return failing(self.name, "too_long", f"{count} tokens, at most {high}", count)
        return passing(self.name, count)
