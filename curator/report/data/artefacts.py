"""The files that a training left, as the commands that made them recorded it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, TypeAdapter

from curator.base import legacy, store
from curator.base.notice import Notice
from curator.records.project import Project
from curator.training.artefacts import MODELS, merged_of
from curator.training.rundir import RunDir

_DESCRIPTION: TypeAdapter[Notice] = TypeAdapter(
    Annotated[Notice, BeforeValidator(legacy.description)]
)


@dataclass(frozen=True)
class File:
    """A file that a training left: where, bytes, digest, what it is; gone if it is not there."""

    path: str
    size: int
    sha256: str
    description: Notice
    there: bool


def files_of(project: Project, run: RunDir) -> list[File]:
    """The adapter, and what `fuse` and `export` made of it, as they recorded it."""
    made: list[dict[str, Any]] = []
    if (run.file("adapters") / "adapters.safetensors").is_file():
        made.append(run.adapter().document())
    exported = [a for record in exports_of(project, run) for a in record["artefacts"]]
    merged = merged_of(project.root, run.name)
    if not exported and (merged / "origin.json").is_file():  # its digest is recorded by export
        size = sum(p.stat().st_size for p in merged.rglob("*") if p.is_file())
        made.append(
            {"path": merged, "size": size, "sha256": "", "description": Notice("merged_model")}
        )
    return [_file(project, one) for one in [*made, *exported]]


def _file(project: Project, made: dict[str, Any]) -> File:
    where = Path(made["path"])
    return File(
        path=project.relative(where),
        size=made["size"],
        sha256=made["sha256"],
        description=_DESCRIPTION.validate_python(made["description"]),
        there=where.exists(),
    )


def exports_of(project: Project, run: RunDir) -> list[dict[str, Any]]:
    """The records of `export` for this run, by the merged folder's word of its adapter."""
    found = []
    for path in sorted((project.root / MODELS).glob("*.json")):
        record = store.read_json(path)
        if not isinstance(record, dict) or "artefacts" not in record:
            continue
        folders = [Path(a["path"]) for a in record["artefacts"]]
        named = record.get("run")
        if named == run.name or (named is None and any(_made_by(f, run) for f in folders)):
            found.append({k: v for k, v in record.items() if k != "answers"})
    return found


def _made_by(folder: Path, run: RunDir) -> bool:
    origin = folder / "origin.json"
    if origin.is_file():
        return bool(store.read_json(origin).get("run") == run.name)
    return folder.name == run.name or folder.stem.startswith(f"{run.name}-")
