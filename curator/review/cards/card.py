"""An example as a card: what annotators see, what is pre-filled, what they can filter by."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from curator.french import review as wording
from curator.french.typography import as_asked, typeset_markdown
from curator.records.example import Example
from curator.records.taxonomy import taxonomy
from curator.review.argilla import fields as names
from curator.review.argilla.base import Card, Suggestion
from curator.review.cards.change import Change, change_of, diff
from curator.review.cards.doubt import doubts
from curator.review.cards.markup import element, escaped
from curator.review.cards.markup import field as written
from curator.review.cards.panel import Findings, french_score, panel, said
from curator.review.cards.prose import listing_of, rendered
from curator.review.cards.vectors import ALIKE, Kind, embed
from curator.rust.compose import Composition
from curator.rust.document import BlockResult
from curator.rust.expect import Expectation
from curator.text.fences import relabelled, unlabelled

if TYPE_CHECKING:
    from curator.review.cards.vectors import Matrix

_AGENT = re.compile(r"[^a-zA-Z0-9_:./ -]+")  # what Argilla lets an agent be called


@dataclass(frozen=True)
class Neighbours:
    """The trusted examples and their vectors, to compare new ones with."""

    kind: Kind
    examples: Sequence[Example]
    rows: "Matrix"

    @classmethod
    def of(cls, examples: Sequence[Example], kind: Kind) -> "Neighbours":
        """Embed the trusted examples."""
        return cls(kind, examples, embed(examples, kind))

    def nearest(self, row: "Matrix", apart: frozenset[str]) -> tuple[Example, float] | None:
        """Find the trusted example with the largest cosine, less those whose id is in `apart`."""
        scores = self.rows @ row
        best = sorted(range(len(self.examples)), key=lambda i: (-scores[i], self.examples[i].id))
        chosen = next((i for i in best if self.examples[i].id not in apart), None)
        return None if chosen is None else (self.examples[chosen], float(scores[chosen]))

    def alike(self, row: "Matrix", apart: frozenset[str]) -> tuple[Example, float] | None:
        """Find the nearest as `nearest` does, where it is near enough to be of the same idea."""
        found = self.nearest(row, apart)
        return found if found and found[1] >= ALIKE[self.kind] else None


@dataclass(frozen=True)
class ReviewItem:
    """An example to be reviewed, with what is known of it; `proposed` is the text to pre-fill."""

    example: Example
    findings: Findings = field(default_factory=Findings)
    proposed: Example | None = None


def compile_status(blocks: Sequence[BlockResult]) -> str:
    """Sum up the code of an example in a word or two, to filter by."""
    checked = [b for b in blocks if b.expectation is not Expectation.IGNORED or b.reason]
    if not checked:
        return wording.COMPILATION["none"]
    if not all(b.passed for b in checked):
        return wording.COMPILATION["failed"]
    alone = {Composition.AS_IS, Composition.IN_MAIN}
    simple = all(b.composition in alone and not b.imports for b in checked)
    return wording.COMPILATION["alone" if simple else "in_context"]


def agent_of(example: Example) -> str:
    """Name who wrote an example's text, in the characters that Argilla allows."""
    source = example.provenance
    name = source.model.name if source.model else source.author or str(source.origin)
    return " ".join(_AGENT.sub(" ", name).split())[:200] or str(source.origin)


def _asked(text: str, shown: str) -> str:
    """Return a question as a learner writes it, where the pull finds the labels of its fences.

    It takes them from the question that is shown; a proposed text may have others, and keeps them.
    """
    plain = unlabelled(text)
    return plain if relabelled(plain, shown) == text else text


def _suggestions(item: ReviewItem) -> dict[str, Suggestion]:
    """Fill in the form; without scores, which the page would show as bare numbers."""
    shown, text = item.example, item.proposed or item.example
    planner = " ".join(_AGENT.sub(" ", shown.provenance.batch or "curator").split())
    texts = {
        names.CORRECTED_QUESTION: _asked(text.question, shown.question),
        names.CORRECTED_ANSWER: text.answer,
    }
    return {
        names.TOPIC: Suggestion(shown.topic, planner),
        names.DIFFICULTY: Suggestion(shown.difficulty.value, planner),
        **{name: Suggestion(value, agent_of(text)) for name, value in texts.items() if value},
    }


def _metadata(example: Example, blocks: Sequence[BlockResult]) -> Mapping[str, str | float]:
    source, known = example.provenance, taxonomy()
    metadata: dict[str, str | float | None] = {
        "theme": known.topics[example.topic].label,
        "level": known.difficulties[example.difficulty].label,
        "category": known.categories[example.category].label,
        "strategy": source.strategy or str(source.origin),
        "batch": source.batch,
        "compile": compile_status(blocks),
        names.FRENCH_SCORE: french_score(example),
        names.ORIGINALS[names.CORRECTED_QUESTION]: example.question or None,
        names.ORIGINALS[names.CORRECTED_ANSWER]: example.answer or None,
        **doubts(example),
    }
    return {name: value for name, value in metadata.items() if value is not None}


def cards(items: Sequence[ReviewItem], neighbours: Neighbours) -> list[Card]:
    """Make the cards of examples, in their order, with the nearest trusted example of each."""
    rows = embed([item.example for item in items], neighbours.kind)
    return [_card(item, row, neighbours) for item, row in zip(items, rows, strict=True)]


def _question(example: Example, blocks: Sequence[BlockResult]) -> str:
    """Write a question as a learner asks it; where its code fails, with rustc's words below."""
    listing = listing_of("question", blocks, lambda result: "")
    return written(rendered(as_asked(example.question), listing) or escaped(wording.EMPTY))


def _answer(example: Example, blocks: Sequence[BlockResult]) -> str:
    """Write an answer: what it changes first, then its text, the mended program to be opened."""
    change = change_of(blocks)

    def fold(result: BlockResult) -> str:
        return wording.CHANGED_PROGRAM if change and result is change.answered else ""

    text = rendered(typeset_markdown(example.answer), listing_of("answer", blocks, fold))
    return written(_shown_change(change), text or escaped(wording.EMPTY))


def _shown_change(change: Change | None) -> str:
    if change is None:
        return ""
    title = said(wording.CHANGE if change.mends else wording.BREAKS)
    lines = diff(change.asked.block.code, change.answered.block.code)
    return element("div", element("h4", title) + lines, "change")


def _card(item: ReviewItem, row: "Matrix", neighbours: Neighbours) -> Card:
    example, known = item.example, item.findings
    family = frozenset({example.id, *example.provenance.parents})
    nearest = neighbours.alike(row, family)
    findings = Findings(known.blocks, nearest, known.parent, known.opinions)
    fields = {
        names.QUESTION: _question(example, known.blocks),
        names.ANSWER: _answer(example, known.blocks),
        names.FINDINGS: panel(example, findings),
    }
    suggestions = _suggestions(item)
    vectors: dict[str, list[float]] = {neighbours.kind: row.tolist()}
    return Card(example.id, fields, suggestions, _metadata(example, known.blocks), vectors)
