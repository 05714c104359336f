"""Ask another model what it thinks of an example: one word, several times, each time drawn anew.

The share of "oui" is a signal for reviewers (curator.filters.signals). Nothing decides by it: what
it is worth is measured against people's decisions (curator.review.decisions.calibration).
"""

import re
from collections.abc import Sequence

from curator.base.seeds import derive_seed
from curator.base.settings import digest
from curator.generate.prompting import fill, prompt_text
from curator.models.base import ChatRequest, Completion, Message
from curator.records.example import Example, Sampling
from curator.text.fences import unlabelled

PROMPT = "opinion"
_GRAMMAR = 'root ::= "oui" | "non" | "Oui" | "Non"'
# As the model's own probabilities are, so that the share estimates them. A server that takes no
# grammar may put a mark before the word.
_SAMPLING = Sampling(temperature=1.0, top_p=1.0, repeat_penalty=1.0, max_tokens=8)
_WORD = re.compile(r"[^\W\d_]+")
_VOTES = {"oui": True, "non": False}


def opinion_requests(example: Example, samples: int) -> list[ChatRequest]:
    """Return what to ask of one example, `samples` times; only the seeds differ.

    The question is shown as its learner writes it: labels of fences would give the answer away.
    """
    wanted = fill(PROMPT, question=unlabelled(example.question), answer=example.answer)
    seeds = (derive_seed(example.id, PROMPT, number) for number in range(samples))
    return [ChatRequest((Message("user", wanted),), _SAMPLING, s, _GRAMMAR) for s in seeds]


def read_vote(text: str) -> bool | None:
    """Return what a text's first word says, in whatever marks; None where it is neither."""
    first = _WORD.search(text)
    return _VOTES.get(first[0].casefold()) if first else None


def share_of_yes(written: Sequence[Completion]) -> float | None:
    """Return the share of "oui" among the texts that answer; None where none does."""
    votes = [vote for one in written if (vote := read_vote(one.text)) is not None]
    return round(sum(votes) / len(votes), 4) if votes else None


def opinion_sha256() -> str:
    """Return the digest of what the model is asked; it goes into the manifest."""
    return digest(prompt_text(PROMPT), _GRAMMAR, _SAMPLING.model_dump(mode="json"))
