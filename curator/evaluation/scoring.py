"""Score responses under a profile: every block of every answer in a few runs of rustc."""

from collections.abc import Callable, Mapping, Sequence

from curator import __version__
from curator.base.errors import DataError
from curator.evaluation import judging, metrics, seed
from curator.evaluation.judging import Judge
from curator.evaluation.prompts import EvalPrompt
from curator.evaluation.records import (
    Arm,
    BlockScore,
    Profile,
    Response,
    Score,
    Scored,
    responses_digest,
)

Row = tuple[EvalPrompt, Response]
Measured = tuple[Mapping[str, float | None], Sequence[BlockScore]]


def _seed(rows: Sequence[Row], judge: Judge) -> list[Measured]:
    texts = [seed.rust_blocks(response.response[: metrics.READ]) for _, response in rows]
    outcomes = iter(judge.alone([code for blocks in texts for _, code in blocks]))
    scored = [[judging.compiled(line, next(outcomes)) for line, _ in blocks] for blocks in texts]
    return [
        (seed.measure(r.response, p.expected_topics, [b.passed for b in blocks]), blocks)
        for (p, r), blocks in zip(rows, scored, strict=True)
    ]


def _default(rows: Sequence[Row], judge: Judge) -> list[Measured]:
    pairs = [(prompt.prompt, response.response[: metrics.READ]) for prompt, response in rows]
    scored = [list(map(judging.taught, results)) for results in judge.taught(pairs)]
    return [
        (metrics.measure(p, r, [b.passed for b in blocks]), blocks)
        for (p, r), blocks in zip(rows, scored, strict=True)
    ]


_PROFILES: Mapping[Profile, Callable[[Sequence[Row], Judge], list[Measured]]] = {
    "seed": _seed,
    "default": _default,
}


def _rows(prompts: Sequence[EvalPrompt], responses: Sequence[Response]) -> list[Row]:
    """Pair responses with their prompts, in the order of these; DataError for a stray one."""
    place = {prompt.id: at for at, prompt in enumerate(prompts)}
    for response in responses:
        if response.prompt_id not in place:
            hint = "give the file of prompts that these answers were made from"
            raise DataError("no such prompt", where=response.prompt_id, hint=hint)
    if not responses:
        raise DataError("there is no answer to score")
    ordered = sorted(responses, key=lambda r: (place[r.prompt_id], r.sample))
    return [(prompts[place[r.prompt_id]], r) for r in ordered]


def _score(row: Row, measured: Measured) -> Score:
    (prompt, response), (values, blocks) = row, measured
    return Score(
        prompt_id=prompt.id,
        sample=response.sample,
        category=prompt.category,
        topic=prompt.topic,
        difficulty=prompt.difficulty,
        metrics={k: None if v is None else round(v, 6) for k, v in values.items()},
        blocks=tuple(blocks),
    )


def score(
    arm: Arm,
    prompts: Sequence[EvalPrompt],
    responses: Sequence[Response],
    profile: Profile,
    judge: Judge,
) -> Scored:
    """Score an arm's responses; raises DataError for none, or for one to an unknown prompt.

    `judge` is `judging.rust_judge` of all texts; CompilerError comes from it alone.
    """
    rows = _rows(prompts, responses)
    measured = _PROFILES[profile](rows, judge)
    return Scored(
        arm=arm,
        profile=profile,
        responses_sha256=responses_digest(responses),
        rustc=judge.version,
        toolkit=__version__,
        scores=tuple(_score(row, one) for row, one in zip(rows, measured, strict=True)),
    )
