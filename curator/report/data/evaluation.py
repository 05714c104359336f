"""Read the evaluations: arms, their means, what may be compared, and what may not, and why."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import chain, combinations, product
from pathlib import Path
from typing import Any, Literal

from curator.base.errors import DataError
from curator.base.notice import Notice
from curator.evaluation.arms import leaks
from curator.evaluation.bench.result import BenchDifference, BenchResult, difference, every_result
from curator.evaluation.best import best_two
from curator.evaluation.comparable import AnsweredArm, Incomparable, same
from curator.evaluation.compare import Comparison, compare
from curator.evaluation.floor_scores import kept_floors
from curator.evaluation.folder import ArmDir, arms
from curator.evaluation.prompts import PROMPTS, EvalPrompt, read_prompts
from curator.evaluation.records import Arm, Profile, Response, Score, Scored, responses_digest
from curator.evaluation.summary import Summary, summarise
from curator.records.project import Project

PROFILES: tuple[Profile, ...] = ("seed", "default")
Stale = Callable[[Path, ArmDir], Notice | None]
# What a pair shows: a training of ours, another difference of models, or the documentation.
Kind = Literal["tuning", "arms", "rag"]


@dataclass(frozen=True)
class Side:
    """One arm: what it is, what it answered, its scores by profile; `stale` is what changed since.

    `expected` is how many answers were asked for, `known` its prompts by id.
    """

    arm: Arm
    responses: tuple[Response, ...]
    expected: int
    known: Mapping[str, EvalPrompt]
    scored: Mapping[Profile, Scored]
    summaries: Mapping[Profile, Summary]
    stale: Notice | None

    @property
    def name(self) -> str:
        """The arm's name."""
        return self.arm.name

    @property
    def cut(self) -> int:
        """How many answers were cut at their largest number of tokens."""
        return sum(not r.finished for r in self.responses)

    @property
    def cut_share(self) -> float:
        """The share of the answers that were cut; 0 where there are none."""
        return self.cut / len(self.responses) if self.responses else 0.0

    def answers(self, profile: Profile) -> Iterator[tuple[Response, Score | None]]:
        """Yield each answer with its score: under a profile, else under another that it has."""
        scored = self.scored.get(profile) or next(iter(self.scored.values()), None)
        scores = {(s.prompt_id, s.sample): s for s in scored.scores} if scored else {}
        for one in self.responses:
            yield one, scores.get((one.prompt_id, one.sample))


@dataclass(frozen=True)
class Pair:
    """Two arms that belong side by side: their comparison, or why there is none."""

    kind: Kind
    before: str
    after: str
    profile: Profile
    comparison: Comparison | None
    refused: Notice | None


