"""The embedded Argilla at 10,000 records: requests over HTTP, and the push through the SDK.

    PYTHONPATH=. .venv/bin/python benchmarks/embedded_argilla.py [records]

Requests are those of the annotation page (bar: p95 under 150 ms), beside one that never reaches
the search engine: a page of records in the order of arrival. The push is measured twice, into the
same server, with the triggers that keep the index and with these taken away: what is left is
Argilla's own time. Beside wall times, which another program on the machine lengthens, stands the
server's processor time. Also prints start times and memory.
"""

import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import argilla as rg
import psutil
import requests

from curator.review.argilla.server import supervisor, users

TOPICS = ("ownership", "borrowing", "lifetimes", "traits", "generics", "iterators", "closures")
LABELS = ("accepter", "corriger", "rejeter")
FREQUENT = "de le la les une des dans pour avec sans qui que prend rend".split()  # noqa: SIM905
TERMS = (  # noqa: SIM905
    "propriété emprunt durée vie déplacement fermeture portée trait référence mutable valeur "
    "fonction erreur compilateur générique itérateur énumération structure module pointeur"
).split()
WORDS = FREQUENT + TERMS
PAGE = 10  # records a page, as the annotation page asks
SIZE = 384  # of a vector, as small sentence models have
ROUNDS = 40


def settings() -> rg.Settings:
    """A dataset shaped as ours is for review."""
    return rg.Settings(
        fields=[rg.TextField("question"), rg.TextField("answer", use_markdown=True)],
        questions=[
            rg.LabelQuestion("decision", list(LABELS)),
            rg.RatingQuestion("exactitude", [1, 2, 3, 4, 5], required=False),
            rg.LabelQuestion("theme", list(TOPICS), required=False),
            rg.TextQuestion("corrected", required=False),
        ],
        metadata=[
            rg.TermsMetadataProperty("topic"),
            rg.IntegerMetadataProperty("batch"),
            rg.FloatMetadataProperty("french"),
        ],
        vectors=[rg.VectorField("meaning", dimensions=SIZE)],
    )


