"""Which earlier versions an example replaces, and so may resemble."""

from curator.records.example import Example, ExampleId, Origin

# A mutated or evolved example stands beside its parent: it must differ from it.
_REPLACING = (Origin.CORRECTED, Origin.REPAIRED)


def _replaced(example: Example) -> tuple[ExampleId, ...]:
    came = example.provenance
    return came.parents if came.origin in _REPLACING else ()


class Lineage:
    """The parents of the examples seen so far, as far as these replace them."""

    def __init__(self) -> None:
        self._parents: dict[ExampleId, tuple[ExampleId, ...]] = {}

    def add(self, example: Example) -> None:
        """Remember what an example was made from."""
        if replaced := _replaced(example):  # most replace none, and take no memory
            self._parents[example.id] = replaced

    def replaced(self, example: Example) -> set[ExampleId]:
        """The ids of the versions that an example replaces, through all that were seen."""
        wanted, found = list(_replaced(example)), set[ExampleId]()
        while wanted:
            one = wanted.pop()
            if one not in found:
                found.add(one)
                wanted += self._parents.get(one, ())
        return found
