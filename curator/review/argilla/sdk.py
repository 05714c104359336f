"""The real server, through Argilla's SDK; its errors become ArgillaError (see access).

Answers are read through the SDK's HTTP client: its own models drop the times of responses.
"""

import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from curator.base.errors import ArgillaError
from curator.review.argilla import fields
from curator.review.argilla.access import Access, translated
from curator.review.argilla.base import (
    Answer,
    Card,
    DatasetContent,
    DatasetSpec,
    HandBack,
    Server,
)
from curator.review.argilla.forms import Forms, time_of
from curator.review.argilla.settings import settings_of

if TYPE_CHECKING:
    from argilla import Argilla, Dataset, Settings

PAGE = 500


class ArgillaServer(Server):
    """A real server. Connecting is the first request; it raises ArgillaError without an answer."""

    def __init__(self, access: Access, timeout: int = 60):
        import argilla

        self.url = access.url
        with translated(self.url), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.client: Argilla = argilla.Argilla(
                api_url=access.url, api_key=access.key, timeout=timeout, retries=0
            )
        self._datasets: dict[str, Dataset] = {}

    @override
    def open(self, spec: DatasetSpec) -> set[str]:
        with translated(self.url):
            dataset = self._found(spec) or self._create(spec)
            self._fit(dataset, spec)
            records = self.records(dataset, ())
            spec.refuse_foreign(map(_mark, records))
            self._datasets[spec.name] = dataset
            return {str(r["external_id"]) for r in records}

    @override
    def send(self, spec: DatasetSpec, cards: Sequence[Card]) -> None:
        with translated(self.url):
            dataset = self._datasets.get(spec.name) or self.find(spec.name, spec.workspace)
            if dataset is None:
                raise ArgillaError(f"there is no dataset {spec.name!r}", where=self.url)
            records = [_record(card, dataset).api_model() for card in cards]
            self.client.api.records.bulk_upsert(dataset_id=dataset.id, records=records)

    @override
    def fetch(self, spec: DatasetSpec) -> DatasetContent:
        with translated(self.url):
            dataset = self._found(spec)
            if dataset is None:
                return DatasetContent({}, (), ())
            users = self.users(dataset)
            rows = self.records(dataset, ("responses",))
        records = {str(r["external_id"]): r["status"] == "completed" for r in rows}
        names = {key: name for key, (name, _) in users.items()}
        answers = tuple(a for r in rows for a in _answers(r, names))
        annotators = sorted(name for name, role in users.values() if role == "annotator")
        marks = {str(r["external_id"]): mark for r in rows if (mark := _mark(r))}
        parties = {str(r["external_id"]): found for r in rows if (found := _parties(r))}
        return DatasetContent(records, tuple(annotators), answers, marks, parties)

    @override
    def hand_back(self, spec: DatasetSpec, forms: Sequence[HandBack]) -> int:
        with translated(self.url):
            dataset = self._found(spec)
            if dataset is None or not forms:
                return 0
            return Forms.of(self, dataset).hand_back(forms)

    def _found(self, spec: DatasetSpec) -> "Dataset | None":
        """Find the dataset of a spec; raises ArgillaError where only the older name is there."""
        dataset = self.find(spec.name, spec.workspace)
        if dataset is None and spec.older and self.find(spec.older, spec.workspace):
            spec.refuse_older()
        return dataset

    def _models(self, name: str, workspace: str) -> list[Any]:
        place = self.client.api.workspaces.get_by_name(workspace)
        models = self.client.api.datasets.list(place.id) if place else []
        return [model for model in models if model.name == name]

    def find(self, name: str, workspace: str) -> "Dataset | None":
        """Find a dataset, unless its creation was interrupted."""
        from argilla import Dataset

        for model in self._models(name, workspace):
            if model.status == "ready":
                return Dataset.from_model(model, client=self.client).get()
        return None

    def need_workspace(self, name: str) -> None:
        """Create a workspace unless it is there."""
        from argilla import Workspace

        if self.client.api.workspaces.get_by_name(name) is None:
            Workspace(name=name, client=self.client).create()

    def _create(self, spec: DatasetSpec) -> "Dataset":
        from argilla import Dataset

        self.need_workspace(spec.workspace)
        for broken_off in self._models(spec.name, spec.workspace):
            self.client.api.datasets.delete(broken_off.id)
        settings = settings_of(spec, self.client)
        settings.validate()
        dataset = Dataset(spec.name, spec.workspace, settings=settings, client=self.client)
        return dataset.create()

    def _fit(self, dataset: "Dataset", spec: DatasetSpec) -> None:
        """Renew guidelines and overlap, and add the vectors and metadata that a dataset lacks."""
        wanted = settings_of(spec, self.client)
        known = {q.name for q in dataset.settings.questions}
        lacking = [q.name for q in wanted.questions if q.name not in known]
        if lacking:
            what = f"the dataset {spec.name!r} there has no question {', '.join(lacking)}"
            hint = "it is another one: name a new dataset in the recipe"
            raise ArgillaError(what, where=self.url, hint=hint)
        self._refuse_other_topics(dataset, wanted, spec)
        for metadata in wanted.metadata:
            if dataset.settings.metadata[metadata.name] is None:
                metadata.dataset = dataset
                metadata.create()
        for vector in wanted.vectors:
            if dataset.settings.vectors[vector.name] is None:
                vector.dataset = dataset
                vector.create()
        self._renew(dataset, spec)

    def _renew(self, dataset: "Dataset", spec: DatasetSpec) -> None:
        """Change guidelines and overlap where the project's are others by now.

        With a larger overlap, what was complete by the smaller one opens again.
        """
        body: dict[str, Any] = {}
        if dataset.settings.guidelines != spec.guidelines:
            body["guidelines"] = spec.guidelines
        if dataset.settings.distribution.min_submitted != spec.overlap:
            body["distribution"] = {"strategy": "overlap", "min_submitted": spec.overlap}
        if body:
            address = f"/api/v1/datasets/{dataset.id}"
            self.client.api.http_client.patch(address, json=body).raise_for_status()

    def _refuse_other_topics(
        self, dataset: "Dataset", wanted: "Settings", spec: DatasetSpec
    ) -> None:
        """Raise ArgillaError where annotators could not choose a topic of the taxonomy."""
        if spec.form == "duel":
            return
        there, here = (s.questions[fields.TOPIC].labels for s in (dataset.settings, wanted))
        lacking = [topic for topic in here if topic not in there]
        if lacking:
            what = f"the dataset {spec.name!r} there has no topic {', '.join(lacking)}"
            hint = "Argilla keeps a dataset's topics: name a new one in pipelines/review.yaml"
            raise ArgillaError(what, where=self.url, hint=hint)

    def records(self, dataset: "Dataset", include: Sequence[str]) -> list[dict[str, Any]]:
        """Read every record once.

        Pages are ordered by time only, so what shifts between two of them
        is noticed by the total and read again.
        """
        address = f"/api/v1/datasets/{dataset.id}/records"
        by_id: dict[str, dict[str, Any]] = {}
        offset, total = 0, 1
        while offset < total:
            params: dict[str, Any] = {"offset": offset, "limit": PAGE, "include": list(include)}
            page = self.client.api.http_client.get(address, params=params)
            page.raise_for_status()
            body = page.json()
            by_id.update({r["id"]: r for r in body["items"]})
            offset, total = offset + PAGE, body["total"]
        if len(by_id) < total:
            what = f"{total - len(by_id)} of {total} records changed their place while being read"
            raise ArgillaError(what, where=self.url, hint="run again", transient=True)
        return list(by_id.values())

    def users(self, dataset: "Dataset") -> dict[str, tuple[str, str]]:
        """Map ids to name and role: the workspace's users, and others that the key may see."""
        from argilla._exceptions import ForbiddenError

        workspace = dataset.workspace.id
        members = {u.id for u in self.client.api.users.list_by_workspace_id(workspace)}
        try:
            users = self.client.api.users.list()
        except ForbiddenError:
            users = self.client.api.users.list_by_workspace_id(workspace)
        return {
            str(u.id): (str(u.username), u.role.value if u.id in members else "") for u in users
        }


