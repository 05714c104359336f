"""What the filters refused when the curated set was built last: it covers nothing.

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
class Refused:
    """Ids of refused examples, each with its "filter.reason"; `met` are those that were seen."""

    reasons: Mapping[str, str] = field(default_factory=dict)
    met: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, project: Project) -> "Refused":
        """Those of the last build; none where no set was built."""
        path = project.curated / MANIFEST
        left_out = store.read_json(path).get("left_out", {}) if path.is_file() else {}
        return cls({k: reason for k, reason in left_out.items() if not reason.startswith(FULL)})

    def without(self, examples: Iterable[Example]) -> Iterator[Example]:
        """The examples that count: all but the refused ones, which count as met."""
        for example in examples:
            if example.id in self.reasons:
                self.met[example.id] = self.reasons[example.id]
            else:
                yield example

    def told(self) -> str:
        """Those that were met, in words, with the counts of their reasons; "" for none."""
        counts = Counter(self.met.values()).most_common()
        reasons = ", ".join(f"{reason} {n}" for reason, n in counts)
        return f"{len(self.met)} refused by the last build ({reasons})" if reasons else ""
