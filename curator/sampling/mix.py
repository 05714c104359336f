"""Write a folder to train on: the curated rows, with a share of own answers.

train.jsonl    the curated rows, shares of them asked with passages or for a short answer; own rows
valid.jsonl    as it is
manifest.json  what it was made of, with all digests; a training keeps it with its run

The same inputs give the same bytes, and the folder appears whole or not at all. A share is of all
rows of train.jsonl. A row that is asked in another way stands in the place of the row it was.
"""

import math
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from curator import __version__
from curator.base import store
from curator.base.errors import DataError
from curator.base.plural import plural
from curator.base.progress import Progress, silent
from curator.base.seeds import derive_seed
from curator.dataset.write import Chat, read_manifest
from curator.records import samples as names
from curator.records.samples import ANSWERS, ROWS
from curator.sampling.asked_elsewhere import key_of
from curator.sampling.asked_otherwise import ask_briefly
from curator.sampling.choose import Leaks
from curator.sampling.rows import OwnRow
from curator.training.staging import check_replaceable, staged

Change = Callable[[Chat], Chat | None]  # None: this row cannot be asked so

_WRITTEN = ("train.jsonl", "valid.jsonl")
_HELD = ("valid", "test")
_MADE_OF = ("model", "prompt_sha256", "sampling", "seed", "checks_sha256", "rustc")


@dataclass(frozen=True)
class Shares:
    """What parts of the rows are own answers, asked with passages, asked for a short answer."""

    own: float = 0.0
    passages: float = 0.0
    short: float = 0.0


@dataclass(frozen=True)
class Sources:
    """What a folder is mixed from: a built set, folders of own answers, a way to add passages.

    `leaks` tells whether a question and answer are near to a prompt of an evaluation.
    """

    data: Path
    own: Sequence[Path] = ()
    passages: Change | None = None
    index_sha256: str | None = None
    leaks: Leaks | None = None


