"""Proofs of prompts in a terminal: a line each, and what is wrong below it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from curator.base.plural import plural

if TYPE_CHECKING:
    from curator.evaluation.proof import Proof


def proof_lines(proofs: Sequence["Proof"], total: int) -> Iterator[str]:
    """Show the scores of each prompt's answers, its faults and doubts, and a summary."""
    from curator.evaluation.proof import SHORT, enough_short, short_scores

    for proof in proofs:
        scores = "  ".join(f"{name} {score:.2f}" for name, score in proof.scores.items())
        yield f"{'FAIL' if proof.faults else 'ok  '} {proof.prompt_id}: {scores}"
        yield from (f"     {text}" for text in proof.faults)
        yield from (f"     (short answer) {text}" for text in proof.doubts)
    bad = sum(bool(proof.faults) for proof in proofs)
    short = short_scores(proofs)
    reached = sum(score >= SHORT for score in short)
    told = "enough" if enough_short(proofs) else "too few: nine in ten should"
    yield (
        f"{plural(len(proofs), 'prompt')} with ideas of {total}, {bad} with faults; "
        f"{reached} of {len(short)} short answers have {SHORT} or more ({told})"
    )
