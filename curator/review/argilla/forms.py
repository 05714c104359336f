"""Put annotators' forms back: Argilla lets whoever manages a dataset write anybody's response."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from curator.review.argilla.base import HandBack

if TYPE_CHECKING:
    from argilla import Argilla, Dataset

BATCH = 100


def time_of(response: Mapping[str, Any]) -> datetime:
    """Return when a response last changed."""
    time = datetime.fromisoformat(response["updated_at"])
    return time if time.tzinfo else time.replace(tzinfo=UTC)


class _Reading(Protocol):
    """What of the real server this needs."""

    client: "Argilla"

    def records(self, dataset: "Dataset", include: Sequence[str]) -> list[dict[str, Any]]: ...

    def users(self, dataset: "Dataset") -> dict[str, tuple[str, str]]: ...


@dataclass(frozen=True)
class Forms:
    """The forms of a dataset as they stand: responses by record and user, both by Argilla's ids."""

    server: _Reading
    dataset: "Dataset"
    records: Mapping[str, str]
    users: Mapping[str, str]
    responses: Mapping[tuple[str, str], Mapping[str, Any]]

    @classmethod
    def of(cls, server: _Reading, dataset: "Dataset") -> "Forms":
        """Read them."""
        rows = server.records(dataset, ("responses",))
        responses = {
            (row["id"], response["user_id"]): response
            for row in rows
            for response in row.get("responses") or ()
        }
        users = {name: key for key, (name, _) in server.users(dataset).items()}
        records = {str(row["external_id"]): row["id"] for row in rows}
        return cls(server, dataset, records, users, responses)

    def hand_back(self, forms: Sequence[HandBack]) -> int:
        """Write those that nobody changed in the meantime; returns how many."""
        known = [f for f in forms if f.record in self.records and f.annotator in self.users]
        fitting = [f for f in known if self._seen(f) == f.seen]
        http = self.server.client.api.http_client
        kept = [f for f in fitting if f.status != "pending"]
        for form in fitting:
            if form.status == "pending" and (response := self._response(form)):
                http.delete(f"/api/v1/responses/{response['id']}").raise_for_status()
        address = f"/api/v1/datasets/{self.dataset.id}/records/bulk"
        for start in range(0, len(kept), BATCH):
            items = self._items(kept[start : start + BATCH])
            http.put(address, json={"items": items}).raise_for_status()
        return len(fitting)

    def _response(self, form: HandBack) -> Mapping[str, Any] | None:
        return self.responses.get((self.records[form.record], self.users[form.annotator]))

    def _seen(self, form: HandBack) -> datetime | None:
        response = self._response(form)
        return time_of(response) if response else None

    def _items(self, forms: Sequence[HandBack]) -> list[dict[str, Any]]:
        """Write forms as Argilla takes them: a record each, with the responses that change."""
        items: dict[str, list[dict[str, Any]]] = {}
        for form in forms:
            values = {name: {"value": value} for name, value in form.values.items()}
            said = {"user_id": self.users[form.annotator], "status": form.status, "values": values}
            items.setdefault(form.record, []).append(said)
        return [
            {"id": self.records[record], "responses": responses}
            for record, responses in items.items()
        ]
