"""Push what waits for people out to where they work.

What is on the server is asked of the server, and what people said is in the log; a push goes by
nothing else, so that an interrupted one resumes from any state. What it finds there is noted for
those who do not ask the server (`sent`).
"""

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from curator.base.errors import ArgillaError, CompilerError
from curator.filters.rust import RustSettings
from curator.generate.batch import existing
from curator.generate.batch_names import batch_named
from curator.generate.recipe import AugmentRecipe
from curator.records.example import Example, Origin
from curator.records.files import read_examples
from curator.records.project import Project
from curator.review.argilla import fields
from curator.review.argilla.base import Card, DatasetSpec, Server
from curator.review.argilla.spec import adjudication_dataset, review_dataset
from curator.review.cards.card import Neighbours, ReviewItem, cards
from curator.review.cards.panel import Findings
from curator.review.cards.vectors import choose
from curator.review.controls.mix import Mixer
from curator.review.decisions.settle import ReviewStatus, Settlement
from curator.review.decisions.state import State, filters_recipe, read_state
from curator.review.disputes import keep_apart, outdated
from curator.review.recipe import ReviewRecipe, ServerSettings
from curator.review.sent import note_sent
from curator.rust.document import BlockResult

Progress = Callable[[str, int, int], None]
Compile = Callable[[Sequence[Example]], list[list[BlockResult]]]
log = logging.getLogger(__name__)


def retried(call: Callable[[], None], settings: ServerSettings) -> None:
    """Make a request, and again after growing pauses while its failure may pass."""
    for attempt in range(settings.retries + 1):
        try:
            return call()
        except ArgillaError as error:
            if not error.transient or attempt == settings.retries:
                raise
            pause = settings.backoff * 2**attempt
            log.warning("%s; trying again in %g s", error.what, pause)
            time.sleep(pause)
    return None


def compiling(recipe: AugmentRecipe) -> Compile:
    """Make the function that checks the blocks of examples by the recipe's Rust settings."""
    from curator.filters.rust import RustFilter, document_of
    from curator.rust.engine import check_documents

    settings = next((f for f in recipe.filters if isinstance(f, RustSettings)), RustSettings())
    judge = RustFilter(_running(settings))

    def compile_blocks(examples: Sequence[Example]) -> list[list[BlockResult]]:
        documents = [document_of(e) for e in examples]
        return check_documents(documents, judge.compiler, judge.options(examples))

    return compile_blocks


def _running(settings: RustSettings) -> RustSettings:
    """Have programs run, so that people see what they print; not where none can be."""
    from curator.rust.runner import Runner

    try:
        Runner().prove()
    except CompilerError as error:
        log.warning("cards show no output of programs: %s", error.what)
        return settings
    return settings.model_copy(update={"run": True})


@dataclass
class PushResult:
    """How many records were sent to each dataset, and how many were there before.

    `stuck` are the disputes that everybody has a part in, so that nobody can settle them; `new`
    are the ids of the records that were sent.
    """

    sent: dict[str, int] = field(default_factory=dict)
    present: int = 0
    stuck: list[str] = field(default_factory=list)
    new: set[str] = field(default_factory=set)

    def document(self) -> dict[str, Any]:
        """Return a JSON object."""
        return {"sent": self.sent, "present": self.present, "stuck": self.stuck}


def _review_item(settlement: Settlement, examples: Mapping[str, Example]) -> ReviewItem:
    """Gather what people need to know of an example that waits for them."""
    example = settlement.example
    if settlement.status is ReviewStatus.DISPUTED:
        texts = {r.corrected for r in settlement.opinions if r.corrected}
        opinions = [(r, examples.get(r.corrected or "")) for r in settlement.opinions]
        proposed = examples.get(next(iter(texts))) if len(texts) == 1 else None
        return ReviewItem(example, Findings(opinions=opinions), proposed)
    parents = example.provenance.parents if _returned(example) else ()
    return ReviewItem(example, Findings(parent=examples.get(parents[0]) if parents else None))


def _clearest(
    items: Sequence[ReviewItem], present: Collection[str], most: int | None
) -> list[ReviewItem]:
    """Leave out new candidates beyond `most`, those first whose samples agreed least."""
    if most is None:
        return list(items)
    new = [i for i in items if i.example.id not in present and not _returned(i.example)]
    ordered = sorted(new, key=lambda item: -item.example.signals.get("agreement", 0.0))
    left_out = {item.example.id for item in ordered[most:]}
    return [item for item in items if item.example.id not in left_out]


def _returned(example: Example) -> bool:
    return example.provenance.origin is Origin.CORRECTED


def _cards(
    items: Sequence[ReviewItem], neighbours: Neighbours, compile_blocks: Compile
) -> list[Card]:
    results = compile_blocks([item.example for item in items])
    checked = [
        replace(item, findings=replace(item.findings, blocks=tuple(blocks)))
        for item, blocks in zip(items, results, strict=True)
    ]
    return cards(checked, neighbours)


def _marked(card: Card, project: str) -> Card:
    """Return the card with the mark of its project, "" for none."""
    if not project:
        return card
    return replace(card, metadata={**card.metadata, fields.PROJECT: project})


def _apart(card: Card, item: ReviewItem) -> Card:
    """Return the card with the names of those who must not settle it."""
    parties = sorted({review.annotator for review, _ in item.findings.opinions})
    if not parties:
        return card
    return replace(card, metadata={**card.metadata, fields.PARTIES: parties})


