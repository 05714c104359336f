"""Refuse a submitted answer that says too little, in words that the page shows.

Who rejects gives a reason; who corrects changes a text. The page can ask neither: for it every
question is required or not. A refusal has a code, of which the page knows the French sentence
(page/fr.json). Drafts, answers that are discarded, and datasets of other questions pass.
"""

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

# As in curator/review/argilla/fields.py, which cannot be imported here.
DECISION, REASON = "decision", "reason"
REJECT, CORRECT = "rejeter", "corriger"
TEXTS = ("corrected_question", "corrected_answer")
NO_REASON, NO_CHANGE = "curator_no_reason", "curator_no_change"

_OF_RECORD = re.compile(r"/api/v1/records/([0-9a-f-]{36})/responses/?$")
_OF_RESPONSE = re.compile(r"/api/v1/responses/([0-9a-f-]{36})/?$")
_BULK = re.compile(r"/api/v1/me/responses/bulk/?$")
_SUGGESTED = """SELECT q.name, s.value FROM suggestions s JOIN questions q ON q.id = s.question_id
  WHERE s.record_id = ?"""
_RECORD = "SELECT record_id FROM responses WHERE id = ?"
_REASONED = "SELECT 1 FROM questions q JOIN records r ON r.dataset_id = q.dataset_id\
  WHERE r.id = ? AND q.name = ?"


def _key(identifier: str) -> str:
    return uuid.UUID(identifier).hex


def _value(values: Mapping[str, Any], name: str) -> str:
    given = values.get(name)
    value = given.get("value") if isinstance(given, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _same(one: str, other: str) -> bool:
    """Tell whether two texts are one, however their lines end and their spaces are."""
    return one.split() == other.split()


def lacking(values: Mapping[str, Any], suggested: Mapping[str, str]) -> str:
    """Return the code of what an answer lacks, "" for nothing.

    `suggested` are the texts that the form was filled with, by the question's name.
    """
    decision = _value(values, DECISION)
    if decision == REJECT and not _value(values, REASON):
        return NO_REASON
    if decision == CORRECT:
        given = ((_value(values, name), suggested.get(name, "")) for name in TEXTS)
        if not any(text and not _same(text, before) for text, before in given):
            return NO_CHANGE
    return ""


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
    if _value(values, DECISION) not in (REJECT, CORRECT):
        return ""
    from . import engine

    with closing(engine.connect()) as connection:
        record = _key(identifier)
        if is_response:
            row = connection.execute(_RECORD, [record]).fetchone()
            record = row[0] if row else record
        if not connection.execute(_REASONED, [record, REASON]).fetchone():
            return ""
        rows = connection.execute(_SUGGESTED, [record]).fetchall()
    return lacking(values, {name: text for name, value in rows if (text := _text(value))})


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
        if code:
            await _refuse(send, code)
            return

        async def replay() -> Any:
            return messages.pop(0) if messages else await receive()

        await self._app(scope, replay, send)


async def _refuse(send: Any, code: str) -> None:
    body = json.dumps({"code": code, "detail": code.replace("_", " ")}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 422, "headers": headers})
    await send({"type": "http.response.body", "body": body})
