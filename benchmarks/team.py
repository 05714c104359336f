"""Ten annotators at once against one embedded Argilla: is everybody served in time, nothing lost?

    PYTHONPATH=. .venv/bin/python benchmarks/team.py [--minutes 10] [--people 10] [--records 2000]
                                                     [--pause 2]

The dataset is the one of `curator review push`: our settings, our cards, made of the authored
examples. Each person asks for the next record that waits for them, as the page does, submits a
whole form, and thinks for `pause` seconds on average; a person who reads takes a minute or two, so
that ten of these are a large team. At the end every form that the server acknowledged is looked for
in what `curator review pull` reads. Prints p50, p95 and the longest time of both requests, how many
forms are missing or changed, how many records got more answers than the overlap asks for, and the
memory of the server's processes before and after.
"""

import argparse
import random
import statistics
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from curator.records.example import Example
from curator.records.files import read_examples
from curator.records.project import Project
from curator.review.argilla.access import Access
from curator.review.argilla.base import Card, DatasetSpec
from curator.review.argilla.sdk import ArgillaServer
from curator.review.argilla.server import supervisor, users
from curator.review.argilla.spec import review_dataset
from curator.review.cards.card import Neighbours, ReviewItem, cards
from curator.review.decisions.rubric import rubric
from curator.review.recipe import load_review

ROOT = Path(__file__).parent.parent
DECISIONS = ("accepter", "accepter", "accepter", "rejeter")
PENDING = {
    "type": "terms",
    "scope": {"entity": "response", "property": "status"},
    "values": ["pending"],
}
Waits = dict[str, list[float]]


@dataclass
class Person:
    """One annotator's work: times of requests, what was acknowledged, what failed."""

    name: str
    key: str
    seconds: Waits = field(default_factory=lambda: {"next": [], "submit": []})
    done: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Load:
    """What everybody works on, and until when."""

    url: str
    dataset: str
    until: float
    pause: float


def filled(count: int) -> list[Card]:
    """Make so many cards of the authored examples, each with an id of its own."""
    project = Project.find(ROOT)
    known: list[Example] = list(read_examples(*project.authored_files()))
    made = cards([ReviewItem(e) for e in known], Neighbours.of(known[:50], "words"))
    return [replace(made[n % len(made)], id=f"{n:016x}") for n in range(count)]


def pushed(server: ArgillaServer, spec: DatasetSpec, count: int) -> str:
    """Send the cards; returns the server's id of the dataset."""
    server.open(spec)
    every = filled(count)
    for start in range(0, count, 100):
        server.send(spec, every[start : start + 100])
    dataset = server.find(spec.name, spec.workspace)
    if dataset is None:
        raise SystemExit("the dataset is not there")
    return str(dataset.id)


def form(rng: random.Random) -> dict[str, Any]:
    """A whole form, as the page submits it."""
    decision = rng.choice(DECISIONS)
    values: dict[str, Any] = {name: rng.randint(2, 5) for name in rubric().criteria}
    values |= {"decision": decision, "comment": f"vu {rng.random():.6f}"}
    if decision == "rejeter":
        values["reason"] = "faux"
    return {name: {"value": value} for name, value in values.items()}


def work(person: Person, load: Load) -> None:
    """Ask for the next record, answer it, think; until the time is over."""
    rng = random.Random(person.name)  # noqa: S311 made-up answers
    search = f"/api/v1/me/datasets/{load.dataset}/records/search"
    headers = {"X-Argilla-Api-Key": person.key}
    with httpx.Client(base_url=load.url, headers=headers, timeout=60) as http:
        while time.monotonic() < load.until:
            try:
                if not _one(http, search, person, rng):
                    return
            except (httpx.HTTPError, KeyError) as error:
                person.errors.append(f"{type(error).__name__}: {error}")
            time.sleep(rng.expovariate(1 / load.pause) if load.pause else 0)


