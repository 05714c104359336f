"""Know the planted texts of a project, so that nothing lets one in by another way.

A planted text has one false statement, to see whether readers notice (curator/review/controls). Its
record says so by its origin, and no reader of examples takes it; where a text comes back without
its record, from a sheet for instance, its id tells.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from curator.base import store
from curator.base.decoding import parse_json
from curator.base.errors import DataError
from curator.records.example import Example, Origin
from curator.records.project import Project

CONTROLS = Path("raw") / "reviews" / "controls.jsonl"


def planted_ids(project: Project) -> frozenset[str]:
    """Read the ids of a project's planted texts."""
    path = project.root / CONTROLS
    if not path.exists():
        return frozenset()
    records = (parse_json(line) for _, line in store.read_lines(path))
    examples = [r["example"] for r in records if isinstance(r, dict) and r.get("example")]
    planted = (e for e in examples if e["provenance"]["origin"] == Origin.PLANTED)
    return frozenset(e["id"] for e in planted)


def without_planted(project: Project, examples: Iterable[Example]) -> Iterator[Example]:
    """Yield examples; raises DataError at one whose text is a planted falsehood of the project."""
    planted = planted_ids(project)
    for example in examples:
        if example.id in planted:
            where = example.provenance.source or example.id
            what = "a planted falsehood of this project, which is no example"
            raise DataError(what, where=where, hint="leave it out")
        yield example
