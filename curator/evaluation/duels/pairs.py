"""Choose which answers of two arms meet: those to the same words, not leaked, not the same text."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from curator.base.errors import EvaluationError
from curator.base.notice import Notice
from curator.base.seeds import derive_seed
from curator.evaluation.arms import earlier, leaks
from curator.evaluation.comparable import AnsweredArm, Incomparable, same
from curator.evaluation.duels.record import Duel, Side, duel_id
from curator.evaluation.folder import ArmDir
from curator.evaluation.prompts import EvalPrompt
from curator.evaluation.records import Arm, Response, responses_digest


@dataclass(frozen=True)
class DuelPlan:
    """Two arms by name, the topics that are asked (none: all), at most how many prompts."""

    arms: tuple[str, str]
    topics: Collection[str] = ()
    most: int | None = None


@dataclass(frozen=True)
class Paired:
    """The duels, and what was left out: prompts that both answered in the same words, and leaked
    ones.
    """

    duels: list[Duel]
    alike: int
    leaked: int


@dataclass(frozen=True)
class _Answered:
    arm: Arm
    prompts: Mapping[str, EvalPrompt]
    first: Mapping[str, Response]


def _answered(root: Path, name: str) -> _Answered:
    folder: ArmDir = earlier(root, name)
    arm = folder.arm()
    if arm is None:
        raise EvaluationError(f"the arm {name} has not begun", hint="curator evaluate")
    first: dict[str, Response] = {}
    for response in sorted(folder.responses(), key=lambda r: r.sample):
        first.setdefault(response.prompt_id, response)
    return _Answered(arm, {p.id: p for p in folder.prompts()}, first)


def pair(root: Path, plan: DuelPlan) -> Paired:
    """Pair the answers of two evaluated arms, one to each prompt, on sides that are drawn.

    Raises EvaluationError where an arm is not there, both are one thing, or nothing is left.
    """
    one, other = (_answered(root, name) for name in plan.arms)
    _refuse_same(one, other)
    ids = [i for i in one.first if i in other.first and _asked_alike(i, one, other)]
    leaked = {p for s in (one, other) for p in leaks(root, s.arm, list(s.prompts.values()))}
    wanted = [i for i in ids if not plan.topics or one.prompts[i].topic in plan.topics]
    fair = [i for i in wanted if i not in leaked]
    apart = [i for i in fair if one.first[i].response.strip() != other.first[i].response.strip()]
    if not apart:
        what = f"no prompt is left on which {' and '.join(plan.arms)} answer differently"
        raise EvaluationError(what, hint="both must have answered the same prompts")
    duels = [_duel(i, one, other) for i in _some(apart, one, plan.most)]
    return Paired(duels, len(fair) - len(apart), len(wanted) - len(fair))


def _refuse_same(one: _Answered, other: _Answered) -> None:
    sides = (AnsweredArm(s.arm, responses_digest(s.first.values())) for s in (one, other))
    reason: Notice | None = same(*sides)
    if reason:
        raise Incomparable(reason, one.arm, other.arm)


def _asked_alike(prompt: str, one: _Answered, other: _Answered) -> bool:
    known = [s.prompts.get(prompt) for s in (one, other)]
    return None not in known and len({p.asked for p in known if p}) == 1


def _some(ids: Sequence[str], one: _Answered, most: int | None) -> list[str]:
    """Take at most so many prompts, of each topic in turn."""
    if most is None or len(ids) <= most:
        return list(ids)
    topics: dict[str, list[str]] = {}
    for name in sorted(ids, key=lambda i: derive_seed("duel", i)):
        topics.setdefault(one.prompts[name].topic or "", []).append(name)
    longest = max(map(len, topics.values()))
    turns = [ids[at] for at in range(longest) for _, ids in sorted(topics.items()) if at < len(ids)]
    return turns[:most]


def _duel(prompt: str, one: _Answered, other: _Answered) -> Duel:
    sides = [
        Side(arm=s.arm.name, signature=s.arm.signature, sample=r.sample, text=r.response)
        for s, r in ((s, s.first[prompt]) for s in (one, other))
    ]
    sides.sort(key=lambda s: (s.signature, s.text))
    name = duel_id(prompt, *sides)
    # The draw is the pair's own: a second push finds the same sides.
    random.Random(derive_seed("sides", name)).shuffle(sides)  # noqa: S311 an order
    asked = one.prompts[prompt]
    return Duel(
        id=name,
        prompt_id=prompt,
        prompt=asked.asked,
        category=asked.category,
        topic=asked.topic,
        difficulty=asked.difficulty,
        left=sides[0],
        right=sides[1],
    )
