"""Send duels to Argilla, and take back what people chose."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from curator.base.progress import Progress, silent
from curator.evaluation.duels.pairs import DuelPlan, Paired, pair
from curator.evaluation.duels.record import Chosen, Duel, DuelLog, latest
from curator.french import duel as wording
from curator.french.typography import as_asked, typeset, typeset_markdown
from curator.records.project import Project
from curator.records.taxonomy import taxonomy
from curator.review.answers import SUBMITTED
from curator.review.argilla import fields as names
from curator.review.argilla.base import Answer, Card, DatasetContent, DatasetSpec, Server
from curator.review.cards.markup import element, escaped
from curator.review.cards.markup import field as written
from curator.review.cards.prose import rendered
from curator.review.push import retried
from curator.review.recipe import ReviewRecipe

_CHOICES = frozenset(wording.CHOICES)


def duel_dataset(project: Project, recipe: ReviewRecipe) -> DatasetSpec:
    """Describe the dataset in which people choose between answers."""
    return DatasetSpec(
        name=recipe.duels,
        workspace=recipe.workspace,
        guidelines=typeset_markdown(wording.GUIDE),
        overlap=recipe.overlap,
        vector=("", 0),
        project=recipe.project or project.name,
        form="duel",
    )


@dataclass(frozen=True)
class Sent:
    """How many duels went out, how many were there, and what was left out of them."""

    dataset: str
    sent: int
    present: int
    alike: int
    leaked: int


@dataclass
class Pulled:
    """What came back: new choices, and forms that are none, with why."""

    choices: list[Chosen] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def card(duel: Duel, project: str) -> Card:
    """Make the card of a duel, which names no arm."""
    known = taxonomy()
    metadata: dict[str, str] = {names.PROJECT: project}
    if duel.topic:
        metadata["theme"] = known.topics[duel.topic].label
    levels = {d.value: label.label for d, label in known.difficulties.items()}
    if duel.difficulty in levels:
        metadata["level"] = levels[duel.difficulty or ""]
    about = [f"{wording.METADATA[n]} : {metadata[n]}" for n in wording.METADATA if n in metadata]
    level = element("p", escaped(typeset(", ".join(about))), "origin") if about else ""
    fields = {
        "question": written(rendered(as_asked(duel.prompt)) or "—", level),
        "left": written(element("div", rendered(duel.left.text) or "—", "answer")),
        "right": written(element("div", rendered(duel.right.text) or "—", "answer")),
    }
    return Card(duel.id, fields, metadata=metadata)


def send(
    project: Project,
    recipe: ReviewRecipe,
    server: Server,
    plan: DuelPlan,
    progress: Progress = silent,
) -> Sent:
    """Send the duels of two arms that are not there yet; an interrupted push goes on.

    Raises EvaluationError for arms that make none, ArgillaError where the server is away.
    """
    project.open()
    paired: Paired = pair(project.root, plan)
    spec = duel_dataset(project, recipe)
    present = server.open(spec)
    log = DuelLog.of(project)
    known = log.duels()
    log.add(duels=[d for d in paired.duels if d.id not in known])
    missing = [d for d in paired.duels if d.id not in present]
    for start in range(0, len(missing), recipe.batch_size):
        progress(f"push {spec.name}", start, len(missing))
        batch = [card(d, spec.project) for d in missing[start : start + recipe.batch_size]]
        retried(lambda: server.send(spec, batch), recipe.server)  # noqa: B023
    there = len(paired.duels) - len(missing)
    return Sent(spec.name, len(missing), there, paired.alike, paired.leaked)


def pull(project: Project, recipe: ReviewRecipe, server: Server) -> Pulled:
    """Take what people chose into the log; again, only what changed.

    Raises ArgillaError where the server is away.
    """
    log = DuelLog.of(project)
    duels = log.duels()
    done = Pulled()
    if not duels:
        return done
    spec = duel_dataset(project, recipe)
    content: DatasetContent = server.fetch(spec)
    before = latest(log.versions())
    for answer in content.answers:
        if content.projects.get(answer.record, spec.project) == spec.project:
            _read(answer, duels, before.get((answer.record, answer.annotator)), done)
    log.add(choices=done.choices)
    return done


def _read(answer: Answer, duels: dict[str, Duel], before: Chosen | None, done: Pulled) -> None:
    where = f"duel {answer.record}, {answer.annotator}"
    if answer.record not in duels:
        done.unreadable.append(f"{where}: no such duel here")
        return
    if answer.status != SUBMITTED:
        if before and not before.withdrawn:
            gone = before.model_copy(update={"withdrawn": True, "time": answer.time})
            done.choices.append(gone)
        return
    choice, why = answer.values.get("choice"), answer.values.get("why")
    if choice not in _CHOICES:
        done.unreadable.append(f"{where}: {choice!r} is no choice")
        return
    told = why.strip() if isinstance(why, str) and why.strip() else None
    made = Chosen(
        duel=answer.record, annotator=answer.annotator, choice=choice, why=told, time=answer.time
    )
    if before is None or before.model_copy(update={"time": made.time}) != made:
        done.choices.append(made)


def waiting(content: DatasetContent, duels: Sequence[Duel]) -> int:
    """Count the duels that not enough people have answered."""
    return sum(not content.records.get(d.id, False) for d in duels)
