"""Plant one falsehood in a right text, and prove it: the verifier holds the original right, and
refutes the copy for that alone.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from curator import __version__
from curator.base.progress import Progress, silent
from curator.filters.rust import RustFilter, RustSettings, document_of
from curator.records.example import Example, Origin, Provenance
from curator.review.controls.falsehoods import KINDS, Kind, Proposal, proposals
from curator.review.controls.record import Control, Falsehood
from curator.rust.document import BlockResult
from curator.rust.engine import check_documents

Check = Callable[[Sequence[Example]], list[list[BlockResult]]]
AUTHOR = "curator"
_TRIED = 3  # proposals of a kind that are tried for one text
# What a verifier must say of each kind; another fault would be one that nobody meant.
_REFUTED: dict[Kind, frozenset[str]] = {
    "code": frozenset({"wrong_error_code", "wrong_claim", "refuted_change"}),
    "output": frozenset({"run_wrong_output"}),
    "claim": frozenset({"refuted_change"}),
}


def verifier() -> Check:
    """Make the check by rustc and by running programs, as strict as it can be."""
    judge = RustFilter(RustSettings(run=True))

    def check(examples: Sequence[Example]) -> list[list[BlockResult]]:
        documents = [document_of(e) for e in examples]
        return check_documents(documents, judge.compiler, judge.options(examples))

    return check


def is_right(results: Sequence[BlockResult]) -> bool:
    """Tell whether the verifier finds nothing in a text, and something to check."""
    return bool(results) and all(r.passed for r in results)


def _copy(example: Example, proposal: Proposal, seed: int) -> Example:
    """Make the planted text; its record says what it is."""
    provenance = Provenance(
        origin=Origin.PLANTED,
        created=datetime.now(UTC).replace(microsecond=0),
        toolkit=__version__,
        author=AUTHOR,
        parents=(example.id,),
        seed=seed,
    )
    return Example(
        category=example.category,
        topic=example.topic,
        difficulty=example.difficulty,
        question=proposal.question,
        answer=proposal.answer,
        provenance=provenance,
    )


def _refutation(proposal: Proposal, results: Sequence[BlockResult]) -> str:
    """Say how a planted text is refuted; "" where it is not, or for another fault."""
    broken = [r for r in results if not r.passed]
    if not broken or any(r.reason not in _REFUTED[proposal.kind] for r in broken):
        return ""
    return f"{broken[0].reason}, {broken[0].short()}"


@dataclass
class Planter:
    """Makes planted texts of right ones, the kinds in turn; `place` is where they will be given."""

    check: Check
    seed: int
    place: str
    progress: Progress = silent
    _made: list[Control] = field(default_factory=list)

    def plant(self, examples: Sequence[Example], wanted: int) -> list[Control]:
        """Make up to `wanted` planted texts, at most one of each example.

        Takes the examples in their order; those that the verifier does not hold right are passed
        over.
        """
        rng = random.Random(self.seed)  # noqa: S311 a sample
        left = list(examples)
        self._made = []
        while len(self._made) < wanted and left:
            self.progress("planting falsehoods", len(self._made), wanted)
            missing = wanted - len(self._made)
            some, left = left[: 2 * missing], left[2 * missing :]
            self._made += self._of(some, missing, rng)
        self.progress("planting falsehoods", wanted, wanted)
        return list(self._made)

    def _of(self, examples: Sequence[Example], most: int, rng: random.Random) -> list[Control]:
        tried = [(e, p) for e in examples for p in _some(e, rng)]
        planted = [_copy(e, p, self.seed) for e, p in tried]
        results = self.check([*examples, *planted])
        right = {e.id for e, r in zip(examples, results, strict=False) if is_right(r)}
        found: dict[str, list[Control]] = {}
        outcomes = zip(tried, planted, results[len(examples) :], strict=True)
        for (example, proposal), text, blocks in outcomes:
            why = _refutation(proposal, blocks)
            if why and example.id in right and text.id != example.id:
                found.setdefault(example.id, []).append(self._control(text, proposal, why))
        return list(self._in_turn(list(found.values()), most))

    def _control(self, text: Example, proposal: Proposal, why: str) -> Control:
        told = Falsehood(kind=proposal.kind, was=proposal.was, now=proposal.now, refuted=why)
        of = text.provenance.parents[0]
        return Control(kind="planted", of=of, place=self.place, example=text, planted=told)

    def _in_turn(self, found: Sequence[list[Control]], most: int) -> Iterator[Control]:
        """Choose of each example's falsehoods one of the kind that is rarest so far."""
        chosen = [_kind(c) for c in self._made]
        for several in found[:most]:
            best = min(several, key=lambda c: chosen.count(_kind(c)))
            chosen.append(_kind(best))
            yield best


def _kind(control: Control) -> Kind | None:
    return control.planted.kind if control.planted else None


def _some(example: Example, rng: random.Random) -> Iterator[Proposal]:
    """Take a few proposals of each kind."""
    every = list(proposals(example, rng))
    for kind in KINDS:
        yield from [p for p in every if p.kind == kind][:_TRIED]


def right_ones(examples: Sequence[Example], wanted: int, place: str, check: Check) -> list[Control]:
    """Choose the first examples that the verifier holds right, up to `wanted`."""
    found: list[Control] = []
    left = list(examples)
    while len(found) < wanted and left:
        missing = wanted - len(found)
        some, left = left[:missing], left[missing:]
        pairs = zip(some, check(some), strict=True)
        found += [
            Control(kind="authored", of=e.id, place=place, example=e)
            for e, r in pairs
            if is_right(r)
        ]
    return found
