"""Who may settle a dispute: none of its parties, who are kept from it.

The embedded server hides a record from whom it names as a party (engine/argilla_sqlite/parties.py).
Any other Argilla knows no such thing: there a party's form is discarded beforehand, which takes the
record out of that person's queue, and the pull sends back what they answer all the same.
"""

from collections.abc import Iterator, Sequence

from curator.review.argilla.base import DatasetContent, DatasetSpec, HandBack, Server
from curator.review.decisions.settle import Settlement


def _parting(content: DatasetContent, dispute: Settlement) -> Iterator[HandBack]:
    """Yield the forms that take a dispute from its parties, and give it to those who are none."""
    record = dispute.example.id
    answers = content.of(record)
    for name in sorted(dispute.parties - answers.keys()):
        yield HandBack(record, name, "discarded")
    for name, answer in sorted(answers.items()):
        ours = answer.status == "discarded" and not answer.values
        if ours and name not in dispute.parties:
            yield HandBack(record, name, "pending", seen=answer.time)


def outdated(content: DatasetContent, disputes: Sequence[Settlement]) -> set[str]:
    """List the records that name other parties than their disputes have by now."""
    there = [d for d in disputes if d.example.id in content.records]
    return {d.example.id for d in there if content.parties.get(d.example.id) != d.parties}


def keep_apart(server: Server, spec: DatasetSpec, disputes: Sequence[Settlement]) -> list[str]:
    """Take disputes from their parties; returns those that nobody is left to settle."""
    content = server.fetch(spec)
    there = [d for d in disputes if d.example.id in content.records]
    forms = [form for dispute in there for form in _parting(content, dispute)]
    if forms:
        server.hand_back(spec, forms)
    people = frozenset(content.annotators)
    return sorted(d.example.id for d in there if not people - d.parties)