def _mark(record: dict[str, Any]) -> str | None:
    """Return the project of a record as the server gives it; None where it carries none."""
    return (record.get("metadata") or {}).get(fields.PROJECT)


def _parties(record: dict[str, Any]) -> frozenset[str]:
    """Return who took part in the dispute that a record is about."""
    names = (record.get("metadata") or {}).get(fields.PARTIES) or ()
    return frozenset((names,) if isinstance(names, str) else names)


def _record(card: Card, dataset: "Dataset") -> Any:
    from argilla import Record, Suggestion

    suggestions = [
        Suggestion(question, s.value, score=s.score, agent=s.agent, type="model")
        for question, s in card.suggestions.items()
    ]
    return Record(
        id=card.id,
        fields=dict(card.fields),
        metadata=dict(card.metadata),
        vectors={name: list(values) for name, values in card.vectors.items()},
        suggestions=suggestions,
        _dataset=dataset,
    )


def _answers(record: dict[str, Any], names: dict[str, str]) -> Iterator[Answer]:
    for response in record.get("responses") or ():
        values = {n: v.get("value") for n, v in (response.get("values") or {}).items()}
        yield Answer(
            record=str(record["external_id"]),
            annotator=names.get(response["user_id"], response["user_id"]),
            status=response["status"],
            values=values,
            time=time_of(response),
        )
