"""Which known models are on this machine, and which of them fit into its memory."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from curator.base.errors import ModelError
from curator.models.known import KnownModel, known_models
from curator.models.needs import CONTEXT, Needs, free_memory, needs_of
from curator.models.places import models_folder, place_of


@dataclass(frozen=True)
class Row:
    """A known model, the memory that it takes, and its file on this machine, if it is here."""

    model: KnownModel
    needs: Needs
    path: Path | None

    def fits(self, free: int) -> bool:
        """Whether so many bytes of free memory suffice."""
        return self.needs.total <= free

    def document(self, free: int) -> dict[str, Any]:
        """Return the row as a JSON object."""
        memory = {**asdict(self.needs), "total": self.needs.total, "fits": self.fits(free)}
        fields = self.model.model_dump(include={"name", "about", "bytes", "sha256", "licence"})
        path = str(self.path) if self.path else None
        return {**fields, "from": self.model.sources, "memory": memory, "path": path}

    def best_document(self) -> dict[str, Any]:
        """Return the name and the file as a JSON object."""
        return {"name": self.model.name, "path": str(self.path)}


@dataclass(frozen=True)
class Overview:
    """The known models, the best first; with which context, and how much memory is free."""

    rows: Sequence[Row]
    context: int
    free: int
    folder: Path

    def best(self) -> Row | None:
        """Return the best model that is here and fits into memory."""
        return next((row for row in self.rows if row.path and row.fits(self.free)), None)

    def require_best(self) -> Row:
        """Return the best model that is here and fits; raises ModelError where none is."""
        if best := self.best():
            return best
        fitting = next((row for row in self.rows if row.fits(self.free)), self.rows[-1])
        hint = f"curator models get {fitting.model.name}"
        raise ModelError("no known model that fits into memory is here", hint=hint)

    def document(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        best = self.best()
        return {
            "models": [row.document(self.free) for row in self.rows],
            "best": best.model.name if best else None,
            "context": self.context,
            "free_memory": self.free,
            "folder": str(self.folder),
        }


def overview(context: int = CONTEXT) -> Overview:
    """Look which known models are here, and what each takes; raises DataError for a bad table."""
    rows = [Row(model, needs_of(model, context), place_of(model)) for model in known_models()]
    return Overview(rows, context, free_memory(), models_folder())
