"""Tell which earlier versions an example replaces, and so may resemble."""

from curator.records.example import Example, ExampleId, Origin

# A mutated or evolved example stands beside its parent, and must differ from it.
_REPLACING = (Origin.CORRECTED, Origin.REPAIRED)


def _replaced(example: Example) -> tuple[ExampleId, ...]:
    provenance = example.provenance
    return provenance.parents if provenance.origin in _REPLACING else ()


class Lineage:
    """The parents of the examples seen so far, as far as the examples replace them."""

    def __init__(self) -> None:
        self._parents: dict[ExampleId, tuple[ExampleId, ...]] = {}

    def add(self, example: Example) -> None:
        """Remember which examples this one replaces."""
        if replaced := _replaced(example):  # most replace none, and take no memory
            self._parents[example.id] = replaced

    def replaced(self, example: Example) -> set[ExampleId]:
        """Return the ids of all versions that an example replaces, through all that were seen."""
        todo, versions = list(_replaced(example)), set[ExampleId]()
        while todo:
            version = todo.pop()
            if version not in versions:
                versions.add(version)
                todo += self._parents.get(version, ())
        return versions