@dataclass(frozen=True)
class Pusher:
    """What a push works with; `compile_blocks` gives each block's verdict for the panel.

    With `only`, nothing but these candidates is sent.
    """

    project: Project
    recipe: ReviewRecipe
    server: Server
    compile_blocks: Compile
    progress: Progress
    only: Collection[str] | None = None

    def push(self, now: State, returns_only: bool) -> PushResult:
        """Send what waits for people and is not there yet; see the function push."""
        # The neighbours are embedded when the first card is made: a push that finds everything
        # there already, as most of them do, needs none.
        neighbours: Callable[[], Neighbours] = cache(
            lambda: Neighbours.of(now.trusted, choose(self.recipe.vectors))
        )
        waiting = [
            s
            for s in now.settlements.values()
            if s.status is ReviewStatus.PENDING and (_returned(s.example) or not returns_only)
        ]
        disputed = [s for s in now.settlements.values() if s.status is ReviewStatus.DISPUTED]
        if self.only is not None:
            waiting = [s for s in waiting if s.example.id in self.only]
            disputed = []
        shown = [s.example for s in (*waiting, *disputed)]
        for _ in self.project.taxonomy.checked([*now.trusted, *shown]):
            pass  # a card names the topic of its example, and that of the nearest one
        done = PushResult()
        spec = review_dataset(self.project, self.recipe)
        items = [_review_item(s, now.examples) for s in waiting]
        present = self.server.open(spec)
        items = _clearest(items, present, self.recipe.most)
        try:
            if self.recipe.controls.share and not returns_only:
                neighbours = self._send_mixed(spec, items, now, done, present)
            else:
                self._send(spec, items, neighbours, done, present)
        finally:
            note_sent(self.project, self.recipe, present | done.new)
        if disputed:
            self._send_disputes(disputed, now, neighbours, done)
        return done

    def _send_disputes(
        self,
        disputed: Sequence[Settlement],
        now: State,
        neighbours: Callable[[], Neighbours],
        done: PushResult,
    ) -> None:
        """Send disputes, again where somebody has become a party since, and part them from those
        who are one.
        """
        spec = adjudication_dataset(self.project, self.recipe)
        present = self.server.open(spec)
        old = outdated(self.server.fetch(spec), disputed)
        items = [_review_item(s, now.examples) for s in disputed]
        self._send(spec, items, neighbours, done, present - old)
        done.stuck = keep_apart(self.server, spec, disputed)

    def _send_mixed(
        self,
        spec: DatasetSpec,
        items: Sequence[ReviewItem],
        now: State,
        done: PushResult,
        present: set[str],
    ) -> Callable[[], Neighbours]:
        """Send candidates with controls among them, which look the same; returns what the
        cards of this push are compared with.
        """
        missing = [item for item in items if item.example.id not in present]
        mixer = Mixer(self.project, self.recipe.controls, spec.name, self.progress)
        mixed, disguise = mixer.mixed(missing, present)
        known = disguise.neighbours(now.trusted)
        neighbours = cache(lambda: Neighbours.of(known, choose(self.recipe.vectors)))
        judge = disguise.compiling(self.compile_blocks, now.trusted)
        done.present += len(items) - len(missing)
        replace(self, compile_blocks=judge)._send(spec, mixed, neighbours, done, present)
        return neighbours

    def _send(
        self,
        spec: DatasetSpec,
        items: Sequence[ReviewItem],
        neighbours: Callable[[], Neighbours],
        done: PushResult,
        present: set[str],
    ) -> None:
        missing = [item for item in items if item.example.id not in present]
        done.present += len(items) - len(missing)
        done.sent[spec.name] = 0
        size = self.recipe.batch_size
        self.progress(f"push {spec.name}", 0, len(missing))
        for start in range(0, len(missing), size):
            some = missing[start : start + size]
            plain = _cards(some, neighbours(), self.compile_blocks)
            batch = [
                _apart(_marked(card, spec.project), item)
                for card, item in zip(plain, some, strict=True)
            ]
            retried(lambda: self.server.send(spec, batch), self.recipe.server)  # noqa: B023
            done.sent[spec.name] += len(batch)
            done.new |= {card.id for card in batch}
            self.progress(f"push {spec.name}", start + len(batch), len(missing))


def push_batch(
    project: Project, recipe: ReviewRecipe, server: Server, batch: str, progress: Progress
) -> PushResult:
    """Send the candidates of one batch alone, as `push` does; no dispute.

    `batch` is its name or the beginning of it. Raises DataError where the recipe's folder has no
    such batch.
    """
    chosen = batch_named(existing(project.root / recipe.input), batch, recipe.input)
    path = chosen.path("accepted.jsonl")
    only = {e.id for e in read_examples(path)} if path.is_file() else set[str]()
    progress("reading the project", 0, 0)
    now, judge = read_state(project, recipe), compiling(filters_recipe(project, recipe))
    return Pusher(project, recipe, server, judge, progress, only).push(now, returns_only=False)


def push(
    project: Project,
    recipe: ReviewRecipe,
    server: Server,
    progress: Progress,
    compile_blocks: Compile | None = None,
    returns_only: bool = False,
) -> PushResult:
    """Send the candidates that wait for people and are not there yet, disputes to adjudication.

    Records have the ids of their examples, so an interrupted push resumes where it stopped, and a
    repeated one sends nothing. With `returns_only`, new candidates are left
    where they are: only corrected texts and disputes go back. Raises ArgillaError when the server
    is away.
    """
    judge = compile_blocks or compiling(filters_recipe(project, recipe))
    progress("reading the project", 0, 0)
    now = read_state(project, recipe)
    return Pusher(project, recipe, server, judge, progress).push(now, returns_only)
