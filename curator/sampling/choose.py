"""Choose the answers that become rows: accepted ones, a few a task, unlike each other.

Every answer stays on record with the reason why it is no row. Of those that are good, the first is
the one that is least like the others, and each next one the one that is least like those chosen
(farthest first, Gonzalez 1985); among equals the one with the lower number.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from curator.evaluation.metrics import READ, french, repetition
from curator.evaluation.solving.run import Outcome
from curator.filters.leakage import LeakageSettings, LeakDetector, read_prompts
from curator.records.samples import Answer, Sample, SampledTask
from curator.sampling.recipe import AcceptSettings, SampleRecipe
from curator.text.shingles import jaccard, shingles, words

Leaks = Callable[[str, str], bool]


def leak_detector(settings: LeakageSettings, root: Path) -> Leaks:
    """Return what tells whether a question and answer would teach a prompt of the evaluation."""
    prompts = read_prompts(settings.prompts, root)
    if prompts is None:
        return lambda question, answer: False
    detector = LeakDetector(prompts, settings)
    return lambda question, answer: any(True for _ in detector.leaks(question, answer))


def choose(
    answers: Sequence[tuple[SampledTask, Answer, Outcome]], recipe: SampleRecipe, leaks: Leaks
) -> list[Sample]:
    """Return every answer with its outcome, in order; those without a reason become rows."""
    reasons = [_reason(task, one, out, recipe.accept, leaks) for task, one, out in answers]
    by_task = defaultdict[str, list[int]](list)
    for at, (task, _, _) in enumerate(answers):
        if not reasons[at]:
            by_task[task.id].append(at)
    for places in by_task.values():
        texts = [answers[at][1].text for at in places]
        kept = {places[at] for at in unlike(texts, recipe.keep, recipe.accept.alike)}
        for at in places:
            reasons[at] = "" if at in kept else "alike"
    return [
        Sample(**one.model_dump(), solved=out.solved, why=out.why[:300], reason=reason)
        for (_, one, out), reason in zip(answers, reasons, strict=True)
    ]


def _reason(
    task: SampledTask, answer: Answer, outcome: Outcome, accept: AcceptSettings, leaks: Leaks
) -> str:
    """Say why an answer is no row whatever the others are; "" where nothing is against it."""
    if not outcome.solved:
        return "unsolved"
    if not answer.finished or len(answer.text) > READ:
        return "unfinished"
    if repetition(answer.text) > accept.repetition:
        return "repeats"
    if (french(answer.text) or 0.0) < accept.french:
        return "not_french"
    if likeness(answer.text, task.reference) >= accept.copied:
        return "copies_reference"
    return "leaks" if leaks(task.question, answer.text) else ""


def likeness(one: str, other: str) -> float:
    """Return the Jaccard similarity of the pairs of words of two texts, code included."""
    return jaccard(_pairs(one), _pairs(other))


def _pairs(text: str) -> set[str]:
    return shingles(words(text), 2)


def unlike(texts: Sequence[str], most: int, alike: float) -> list[int]:
    """Choose at most `most` texts, none of which has a likeness of `alike` to another; places."""
    pairs = [_pairs(text) for text in texts]
    like = [[jaccard(a, b) for b in pairs] for a in pairs]
    left = list(range(len(texts)))
    chosen = list[int]()
    while left and len(chosen) < most:
        near = {at: max((like[at][c] for c in chosen), default=0.0) for at in left}
        best = min(left, key=lambda at: (near[at], sum(like[at]), at))
        if near[best] >= alike:
            break
        chosen.append(best)
        left.remove(best)
    return sorted(chosen)
