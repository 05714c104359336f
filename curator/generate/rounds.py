"""Drive the strategies of a wave together, round by round.

Each round is one call of the model for all of them: prompts with the same beginning are read once,
and as many texts as possible are written at a time.
"""

from collections.abc import Callable, Sequence
from itertools import islice

from curator.generate.strategies.base import Draft, Rounds
from curator.models.base import ChatRequest, Completion

Ask = Callable[[Sequence[ChatRequest], int], list[Completion]]


def drive(runs: Sequence[Rounds], ask: Ask) -> list[Draft]:
    """Return the drafts of all runs, in their order.

    `ask` is given what the runs want to know in one round, and the round's number; a round in which
    they want nothing is skipped. Raises what the runs and `ask` raise.
    """
    answers: list[list[Completion]] = [[] for _ in runs]
    drafts: dict[int, list[Draft]] = {}
    turn, begun = 0, False
    while len(drafts) < len(runs):
        asked: dict[int, list[ChatRequest]] = {}
        for number, run in enumerate(runs):
            if number in drafts:
                continue
            try:
                asked[number] = run.send(answers[number]) if begun else next(run)
            except StopIteration as end:
                drafts[number] = end.value
        begun = True
        wanted = [request for part in asked.values() for request in part]
        written = iter(ask(wanted, turn) if wanted else ())
        for number, part in asked.items():
            answers[number] = list(islice(written, len(part)))
        turn += bool(wanted)
    return [draft for number in range(len(runs)) for draft in drafts[number]]
