"""Pull what people said into the log; corrected texts pass the filters again."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from curator.base.errors import DataError
from curator.base.plural import plural
from curator.filters.registry import make_filters
from curator.filters.run import run_filters
from curator.generate.recipe import AugmentRecipe
from curator.records.example import Example, Origin, Review
from curator.records.project import Project
from curator.review.answers import SUBMITTED, correction, original_of, review_of, same, withdrawal
from curator.review.argilla.base import Answer, DatasetContent, DatasetSpec, Server
from curator.review.argilla.spec import adjudication_dataset, review_dataset
from curator.review.aside import SetAside, set_aside
from curator.review.controls.caught import doubted
from curator.review.controls.record import ControlLog
from curator.review.decisions.log import ReviewLog, latest
from curator.review.decisions.settle import settle
from curator.review.decisions.state import State, filters_recipe, read_state
from curator.review.lacking import lacking
from curator.review.recipe import ReviewRecipe
from curator.review.returns import Return, of_disputes, of_reviews
from curator.rust.unsandboxed import judging_version

Progress = Callable[[str, int, int], None]


@dataclass
class PullResult:
    """What a pull brought: new reviews, corrected examples by whether they pass the filters,
    answers that are no reviews, with why, and those that went back to their annotators. What was
    said of controls stands apart (`of_controls`). `aside` are corrections that do not stand, of
    the examples about which something new was said.
    """

    reviews: list[Review] = field(default_factory=list)
    corrected: list[Example] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    of_controls: list[Review] = field(default_factory=list)
    returned: list[Return] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)

    def sent_back(self) -> list[str]:
        """List the answers that went back, less those that `unreadable` speaks of."""
        return [str(r) for r in self.returned if r.why != "unreadable"]

    @property
    def failed(self) -> list[Example]:
        """The corrected examples that return to review."""
        return [e for e in self.corrected if e.rejection is not None]


class _Families:
    """Examples by their oldest ancestor: an example and all that corrects it, one by one."""

    def __init__(self, examples: Mapping[str, Example]):
        self._examples = examples
        self._members: dict[str, set[str]] = {}
        for example in examples.values():
            self._members.setdefault(self._oldest(example), set()).add(example.id)

    def _oldest(self, example: Example) -> str:
        while example.provenance.origin is Origin.CORRECTED:
            parent = self._examples.get(example.provenance.parents[0])
            if parent is None:
                break
            example = parent
        return example.id

    def of(self, example: Example) -> set[str]:
        """Return the ids of an example's family, its own among them."""
        return self._members[self._oldest(example)]


def refilter(
    project: Project,
    corrected: Sequence[Example],
    now: State,
    recipe: AugmentRecipe,
    progress: Progress,
) -> list[Example]:
    """Pass corrected texts through the filters that candidates pass.

    Each is judged by itself, and against all examples but those of its own family: it resembles
    the text that it corrects.
    """
    families = _Families(now.examples | {e.id: e for e in corrected})
    # What the filters reject is not in anybody's way: it cannot enter the set as it is.
    known = [*now.trusted, *(e for e in now.examples.values() if e.rejection is None)]
    filters = make_filters(recipe.filters, known if corrected else (), project.root)
    outcome = run_filters(
        [_stamped(e) for e in corrected],
        filters,
        progress,
        recipe.judge,
        without=families.of,
        remember=False,
    )
    order = {e.id: number for number, e in enumerate(corrected)}
    return sorted([*outcome.accepted, *outcome.rejected], key=lambda e: order[e.id])


def _stamped(example: Example) -> Example:
    """Return the example with the compiler that judges it."""
    provenance = example.provenance.model_copy(update={"rustc": judging_version()})
    return example.model_copy(update={"provenance": provenance})


