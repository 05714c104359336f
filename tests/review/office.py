"""A workspace of a real Argilla, with people who review in it."""

import uuid
from dataclasses import dataclass
from typing import Any

import httpx

from curator.review.argilla.access import Access

PEOPLE = ("anna", "benoit", "chloe")
PASSWORD = "mot-de-passe"
# What people say who are asked for a decision only.
RATED = dict.fromkeys(("naturel", "exactitude", "completude", "pedagogie", "code", "format"), 4)


@dataclass
class Office:
    """A running Argilla with three annotators, and a workspace of this test's own."""

    access: Access
    tag: str
    keys: dict[str, str]

    @property
    def workspace(self) -> str:
        return f"essai-{self.tag}"

    def user(self, name: str) -> str:
        """What one of the annotators is called in Argilla."""
        return f"{name}-{self.tag}"

    def http(self, key: str) -> httpx.Client:
        headers = {"X-Argilla-Api-Key": key}
        return httpx.Client(base_url=self.access.url, headers=headers, timeout=60)  # busy machines

    def records(self, key: str, dataset: str) -> dict[str, str]:
        """The server's ids of a dataset's records, by ours, as this person may search them."""
        with self.http(key) as http:
            mine = http.get("/api/v1/me/datasets").json()["items"]
            place = next(d["id"] for d in mine if d["name"] == dataset)
            asked = f"/api/v1/me/datasets/{place}/records/search"
            found = http.post(asked, params={"limit": 500}, json={}).raise_for_status().json()
            return {i["record"]["external_id"]: i["record"]["id"] for i in found["items"]}

    def say(self, name: str, dataset: str, example: str, decision: str, **values: Any) -> None:
        """Submit, or change, an answer as one of the annotators."""
        key = self.keys[name]
        record = self.records(key, dataset)[example]
        said = {n: {"value": v} for n, v in {"decision": decision, **RATED, **values}.items()}
        body = {"items": [{"record_id": record, "status": "submitted", "values": said}]}
        with self.http(key) as http:
            done = http.post("/api/v1/me/responses/bulk", json=body).raise_for_status().json()
        assert done["items"][0]["error"] is None, done


def hired(access: Access) -> Office:
    """Make a workspace and its annotators; those of an earlier test are other people."""
    office = Office(access, uuid.uuid4().hex[:6], {})
    with office.http(access.key) as http:
        place = http.post("/api/v1/workspaces", json={"name": office.workspace}).json()["id"]
        for name in PEOPLE:
            user = {"first_name": name, "username": office.user(name), "role": "annotator"}
            made = http.post("/api/v1/users", json={**user, "password": PASSWORD}).json()
            http.post(f"/api/v1/workspaces/{place}/users", json={"user_id": made["id"]})
            office.keys[name] = made["api_key"]
    return office