def _one(http: httpx.Client, search: str, person: Person, rng: random.Random) -> bool:
    """Answer one record; False where none is left for this person."""
    start = time.perf_counter()
    params = {"offset": 0, "limit": 10, "include": ["suggestions", "responses"]}
    asked = http.post(search, params=params, json={"filters": {"and": [PENDING]}})
    items = asked.raise_for_status().json()["items"]
    person.seconds["next"].append(time.perf_counter() - start)
    if not items:
        return False
    record, values = items[0]["record"], form(rng)
    body = {"items": [{"record_id": record["id"], "status": "submitted", "values": values}]}
    start = time.perf_counter()
    answer = http.post("/api/v1/me/responses/bulk", json=body).raise_for_status().json()
    person.seconds["submit"].append(time.perf_counter() - start)
    if error := answer["items"][0]["error"]:
        person.errors.append(str(error))
    else:
        person.done[record["external_id"]] = values["comment"]["value"]
    return True


def checked(server: ArgillaServer, spec: DatasetSpec, people: list[Person]) -> tuple[int, int, int]:
    """Count acknowledged forms that are missing or others, and records answered too often."""
    content = server.fetch(spec)
    there = {(a.annotator, a.record): a.values.get("comment") for a in content.answers}
    given = {(p.name, record): said for p in people for record, said in p.done.items()}
    missing = sum(key not in there for key in given)
    changed = sum(there[key] != said for key, said in given.items() if key in there)
    often = Counter(record for _, record in there)
    return missing, changed, sum(n > spec.overlap for n in often.values())


def told(name: str, seconds: list[float]) -> str:
    """Write one line of times in milliseconds."""
    if len(seconds) < 20:
        return f"{name:8} {len(seconds)} requests: too few to tell"
    p95 = statistics.quantiles(seconds, n=20)[-1]
    times = (statistics.median(seconds), p95, max(seconds))
    median, high, longest = (f"{1000 * s:7.0f} ms" for s in times)
    return f"{name:8} {len(seconds):6} requests   median {median}   p95 {high}   longest {longest}"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Ten annotators at once.")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--pause", type=float, default=2.0)
    return parser.parse_args()


def main() -> None:
    """Start a server of its own, fill it, let people work, look for what they did, stop it."""
    given = arguments()
    data = Path(tempfile.mkdtemp()) / "argilla"
    running = supervisor.up(data)
    try:
        _measure(given, data, running)
    finally:
        supervisor.down(data)


def _measure(given: argparse.Namespace, data: Path, running: supervisor.RunningServer) -> None:
    server = ArgillaServer(Access(running.url, running.api_key))
    project = Project.find(ROOT)
    recipe = load_review(project).model_copy(update={"vectors": "words"})
    spec = review_dataset(project, recipe)
    start = time.perf_counter()
    dataset = pushed(server, spec, given.records)
    print(f"{given.records} records pushed in {time.perf_counter() - start:.0f} s")
    people = []
    for number in range(given.people):
        user = users.add(data, f"lecteur-{number:02d}")
        people.append(Person(f"lecteur-{number:02d}", user.api_key_file.read_text().strip()))
    before = supervisor.status(data).memory_mb or 0.0
    load = Load(running.url, dataset, time.monotonic() + 60 * given.minutes, given.pause)
    threads = [threading.Thread(target=work, args=(p, load)) for p in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = supervisor.status(data).memory_mb or 0.0
    for name in ("next", "submit"):
        print(told(name, [s for p in people for s in p.seconds[name]]))
    forms = sum(len(p.done) for p in people)
    missing, changed, often = checked(server, spec, people)
    print(f"{forms} forms acknowledged; {missing} missing, {changed} changed")
    print(f"{often} records with more than {spec.overlap} answers")
    errors = Counter(e for p in people for e in p.errors)
    print(f"{errors.total()} errors" + "".join(f"; {n} x {e}" for e, n in errors.most_common(3)))
    print(f"memory {before:.0f} MB before, {after:.0f} MB after, all processes")
    if missing or changed or errors:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
