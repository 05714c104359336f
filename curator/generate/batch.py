"""A batch: one folder that holds a plan, its candidates, what filters said, and a manifest.

    plan.json          settings, seed and what was wanted; written first, never changed
    waves/             one file per wave of candidates, one per round of what the model wrote for
                       them, and one with their verdicts, and in the end those of another model's
                       opinions, each written whole; merged into the files below when the batch ends
    candidates.jsonl   every candidate, in the order in which they were made, before the filters
    accepted.jsonl, rejected.jsonl   the candidates with their verdicts
    manifest.json      counts, yields and digests of all of these; written last

A wave is planned from the files of earlier waves alone, so that an interrupted batch resumes and
ends with the files that an uninterrupted one would have.
"""

import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from curator.base import store
from curator.base.errors import DataError, StoreError
from curator.base.settings import digest
from curator.filters.base import Outcome
from curator.models.base import Completion
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.taxonomy import Slot, taxonomy

FILES = ("plan.json", "candidates.jsonl", "accepted.jsonl", "rejected.jsonl")
PATIENCE = 1.0  # seconds to wait for a lock, which somebody may only be asking about
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """What a batch started from.

    `settings` are all that its candidates depend on, `wanted` how many accepted candidates each
    slot needs, `history` the yields of earlier batches, `rustc` the version of the compiler.
    """

    settings: dict[str, Any]
    seed: int
    created: datetime
    rustc: str | None
    wanted: dict[Slot, float]
    history: dict[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 of everything that the candidates depend on."""
        return digest({**self.document(), "created": None})

    def document(self) -> dict[str, Any]:
        """Return the plan as a JSON object."""
        return {
            "settings": self.settings,
            "seed": self.seed,
            "created": self.created.isoformat(),
            "rustc": self.rustc,
            "wanted": {str(slot): n for slot, n in self.wanted.items()},
            "history": self.history,
        }


@dataclass(frozen=True)
class Batch:
    """The folder of one batch."""

    folder: Path

    @property
    def name(self) -> str:
        """The name that provenance gives as the batch."""
        return self.folder.name

    def path(self, name: str) -> Path:
        """Return the path of a file of the batch."""
        return self.folder / name

    @property
    def seed(self) -> int:
        """The number in the folder's name."""
        return int(self.name.rpartition("-s")[2].partition("-")[0])

    @property
    def recipe(self) -> str:
        """The name of the recipe that made the batch."""
        return self.name.rpartition("-s")[0]

    @property
    def complete(self) -> bool:
        """Whether the manifest, which is written last, is there."""
        return self.path("manifest.json").is_file()

    def plan(self) -> Plan:
        """Return the plan, which is read once; raises DataError where it is broken."""
        return self._plan

    @cached_property
    def _plan(self) -> Plan:
        path = self.path("plan.json")
        data = store.read_json(path)
        try:
            slots = taxonomy().order(map(Slot.parse, data["wanted"]))
            wanted = {slot: data["wanted"][str(slot)] for slot in slots}
            created = datetime.fromisoformat(data["created"])
            fields = data["settings"], data["seed"], created, data.get("rustc"), wanted
            return Plan(*fields, data["history"])
        except (KeyError, TypeError, ValueError) as error:
            hint = "delete the batch folder and run again"
            raise DataError(f"not a plan: {error!r}", where=path, hint=hint) from error

    def begin(self, plan: Plan) -> None:
        """Write the plan, unless there is one; to be called while the batch is locked."""
        if not self.path("plan.json").exists():
            store.write_json(self.path("plan.json"), plan.document())

    def manifest(self) -> dict[str, Any]:
        """Read the manifest of a complete batch."""
        manifest: dict[str, Any] = store.read_json(self.path("manifest.json"))
        return manifest

    def wave(self, number: int, kind: str) -> list[Example] | None:
        """Read the "candidates" or the "judged" of a wave; None where they are not written yet."""
        path = self._wave(number, kind)
        return list(read_examples(path)) if path.exists() else None

    def write_wave(self, number: int, kind: str, examples: Sequence[Example]) -> None:
        """Write the "candidates" or the "judged" of a wave, whole or not at all."""
        store.write_atomic(self._wave(number, kind), examples)

    def round(self, wave: int, number: int, asked: str) -> list[Completion] | None:
        """Read what the model wrote in a round of a wave; None where that is not written yet.

        `asked` is the digest of what it was asked: the texts of other requests do not count.
        """
        return _read_written(self._round(wave, number), asked)

    def write_round(
        self, wave: int, number: int, asked: str, written: Sequence[Completion]
    ) -> None:
        """Write what the model wrote in a round of a wave, whole or not at all."""
        _write_written(self._round(wave, number), asked, written)

    def opinions(self, number: int, asked: str) -> list[Completion] | None:
        """Read what another model said of some accepted candidates; as `round` does."""
        return _read_written(self._opinions(number), asked)

    def write_opinions(self, number: int, asked: str, written: Sequence[Completion]) -> None:
        """Write what another model said of some accepted candidates, whole or not at all."""
        _write_written(self._opinions(number), asked, written)

    def _opinions(self, number: int) -> Path:
        return self.path("waves") / f"{number:04d}.opinions.json"

    def _round(self, wave: int, number: int) -> Path:
        return self.path("waves") / f"{wave:04d}.round-{number}.json"

    def _wave(self, number: int, kind: str) -> Path:
        return self.path("waves") / f"{number:04d}.{kind}.jsonl"

    def wave_count(self) -> int:
        """How many candidates the waves hold so far."""
        return sum(_lines(p) for p in self.path("waves").glob("*.candidates.jsonl"))

    def made_waves(self) -> Iterator[Example]:
        """The candidates of the waves that were made so far, without verdicts."""
        return read_examples(*sorted(self.path("waves").glob("*.candidates.jsonl")))

    def judged_waves(self) -> Iterator[Example]:
        """The examples of the waves that were judged so far."""
        return read_examples(*sorted(self.path("waves").glob("*.judged.jsonl")))

    def count(self, name: str) -> int:
        """How many examples one of the batch's files holds."""
        return _lines(self.path(name)) if self.path(name).exists() else 0

    def read(self, name: str) -> list[Example]:
        """Read the examples of one of the batch's files; none where it is absent."""
        path = self.path(name)
        return list(read_examples(path)) if path.exists() else []

    @property
    def running(self) -> bool:
        """Whether a process works on the batch now."""
        return store.held(self.path(".lock"))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the batch for this process; raises StoreError where another one has it."""
        lock, doing = self.path(".lock"), "works on this batch"
        with store.locked(lock, doing, wait=PATIENCE, where=self.folder):
            yield

    @contextmanager
    def discarded_if_it_fails_empty(self) -> Iterator[None]:
        """Discard the batch if the block raises before there is a candidate."""
        try:
            yield
        except BaseException:
            if not (self.complete or self.wave_count()):
                with suppress(StoreError):  # the first error is the one to tell
                    self.discard()
            raise

    def discard(self) -> None:
        """Remove the batch; a kill on the way leaves one of which nothing counts.

        Raises StoreError where the disk refuses.
        """
        try:
            for name in ("accepted.jsonl", "manifest.json", "candidates.jsonl"):
                self.path(name).unlink(missing_ok=True)
            shutil.rmtree(self.folder)
        except OSError as error:
            raise StoreError(f"cannot delete: {error.strerror}", where=self.folder) from error


def _read_written(path: Path, asked: str) -> list[Completion] | None:
    data = store.read_json(path) if path.exists() else {}
    if data.get("asked") != asked:
        return None
    return [Completion(**written) for written in data["written"]]


def _write_written(path: Path, asked: str, written: Sequence[Completion]) -> None:
    store.write_json(path, {"asked": asked, "written": [asdict(one) for one in written]})


def _lines(path: Path) -> int:
    return sum(1 for line in path.read_bytes().splitlines() if line.strip())


def existing(root: Path, name: str = "*") -> list[Batch]:
    """Return the batches of one recipe, or of all, ordered by name."""
    return [Batch(p.parent) for p in sorted(root.glob(f"{name}-s[0-9]*/plan.json"))]


def choose_batch(
    root: Path,
    name: str,
    make_plan: Callable[[int], Plan],
    seed: int | None,
    begun: Sequence[Batch] | None = None,
) -> tuple[Batch, Plan]:
    """Choose the batch to work on, and its plan: an unfinished one of the same settings, or new.

    A given `seed` means the batch of exactly that seed. None takes an unfinished batch whose
    settings are still those of `make_plan`, else the first unused seed. `begun` are the recipe's
    batches, where they were listed before. Nothing is written: see `Batch.begin`.
    """
    batches = existing(root, name) if begun is None else begun
    if seed is None:
        for batch in (b for b in batches if not b.complete):
            if batch.plan().settings == make_plan(batch.seed).settings:
                return batch, batch.plan()
            hint = "curator batches says what changed"
            log.warning("%s: unfinished, with other settings; left as it is (%s)", batch.name, hint)
        seed = max((b.seed for b in batches), default=0) + 1
    plan = make_plan(seed)
    folder = root / f"{name}-s{seed:04d}-{digest(plan.settings)[:8]}"
    return next((b for b in batches if b.folder == folder), Batch(folder)), plan


def finish(
    batch: Batch,
    candidates: Sequence[Example],
    outcome: Outcome | None,
    facts: dict[str, Any],
) -> dict[str, Any]:
    """Write the batch's files, then its manifest, and return that; then remove the waves.

    Without an `outcome` only the candidates are written.
    """
    store.write_atomic(batch.path("candidates.jsonl"), candidates)
    if outcome:
        store.write_atomic(batch.path("accepted.jsonl"), outcome.accepted)
        store.write_atomic(batch.path("rejected.jsonl"), outcome.rejected)
    plan = batch.plan()
    manifest = {
        "batch": batch.name,
        "plan_sha256": plan.digest,
        "model": plan.settings["model"],
        "rustc": plan.rustc,
        "toolkit": plan.settings["toolkit"],
        **facts,
        "outcome": outcome.document() if outcome else None,
        "files": {n: store.sha256_of(p) for n in FILES if (p := batch.path(n)).exists()},
    }
    store.write_json(batch.path("manifest.json"), manifest)
    shutil.rmtree(batch.path("waves"), ignore_errors=True)
    return manifest