@dataclass(frozen=True)
class Evaluation:
    """All arms in the order of comparison: the reference first, those with RAG last.

    `leaked` are the prompts that stand in a training set, with the first reason; they are left out
    of every number here. `profile` is the one that most arms are scored under. `twins` are arms
    that are one thing, and why, where no pair says it. `floors` are answers that are worth nothing,
    to the prompts of most arms; `best` compares the two best arms, `benches` are what came of
    outside tasks.
    """

    sides: tuple[Side, ...]
    pairs: tuple[Pair, ...]
    leaked: Mapping[str, Notice]
    profile: Profile
    twins: tuple[tuple[str, str, Notice], ...] = ()
    floors: Mapping[Profile, tuple[Summary, ...]] = field(default_factory=dict)
    best: Mapping[Profile, Comparison] = field(default_factory=dict)
    benches: tuple[BenchResult, ...] = ()

    @cached_property
    def bench_changes(self) -> Mapping[tuple[str, str], tuple[BenchDifference, ...]]:
        """What each pair's arms differ by on the outside tasks that both were asked alike."""
        found: dict[tuple[str, str], tuple[BenchDifference, ...]] = {}
        for before, after in {(pair.before, pair.after) for pair in self.pairs}:
            one = [result for result in self.benches if result.arm == before]
            other = [result for result in self.benches if result.arm == after]
            changes = (difference(a, b) for a, b in product(one, other))
            found[before, after] = tuple(change for change in changes if change)
        return found

    def of(self, profile: Profile, *kinds: Kind) -> list[Pair]:
        """Return the pairs under a profile, of some kinds or all."""
        return [p for p in self.pairs if p.profile == profile and (not kinds or p.kind in kinds)]

    def scored(self, profile: Profile) -> list[Side]:
        """Return the arms that are scored under a profile."""
        return [s for s in self.sides if profile in s.summaries]

    def document(self) -> dict[str, Any]:
        """Return the evaluation as a JSON object, without the texts of the answers."""
        return {
            "profile": self.profile,
            "leaked": {prompt: asdict(why) for prompt, why in self.leaked.items()},
            "twins": [{"arms": [one, other], "why": asdict(why)} for one, other, why in self.twins],
            "arms": [_side_document(s) for s in self.sides],
            "floors": {
                profile: [s.document() for s in each] for profile, each in self.floors.items()
            },
            "benches": [one.model_dump(mode="json") for one in self.benches],
            "best": {profile: one.document() for profile, one in self.best.items()},
            "pairs": [
                {
                    "kind": p.kind,
                    "before": p.before,
                    "after": p.after,
                    "profile": p.profile,
                    "refused": asdict(p.refused) if p.refused else None,
                    "comparison": p.comparison.document() if p.comparison else None,
                }
                for p in self.pairs
            ],
        }


def _side_document(side: Side) -> dict[str, Any]:
    return {
        "arm": side.arm.model_dump(mode="json"),
        "signature": side.arm.signature,
        "answers": len(side.responses),
        "expected": side.expected,
        "cut": side.cut,
        "stale": asdict(side.stale) if side.stale else None,
        "summaries": {name: s.document() for name, s in side.summaries.items()},
    }


def read_evaluation(project: Project, stale: Stale) -> Evaluation | None:
    """Read everything that was evaluated; None where nothing was.

    `stale` says what changed since an arm was evaluated. Raises DataError for broken files.
    """
    folders = arms(project.root)
    if not folders:
        return None
    leaked = _leaks(project.root, folders)
    sides = [s for folder in folders if (s := _side(project, folder, leaked, stale))]
    ordered = tuple(sorted(sides, key=_place))
    counts = {p: sum(p in s.summaries for s in ordered) for p in PROFILES}
    profile = max(PROFILES, key=lambda p: (counts[p], p == "default"))
    pairs = tuple(chain.from_iterable(_pairs(ordered, p, leaked) for p in PROFILES))
    return Evaluation(
        sides=ordered,
        pairs=pairs,
        leaked=leaked,
        profile=profile,
        twins=tuple(_twins(ordered, pairs)),
        floors={p: each for p in PROFILES if (each := _floors(project.root, ordered, p, leaked))},
        benches=tuple(every_result(project.root)),
        best={p: one for p in PROFILES if (one := _best(ordered, p, leaked))},
    )


def _floors(
    root: Path, sides: Sequence[Side], profile: Profile, left_out: Collection[str]
) -> tuple[Summary, ...]:
    """Read the floors of the prompts that most arms were asked."""
    asked = Counter(s.arm.prompts_sha256 for s in sides if profile in s.scored)
    every = (kept_floors(root, digest, profile) for digest, _ in asked.most_common())
    found = next((each for each in every if each), ())
    return tuple(summarise(one, left_out) for one in found)


def _best(sides: Sequence[Side], profile: Profile, left_out: Collection[str]) -> Comparison | None:
    return best_two([s.scored[profile] for s in sides if profile in s.scored], left_out)


def read_pair(project: Project, before: ArmDir, after: ArmDir) -> tuple[Side, Side, list[Pair]]:
    """Read two arms, and compare them under each profile that both are scored under.

    Raises DataError for broken files, and for an arm that has not begun.
    """
    leaked = _leaks(project.root, (before, after))
    sides = [_side(project, one, leaked, lambda _root, _folder: None) for one in (before, after)]
    one, other = sides
    if one is None or other is None:
        raise DataError("no arm.json here", where=(before if one is None else after).path)
    shared = [p for p in PROFILES if p in one.scored and p in other.scored]
    return one, other, [_pair("arms", one, other, p, leaked) for p in shared]


