"""Write a folder of pairs to train preferences on: `curator pairs`, curator/training/pairs.py.

train_pairs.jsonl   pairs; a prompt is in this file or in the next
valid_pairs.jsonl   a share of the prompts, drawn by the seed
manifest.json       counts, what was left out and why, lengths, digests; written last

What an evaluation asks is not trained on: a duel's prompt is one of its prompts, and stays out as
long as it is; so does whatever is near to one, and what stands in the valid and test splits.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from curator import __version__
from curator.base import store
from curator.base.errors import DataError
from curator.base.plural import plural
from curator.base.seeds import derive_seed
from curator.dataset.write import read_manifest
from curator.filters.leakage import read_prompts
from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.project import MANIFEST, Project
from curator.records.samples import OWN, SAMPLES
from curator.sampling import pair_sources
from curator.sampling.asked_elsewhere import key_of, leaks_of, prompt_files
from curator.sampling.pair_sources import Candidate, plain
from curator.training.config import TrainConfig
from curator.training.data import ChatMessage
from curator.training.pairs import PairRow
from curator.training.staging import check_replaceable

_TRAINING = TrainConfig(objective="dpo")
PAIRS, _FILES = _TRAINING.folder, _TRAINING.files


@dataclass(frozen=True)
class PairOptions:
    """What pairs are made: of which own answers, how many a task, of how unlike lengths.

    `valid` is the share of the prompts that are validated on.
    """

    own: tuple[str, ...] = ()
    per_task: int = 2
    ratio: float = 1.5
    valid: float = 0.1
    seed: int = 0


@dataclass(frozen=True)
class Paired:
    """A folder of pairs, with the manifest in it."""

    folder: Path
    manifest: Mapping[str, Any]

    def document(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {"folder": str(self.folder), **self.manifest}


def make_pairs(project: Project, options: PairOptions, out: Path) -> Paired:
    """Write all pairs that a project has for a training.

    Raises DataError where there is none, none is left to learn, or `out` holds something else.
    """
    check_replaceable(out, _FILES, "pairs", "folder of pairs")
    base = read_manifest(project.curated)
    curated = list(read_examples(project.curated / "examples.jsonl"))
    folders = [Path(o) if Path(o).is_dir() else project.root / OWN / o for o in options.own]
    train = {*base["splits"].get("train", ())}
    found = [
        *pair_sources.own_pairs(folders, options.per_task, options.ratio),
        *pair_sources.repaired_pairs([e for e in curated if e.id in train], project.root),
        *pair_sources.people_pairs(project),
    ]
    reasons = _Reasons(project, curated, base["splits"])
    judged = _once((candidate, reasons.against(candidate)) for candidate in found)
    kept = [candidate for candidate, reason in judged if not reason]
    left_out = Counter(f"{candidate.source}: {reason}" for candidate, reason in judged if reason)
    if not kept:
        told = f": {dict(left_out)}" if left_out else ""
        hint = "curator sample, then curator pairs --own NAME"
        raise DataError(f"there is no pair to train on{told}", where=project.root, hint=hint)
    content = {
        "toolkit": __version__,
        "kind": "pairs",
        "own": {f.name: store.sha256_of(f / SAMPLES) for f in folders},
        "curated": base["files"],
        **_seen(base),
        "options": {"per_task": options.per_task, "ratio": options.ratio, "seed": options.seed},
        "pairs": dict(Counter(c.source for c in kept)),
        "left_out": dict(left_out.most_common()),
        "lengths": _lengths(kept),
    }
    splits = _split(kept, options)
    if not splits[0]:
        what = f"all {plural(len(kept), 'pair')} would be validated on, and none learned"
        raise DataError(what, where=project.root, hint="lower --valid, or make more pairs")
    return Paired(out, _write(out, splits, base["system"], content))


def _once(judged: Iterable[tuple[Candidate, str]]) -> list[tuple[Candidate, str]]:
    """Say of pairs that are there already, but for spacing, that they are "twice"."""
    seen, marked = set[tuple[str, str, str]](), list[tuple[Candidate, str]]()
    for one, reason in judged:
        texts = key_of(one.question), plain(one.chosen), plain(one.rejected)
        marked.append((one, reason or ("twice" if texts in seen else "")))
        seen.add(texts)
    return marked


def _seen(base: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a set says of its examples: a model has seen them in the stage before."""
    return {key: base[key] for key in ("splits", "examples_sha256") if key in base}


