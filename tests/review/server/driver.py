"""Runs in the environment of Argilla's server: the real engine over a real database, by JSON lines.

One request a line on standard input, one answer a line on standard output. Records are named by
their external id, users by their username, and everything is written through Argilla's own models.
"""

import asyncio
import json
import sys
from typing import Any

from argilla_server import models as m
from argilla_server import search_engine as s
from argilla_server.database import AsyncSessionLocal
from argilla_server.enums import SimilarityOrder
from argilla_sqlite import engine, serve
from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

ENGINE = engine.SqliteSearchEngine()
LOADED = [selectinload(getattr(m.Dataset, n)) for n in ("fields", "questions", "vectors_settings")]


async def _dataset(db: Any, name: str) -> Any:
    return (await db.scalars(select(m.Dataset).filter_by(name=name).options(*LOADED))).one()


async def _users(db: Any) -> dict[str, Any]:
    return {user.username: user for user in await db.scalars(select(m.User))}


async def make(db: Any, users: list[str], datasets: dict[str, Any]) -> None:
    db.add_all(m.User(first_name=n, username=n, password_hash="", role="annotator") for n in users)
    db.add(m.Workspace(name="w"))
    await db.commit()
    for name, given in datasets.items():
        await make_dataset(db, name, given)


async def make_dataset(db: Any, name: str, given: dict[str, Any]) -> None:
    home = (await db.scalars(select(m.Workspace))).one()
    overlap = {"strategy": "overlap", "min_submitted": 1}
    made = m.Dataset(name=name, workspace=home, status="ready", distribution=overlap)
    db.add(made)
    await db.flush()
    kinds = {"fields": m.Field, "questions": m.Question, "metadata": m.MetadataProperty}
    for kind, model in kinds.items():
        for title, type_ in given[kind].items():
            what = {"type": type_}
            db.add(model(name=title, title=title, settings=what, dataset_id=made.id))
            await db.flush()
    for title, size in given["vectors"].items():
        db.add(m.VectorSettings(name=title, title=title, dimensions=size, dataset_id=made.id))
    await db.commit()


async def add(db: Any, dataset: str, records: list[dict[str, Any]]) -> None:
    home, users = await _dataset(db, dataset), await _users(db)
    questions = {q.name: q.id for q in home.questions}
    vectors = {v.name: v.id for v in home.vectors_settings}
    for given in records:
        record = m.Record(
            external_id=given["id"],
            fields=given.get("fields", {}),
            metadata_=given.get("metadata"),
            status=given.get("status", "pending"),
            dataset_id=home.id,
        )
        db.add(record)
        await db.flush()
        of = {"record_id": record.id}
        for name, suggestion in given.get("suggestions", {}).items():
            db.add(m.Suggestion(question_id=questions[name], **of, **suggestion))
        for name, (status, values) in given.get("responses", {}).items():
            shown = {question: {"value": value} for question, value in values.items()}
            db.add(m.Response(user_id=users[name].id, status=status, values=shown, **of))
        for name, value in given.get("vectors", {}).items():
            db.add(m.Vector(vector_settings_id=vectors[name], value=value, **of))
    await db.commit()


async def change(db: Any, record: str, **changes: Any) -> None:
    row = (await db.scalars(select(m.Record).filter_by(external_id=record))).one()
    for name, value in changes.items():
        setattr(row, name, value)
    await db.commit()


async def respond(db: Any, record: str, user: str, status: str, values: dict[str, Any]) -> None:
    """As Argilla does: an insert that updates where there is a response."""
    row = (await db.scalars(select(m.Record).filter_by(external_id=record))).one()
    shown = {question: {"value": value} for question, value in values.items()}
    by = (await _users(db))[user].id
    schema = {"values": shown, "status": status, "record_id": row.id, "user_id": by}
    await m.Response.upsert(db, schema, [m.Response.record_id, m.Response.user_id])


async def remove(db: Any, what: str, record: str | None = None, name: str | None = None) -> None:
    """Delete a record, its responses, suggestions or vectors, or a whole dataset."""
    if what == "dataset":
        await db.execute(delete(m.Dataset).filter_by(name=name))
    else:
        row = (await db.scalars(select(m.Record).filter_by(external_id=record))).one()
        tables = {"responses": m.Response, "suggestions": m.Suggestion, "vectors": m.Vector}
        table = tables.get(what)
        deleted = delete(table).filter_by(record_id=row.id) if table else delete(m.Record)
        await db.execute(deleted if table else deleted.filter_by(id=row.id))
    await db.commit()