def prompts_of(project_root: Path, folder: ArmDir) -> list[EvalPrompt]:
    """Read the prompts that an arm was asked: those in its folder, else the project's."""
    for path in (folder.path / "prompts.jsonl", project_root / PROMPTS):
        if path.is_file():
            return read_prompts(path)
    return []


def _leaks(root: Path, folders: Sequence[ArmDir]) -> dict[str, Notice]:
    """Find the prompts that some arm's model learned from."""
    leaked: dict[str, Notice] = {}
    for folder in folders:
        if arm := folder.arm():
            leaked = {**leaks(root, arm, prompts_of(root, folder)), **leaked}
    return leaked


def _side(project: Project, folder: ArmDir, left_out: Collection[str], stale: Stale) -> Side | None:
    arm = folder.arm()
    if arm is None:
        return None
    known = {p.id: p for p in prompts_of(project.root, folder)}
    scored = {p: s for p in PROFILES if (s := folder.scored(p))}
    responses = tuple(folder.responses())
    return Side(
        arm=arm,
        responses=responses,
        expected=max(len(known) * arm.samples, len(responses)),
        known=known,
        scored=scored,
        summaries={p: summarise(s, left_out) for p, s in scored.items()},
        stale=stale(project.root, folder),
    )


def trained(arm: Arm) -> bool:
    """Tell whether an arm's weights come from a training that is known."""
    return bool(arm.model.run or arm.model.adapter_sha256)


def _place(side: Side) -> tuple[bool, bool, bool, str, str]:
    """Order arms: without RAG first; then what was not trained; then "base"; then the older."""
    arm = side.arm
    when = arm.created.isoformat()
    return arm.rag is not None, trained(arm), arm.name != "base", when, arm.name


def _pairs(sides: Sequence[Side], profile: Profile, left_out: Collection[str]) -> Iterator[Pair]:
    """Compare the reference with each arm without RAG, the same with RAG, then RAG by model."""
    scored = [s for s in sides if profile in s.scored]
    for rag in (False, True):
        group = [s for s in scored if (s.arm.rag is not None) == rag]
        for other in group[1:]:
            kind: Kind = "tuning" if trained(other.arm) else "arms"
            yield _pair(kind, group[0], other, profile, left_out)
    for other in (s for s in scored if s.arm.rag is not None):
        for one in (s for s in scored if s.arm.rag is None and _same_model(s.arm, other.arm)):
            yield _pair("rag", one, other, profile, left_out)


def _twins(sides: Sequence[Side], pairs: Sequence[Pair]) -> Iterator[tuple[str, str, Notice]]:
    """Find arms that are one thing, other than those whose comparison is refused."""
    known = {(p.before, p.after) for p in pairs if p.refused}
    answered = [
        (s.name, AnsweredArm(s.arm, responses_digest(s.responses))) for s in sides if s.responses
    ]
    for (name, one), (other_name, other) in combinations(answered, 2):
        why = same(one, other)
        if why and (name, other_name) not in known:
            yield name, other_name, why


def _same_model(one: Arm, other: Arm) -> bool:
    a, b = one.model, other.model
    if a.kind == "served":  # the same as far as its server tells
        return a == b
    return (a.sha256, a.adapter_sha256) == (b.sha256, b.adapter_sha256)


def _pair(
    kind: Kind, before: Side, after: Side, profile: Profile, left_out: Collection[str]
) -> Pair:
    comparison, refused = None, None
    try:
        one, other = before.scored[profile], after.scored[profile]
        comparison = compare(one, other, leave_out=left_out)
    except Incomparable as error:
        refused = error.reason
    return Pair(kind, before.name, after.name, profile, comparison, refused)