class _Reasons:
    """Says why a pair is not trained on."""

    def __init__(self, project: Project, curated: Sequence[Example], splits: Mapping[str, Any]):
        held = {name for split in ("valid", "test") for name in splits.get(split, ())}
        self._ids = held
        self._questions = {key_of(e.question) for e in curated if e.id in held}
        self._mutants = pair_sources.mutants(project, curated)
        files = prompt_files(project)
        known = [p for f in files for p in read_prompts(f, project.root) or ()]
        self._prompts = {p.id for p in known} | {key_of(p.prompt) for p in known}
        self._leaks = leaks_of(project)

    def against(self, one: Candidate) -> str:
        """Return why a pair is left out; "" where nothing is against it."""
        if plain(one.chosen) == plain(one.rejected):
            return "same_text"
        if plain(one.chosen) in self._mutants:
            return "mutant"
        if one.about in self._ids or key_of(one.question) in self._questions:
            return "valid_or_test"
        # Where no prompts are known, a duel's are those of an evaluation that cannot be seen here.
        unseen = one.source == "duel" and not self._prompts
        if unseen or one.prompt_id in self._prompts or key_of(one.question) in self._prompts:
            return "evaluation_prompt"
        texts = one.chosen, one.rejected
        leaking = any(self._leaks(one.question, text) for text in texts)
        return "leaks" if leaking else ""


def _lengths(pairs: Sequence[Candidate]) -> dict[str, float]:
    """Say how long both kinds of answers are, in characters: what could be learned by length."""
    return {
        "chosen": round(mean(len(p.chosen) for p in pairs), 1),
        "rejected": round(mean(len(p.rejected) for p in pairs), 1),
        "chosen_longer": round(mean(len(p.chosen) > len(p.rejected) for p in pairs), 3),
    }


def _split(
    pairs: Sequence[Candidate], options: PairOptions
) -> tuple[list[Candidate], list[Candidate]]:
    """Split pairs into those to learn and those to validate on, by prompts."""
    prompts = sorted(
        {key_of(p.question) for p in pairs}, key=lambda k: derive_seed(options.seed, k)
    )
    held = {*prompts[: round(options.valid * len(prompts))]}
    return (
        [p for p in pairs if key_of(p.question) not in held],
        [p for p in pairs if key_of(p.question) in held],
    )


def _write(
    out: Path,
    splits: tuple[list[Candidate], list[Candidate]],
    system: str,
    content: dict[str, Any],
) -> dict[str, Any]:
    out.mkdir(parents=True, exist_ok=True)
    (out / MANIFEST).unlink(missing_ok=True)  # no manifest while the files change
    for name, pairs in zip(_FILES, splits, strict=True):
        store.write_atomic(out / name, [_row(pair, system) for pair in pairs])
    files = {name: store.sha256_of(out / name) for name in _FILES}
    rows = {name: len(pairs) for name, pairs in zip(_FILES, splits, strict=True)}
    manifest = {**content, "rows": rows, "files": files}
    store.write_json(out / MANIFEST, manifest)
    return manifest


def _row(pair: Candidate, system: str) -> PairRow:
    turns = [ChatMessage(role="system", content=system)] if system else []
    return PairRow(
        prompt=(*turns, ChatMessage(role="user", content=pair.question)),
        chosen=(ChatMessage(role="assistant", content=pair.chosen),),
        rejected=(ChatMessage(role="assistant", content=pair.rejected),),
        metadata={"source": pair.source, "about": pair.about},
    )
