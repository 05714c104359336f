"""The second model of a recipe (`opinion`), which is asked about each accepted candidate.

It is asked in groups, each of which is written before the next one: what was asked before a kill is
not asked again. What it says is put beside the other signals, and goes no further.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from curator.base.errors import ModelError
from curator.base.progress import Progress
from curator.base.settings import digest
from curator.generate.batch import Batch
from curator.generate.opinion import PROMPT, opinion_requests, opinion_sha256, share_of_yes
from curator.generate.recipe import AugmentRecipe
from curator.models.base import ChatRequest, Completion, TextModel
from curator.models.settings import ModelSettings
from curator.records.example import Example

Load = Callable[[ModelSettings], TextModel]
_GROUP = 16  # candidates that are asked about together: what a kill can cost


@dataclass(frozen=True)
class Adviser:
    """A model that is asked for its opinion, `samples` times of each candidate."""

    model: TextModel
    samples: int

    @classmethod
    def of(cls, recipe: AugmentRecipe, load: Load) -> "Adviser | None":
        """Load the model that a recipe names for opinions, if any; raises ModelError."""
        wanted = recipe.opinion
        return cls(load(wanted), wanted.samples) if wanted else None

    def document(self) -> dict[str, Any]:
        """Return what the opinions depend on, beside the candidates, as a JSON object."""
        ref = self.model.ref.model_dump(mode="json")
        return {"model": ref, "samples": self.samples, "prompt_sha256": opinion_sha256()}

    def advise(
        self, batch: Batch, accepted: Sequence[Example], progress: Progress
    ) -> list[Example]:
        """Return candidates with the signal "opinion", each that the model has one of.

        Those that are written down in the batch are read there. Raises ModelError where a
        candidate does not fit the model's context, and what the model raises.
        """
        advised: list[Example] = []
        for start in range(0, len(accepted), _GROUP):
            progress(PROMPT, start, len(accepted))
            group = accepted[start : start + _GROUP]
            written = self._ask(batch, start // _GROUP, group)
            for place, one in enumerate(group):
                texts = written[place * self.samples : (place + 1) * self.samples]
                advised.append(_with_opinion(one, texts))
        progress(PROMPT, len(accepted), len(accepted))
        return advised

    def _ask(self, batch: Batch, number: int, group: Sequence[Example]) -> list[Completion]:
        asked = [r for one in group for r in opinion_requests(one, self.samples)]
        mark = digest(self.model.ref.model_dump(mode="json"), *(r.document() for r in asked))
        written = batch.opinions(number, mark)
        if written is None:
            written = self._complete(asked)
            batch.write_opinions(number, mark, written)
        return written

    def _complete(self, asked: Sequence[ChatRequest]) -> list[Completion]:
        try:
            return self.model.complete(asked)
        except ModelError as error:
            what = f"the model of `opinion` cannot answer: {error.what}"
            hint = "set opinion.context higher, or leave `opinion` out" if not error.where else None
            raise ModelError(what, where=error.where, hint=hint or error.hint) from error


def _with_opinion(example: Example, written: Sequence[Completion]) -> Example:
    share = share_of_yes(written)
    return example if share is None else example.measured({**example.signals, PROMPT: share})