class _Reader:
    """Turn the answers of one pull into reviews, less what was known before."""

    def __init__(self, now: State, controls: ControlLog):
        self._controls = {key: c.example for key, c in controls.controls().items()}
        self._examples = {**now.examples, **self._controls}
        self._latest = latest([*now.reviews, *controls.reviews()])
        self.pulled = PullResult()

    def _place(self, answer: Answer) -> list[Review]:
        """Tell where a review of this answer goes."""
        done = self.pulled
        return done.of_controls if answer.record in self._controls else done.reviews

    def read(self, answer: Answer, dataset: str, adjudication: bool) -> None:
        """Take one answer in; what cannot be a review is noted."""
        example = self._examples.get(answer.record)
        before = self._latest.get((answer.record, answer.annotator, adjudication))
        place = self._place(answer)
        if answer.status != SUBMITTED:
            if before and not before.withdrawn:
                place.append(withdrawal(before, answer))
            return
        if example is None:
            self.pulled.unreadable.append(
                f"{dataset}, record {answer.record}: no such example here"
            )
            return
        try:
            review = review_of(answer, example, dataset, adjudication)
        except DataError as error:
            self.pulled.unreadable.append(str(error))
            self.pulled.returned.append(Return(dataset, answer, "unreadable", error.what))
            return
        if before and same(before, review):
            return
        if why := lacking(answer.values, original_of(example)):
            self.pulled.returned.append(Return(dataset, answer, why))
            return
        place.append(review)
        if answer.record in self._controls:
            return  # a text made of a planted one is no correction of anything
        corrected = correction(answer, example)
        known = {*self._examples, *(e.id for e in self.pulled.corrected)}
        if corrected and corrected.id not in known:
            self.pulled.corrected.append(corrected)


def _foreign(content: DatasetContent, spec: DatasetSpec) -> dict[str, str]:
    """List the records of a dataset that another project marked, with its name."""
    marks = content.projects if spec.project else {}
    return {record: mark for record, mark in marks.items() if mark != spec.project}


def _left_alone(
    foreign: Mapping[str, str], content: DatasetContent, spec: DatasetSpec
) -> Iterator[str]:
    """Write one line for each other project whose records have answers here."""
    counts = Counter(foreign[a.record] for a in content.answers if a.record in foreign)
    for project, count in sorted(counts.items()):
        answers = plural(count, "answer")
        yield f"{spec.name}: {answers} left alone, to records of another project, {project}"


def pull(project: Project, recipe: ReviewRecipe, server: Server, progress: Progress) -> PullResult:
    """Take what annotators said into the log, and pass the texts that they corrected through the
    filters. Pulling again adds only what changed. Answers that decide nothing go back to those who
    gave them. Raises ArgillaError when the server is away.
    """
    log = ReviewLog.of(project)
    with log.locked():
        progress("fetching answers", 0, 0)
        now = read_state(project, recipe)
        controls = ControlLog.of(project)
        reader = _Reader(now, controls)
        specs = review_dataset(project, recipe), adjudication_dataset(project, recipe)
        contents = [_own(server.fetch(spec), spec, reader.pulled) for spec in specs]
        for spec, content in zip(specs, contents, strict=True):
            for answer in content.answers:
                reader.read(answer, spec.name, adjudication=spec is specs[1])
        done = reader.pulled
        settings = filters_recipe(project, recipe)
        done.corrected = refilter(project, done.corrected, now, settings, progress)
        log.add(done.reviews, done.corrected)
        controls.add(reviews=done.of_controls)
        done.returned += _undecided(project, specs, contents, now, done, recipe)
        _hand_back(server, specs, done)
    return done


def _own(content: DatasetContent, spec: DatasetSpec, done: PullResult) -> DatasetContent:
    """Return the content without the answers to records of other projects, which are counted."""
    foreign = _foreign(content, spec)
    done.unreadable += _left_alone(foreign, content, spec)
    return replace(content, answers=tuple(a for a in content.answers if a.record not in foreign))


def _undecided(
    project: Project,
    specs: Sequence[DatasetSpec],
    contents: Sequence[DatasetContent],
    now: State,
    done: PullResult,
    recipe: ReviewRecipe,
) -> list[Return]:
    """List the answers that leave their record closed and its example open."""
    examples = now.examples | {e.id: e for e in done.corrected}
    said = [*now.reviews, *done.reviews]
    settlements = settle(examples, said, recipe.settle, doubted(project, recipe.controls))
    done.aside = list(set_aside(settlements, {r.example for r in done.reviews}))
    found = [*of_reviews(specs[0].name, contents[0], settlements)]
    found += of_disputes(specs[1].name, contents[1], settlements)
    known = {(r.dataset, r.answer.record, r.answer.annotator) for r in done.returned}
    return [r for r in found if (r.dataset, r.answer.record, r.answer.annotator) not in known]


def _hand_back(server: Server, specs: Sequence[DatasetSpec], done: PullResult) -> None:
    """Put the forms back; the log has been written, so that a server that ends loses nothing."""
    for spec in specs:
        forms = [r.form() for r in done.returned if r.dataset == spec.name]
        if forms:
            server.hand_back(spec, forms)
