"""The files of `curated/`, the same bytes for the same inputs.

    examples.jsonl                        whole records, in slot order
    train.jsonl, valid.jsonl, test.jsonl  chats for mlx-lm: system, user, assistant; prose as it is
                                          printed, and the learner's blocks without labels
    examples.parquet                      one row per example, for polars and the hub
    records.jsonl                         the same rows without texts: labels, origin, and where the
                                          chat is (split and row)
    README.md                             the dataset card
    manifest.json                         counts and digests; written last

The account names of annotators are in none of them (`pseudonyms`): the folder is what is published.
A reader that finds a manifest whose digests fit has a whole set; `read_manifest` checks that.
"""

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from curator import __version__
from curator.base import store
from curator.base.errors import DataError
from curator.base.settings import digest
from curator.dataset.card import RECORDS, card
from curator.dataset.curate import CuratedSet
from curator.dataset.earlier import BEFORE
from curator.dataset.gather import Rejection
from curator.dataset.pseudonyms import pseudonymised
from curator.dataset.recipe import RetrainRecipe
from curator.dataset.select import OverQuota
from curator.french.typography import as_asked, typeset_markdown
from curator.records.example import Example
from curator.records.files import frame
from curator.records.project import MANIFEST
from curator.records.rejections import FULL
from curator.records.taxonomy import Slot, taxonomy

if TYPE_CHECKING:
    import polars as pl


class Turn(BaseModel):
    """One turn of a chat, as mlx-lm reads it."""

    role: str
    content: str


class Chat(BaseModel):
    """One row of a training file."""

    messages: list[Turn]


def chat(example: Example, system: str) -> Chat:
    """Turn an example into a chat: system, the question as a learner asks it, the answer."""
    asked, answered = as_asked(example.question), typeset_markdown(example.answer)
    turns = ("system", system), ("user", asked), ("assistant", answered)
    return Chat(messages=[Turn(role=role, content=text) for role, text in turns])


_TEXTS = ("question", "answer")


def _table(examples: Sequence[Example], splits: dict[str, list[Example]]) -> "pl.DataFrame":
    """Make a table with a row for each example; `split` and `row` say where its chat stands."""
    import polars as pl

    places = {e.id: (name, row) for name, part in splits.items() for row, e in enumerate(part)}
    return frame(examples).with_columns(
        pl.Series("split", [places[e.id][0] for e in examples], dtype=pl.String),
        pl.Series("row", [places[e.id][1] for e in examples], dtype=pl.Int64),
        pl.Series("strategy", [e.provenance.strategy for e in examples], dtype=pl.String),
        pl.Series("author", [e.provenance.author for e in examples], dtype=pl.String),
        pl.Series("licence", [e.provenance.licence for e in examples], dtype=pl.String),
        pl.Series("reviews", [len(e.reviews) for e in examples], dtype=pl.Int64),
    )


def _parquet(table: "pl.DataFrame") -> bytes:
    written = io.BytesIO()
    table.write_parquet(written, statistics=False)
    return written.getvalue()


def _records(table: "pl.DataFrame", splits: Iterable[str]) -> bytes:
    """Write the table without the texts, split by split, each in the order of its chats.

    JSON Lines, since the configurations of a data set on the hub must all have one format.
    """
    places = {name: number for number, name in enumerate(splits)}
    rows = sorted(table.drop(_TEXTS).to_dicts(), key=lambda r: (places[r["split"]], r["row"]))
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return "".join(lines).encode("utf-8")


def write(curated: CuratedSet, recipe: RetrainRecipe, folder: Path) -> dict[str, Any]:
    """Write the set into a folder, the manifest last, and return the manifest."""
    shown = pseudonymised(curated.examples, recipe.build.names)
    curated = replace(curated, selection=replace(curated.selection, chosen=shown))
    folder.mkdir(parents=True, exist_ok=True)
    # No manifest while the files change; but the sides that examples have must not be lost.
    if (folder / MANIFEST).is_file():
        (folder / MANIFEST).replace(folder / BEFORE)
    store.write_atomic(folder / "examples.jsonl", curated.examples)
    names = ["examples.jsonl", "examples.parquet", RECORDS, "README.md"]
    for split, examples in curated.splits.items():
        names.append(f"{split}.jsonl")
        rows = [chat(e, recipe.build.system) for e in examples]
        store.write_atomic(folder / names[-1], rows)
    table = _table(curated.examples, curated.splits)
    store.write_bytes(folder / "examples.parquet", _parquet(table))
    store.write_bytes(folder / RECORDS, _records(table, curated.splits))
    store.write_bytes(folder / "README.md", card(curated, recipe).encode("utf-8"))
    manifest = {
        "toolkit": __version__,
        "recipe": recipe.name,
        "recipe_sha256": digest(recipe),
        "examples_sha256": digest([e.id for e in curated.examples]),
        "taxonomy_sha256": taxonomy().sha256,
        "system": recipe.build.system,
        "counts": {
            "total": len(curated.examples),
            **{split: len(part) for split, part in curated.splits.items()},
            "surplus": len(curated.selection.over_quota),
            "rejected": len(curated.gathered.rejected),
        },
        "splits": {split: [e.id for e in part] for split, part in curated.splits.items()},
        **({"held_out": held_out} if (held_out := curated.held_out) else {}),
        "left_out": _left_out(curated.gathered.rejected, curated.selection.over_quota),
        "reviews": sorted({r.id for e in curated.examples for r in e.reviews}),
        "files": {name: store.sha256_of(folder / name) for name in sorted(names)},
    }
    store.write_json(folder / MANIFEST, manifest)
    (folder / BEFORE).unlink(missing_ok=True)
    return manifest


def _left_out(rejected: Iterable[Rejection], over_quota: Iterable[OverQuota]) -> dict[str, str]:
    """Map the id of each example that was left out to the reason."""
    reasons = {r.id: r.reason for r in rejected}
    full: dict[Slot, str] = {}  # one text for each slot, not for each of a million examples
    reasons.update((o.id, full.setdefault(o.slot, f"{FULL}: {o.slot}")) for o in over_quota)
    return reasons


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a built set.

    Raises DataError where there is none, where it is none, or where a file has changed since.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise DataError("there is no built set", where=folder, hint="curator build")
    manifest: dict[str, Any] = store.read_json(path)
    if not _is_manifest(manifest):
        hint = "curator build makes it again"
        raise DataError("this is not the manifest of a built set", where=path, hint=hint)
    for name, expected in manifest["files"].items():
        if not store.is_unchanged(folder / name, expected):
            hint = "curator build makes it again"
            raise DataError("not the file of its manifest", where=folder / name, hint=hint)
    return manifest


def _is_manifest(document: Any) -> bool:
    """Tell whether a document has what every reader of a set asks of its manifest."""
    if not isinstance(document, dict) or not isinstance(document.get("system"), str):
        return False
    files, splits = document.get("files"), document.get("splits")
    if not isinstance(files, dict) or not isinstance(splits, dict):
        return False
    return all(isinstance(ids, list) for ids in splits.values())
