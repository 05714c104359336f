"""Prove prompts: their good answers are scored as such, and what is worth nothing is not.

A score is only as good as what it looks for. So each prompt with ideas is held against its
reference, its short answers, the learner's own code and the floors, with the real verifier.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curator.evaluation.evidence import Evidence, gather
from curator.evaluation.floors import FLOORS
from curator.evaluation.judging import Judge
from curator.evaluation.prompts import EvalPrompt
from curator.evaluation.solving.kinds import Claim
from curator.evaluation.solving.programs import rust_fences
from curator.evaluation.solving.run import claim_faults, unkept

FLOOR, SHORT, GOOD = 0.6, 4.0, 4.7  # of 5: at most, at least, at least


@dataclass(frozen=True)
class Proof:
    """What became of a prompt: the score of each answer by name, and what is wrong with it.

    `doubts` are those of one short answer of which nine in ten need to be scored so.
    """

    prompt_id: str
    scores: Mapping[str, float]
    faults: tuple[str, ...]
    doubts: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return the proof as a JSON object."""
        return {
            "prompt": self.prompt_id,
            "scores": {name: round(score, 3) for name, score in self.scores.items()},
            "faults": self.faults,
            "doubts": self.doubts,
        }


def prove(prompts: Sequence[EvalPrompt], judge: Judge) -> list[Proof]:
    """Prove the prompts that have ideas; raises CompilerError for what this machine lacks."""
    chosen = [prompt for prompt in prompts if prompt.ideas]
    answers = {
        (at, name): text
        for at, prompt in enumerate(chosen)
        for name, text in _answers(chosen, at).items()
    }
    found = dict(zip(answers, gather([(chosen[at], t) for (at, _), t in answers.items()], judge),
                     strict=True))  # fmt: skip
    return [
        _proof(prompt, {name: one for (of, name), one in found.items() if of == at}, judge)
        for at, prompt in enumerate(chosen)
    ]


def _answers(prompts: Sequence[EvalPrompt], at: int) -> dict[str, str]:
    prompt = prompts[at]
    shorts = {f"short {n}": text for n, text in enumerate(prompt.short_answers, 1)}
    floors = {name: floor(prompts, at) for name, floor in FLOORS.items()}
    return {"reference": prompt.reference or "", **shorts, **floors}


def _proof(prompt: EvalPrompt, found: Mapping[str, Evidence], judge: Judge) -> Proof:
    right = {name: one for name, one in found.items() if name not in FLOORS}
    floors = {name: one for name, one in found.items() if name in FLOORS}
    faults = [fault for name, one in right.items() for fault in _of_right(prompt, name, one)]
    faults += [fault for name, one in floors.items() for fault in _of_floor(name, one)]
    doubts = [
        f"{name}: {one.score:.2f} of 5, wanted {SHORT}: {one.parts}"
        for name, one in right.items()
        if name != "reference" and one.score < SHORT
    ]
    scores = {name: one.score for name, one in found.items()}
    return Proof(prompt.id, scores, (*faults, *_of_check(prompt, judge)), tuple(doubts))


def _of_right(prompt: EvalPrompt, name: str, one: Evidence) -> Iterator[str]:
    if one.outcome and not one.outcome.solved:
        yield f"{name}: fails the check: {one.outcome.why}"
    for group, said in zip(prompt.ideas, one.said, strict=True):
        if not said and name == "reference":
            yield f"{name}: lacks the idea {'|'.join(group.any)}"
    yield from (f"{name}: must not have {'|'.join(group.any)}" for group in one.broken)
    if name == "reference" and one.score < GOOD:
        yield f"{name}: {one.score:.2f} of 5, wanted {GOOD}: {one.parts}"


def _of_floor(name: str, one: Evidence) -> Iterator[str]:
    if one.outcome and one.outcome.solved and name != "english":
        yield f"{name}: passes the check"
    if one.score > FLOOR:
        yield f"{name}: {one.score:.2f} of 5, allowed {FLOOR}: {one.parts}"


def _of_check(prompt: EvalPrompt, judge: Judge) -> Iterator[str]:
    check = prompt.check
    if check is None or judge.machine is None:
        return
    texts = [*rust_fences(prompt.prompt), *rust_fences(prompt.reference or "")]
    yield from (f"keeps: nothing is called {name}" for name in unkept(check, texts))
    if isinstance(check, Claim) and (wrong := claim_faults(check, judge.machine)):
        yield f"outcome: {wrong}"


def short_scores(proofs: Sequence[Proof]) -> list[float]:
    """Return the scores of all short answers."""
    return [s for one in proofs for name, s in one.scores.items() if name.startswith("short")]


def enough_short(proofs: Sequence[Proof]) -> bool:
    """Tell whether nine in ten short answers are scored as right ones."""
    scores = short_scores(proofs)
    return sum(score >= SHORT for score in scores) >= 0.9 * len(scores)


def passed(proofs: Sequence[Proof]) -> bool:
    """Tell whether no prompt has a fault, and enough short answers are scored as right ones."""
    return enough_short(proofs) and not any(proof.faults for proof in proofs)


def document(proofs: Sequence[Proof]) -> dict[str, Any]:
    """Return all proofs as one JSON document."""
    return {"passed": passed(proofs), "prompts": [proof.document() for proof in proofs]}
