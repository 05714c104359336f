"""Tell two sets of examples apart."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from curator.filters.length import count_tokens
from curator.records.example import Example, Origin
from curator.report.named import NamedSet

# Where a parent is an earlier version of the same example, and not one that it was drawn from.
_VERSIONS = frozenset({Origin.AUTHORED, Origin.IMPORTED, Origin.CORRECTED, Origin.REPAIRED})


WHOLE = "all"  # the group of figures of the whole set


class Figure(NamedTuple):
    """One figure of both sets; `group` says what is counted."""

    group: str
    name: str
    before: float
    after: float


class Change(NamedTuple):
    """An example that is in both sets, and what of it is not the same."""

    before: Example
    after: Example
    what: tuple[str, ...]


@dataclass(frozen=True)
class SetDifference:
    """Two sets: `came` are only in the later one, `went` only in the earlier one."""

    before: NamedSet
    after: NamedSet
    came: Sequence[Example]
    went: Sequence[Example]
    changed: Sequence[Change]
    same: int
    figures: Sequence[Figure]

    @property
    def telling(self) -> list[Figure]:
        """The figures of the whole, and those that are not the same on both sides."""
        return [f for f in self.figures if f.group == WHOLE or f.before != f.after]

    def document(self) -> dict[str, Any]:
        """Return the difference as one JSON document."""
        return {
            "kind": "sets",
            "before": self.before.name,
            "after": self.after.name,
            "same": self.same,
            "came": [_brief(e) for e in self.came],
            "went": [_brief(e) for e in self.went],
            "changed": [
                {"before": c.before.id, **_brief(c.after), "what": list(c.what)}
                for c in self.changed
            ],
            "figures": [f._asdict() for f in self.figures],
        }


def _brief(example: Example) -> dict[str, str]:
    axes = {n: str(getattr(example, n)) for n in ("category", "topic", "difficulty")}
    return {"id": example.id, **axes, "question": first_line(example.question)}


def first_line(text: str) -> str:
    """Return the first line of a text that says something: of its prose, else of its code.

    Marks of headings, emphasis and code are taken off; "" where there is no letter or digit.
    """
    prose: list[str] = []
    code: list[str] = []
    fenced = False
    for line in text.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        elif any(map(str.isalnum, line)):
            (code if fenced else prose).append(line)
    said = prose[0].translate(_MARKS) if prose else code[0] if code else ""
    return said.strip()


_MARKS = str.maketrans("", "", "#*`")


def set_difference(before: NamedSet, after: NamedSet) -> SetDifference:
    """Tell two sets apart: by ids, then versions of one example are put side by side.

    A version names the other as its parent, or has the same question, or the same answer.
    """
    one, other = ({e.id: e for e in side.members} for side in (before, after))
    kept = [Change(e, other[key], ()) for key, e in one.items() if key in other]
    went = {key: e for key, e in one.items() if key not in other}
    came = {key: e for key, e in other.items() if key not in one}
    kept += _versions(went, came)
    weighed = [c._replace(what=tuple(_changes(c, before, after))) for c in kept]
    changed = [c for c in weighed if c.what]
    figures = tuple(_figures(before, after))
    same = len(weighed) - len(changed)
    return SetDifference(before, after, [*came.values()], [*went.values()], changed, same, figures)


def _versions(went: dict[str, Example], came: dict[str, Example]) -> Iterator[Change]:
    """Take pairs of versions out of both: by parent, then by question, then by answer."""
    for key in list(came):
        example = came[key]
        known = example.provenance.parents if example.provenance.origin in _VERSIONS else ()
        if parent := next((p for p in known if p in went), None):
            yield Change(went.pop(parent), came.pop(key), ())
    for text in ("question", "answer"):
        places = {getattr(e, text): key for key, e in went.items()}
        for key in list(came):
            if (place := places.pop(getattr(came[key], text), None)) is not None:
                yield Change(went.pop(place), came.pop(key), ())


def _changes(change: Change, before: NamedSet, after: NamedSet) -> Iterator[str]:
    one, other = change.before, change.after
    for name in ("question", "answer", "category", "topic", "difficulty"):
        if getattr(one, name) != getattr(other, name):
            yield name
    if _reason(one) != _reason(other):
        yield "verdict"
    known = before.splits and after.splits
    if known and before.splits.get(one.id) != after.splits.get(other.id):
        yield "split"


def _reason(example: Example) -> str:
    rejection = example.rejection
    return f"{rejection.filter}.{rejection.reason}" if rejection else ""


def _strategy(example: Example) -> str:
    return example.provenance.strategy or str(example.provenance.origin)


_COUNTED: Mapping[str, Callable[[Example], str]] = {
    "rejected for": _reason,
    "category": lambda e: str(e.category),
    "difficulty": lambda e: str(e.difficulty),
    "topic": lambda e: str(e.topic),
    "made by": _strategy,
}


def _figures(before: NamedSet, after: NamedSet) -> Iterator[Figure]:
    sides = before.members, after.members
    yield Figure(WHOLE, "examples", *(len(s) for s in sides))
    if any(e.rejection for side in sides for e in side):
        yield Figure(WHOLE, "accepted", *(sum(not e.rejection for e in s) for s in sides))
    yield Figure(WHOLE, "words an answer", *(_length(s) for s in sides))
    for group, value in _COUNTED.items():
        counts = [Counter(filter(None, map(value, side))) for side in sides]
        for name in _order(*counts):
            yield Figure(group, name, *(c[name] for c in counts))
    parts = [Counter(side.splits.get(e.id, "") for e in side.members) for side in (before, after)]
    for name in filter(None, _order(*parts)):
        yield Figure("split", name, *(c[name] for c in parts))


def _length(examples: Sequence[Example]) -> float:
    """Return the mean length of an answer, in words and marks as the filter `length` counts."""
    lengths = [count_tokens(e.answer) for e in examples]
    return round(sum(lengths) / len(lengths), 1) if lengths else 0.0


def _order(*counts: Counter[str]) -> Iterable[str]:
    return sorted(set().union(*counts), key=lambda n: (-max(c[n] for c in counts), n))
