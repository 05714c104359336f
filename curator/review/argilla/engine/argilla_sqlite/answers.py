"""Refuse a submitted answer that says too little, in words that the page shows.

The rule is the pull's (curator/review/lacking.py). The page cannot ask it: for it every question is
required or not. It asks the server before it sends an answer, by the same request with `?ask`. A
refusal has a code, of which the page knows the French sentence (page/fr.json). Drafts, answers that
are discarded, and datasets of other questions pass.
"""

import importlib.util
import json
import re
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any


def _find_curator() -> None:
    """Make the package that this file belongs to importable, and nothing else that lies beside it.

    Its few modules that the rule needs ask for nothing that this environment lacks.
    """
    if "curator" in sys.modules:
        return
    root = Path(__file__).parents[4]
    spec = importlib.util.spec_from_file_location("curator", root / "__init__.py")
    assert spec is not None and spec.loader is not None  # noqa: S101  a path of ours
    sys.modules["curator"] = package = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(package)


_find_curator()

from curator.review.argilla import fields  # noqa: E402
from curator.review.lacking import CORRECT, LABELS, REJECT, TEXTS, lacking  # noqa: E402

CODES = {"no_reason": "curator_no_reason", "unchanged": "curator_no_change"}

_OF_RECORD = re.compile(r"/api/v1/records/([0-9a-f-]{36})/responses/?$")
_OF_RESPONSE = re.compile(r"/api/v1/responses/([0-9a-f-]{36})/?$")
_BULK = re.compile(r"/api/v1/me/responses/bulk/?$")
_SUGGESTED = """SELECT q.name, s.value FROM suggestions s JOIN questions q ON q.id = s.question_id
  WHERE s.record_id = ?"""
_METADATA = "SELECT metadata FROM records WHERE id = ?"
_RECORD = "SELECT record_id FROM responses WHERE id = ?"
_REASONED = "SELECT 1 FROM questions q JOIN records r ON r.dataset_id = q.dataset_id\
  WHERE r.id = ? AND q.name = ?"


def _key(identifier: str) -> str:
    return uuid.UUID(identifier).hex


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values by question, without what Argilla wraps them in."""
    return {n: v.get("value") for n, v in values.items() if isinstance(v, dict)}


def _answers(path: str, body: Any) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    """Yield the answers of a request: the id in its path or body, what it says, if a response's."""
    if not isinstance(body, dict):
        return
    if found := _OF_RECORD.search(path):
        yield found[1], body, False
    elif found := _OF_RESPONSE.search(path):
        yield found[1], body, True
    elif _BULK.search(path) and isinstance(body.get("items"), list):
        yield from (
            (i["record_id"], i, False)
            for i in body["items"]
            if isinstance(i, dict) and isinstance(i.get("record_id"), str)
        )


def _fault(identifier: str, answer: Mapping[str, Any], is_response: bool) -> str:
    values = answer.get("values")
    if answer.get("status") != "submitted" or not isinstance(values, dict):
        return ""
    said = _plain(values)
    if said.get(fields.DECISION) not in (REJECT, CORRECT):
        return ""
    from . import engine

    with closing(engine.connect()) as connection:
        record = _key(identifier)
        if is_response:
            row = connection.execute(_RECORD, [record]).fetchone()
            record = row[0] if row else record
        if not connection.execute(_REASONED, [record, fields.REASON]).fetchone():
            return ""
        original = _original(connection, record)
    return CODES.get(lacking(said, original) or "", "")


def _original(connection: Any, record: str) -> dict[str, str]:
    """Read the texts and labels of the example that a record shows.

    Records of an older version do not have the texts: there, they are what fills the form in.
    """
    rows = connection.execute(_SUGGESTED, [record]).fetchall()
    filled = {n: text for n, v in rows if n in (*TEXTS, *LABELS) and (text := _text(v))}
    row = connection.execute(_METADATA, [record]).fetchone()
    metadata = json.loads(row[0]) if row and row[0] else {}
    kept = {n: metadata[m] for n, m in fields.ORIGINALS.items() if m in metadata}
    return filled | kept


def _text(value: str) -> str:
    read = json.loads(value)
    return read if isinstance(read, str) else ""


def refusal(path: str, raw: bytes) -> str:
    """Return the code of why a request is refused, "" where it is not, or is no answer at all."""
    if not (_OF_RECORD.search(path) or _OF_RESPONSE.search(path) or _BULK.search(path)):
        return ""
    try:
        answers = list(_answers(path, json.loads(raw)))
        return next(filter(None, (_fault(*answer) for answer in answers)), "")
    except ValueError:  # no JSON, no id: Argilla says so
        return ""


class CompleteAnswers:
    """Middleware that refuses answers which say too little."""

    def __init__(self, app: Any):
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request, or pass it on with its body."""
        answers = scope["type"] == "http" and scope["method"] in ("POST", "PUT")
        if not answers or "/responses" not in scope["path"]:
            await self._app(scope, receive, send)
            return
        messages = [await receive()]
        while messages[-1].get("more_body", False):
            messages.append(await receive())
        code = refusal(scope["path"], b"".join(m.get("body", b"") for m in messages))
        if scope["query_string"] == b"ask":
            await _answer(send, 200, code)
            return
        if code:
            await _answer(send, 422, code)
            return

        async def replay() -> Any:
            return messages.pop(0) if messages else await receive()

        await self._app(scope, replay, send)


async def _answer(send: Any, status: int, code: str) -> None:
    body = json.dumps({"code": code, "detail": code.replace("_", " ")}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
