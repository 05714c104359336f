"""Filters, sorts and metrics of Argilla's search interface, as SQL over the engine's tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from argilla_server.search_engine import (
    AndFilter,
    Filter,
    MetadataFilterScope,
    Order,
    RangeFilter,
    RecordFilterScope,
    ResponseFilterScope,
    SuggestionFilterScope,
    TermsFilter,
)

_DATES = ("inserted_at", "updated_at")
_COLUMNS = ("id", "external_id", "status", *_DATES)


@dataclass
class Sql:
    """A piece of SQL and what its question marks stand for, in order."""

    text: str
    values: list[Any] = field(default_factory=list)

    def __add__(self, other: "Sql") -> "Sql":
        return Sql(self.text + other.text, self.values + other.values)


def _marks(values: Sequence[Any]) -> Sql:
    return Sql(f"({', '.join('?' * len(values))})", list(values))


def _number(text: Any) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def _date(value: Any) -> str | None:
    """Write a date as the database does; a number counts milliseconds since 1970, in UTC."""
    number = _number(value)
    try:
        if number is not None:
            when = datetime.fromtimestamp(number / 1000, UTC)
        else:
            when = datetime.fromisoformat(str(value))
    except (OverflowError, OSError, ValueError):
        return None
    if when.tzinfo:
        when = when.astimezone(UTC)
    return when.strftime("%Y-%m-%d %H:%M:%S.%f")


def _hexadecimal(value: Any) -> str:
    try:
        return UUID(str(value)).hex
    except ValueError:
        return str(value)


def condition(wanted: Filter) -> Sql:
    """Write what is true of the rows `d` of curator_docs that a filter lets through.

    Raises ValueError for a scope or a filter that Elasticsearch would not have either.
    """
    if isinstance(wanted, AndFilter):
        parts = [condition(one) for one in wanted.filters]
        return sum((Sql(" AND ") + part for part in parts), Sql("(1")) + Sql(")")
    if isinstance(wanted.scope, RecordFilterScope):
        return _of_record(wanted)
    if isinstance(wanted.scope, ResponseFilterScope) and not wanted.scope.question:
        return _of_status(wanted)
    facts = Sql("d.doc IN (SELECT doc FROM curator_facts WHERE field = ?", [path(wanted.scope)])
    return facts + _user(wanted.scope) + Sql(" AND ") + _compared("value", wanted) + Sql(")")


def path(scope: Any) -> str:
    """Return the name under which curator_facts keeps what `scope` speaks of."""
    if isinstance(scope, MetadataFilterScope):
        return f"metadata.{scope.metadata_property}"
    if isinstance(scope, SuggestionFilterScope):
        return f"suggestions.{scope.question}.{scope.property}"
    if isinstance(scope, ResponseFilterScope):
        return f"responses.{scope.question or scope.property}"
    raise ValueError(f"Cannot process request for search scope {scope}")


def _user(scope: Any) -> Sql:
    user = getattr(scope, "user", None)
    return Sql(" AND user_id = ?", [user.id.hex]) if user else Sql("")


def _compared(column: str, wanted: TermsFilter | RangeFilter) -> Sql:
    """Compare a column: terms are equal as text or number, a range holds numbers or else texts."""
    if isinstance(wanted, TermsFilter):
        numbers = [n for n in map(_number, wanted.values) if n is not None]
        return Sql(f"{column} IN ") + _marks([*map(str, wanted.values), *numbers])
    bounds = [(sign, bound) for sign, bound in ((">=", wanted.ge), ("<=", wanted.le))]
    given = [(sign, bound) for sign, bound in bounds if bound is not None]
    are_text = any(_number(bound) is None for _, bound in given)
    text = f"typeof({column}) {'=' if are_text else '<>'} 'text'"
    within = Sql(text)
    for sign, bound in given:
        within += Sql(f" AND {column} {sign} ?", [str(bound) if are_text else _number(bound)])
    return within


def _of_record(wanted: TermsFilter | RangeFilter) -> Sql:
    name = str(wanted.scope.property)
    if name not in _COLUMNS:
        raise ValueError(f"Cannot process request for search scope {wanted.scope}")
    if name in _DATES:
        return _of_date(f"d.{name}", wanted)
    if isinstance(wanted, RangeFilter):
        return _compared(f"d.{'record_id' if name == 'id' else name}", wanted)
    if name == "id":
        return Sql("d.record_id IN ") + _marks([_hexadecimal(v) for v in wanted.values])
    return Sql(f"d.{name} IN ") + _marks([str(v) for v in wanted.values])


def _of_date(column: str, wanted: TermsFilter | RangeFilter) -> Sql:
    if isinstance(wanted, TermsFilter):
        return Sql(f"{column} IN ") + _marks([_date(v) for v in wanted.values])
    within = Sql("1")
    for sign, bound in ((">=", wanted.ge), ("<=", wanted.le)):
        if bound is not None:
            within += Sql(f" AND {column} {sign} ?", [_date(bound)])
    return within


def _of_status(wanted: TermsFilter | RangeFilter) -> Sql:
    """Select records by the status of a user's responses, or anyone's; `pending` has none."""
    scope = wanted.scope
    if str(scope.property) != "status" or not isinstance(wanted, TermsFilter):
        raise ValueError(f"Cannot process filter scope {scope}")
    answered = Sql("SELECT doc FROM curator_facts WHERE field = 'responses.status'") + _user(scope)
    statuses = [str(v) for v in wanted.values if str(v) != "pending"]
    pending = len(statuses) < len(wanted.values)
    without = Sql("d.doc NOT IN (") + answered + Sql(")")
    if pending and not statuses:
        return without
    if not statuses and not scope.user:
        return Sql("1")
    among = Sql(" AND value IN ") + _marks(statuses) if statuses else Sql("")
    having = Sql("d.doc IN (") + answered + among + Sql(")")
    return Sql("(") + having + Sql(" OR ") + without + Sql(")") if pending else having


def order_value(order: Order) -> Sql:
    """Write what records are sorted by: the least of several values ascending, else the greatest.

    Responses count by the mean of their numbers. Labels, which Elasticsearch refuses to average,
    by the least or greatest.
    """
    scope = order.scope
    if isinstance(scope, RecordFilterScope):
        name = str(scope.property)
        if name not in _COLUMNS:
            raise ValueError(f"Cannot process request for search scope {scope}")
        return Sql(f"d.{'record_id' if name == 'id' else name}")
    value = "min(value)" if str(order.order) == "asc" else "max(value)"
    if isinstance(scope, ResponseFilterScope):
        value = f"CASE WHEN typeof({value}) = 'text' THEN {value} ELSE avg(value) END"
    # The plus keeps SQLite from the index by field: a record has few facts, a field many.
    chosen = f"(SELECT {value} FROM curator_facts WHERE doc = d.doc AND +field = ?"
    return Sql(chosen, [path(scope)]) + _user(scope) + Sql(")")
