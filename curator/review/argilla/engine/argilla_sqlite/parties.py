"""A dispute is not shown to its parties, nor taken from them; and nobody is shown others' answers.

Argilla enforces a workspace and no less: who is a member of it sees every record in it. The records
that stand for disputes name their parties in the metadata `parties`, hidden from annotators; here
the class methods that grant access are wrapped, and the search leaves such records out. The methods
are those of argilla-server 2.8: where one is missing, the server does not start.
"""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from .query import Sql

PARTIES = "parties"

# Who asks: noted where access is granted, since the engine is not told by every request.
_asking: ContextVar[UUID | None] = ContextVar("asking", default=None)

HIDDEN = """SELECT f.doc FROM curator_facts f JOIN users u ON u.username = f.value
  WHERE f.field = 'metadata.parties' AND u.id = ?"""


def asking() -> UUID | None:
    """Return who asks, where it is a search of their own."""
    return _asking.get()


def hidden_from(user: UUID | None) -> Sql:
    """Write what is true of the rows `d` of curator_docs that a user may see."""
    return Sql(f" AND d.doc NOT IN ({HIDDEN})", [user.hex]) if user else Sql("")


def is_party(user: Any, record: Any) -> bool:
    """Tell whether a user is a party to the dispute that a record stands for."""
    named = (record.metadata_ or {}).get(PARTIES) or ()
    return user.username in ((named,) if isinstance(named, str) else named)


def _wrapped(policy: Any, name: str, allowed: Callable[[Any, Any], Awaitable[bool]]) -> None:
    """Let a policy's method grant only what `allowed` does too, of the user and the subject."""
    granted = getattr(policy, name)

    def method(cls: Any, subject: Any) -> Any:
        action = granted(subject)

        async def is_allowed(actor: Any) -> bool:
            return bool(await allowed(actor, subject) and await action(actor))

        return is_allowed

    setattr(policy, name, classmethod(method))


async def _notes(actor: Any, dataset: Any) -> bool:
    _asking.set(actor.id)
    return True


async def _no_party(actor: Any, record: Any) -> bool:
    return not is_party(actor, record)


async def _not_own_as_party(actor: Any, response: Any) -> bool:
    """Whoever manages the dataset may change a party's response, but not that party."""
    return actor.id != response.user_id or not is_party(actor, response.record)


async def _manages(actor: Any, record: Any) -> bool:
    """A record comes with everybody's responses, so that annotators read it by searching only.

    Argilla 2.8 answers everybody 500 where the record has vectors: their settings are not loaded.
    """
    for vector in record.vectors:
        await vector.awaitable_attrs.vector_settings
    return bool(actor.is_owner or actor.is_admin)


def enforce() -> None:
    """Wrap Argilla's policies, and the count of what waits for a user."""
    from argilla_server.api.policies.v1 import DatasetPolicy, RecordPolicy, ResponsePolicy

    _wrapped(DatasetPolicy, "search_records", _notes)
    _wrapped(RecordPolicy, "get", _manages)
    for name in ("create_response", "get_suggestions"):
        _wrapped(RecordPolicy, name, _no_party)
    _wrapped(ResponsePolicy, "update", _not_own_as_party)
    _count_what_is_shown()


def _count_what_is_shown() -> None:
    from argilla_server.contexts import datasets

    everything = datasets.get_user_dataset_metrics

    async def metrics(db: Any, search_engine: Any, user: Any, dataset: Any) -> dict[str, int]:
        counts: dict[str, int] = await everything(db, search_engine, user, dataset)
        hidden = await search_engine.count_hidden(dataset, user)
        return counts | {name: counts[name] - hidden for name in ("total", "pending")}

    datasets.get_user_dataset_metrics = metrics
