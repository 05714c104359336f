"""Move a dataset from one server to another: its settings, records, suggestions, vectors, answers.

Answers belong to users, whom only their own server knows: on the other one they are matched by
name, and a name that is absent there is an error before anything is written. Records keep their
ids, so an interrupted move may be made again, and the source is left as it is. Argilla
dates answers anew on arrival; the log of reviews has the times at which they were first pulled,
so pull before moving.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from curator.base.errors import ArgillaError
from curator.review.argilla.access import translated
from curator.review.argilla.sdk import ArgillaServer

if TYPE_CHECKING:
    from argilla import Dataset

Progress = Callable[[str, int, int], None]
BATCH = 100
_INCLUDED = ("responses", "suggestions", "vectors")


@dataclass(frozen=True)
class MoveResult:
    """How many records and answers are on the other server now."""

    dataset: str
    records: int
    answers: int


def _users(server: ArgillaServer) -> dict[str, str]:
    """List users' names by id; needs the key of an owner."""
    return {str(u.id): str(u.username) for u in server.client.api.users.list()}


def _target(source: "Dataset", server: ArgillaServer, workspace: str) -> "Dataset":
    """Find the dataset of the same name there, or create it with the same settings."""
    from argilla import Dataset, Settings

    existing = server.find(source.name, workspace)
    if existing is not None:
        return existing
    server.need_workspace(workspace)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "settings.json"
        source.settings.to_json(path)
        settings = Settings.from_json(path)
    return Dataset(source.name, workspace, settings=settings, client=server.client).create()


def _bare(
    record: dict[str, Any], users: dict[str, str], questions: dict[str, str]
) -> dict[str, Any]:
    """Reduce a record to what the other server takes; the maps lead from ids here to ids there."""
    suggestions = [
        {"question_id": questions[s["question_id"]]}
        | {k: s[k] for k in ("value", "score", "agent", "type") if s.get(k) is not None}
        for s in record.get("suggestions") or ()
    ]
    responses = [
        {"user_id": users[r["user_id"]], "status": r["status"], "values": r["values"]}
        for r in record.get("responses") or ()
    ]
    return {
        "external_id": record["external_id"],
        "fields": record["fields"],
        "metadata": record.get("metadata") or {},
        "vectors": record.get("vectors") or {},
        "suggestions": suggestions,
        "responses": responses,
    }


def _matched(
    records: Sequence[dict[str, Any]], here: ArgillaServer, there: ArgillaServer
) -> dict[str, str]:
    """Map each user here who answered to the id there; raises ArgillaError naming the others."""
    names, known = _users(here), {name: key for key, name in _users(there).items()}
    answered = {r["user_id"] for record in records for r in record.get("responses") or ()}
    missing = sorted(names.get(u, u) for u in answered if names.get(u) not in known)
    if missing:
        hint = "create them there, with the same names, and run again"
        what = f"these users have answers and are not there: {', '.join(missing)}"
        raise ArgillaError(what, where=there.url, hint=hint)
    return {u: known[names[u]] for u in answered}


def move(
    here: ArgillaServer,
    there: ArgillaServer,
    name: str,
    workspace: str,
    progress: Progress,
    to: str | None = None,
) -> MoveResult:
    """Copy a dataset from a workspace `here` to the one of the same name, or `to`, `there`.

    Raises ArgillaError where a server is away, or the dataset or a user is not there.
    """
    with translated(here.url):
        source = here.find(name, workspace)
        if source is None:
            raise ArgillaError(f"there is no dataset {name!r}", where=here.url)
        records = here.records(source, _INCLUDED)
        asked = {str(q.id): q.name for q in source.settings.questions}
    with translated(there.url):
        users = _matched(records, here, there)
        target = _target(source, there, to or workspace)
        ids = {q.name: str(q.id) for q in target.settings.questions}
        questions = {key: ids[question] for key, question in asked.items()}
        address = f"/api/v1/datasets/{target.id}/records/bulk"
        for start in range(0, len(records), BATCH):
            items = [_bare(r, users, questions) for r in records[start : start + BATCH]]
            there.client.api.http_client.put(address, json={"items": items}).raise_for_status()
            progress(f"move {name}", start + len(items), len(records))
    answers = sum(len(r.get("responses") or ()) for r in records)
    return MoveResult(name, len(records), answers)
