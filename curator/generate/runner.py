"""Run a batch: plan a wave of candidates, make it, judge it, until there is a reason to stop.

While one wave is judged in the background (rustc is another process), the next one is made. So a
wave is planned from the verdicts of all waves but the last, whose candidates count by their
expected yield; that makes the plan the same whether or not the verdicts were already there.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby

from curator import __version__
from curator.base.errors import ModelError
from curator.base.seeds import derive_seed
from curator.base.settings import digest
from curator.generate.batch import Batch, Plan
from curator.generate.planner import Offer, Pick, Planner, prompt_size, reason_to_stop, remaining
from curator.generate.recipe import AugmentRecipe
from curator.generate.request import Request
from curator.generate.rounds import drive
from curator.generate.strategies.base import BatchState, Draft, Strategy
from curator.generate.yields import Yields
from curator.models.base import ChatRequest, Completion, TextModel
from curator.records.example import Example, Provenance
from curator.records.taxonomy import Slot, taxonomy

Progress = Callable[[str, int, int], None]
Judge = Callable[[Sequence[Example], Sequence[Example]], list[Example]]


@dataclass(frozen=True)
class BatchResult:
    """What a batch came to: every candidate, those judged in the same order, and why it ended."""

    candidates: list[Example]
    judged: list[Example]
    yields: Yields
    stopped: str


@dataclass(frozen=True)
class BatchTools:
    """What a batch is made with.

    `judge` maps the candidates of a wave, and those accepted before, to candidates with verdicts;
    without it nothing is judged and nothing learned. `model` may be None where no strategy needs
    one.
    """

    strategies: Mapping[str, Strategy]
    model: TextModel | None
    judge: Judge | None
    progress: Progress


class BatchRunner:
    """Make the waves of one batch; `state` is what was known before it."""

    def __init__(self, batch: Batch, recipe: AugmentRecipe, tools: BatchTools, state: BatchState):
        self.batch = batch
        self.plan: Plan = batch.plan()
        self.recipe = recipe
        self.tools = tools
        self.state = state
        self.yields = Yields()
        self.yields.recall(self.plan.history)
        self.waves: list[list[Example]] = []
        self.in_flight: list[Example] = []  # made, but not yet judged as far as planning knows
        self.judged: list[Example] = []
        self.pending: Future[list[Example]] | None = None  # the verdicts on the last wave
        self.began = time.monotonic()

    def run(self) -> BatchResult:
        """Make waves until there is a reason to stop.

        Raises ModelError where a model is needed and absent, and what the model or a filter raises.
        """
        with ThreadPoolExecutor(1) as background:
            try:
                stopped = self._loop(background)
            except BaseException:
                # Do not wait for verdicts that nobody will read: a resumed batch judges again.
                background.shutdown(wait=False, cancel_futures=True)
                raise
        candidates = [e for wave in self.waves for e in wave]
        return BatchResult(candidates, self.judged, self.yields, stopped)

    def _loop(self, background: ThreadPoolExecutor) -> str:
        while True:
            left = remaining(self.plan.wanted, self.state.accepted, self.in_flight, self.yields)
            stopped = self._reason_to_stop(left)
            requests = [] if stopped else self._requests(left)
            if not requests and self.pending:
                # What looks like the end may not be one: if the last wave is rejected, its slots
                # need candidates again, and rejected ones can be repaired.
                self._settle()
                continue
            if not requests:
                return stopped or "nothing_left"
            wave = self._next_wave(requests)
            # Only now, after the model has worked meanwhile. The verdicts are used from the next
            # plan on, never in this one, so that timing cannot change what is made.
            self._settle()
            self.waves.append(wave)
            self.in_flight += wave
            if self.tools.judge:
                number, earlier = len(self.waves) - 1, list(self.state.accepted)
                self.pending = background.submit(self._judge, number, wave, earlier)

    def _reason_to_stop(self, left: Mapping[Slot, float]) -> str | None:
        minutes = self.recipe.stop.minutes
        if minutes is not None and time.monotonic() - self.began > minutes * 60:
            return "minutes"
        return reason_to_stop(self.recipe.stop, left, self.judged, self.made)

    @property
    def made(self) -> int:
        """How many candidates there are so far."""
        return sum(map(len, self.waves))

    def _requests(self, left: Mapping[Slot, float]) -> list[Request]:
        settings, number = self.recipe.generate, len(self.waves)
        size = min(settings.wave, self.recipe.stop.candidates - self.made)
        planner = Planner(self.plan.wanted, self.yields, settings.explore)
        group = prompt_size(self.plan.wanted, self.recipe)
        offers = offers_for(left, self.tools.strategies.values(), self.state, group)
        picks = planner.picks(left, offers, size, derive_seed(self.plan.seed, "wave", number))
        return requests_for(picks, self.tools.strategies, self.state, self.plan.seed, self.made)

    def _next_wave(self, requests: Sequence[Request]) -> list[Example]:
        """Return the candidates of the next wave: those on disk, else new ones, then written."""
        number = len(self.waves)
        wave = self.batch.wave(number, "candidates")
        if wave is None:
            self._report(self.made)
            wave = self._make(requests)
            self.batch.write_wave(number, "candidates", wave)
        self._report(self.made + len(wave))
        return wave

    def _report(self, made: int) -> None:
        """Say how many candidates there are; of how many, once that gives a fair time left.

        The first wave says little of the pace: mutants are made at once, texts of a model are not.
        """
        total = self.recipe.stop.candidates
        settled = len(self.waves) >= 2 or 4 * made >= total
        self.tools.progress("generate", min(made, total), total if settled else 0)

    def _make(self, requests: Sequence[Request]) -> list[Example]:
        parts = [list(part) for _, part in groupby(requests, key=lambda r: r.strategy)]
        runs = [self.tools.strategies[p[0].strategy].make(p, self.state) for p in parts]
        number = len(self.waves)
        drafts = drive(runs, lambda asked, turn: self._ask(asked, number, turn))
        return [self._candidate(r, draft) for r, draft in zip(requests, drafts, strict=True)]

    def _ask(self, asked: Sequence[ChatRequest], wave: int, turn: int) -> list[Completion]:
        """Return the model's texts of one round: those on disk, else new ones, then written."""
        if self.tools.model is None:
            raise ModelError("a strategy needs a model, and none was loaded")
        mark = digest(*(request.document() for request in asked))
        written = self.batch.round(wave, turn, mark)
        if written is None:
            written = self.tools.model.complete(asked, self._reporter(len(asked), turn))
            self.batch.write_round(wave, turn, mark, written)
        return written

    def _reporter(self, asked: int, turn: int) -> Callable[[int], None]:
        made = self.made

        def report(count: int) -> None:
            if turn:
                self.tools.progress(f"write, round {turn + 1}", count, asked)
            else:
                self._report(made + count)

        return report

    def _candidate(self, request: Request, draft: Draft) -> Example:
        model = self.tools.model if draft.prompt else None
        provenance = Provenance(
            origin=draft.origin,
            created=self.plan.created,
            toolkit=__version__,
            author=draft.author,
            licence=draft.licence,
            source=request.source,
            parents=request.parents,
            batch=self.batch.name,
            index=request.index,
            strategy=request.strategy,
            model=model.ref if model else None,
            prompt_sha256=draft.prompt,
            sampling=draft.sampling or self.recipe.generate.sampling if model else None,
            seed=request.seed,
            truncated=draft.truncated,
            tokens=draft.tokens,
            rustc=self.plan.rustc,
            stages=draft.stages,
        )
        labels = dict(zip(("topic", "difficulty", "category"), request.slot, strict=True))
        return Example(
            question=draft.question, answer=draft.answer, provenance=provenance, **labels
        )

    def _judge(
        self, number: int, wave: Sequence[Example], earlier: Sequence[Example]
    ) -> list[Example]:
        """Return a wave with its verdicts: those on disk, else the filters', then written."""
        judged = self.batch.wave(number, "judged")
        if judged is None and self.tools.judge:
            judged = self.tools.judge(wave, earlier)
            self.batch.write_wave(number, "judged", judged)
        return judged or []

    def _settle(self) -> None:
        """Learn the verdicts of the wave that is being judged, if any; wait for them if need be."""
        if self.pending is None:
            return
        judged = self.pending.result()
        self.pending = None
        self.in_flight = []
        self.state.learn(judged)
        self.yields.learn(judged)
        self.judged += judged
        accepted = len(self.state.accepted)
        self.tools.progress("accepted", accepted, round(sum(self.plan.wanted.values())))


