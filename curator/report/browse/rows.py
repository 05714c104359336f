"""An example as the page shows it: its texts, what it is filtered by, what was said of it."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from curator.records.example import Example, Origin, Review, Verdict
from curator.report.browse.wording import fact, value_label
from curator.report.language import Lang, speaking, words

# What the filter "rust" says of each block at fault: role, reason, line and rustc's words.
_FAULT = re.compile(
    r"(?:^|; )(question|answer), (\w+), line (\d+): (.*?)"
    r"(?=; (?:question|answer), \w+, line \d+: |$)",
    re.DOTALL,
)
DECIDED = ("accepted", "rejected", "corrected", "superseded")  # what people's decisions come to
_LIKE = re.compile(r"\blike ([0-9a-f]{16})\b")


@dataclass(frozen=True)
class Fault:
    """A fault at a line of "question" or "answer": "filter.reason", and the compiler's words.

    It is shown below the line `place`; 0 stands for its own.
    """

    role: str
    line: int
    reason: str
    message: str
    place: int = 0

    def document(self) -> list[str | int]:
        """Return the fault as the page reads it."""
        return [self.role, self.line, self.reason, self.message, self.place or self.line]


@dataclass(frozen=True)
class Before:
    """The text that another one replaces."""

    label: str
    question: str
    answer: str


@dataclass(frozen=True)
class Row:
    """One example of the page.

    `key` is its place in addresses, `facets` what it is filtered by, `rest` the filters that were
    not asked, `before` what it replaces, `links` name other rows by their keys, `fix` says that its
    question shows code which its answer corrects, `corrected` that a reviewer wrote it.
    """

    key: str
    question: str
    answer: str
    facets: Mapping[str, str]
    verdicts: Sequence[Verdict] = ()
    faults: Sequence[Fault] = ()
    rest: Sequence[str] = ()
    before: Before | None = None
    facts: Sequence[tuple[str, str]] = ()
    links: Sequence[tuple[str, str]] = ()
    reviews: Sequence[tuple[str, str, str]] = ()
    fix: bool = False
    corrected: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the row as the page reads it; what is empty is left away."""
        facets = {k: v for k, v in {**self.facets, **self.extra}.items() if v}
        document = {
            "key": self.key,
            "question": self.question,
            "answer": self.answer,
            "facets": facets,
            "badge": badge(facets),
            "verdicts": [[v.filter, v.reason, v.score, v.detail] for v in self.verdicts],
            "faults": [f.document() for f in self.faults],
            "rest": list(self.rest),
            "before": asdict(self.before) if self.before else None,
            "facts": list(self.facts),
            "links": list(self.links),
            "reviews": list(self.reviews),
            "fix": self.fix,
        }
        return {k: v for k, v in document.items() if v or k in ("question", "answer")}


def badge(facets: Mapping[str, str]) -> str:
    """Name the facet that the list shows of a row.

    That is what changed, where two sets are compared. Else it is what people decided, where they
    did, and what the filters or the build say.
    """
    if facets.get("change"):
        return "change"
    left_out = facets.get("status") == "left_out"
    return "review" if facets.get("review") in DECIDED and not left_out else "status"


@dataclass(frozen=True)
class Known:
    """What rows take from the rest of the project.

    `texts` are examples by id, `standings` people's verdicts by id ("superseded" is a correction
    that they did not choose), `reviews` what they said,
    `chains` the filters of a batch by its name.
    """

    lang: Lang
    texts: Mapping[str, Example] = field(default_factory=dict)
    standings: Mapping[str, str] = field(default_factory=dict)
    reviews: Mapping[str, Sequence[Review]] = field(default_factory=dict)
    chains: Mapping[str, Sequence[str]] = field(default_factory=dict)


