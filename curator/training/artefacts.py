"""Describe the files that a training leaves, each with its size and digest."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from curator.base import store
from curator.base.notice import Notice

MODELS = Path("models")
_EXPORT = "{}-q4_k_m.gguf"


def merged_of(root: Path, run: str) -> Path:
    """Return where a run's merged model lies by default."""
    return root / MODELS / run


def export_of(root: Path, run: str) -> Path:
    """Return where a run's GGUF lies by default."""
    return root / MODELS / _EXPORT.format(run)


def exports(root: Path) -> list[Path]:
    """List the GGUFs of all runs, oldest first; the base model's is not among them."""
    files = (root / MODELS).glob(_EXPORT.format("*"))
    return sorted(files, key=lambda p: (p.stat().st_mtime_ns, p.name))


@dataclass(frozen=True)
class Artefact:
    """A file or folder: size in bytes, SHA-256 (of a folder: of its files' names and digests)."""

    path: Path
    size: int
    sha256: str
    description: Notice

    def document(self) -> dict[str, Any]:
        """Return the artefact as a JSON object."""
        return {**asdict(self), "path": str(self.path)}


def artefact(path: Path, description: Notice) -> Artefact:
    """Describe a file or folder: its size and digest."""
    if path.is_file():
        return Artefact(path, path.stat().st_size, store.sha256_of(path), description)
    files = sorted(p for p in path.rglob("*") if p.is_file())
    listed = "".join(f"{p.relative_to(path)} {store.sha256_of(p)}\n" for p in files)
    size = sum(p.stat().st_size for p in files)
    return Artefact(path, size, hashlib.sha256(listed.encode()).hexdigest(), description)


def weights_digest(folder: Path) -> str:
    """Return one digest of a model folder's weights, whatever else lies there."""
    files = sorted(folder.glob("*.safetensors"))
    return hashlib.sha256("".join(store.sha256_of(f) for f in files).encode()).hexdigest()
