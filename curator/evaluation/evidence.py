"""What a score follows from, for people who ask why: of some answers at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curator.evaluation import ideas, judging
from curator.evaluation.judging import Judge
from curator.evaluation.metrics import Shown, measure, sound_blocks
from curator.evaluation.prompts import EvalPrompt
from curator.evaluation.records import Response
from curator.evaluation.solving.groups import Group, Said
from curator.evaluation.solving.run import Outcome

_PARTS = ("solved", "compiles", "ideas", "must_not", "code", "relevance", "french", "form")


@dataclass(frozen=True)
class Evidence:
    """An answer's metrics, what came of its check, which ideas it says, what it must not have."""

    metrics: Mapping[str, float | None]
    outcome: Outcome | None
    said: Sequence[bool]
    broken: Sequence[Group]

    @property
    def score(self) -> float:
        """The score, of 5."""
        return self.metrics["composite"] or 0.0

    @property
    def parts(self) -> str:
        """The parts of the score, in words: "solved 1, ideas 0.75"."""
        named = ((name, self.metrics[name]) for name in _PARTS)
        return ", ".join(f"{name} {value:.2g}" for name, value in named if value is not None)


def gather(pairs: Sequence[tuple[EvalPrompt, str]], judge: Judge) -> list[Evidence]:
    """Score answers as the profile "default" does, and keep why; in order."""
    blocks = judge.taught([(prompt.prompt, text) for prompt, text in pairs])
    outcomes = judge.solved(pairs)
    return [
        _evidence(prompt, text, list(map(judging.shown, own)), outcome)
        for (prompt, text), own, outcome in zip(pairs, blocks, outcomes, strict=True)
    ]


def _evidence(
    prompt: EvalPrompt, text: str, blocks: Sequence[Shown], outcome: Outcome | None
) -> Evidence:
    response = Response(prompt_id=prompt.id, response=text)
    sound = sound_blocks(prompt, blocks, outcome)
    return Evidence(
        metrics=measure(prompt, response, blocks, outcome),
        outcome=outcome,
        said=ideas.count(prompt.ideas, prompt.prompt, text, sound),
        broken=[group for group in prompt.must_not if group.found(Said(text))],
    )