def _scope(users: dict[str, Any], kind: str, *names: Any) -> Any:
    if kind == "response":
        question, prop, user = (*names, None, None)[:3]
        return s.ResponseFilterScope(question, prop, users[user] if user else None)
    kinds = {
        "metadata": s.MetadataFilterScope,
        "suggestion": s.SuggestionFilterScope,
        "record": s.RecordFilterScope,
    }
    return kinds[kind](*names)


def _filter(users: dict[str, Any], given: dict[str, Any]) -> Any:
    if "and" in given:
        return s.AndFilter([_filter(users, one) for one in given["and"]])
    scope = _scope(users, *given["scope"])
    if "values" in given:
        return s.TermsFilter(scope, given["values"])
    return s.RangeFilter(scope, given.get("ge"), given.get("le"))


async def _request(db: Any, given: dict[str, Any]) -> dict[str, Any]:
    users = await _users(db)
    asked = {k: given[k] for k in ("offset", "limit") if k in given}
    if isinstance(given.get("query"), dict):
        asked["query"] = s.TextQuery(**given["query"])
    elif "query" in given:
        asked["query"] = given["query"]
    if "filter" in given:
        asked["filter"] = _filter(users, given["filter"])
    if "sort" in given:
        asked["sort"] = [s.Order(_scope(users, *scope), order) for scope, order in given["sort"]]
    if "user" in given:
        asked["user_id"] = users[given["user"]].id
    return asked


async def _shown(db: Any, found: Any) -> dict[str, Any]:
    rows = await db.execute(select(m.Record.id, m.Record.external_id))
    names = dict(tuple(row) for row in rows)
    ids = [names[item.record_id] for item in found.items]
    return {"ids": ids, "scores": [item.score for item in found.items], "total": found.total}


async def search(db: Any, dataset: str, **given: Any) -> dict[str, Any]:
    asked = await _request(db, given)
    return await _shown(db, await ENGINE.search(await _dataset(db, dataset), **asked))


async def similar(
    db: Any, dataset: str, vector: str, value: Any = None, record: str | None = None, **given: Any
) -> dict[str, Any]:
    home, asked = await _dataset(db, dataset), await _request(db, given)
    near = next(v for v in home.vectors_settings if v.name == vector)
    asked |= {k: given[k] for k in ("max_results", "threshold") if k in given}
    if "order" in given:
        asked["order"] = SimilarityOrder(given["order"])
    row = None
    if record:
        query = select(m.Record).filter_by(external_id=record)
        row = (await db.scalars(query.options(selectinload(m.Record.vectors)))).one()
    found = await ENGINE.similarity_search(home, near, value, row, **asked)
    return await _shown(db, found)


async def metrics(db: Any, dataset: str, name: str) -> Any:
    home = await _dataset(db, dataset)
    query = select(m.MetadataProperty).filter_by(dataset_id=home.id, name=name)
    return (await ENGINE.compute_metrics_for((await db.scalars(query)).one())).model_dump()


async def progress(db: Any, dataset: str, user: str | None = None) -> dict[str, int]:
    home = await _dataset(db, dataset)
    if user is None:
        return await ENGINE.get_dataset_progress(home)
    return await ENGINE.get_dataset_user_progress(home, (await _users(db))[user])


async def sql(db: Any, text: str) -> list[Any]:
    return [list(row) for row in engine.connect().execute(text)]


async def rebuild(db: Any) -> bool:
    return serve.schema.ensure(engine.connect())


CALLS = (
    make,
    make_dataset,
    add,
    change,
    respond,
    remove,
    search,
    similar,
    metrics,
    progress,
    sql,
    rebuild,
)


async def answer(request: dict[str, Any]) -> Any:
    name = request.pop("call")
    call = next(c for c in CALLS if c.__name__ == name)
    try:
        async with AsyncSessionLocal() as db:
            return {"answer": await call(db, **request)}
    except ValueError as error:
        return {"refused": str(error)}


async def main() -> None:
    for line in sys.stdin:
        print(json.dumps(await answer(json.loads(line)), default=str), flush=True)


if __name__ == "__main__":
    serve.migrate()
    asyncio.run(main())
