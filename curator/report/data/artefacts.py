"""Read which files a training left, as the commands that made them recorded it."""

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
    """List the adapter, and what `fuse` and `export` made of it, as they recorded it."""
    files: list[dict[str, Any]] = []
    if (run.file("adapters") / "adapters.safetensors").is_file():
        files.append(run.adapter().document())
    exported = [a for record in exports_of(project, run) for a in record["artefacts"]]
    merged = merged_of(project.root, run.name)
    if not exported and (merged / "origin.json").is_file():  # its digest is recorded by export
        size = sum(p.stat().st_size for p in merged.rglob("*") if p.is_file())
        files.append(
            {"path": merged, "size": size, "sha256": "", "description": Notice("merged_model")}
        )
    return [_file(project, one) for one in [*files, *exported]]


def _file(project: Project, record: dict[str, Any]) -> File:
    where = Path(record["path"])
    return File(
        path=project.relative(where),
        size=record["size"],
        sha256=record["sha256"],
        description=_DESCRIPTION.validate_python(record["description"]),
        there=where.exists(),
    )


def exports_of(project: Project, run: RunDir) -> list[dict[str, Any]]:
    """Read the records of `export` for this run, by what the merged folder says of its run."""
    exports = []
    for path in sorted((project.root / MODELS).glob("*.json")):
        record = store.read_json(path)
        if not isinstance(record, dict) or "artefacts" not in record:
            continue
        folders = [Path(a["path"]) for a in record["artefacts"]]
        named = record.get("run")
        if named == run.name or (named is None and any(_made_by(f, run) for f in folders)):
            exports.append({k: v for k, v in record.items() if k != "answers"})
    return exports


def _made_by(folder: Path, run: RunDir) -> bool:
    origin = folder / "origin.json"
    if origin.is_file():
        return bool(store.read_json(origin).get("run") == run.name)
    return folder.name == run.name or folder.stem.startswith(f"{run.name}-")