def row_of(example: Example, known: Known, **extra: str) -> Row:
    """Show an example; `extra` are facets that it does not tell by itself."""
    rejection, origin = example.rejection, example.provenance
    asked = {v.filter for v in example.verdicts}
    chain = known.chains.get(origin.batch or "", ()) if rejection else ()
    return Row(
        key=example.id,
        question=example.question,
        answer=example.answer,
        facets=_facets(example, known),
        verdicts=example.verdicts,
        faults=faults_of(example),
        rest=[name for name in chain if name not in asked],
        before=_before(example, known),
        facts=_facts(example, known.lang),
        links=_links(example, known),
        reviews=[_review(r) for r in known.reviews.get(example.id, example.reviews)],
        fix=example.category == "debug" or origin.origin is Origin.MUTATED,
        corrected=origin.origin is Origin.CORRECTED,
        extra=extra,
    )


def faults_of(example: Example) -> list[Fault]:
    """Find the faults that the filter "rust" puts at a line of question or answer."""
    details = [v.detail for v in example.verdicts if v.filter == "rust"]
    found = [match for detail in details for match in _FAULT.findall(detail)]
    return [Fault(role, int(n), f"rust.{reason}", said) for role, reason, n, said in found]


def _facets(example: Example, known: Known) -> dict[str, str]:
    rejection, origin = example.rejection, example.provenance
    status = "rejected" if rejection else "accepted"
    if not example.verdicts:
        status = "unjudged" if origin.batch else "written"
    return {
        "status": status,
        "source": origin.batch or "",
        "topic": str(example.topic),
        "level": str(example.difficulty),
        "category": str(example.category),
        "strategy": origin.strategy or str(origin.origin),
        "reason": f"{rejection.filter}.{rejection.reason}" if rejection else "",
        "review": known.standings.get(example.id, ""),
    }


def _before(example: Example, known: Known) -> Before | None:
    """Find the text that a correction or a repair replaces."""
    origin = example.provenance
    if origin.origin not in (Origin.CORRECTED, Origin.REPAIRED):
        return None
    parent = known.texts.get(origin.parents[0])
    return Before(parent.id, parent.question, parent.answer) if parent else None


def _facts(example: Example, lang: Lang) -> list[tuple[str, str]]:
    origin = example.provenance
    place = "" if origin.index is None else f", {origin.index}"
    with speaking(lang):
        signals = [(words.signal(name), f"{value:g}") for name, value in example.signals.items()]
    facts = {
        "id": example.id,
        "origin": value_label("strategy", str(origin.origin), lang),
        "author": origin.author,
        "source": origin.source,
        "batch": f"{origin.batch}{place}" if origin.batch else None,
        "model": origin.model.name if origin.model else None,
        "seed": None if origin.seed is None else str(origin.seed),
        "truncated": fact("yes", lang) if origin.truncated else None,
        "created": f"{origin.created:%Y-%m-%d %H:%M}",
        "licence": origin.licence,
        "rustc": origin.rustc,
    }
    return [(fact(code, lang), text) for code, text in facts.items() if text] + signals


def _links(example: Example, known: Known) -> list[tuple[str, str]]:
    """Name the examples that it comes from, and those that a verdict likens it to."""
    parents = [(fact("parent", known.lang), key) for key in example.provenance.parents]
    alike = [key for v in example.verdicts for key in _LIKE.findall(v.detail)]
    return [*parents, *((fact("similar", known.lang), key) for key in alike)]


def _review(review: Review) -> tuple[str, str, str]:
    said = "; ".join(text for text in (review.reason, review.comment) if text)
    return review.annotator, str(review.decision), said


def distinct(rows: Collection[Row]) -> list[Row]:
    """Give rows whose texts are the same keys of their own: the second one's ends in "~2"."""
    from dataclasses import replace

    seen: dict[str, int] = {}
    made = []
    for row in rows:
        seen[row.key] = times = seen.get(row.key, 0) + 1
        made.append(row if times == 1 else replace(row, key=f"{row.key}~{times}"))
    return made