def offers_for(
    left: Mapping[Slot, float], strategies: Iterable[Strategy], state: BatchState, group: int
) -> list[Offer]:
    """Return what the strategies can still do for the slots that need candidates.

    `group` is how many candidates of a slot a model best writes in a row.
    """
    slots = taxonomy().order(left)
    return [
        Offer(one.name, slot, room, group if one.tokens else 1, one.tokens)
        for one in strategies
        for slot in slots
        if (room := one.room(slot, state))
    ]


def requests_for(
    picks: Sequence[Pick],
    strategies: Mapping[str, Strategy],
    state: BatchState,
    seed: int,
    made: int,
) -> list[Request]:
    """Turn picks into requests, which `state` then counts as taken; `made` come before them.

    Requests of one strategy and slot stand side by side, so that they share their prompt. An
    example or passage that could serve several slots goes to the first of them, so there may be
    fewer requests than the picks ask for.
    """
    grouped: dict[tuple[str, Slot], int] = {}
    for pick in picks:
        key = pick.strategy, pick.slot
        grouped[key] = grouped.get(key, 0) + pick.count
    requests: list[Request] = []
    for (name, slot), count in grouped.items():
        first = made + len(requests)
        tasks = strategies[name].tasks(slot, count, state, derive_seed(seed, first, name))
        labels = dict(zip(("topic", "difficulty", "category"), slot, strict=True))
        for index, task in enumerate(tasks, first):
            # The seed depends on the candidate's number alone, not on its neighbours.
            own = derive_seed(seed, index)
            fields = {**labels, **task._asdict(), "index": index, "seed": own}
            requests.append(Request(strategy=name, **fields))
        state.take(requests[first - made :])
    return requests