def record(number: int, rng: random.Random) -> rg.Record:
    """A record of about 3 kB, with suggestions and a vector."""
    answer = " ".join(rng.choices(WORDS, k=300))
    return rg.Record(
        id=f"e{number}",
        fields={"question": " ".join(rng.choices(WORDS, k=20)), "answer": answer},
        metadata={"topic": rng.choice(TOPICS), "batch": number // 100, "french": rng.random()},
        vectors={"meaning": [rng.gauss(0, 1) for _ in range(SIZE)]},
        suggestions=[
            rg.Suggestion("theme", rng.choice(TOPICS), score=rng.random(), agent="model"),
            rg.Suggestion("exactitude", rng.randint(1, 5), agent="model"),
            rg.Suggestion("corrected", answer, agent="model"),
        ],
    )


def spent(server: psutil.Process) -> float:
    """Processor seconds of the server so far."""
    times = server.cpu_times()
    return float(times.user + times.system)


def push(client: rg.Argilla, name: str, records: list[rg.Record], pid: int) -> tuple[float, float]:
    """Milliseconds a record through the SDK, into a dataset of that name made now.

    Wall time, and the server's processor time.
    """
    dataset = rg.Dataset(name, workspace="rustsensei", settings=settings(), client=client)
    dataset.create()
    server = psutil.Process(pid)
    start, before = time.perf_counter(), spent(server)
    dataset.records.log(records)
    wall, used = time.perf_counter() - start, spent(server) - before
    return 1000 * wall / len(records), 1000 * used / len(records)


@contextmanager
def without_index(data: Path) -> Iterator[None]:
    """Take the triggers away and put them back; what was written meanwhile is in no index."""
    with closing(sqlite3.connect(data / "argilla.db", timeout=30)) as connection:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        triggers = connection.execute(query).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        yield
        for _, definition in triggers:
            connection.execute(definition)


def respond(url: str, ids: list[str], keys: list[str]) -> None:
    """Two people review the first records: half of them each."""
    values = {"decision": {"value": "accepter"}, "exactitude": {"value": 4}}
    for user, key in enumerate(keys):
        for record_id in ids[user::3]:
            body = {"values": values, "status": "submitted", "record_id": record_id}
            headers = {"X-Argilla-Api-Key": key}
            address = f"{url}/api/v1/records/{record_id}/responses"
            body.pop("record_id")
            requests.post(address, json=body, headers=headers, timeout=60).raise_for_status()


def scope(entity: str, **names: str) -> dict[str, str]:
    """Where a filter or a sort looks."""
    return {"entity": entity, **names}


def terms(where: dict[str, str], *values: str) -> dict[str, Any]:
    """A filter of Argilla's interface."""
    return {"type": "terms", "scope": where, "values": list(values)}


STATUS = scope("response", property="status")
PENDING = terms(STATUS, "pending")
TOPIC = scope("metadata", metadata_property="topic")
GOOD = {"type": "range", "scope": scope("suggestion", question="exactitude", property="value")}
LABEL = scope("response", question="decision")


def body(text: str | None = None, filters: Any = (PENDING,), sort: Any = ()) -> dict[str, Any]:
    """A search as the page sends it."""
    query = {"query": {"text": {"q": text}}} if text else {}
    return {**query, "filters": {"and": list(filters)}, **({"sort": list(sort)} if sort else {})}


def asked(rng: random.Random, meaning: list[float]) -> dict[str, Callable[[], dict[str, Any]]]:
    """Kinds of requests; each call draws another one of its kind."""
    by_score = {"scope": scope("suggestion", question="theme", property="score"), "order": "desc"}
    by_label = {"scope": scope("response", question="exactitude"), "order": "asc"}
    near = {"query": {"vector": {"name": "meaning", "value": meaning}}}
    return {
        "next page, pending": body,
        "one word": lambda: body(rng.choice(WORDS)),
        "three words": lambda: body(" ".join(rng.choices(WORDS, k=3))),
        "phrase": lambda: body(f'"{" ".join(rng.choices(WORDS, k=2))}"'),
        "topic": lambda: body(filters=(PENDING, terms(TOPIC, rng.choice(TOPICS)))),
        "topic, suggestion, text": lambda: body(
            rng.choice(WORDS), (PENDING, terms(TOPIC, rng.choice(TOPICS)), {**GOOD, "ge": 3})
        ),
        "submitted, accepted": lambda: body(
            filters=(terms(STATUS, "submitted"), terms(LABEL, LABELS[0]))
        ),
        "sort by suggestion": lambda: body(sort=[by_score]),
        "sort by response": lambda: body(filters=(terms(STATUS, "submitted"),), sort=[by_label]),
        "similar, topic": lambda: {**near, **body(filters=(terms(TOPIC, rng.choice(TOPICS)),))},
    }


def measure(
    session: requests.Session, address: str, make: Any, rng: random.Random, pid: int
) -> tuple[list[float], float]:
    """Milliseconds of each of ROUNDS requests, any page among the first 50; processor ms of one."""
    times, server = [], psutil.Process(pid)
    before = spent(server)
    for _ in range(ROUNDS):
        page = {"offset": PAGE * rng.randrange(50), "limit": PAGE, "include": "suggestions"}
        start = time.perf_counter()
        if make is None:
            got = session.get(address, params=page, timeout=60)
        else:
            got = session.post(address, params=page, json=make(), timeout=60)
        got.raise_for_status()
        times.append((time.perf_counter() - start) * 1000)
    return times, 1000 * (spent(server) - before) / ROUNDS


def report(name: str, measured: tuple[list[float], float]) -> float:
    """Print one line; the p95 in milliseconds."""
    times, used = measured
    p95, median = statistics.quantiles(times, n=20)[-1], statistics.median(times)
    print(f"{name:26} median {median:6.1f} ms   p95 {p95:6.1f} ms   processor {used:6.1f} ms")
    return p95


def requests_of(
    running: supervisor.RunningServer, key: str, dataset: str, rng: random.Random
) -> None:
    """Measure every kind of request as the user with `key`."""
    url, session = f"{running.url}/api/v1", requests.Session()
    session.headers["X-Argilla-Api-Key"] = running.api_key
    plain = measure(session, f"{url}/datasets/{dataset}/records", None, rng, running.pid)
    report("(no search: a page)", plain)
    session.headers["X-Argilla-Api-Key"] = key
    address = f"{url}/me/datasets/{dataset}/records/search"
    meaning = [rng.gauss(0, 1) for _ in range(SIZE)]
    worst = max(
        report(kind, measure(session, address, make, rng, running.pid))
        for kind, make in asked(rng, meaning).items()
    )
    bar = "met" if worst < 150 else "missed"
    print(f"worst p95 {worst:.0f} ms, bar 150 ms: {bar}")


def main() -> None:
    """Start, push twice, review some, ask, and stop."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    rng = random.Random(7)  # noqa: S311
    data = Path(tempfile.mkdtemp()) / "argilla"
    for kind in ("first", "later"):
        supervisor.down(data)
        start = time.perf_counter()
        running = supervisor.up(data)
        print(f"{kind} start {time.perf_counter() - start:.1f} s")
    try:
        _measure(running, data, count, rng)
    finally:
        supervisor.down(data)


def _measure(running: supervisor.RunningServer, data: Path, count: int, rng: random.Random) -> None:
    client = rg.Argilla(api_url=running.url, api_key=running.api_key)
    records = [record(n, rng) for n in range(count)]
    some = records[: max(500, count // 10)]
    with without_index(data):
        bare = push(client, "bare", some, running.pid)
    ours = push(client, "indexed", some, running.pid)
    for what, with_index, without in zip(("wall", "processor"), ours, bare, strict=True):
        ratio = f"without index {without:.1f}; ratio {with_index / without:.2f}"
        print(f"push of {len(some)}: {with_index:.1f} ms {what} a record, {ratio}")
    wall, used = push(client, "all", records, running.pid)
    print(f"push of {count}: {wall:.1f} ms wall a record, {used:.1f} ms processor")
    people = [users.add(data, name) for name in ("anne", "bruno")]
    keys = [person.api_key_file.read_text().strip() for person in people]
    dataset = client.datasets("all", workspace="rustsensei")
    with closing(sqlite3.connect(data / "argilla.db")) as connection:
        query = "SELECT id FROM records WHERE dataset_id = ? ORDER BY inserted_at LIMIT 600"
        ids = [row[0] for row in connection.execute(query, (dataset.id.hex,))]
    respond(running.url, ids, keys)
    requests_of(running, keys[0], str(dataset.id), rng)
    print(f"memory {supervisor.status(data).memory_mb:.0f} MB, all processes")


if __name__ == "__main__":
    main()