@dataclass(frozen=True)
class Mixed:
    """A folder to train on, with the manifest in it."""

    folder: Path
    manifest: Mapping[str, Any]

    def parts(self) -> Iterator[tuple[str, int, float]]:
        """Yield each kind of row, its number and its share."""
        counts = self.manifest["mix"]["counts"]
        total = sum(counts.values())
        yield from ((name, number, number / total) for name, number in counts.items())

    @property
    def remarks(self) -> list[str]:
        """What is less than was asked for."""
        remarks: list[str] = self.manifest["mix"]["remarks"]
        return remarks

    def document(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {"folder": str(self.folder), **self.manifest}


class _Kind(NamedTuple):
    name: str
    share: float
    change: Change | None


def mix(
    sources: Sources, shares: Shares, out: Path, seed: int = 0, progress: Progress = silent
) -> Mixed:
    """Write a folder to train on; see the module.

    Raises DataError for sources that are no such folders or were changed since, for shares that
    are no shares, and where `out` is anything but an earlier mix.
    """
    _check(shares)
    check_replaceable(out, _WRITTEN, "mix", "mix")
    base = read_manifest(sources.data)
    if lacking := [name for name in _WRITTEN if name not in base["files"]]:
        hint = "curator build makes it again"
        raise DataError(f"the set has no {lacking[0]}", where=sources.data, hint=hint)
    if shares.own and not sources.own:
        raise DataError("a share of own answers needs own answers", hint="--own NAME")
    if "mix" in base:
        hint = "give the built set that it was made of"
        raise DataError("this is a mix already", where=sources.data, hint=hint)
    rows = list(store.read(sources.data / "train.jsonl", Chat))
    own, held = _to_learn(_own_rows(sources.own), sources, base["splits"])
    taken, remarks = _taken(own, len(rows), shares.own, seed)
    total = len(rows) + len(taken)
    kinds = [
        _Kind("passages", shares.passages, sources.passages),
        _Kind("short", shares.short, ask_briefly),
    ]
    changed, counts, more = _asked_otherwise(rows, kinds, total, (seed, progress))
    plain = len(rows) - sum(counts.values())
    mixed = {
        "own": [{"name": p.name, **_made_of(p)} for p in sources.own],
        "shares": {"own": shares.own, "passages": shares.passages, "short": shares.short},
        "seed": seed,
        "index_sha256": sources.index_sha256,
        "counts": {"curated": plain, **counts, "own": len(taken)},
        "remarks": [*held, *remarks, *more],
        "toolkit": __version__,
    }
    with staged(out, replace=True) as folder:  # an earlier mix
        store.write_atomic(folder / "train.jsonl", (*changed, *taken))
        shutil.copyfile(sources.data / "valid.jsonl", folder / "valid.jsonl")
        files = {name: store.sha256_of(folder / name) for name in _WRITTEN}
        manifest = {**base, "files": files, "mixed_from": base["files"], "mix": mixed}
        store.write_json(folder / names.MANIFEST, manifest)
    return Mixed(out, manifest)


def _check(shares: Shares) -> None:
    """Raise DataError for shares of which none can be made."""
    for name, share in (
        ("own", shares.own),
        ("passages", shares.passages),
        ("short", shares.short),
    ):
        if not 0 <= share < 1:
            raise DataError(f"the share {name} is {share:g}", hint="from 0 to less than 1")
    total = shares.own + shares.passages + shares.short
    if total > 1:
        hint = "together at most 1"
        raise DataError(f"the shares sum to {total:g}: no row is asked in two ways", hint=hint)


def _own_rows(folders: Sequence[Path]) -> list[OwnRow]:
    rows = list[OwnRow]()
    for folder in folders:
        expected = _manifest(folder)["files"][ROWS]
        if not store.is_unchanged(folder / ROWS, expected):
            hint = "curator sample writes it again"
            raise DataError("not the file of its manifest", where=folder / ROWS, hint=hint)
        rows += store.read(folder / ROWS, OwnRow)
    return rows


def _to_learn(
    own: Sequence[OwnRow], sources: Sources, splits: Mapping[str, Any]
) -> tuple[list[OwnRow], list[str]]:
    """Return own rows, each answer once, that ask nothing which the set does not train on.

    Answers may be older than the set: what was learned then may be validated on now, or be asked by
    an evaluation. Also returns what is said of those that were left out.
    """
    held = {name for split in _HELD for name in splits.get(split, ())}
    asked = {key_of(row.messages[-2].content) for row in _held_rows(sources.data)}
    kept, counts = list[OwnRow](), Counter[str]()
    seen = set[tuple[str, str]]()
    for row in own:
        question, answer = (turn.content for turn in row.messages[-2:])
        key = key_of(question)
        if row.metadata.task in held or key in asked:
            counts["their questions are in valid or test"] += 1
        elif sources.leaks and sources.leaks(question, answer):
            counts["they are near to a prompt of the evaluation"] += 1
        elif (key, answer) in seen:
            counts["the same answers are there already"] += 1
        else:
            seen.add((key, answer))
            kept.append(row)
    return kept, [f"own: {plural(n, 'row')} left out: {why}" for why, n in counts.items()]


def _held_rows(data: Path) -> Iterator[Chat]:
    for split in _HELD:
        path = data / f"{split}.jsonl"
        if path.is_file():
            yield from store.read(path, Chat)


def _manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a sampling; raises DataError where there is none."""
    path = folder / names.MANIFEST
    document = store.read_json(path) if path.is_file() else None
    known: dict[str, Any] = document if isinstance(document, dict) else {}
    files = known.get("files")
    whole = isinstance(files, dict) and {ROWS, ANSWERS} <= files.keys()
    if not (whole and {*_MADE_OF} <= known.keys()):
        hint = "curator sample, which writes its manifest last"
        raise DataError("there are no own answers", where=folder, hint=hint)
    return known


def _made_of(folder: Path) -> dict[str, Any]:
    manifest = _manifest(folder)
    files = {name: manifest["files"][name] for name in (ROWS, ANSWERS)}
    return {**{name: manifest[name] for name in _MADE_OF}, "files": files}


def _taken(
    own: Sequence[OwnRow], curated: int, share: float, seed: int
) -> tuple[list[OwnRow], list[str]]:
    """Take own rows up to their share: one of each task, then a second one, and so on."""
    wanted = math.floor(share / (1 - share) * curated + 0.5)
    if wanted and not own:
        hint = "curator sample with a larger model, or more answers to each task"
        raise DataError("none of the own answers became a row", hint=hint)
    seen: dict[str, int] = {}
    order = sorted(own, key=lambda r: derive_seed(seed, r.metadata.task, r.metadata.sample))
    turns = list[tuple[int, int]]()
    for at, row in enumerate(order):
        turns.append((seen.get(row.metadata.task, 0), at))
        seen[row.metadata.task] = turns[-1][0] + 1
    taken = [order[at] for _, at in sorted(turns)[:wanted]]
    less = len(taken) < wanted
    remarks = [f"own: {len(taken)} rows are there, {wanted} make the share"] if less else []
    return taken, remarks


def _asked_otherwise(
    rows: Sequence[Chat], kinds: Sequence[_Kind], total: int, how: tuple[int, Progress]
) -> tuple[list[Chat], dict[str, int], list[str]]:
    """Ask shares of the rows in other ways, no row in two; with counts and what was lacking."""
    seed, progress = how
    changed, counts, remarks = list(rows), dict[str, int](), list[str]()
    left = sorted(range(len(rows)), key=lambda at: derive_seed(seed, "asked", at))
    for kind in kinds:
        wanted, done = math.floor(kind.share * total + 0.5), 0
        for at in list(left):
            if done == wanted or kind.change is None:
                break
            progress(kind.name, done, wanted)
            if (new := kind.change(rows[at])) is not None:
                changed[at] = new
                left.remove(at)
                done += 1
        counts[kind.name] = done
        if done < wanted:
            remarks.append(f"{kind.name}: {done} rows can be asked so, {wanted} make the share")
    return changed, counts, remarks
