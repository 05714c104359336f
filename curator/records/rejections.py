"""What the filters rejected when the curated set was last built: it covers nothing.

Filters cannot run wherever examples are counted, so what `curator build` wrote down is read
instead. `curator import` keeps such examples out; these came otherwise: by hand, or before a filter
changed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from curator.base import store
from curator.records.example import Example
from curator.records.project import MANIFEST, Project

FULL = "slot full"  # begins the reason of an example that passed, and that there was no room for


@dataclass
class LastBuildRejections:
    """Ids of rejected examples, each with its "filter.reason"; `seen` are those met in counting."""

    reasons: Mapping[str, str] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, project: Project) -> "LastBuildRejections":
        """Read those of a project's last build; none where no set was built."""
        path = project.curated / MANIFEST
        left_out = store.read_json(path).get("left_out", {}) if path.is_file() else {}
        return cls({k: reason for k, reason in left_out.items() if not reason.startswith(FULL)})

    def without(self, examples: Iterable[Example]) -> Iterator[Example]:
        """Yield the examples that count: all but the rejected ones, which are noted as seen."""
        for example in examples:
            if example.id in self.reasons:
                self.seen[example.id] = self.reasons[example.id]
            else:
                yield example

    def summary(self) -> str:
        """Say in words how many were seen, with the counts of their reasons; "" for none."""
        counts = Counter(self.seen.values()).most_common()
        reasons = ", ".join(f"{reason} {n}" for reason, n in counts)
        return f"{len(self.seen)} refused by the last build ({reasons})" if reasons else ""
