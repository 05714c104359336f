"""Measure what helps a reviewer to look in the right place. No signal rejects anything.

Each is a pure function of texts; `signals` gathers those of an example under the names below.

repetition      share of the answer's word four-grams that occurred before in it
overlap         share of the question's distinct words (4 letters or more) that the answer uses
code_share      characters of fenced Rust per character of Rust and prose, in the answer
off_glossary    distinct words of the prose that the glossary avoids (curator.french.glossary)
french          langdetect's probability of French, from the verdict of the filter "french"
agreement       the least agreement of the parts that a model wrote several times (Stage.agreement),
                among those that stand in the example
log_likelihood  mean natural logarithm of a token's probability in the answer to the question,
                where a model is at hand
likelihood_gain what the facts do for the prose, where a model is at hand (likelihood_gain below)
opinion         share of "oui" in what another model says, where one is asked
                (curator.generate.opinion)
"""

from collections.abc import Mapping

from curator.french.glossary import slips
from curator.models.base import Message, TextModel
from curator.records.example import Example
from curator.text.shingles import has_fences, split, without_fences, words


def repetition(text: str, size: int = 4) -> float:
    """Return 1 - distinct / all word n-grams (Welleck et al. 2020, rep-n); 0 for shorter texts."""
    tokens = words(split(text).prose)
    grams = list(zip(*(tokens[i:] for i in range(size)), strict=False))
    return 1 - len(set(grams)) / len(grams) if grams else 0.0


def overlap(question: str, answer: str) -> float:
    """Return the share of the question's words (distinct, 4 letters or more) in the answer."""
    asked = {w for w in words(split(question).prose) if len(w) >= 4}
    return len(asked & set(words(answer))) / len(asked) if asked else 0.0


def code_share(text: str) -> float:
    """Return characters of Rust / (those + characters of prose), white space aside."""
    parts = split(text)
    code = len("".join(f"{parts.failing}{parts.code}".split()))
    prose = len("".join(parts.prose.split()))
    return code / (code + prose) if code + prose else 0.0


def agreement(example: Example) -> float | None:
    """Return the least agreement of the parts in an example; None where there is none."""
    parts = example.provenance.stages or ()
    known = [s.agreement for s in parts if s.kept and s.agreement is not None]
    return min(known, default=None)


def likelihood_gain(example: Example, model: TextModel) -> float | None:
    """Return how much more probable the answer's prose is where the model reads the facts.

    It is L(p | q) - L(p | r) in nats per token, with L the mean log-probability of a token, p the
    prose of the answer, q the question, and r the question without its fenced blocks, which are
    the code and the compiler's message. What would be said of any code gains nothing. None where
    the question has no such block, or nothing beside it, or the answer no prose.

    Raises ModelError where the example does not fit the model's context.
    """
    prose, bare = without_fences(example.answer), without_fences(example.question)
    if not (prose and bare and has_fences(example.question)):
        return None
    knowing, ignorant = (
        model.likelihood([Message("user", question)], prose)
        for question in (example.question, bare)
    )
    return knowing - ignorant


def signals(example: Example, model: TextModel | None = None) -> Mapping[str, float]:
    """Return the signals of an example, rounded to 4 decimals; unmeasured ones are absent.

    Raises ModelError where the example does not fit the model's context.
    """
    values: dict[str, float] = {
        "repetition": repetition(example.answer),
        "overlap": overlap(example.question, example.answer),
        "code_share": code_share(example.answer),
        "off_glossary": len(slips(f"{example.question}\n\n{example.answer}")),
    }
    for verdict in example.verdicts:
        if verdict.filter == "french" and verdict.score is not None:
            values["french"] = verdict.score
    if (least := agreement(example)) is not None:
        values["agreement"] = least
    if model:
        asked = [Message("user", example.question)]
        values["log_likelihood"] = model.likelihood(asked, example.answer)
        if (gain := likelihood_gain(example, model)) is not None:
            values["likelihood_gain"] = gain
    return {name: round(value, 4) for name, value in values.items()}
