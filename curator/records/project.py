"""Where a project keeps its files, and which files hold its examples."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from curator.base.errors import CuratorError
from curator.base.shipped import open_folder
from curator.records.taxonomy import Taxonomy, taxonomy_of, use_taxonomy
from curator.text.fold import fold

RECIPE = Path("pipelines") / "augment.yaml"
MANIFEST = "manifest.json"  # of a built set


def identifier(text: str) -> str:
    """Turn a text into 1 to 40 lower-case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text))[:40].strip("-") or "project"


@dataclass(frozen=True)
class Project:
    """A checkout: the folder that holds `pipelines/`, `raw/` and `curated/`."""

    root: Path

    @classmethod
    def find(cls, start: Path) -> "Project":
        """Find the project that `start` is in, and open it; raises CuratorError outside of any.

        Its taxonomy is the one in use from then on; see `open`.
        """
        for folder in (start, *start.parents):
            if (folder / RECIPE).is_file():
                return cls(folder).open()
        raise CuratorError(
            f"no project here: {RECIPE} is in no folder above",
            where=start,
            hint="go to the checkout, or give --project DIR",
        )

    @property
    def name(self) -> str:
        """What the project is called where its recipes do not say: its folder, as an identifier."""
        return identifier(self.root.resolve().name)

    @property
    def key(self) -> str:
        """A name that no other folder of this machine has."""
        path = str(self.root.resolve()).encode("utf-8", "surrogateescape")
        return f"{self.name}-{hashlib.sha256(path).hexdigest()[:8]}"

    def open(self) -> "Project":
        """Make the project's own taxonomy, rubric and prompts those in use; returns the project.

        Cards and reports name topics by this taxonomy, and recipes are checked against it. Raises
        DataError where `schemas/taxonomy.yaml` has a fault.
        """
        use_taxonomy(self.taxonomy)
        open_folder(self.root)
        return self

    @cached_property
    def taxonomy(self) -> Taxonomy:
        """The project's own `schemas/taxonomy.yaml` if it is there, else the shipped taxonomy."""
        return taxonomy_of(self.root)

    @property
    def raw(self) -> Path:
        """Examples before curation: authored, imported, generated."""
        return self.root / "raw"

    @property
    def curated(self) -> Path:
        """The curated set that `curator build` writes."""
        return self.root / "curated"

    @property
    def import_lock(self) -> Path:
        """What a process holds while it changes the examples that count."""
        return self.raw / ".import.lock"

    @property
    def augment_lock(self) -> Path:
        """The lock of those who make batches."""
        return self.raw / ".augment.lock"

    @property
    def build_lock(self) -> Path:
        """The lock of those who write the curated set, or copy it for a training."""
        return self.raw / ".build.lock"

    def authored_files(self) -> list[Path]:
        """List the files of authored examples, in name order."""
        return sorted((self.raw / "authored").glob("*.jsonl"))

    def trusted_files(self) -> list[Path]:
        """List the files whose examples count as covered: authored and imported."""
        return [*self.authored_files(), *sorted((self.raw / "imported").glob("*.jsonl"))]

    def repairable_files(self) -> list[Path]:
        """List the files of imported examples that the filters rejected, for people to correct."""
        return sorted((self.raw / "imported" / "rejected").glob("*.jsonl"))

    def pending_files(self, output: str = "raw/generated") -> list[Path]:
        """List the files of accepted candidates of every batch, which await review."""
        return sorted((self.root / output).glob("*/accepted.jsonl"))

    def relative(self, path: Path) -> str:
        """Write a path as people read it: from the project's root where it lies inside."""
        return str(path.relative_to(self.root) if path.is_relative_to(self.root) else path)
