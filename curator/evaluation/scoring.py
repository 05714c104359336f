"""Score responses under a profile: every block of every answer in a few runs of rustc."""

from collections.abc import Mapping, Sequence

from curator import __version__
from curator.base.errors import DataError
from curator.evaluation import judging, metrics, seed
from curator.evaluation.judging import Judge
from curator.evaluation.prompts import EvalPrompt, check_ideas, criteria_digest
from curator.evaluation.records import (
    Arm,
    BlockScore,
    Profile,
    Response,
    Score,
    Scored,
    responses_digest,
)
from curator.evaluation.weights import WEIGHTS, Weights
from curator.rust.document import BlockResult

Row = tuple[EvalPrompt, Response]
Measured = tuple[Mapping[str, float | None], Sequence[BlockScore]]


def _seed(rows: Sequence[Row], judge: Judge) -> list[Measured]:
    texts = [seed.rust_blocks(response.response[: metrics.READ]) for _, response in rows]
    outcomes = iter(judge.alone([code for blocks in texts for _, code in blocks]))
    scored = [[judging.compiled(line, next(outcomes)) for line, _ in blocks] for blocks in texts]
    return [
        (seed.measure(r.response, p.topics, [b.passed for b in blocks]), blocks)
        for (p, r), blocks in zip(rows, scored, strict=True)
    ]


def _default(rows: Sequence[Row], judge: Judge, weights: Weights) -> list[Measured]:
    pairs = [(prompt.prompt, response.response[: metrics.READ]) for prompt, response in rows]
    blocks = judge.taught(pairs)
    outcomes = judge.solved([(p, r.response[: metrics.READ]) for p, r in rows])
    return [
        (metrics.measure(p, r, list(map(judging.shown, own)), outcome, weights), scored(own))
        for (p, r), own, outcome in zip(rows, blocks, outcomes, strict=True)
    ]


def scored(blocks: Sequence[BlockResult]) -> list[BlockScore]:
    """Score the blocks of an answer."""
    return list(map(judging.taught, blocks))


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


def _with_ideas(rows: Sequence[Row]) -> list[Row]:
    """Leave out the answers to prompts that do not say what a good one is."""
    check_ideas([prompt for prompt, _ in rows])
    return [row for row in rows if row[0].ideas]


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


def criteria(prompts: Sequence[EvalPrompt], profile: Profile, weights: Weights = WEIGHTS) -> str:
    """Return the digest of what scores under a profile follow from, beside the answers."""
    return criteria_digest(prompts, *([weights] if profile == "default" else []))


def score(
    arm: Arm,
    prompts: Sequence[EvalPrompt],
    responses: Sequence[Response],
    profile: Profile,
    judge: Judge,
    weights: Weights = WEIGHTS,
) -> Scored:
    """Score an arm's responses; raises DataError for none, or for one to an unknown prompt.

    The profile "default" leaves out answers to prompts without ideas; DataError where all are.

    `judge` is `judging.rust_judge` of all texts; CompilerError comes from it alone.
    """
    rows = _rows(prompts, responses)
    if profile == "seed":
        measured = _seed(rows, judge)
    else:
        rows = _with_ideas(rows)
        measured = _default(rows, judge, weights)
    return Scored(
        arm=arm,
        profile=profile,
        responses_sha256=responses_digest(responses),
        criteria_sha256=criteria(prompts, profile, weights),
        rustc=judge.version,
        toolkit=__version__,
        scores=tuple(_score(row, one) for row, one in zip(rows, measured, strict=True)),
    )
