"""Show what happened when: batches, trainings, evaluations, decisions, the newest first."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from curator.report.blocks import Cell, Section, Table
from curator.report.gather import Report
from curator.report.language import say, words
from curator.report.language.numbers import count, day, mark, number, percent, short

KEY = "historique"
SHOWN = 60


class Moment(NamedTuple):
    """Something that happened: when, of what kind, its name, what to know of it."""

    time: datetime
    kind: str
    name: str
    said: str


def history_section(report: Report) -> list[Section]:
    """Write the section, or nothing where nothing happened yet."""
    moments = sorted(_moments(report), key=lambda m: m.time, reverse=True)
    if not moments:
        return []
    rows: list[list[str | Cell]] = [
        [day(m.time), m.kind, Cell(m.name, code=True), m.said] for m in moments[:SHOWN]
    ]
    columns = [("Date", False), (say("Étape", "Step"), False), (say("Nom", "Name"), False)]
    columns.append((say("Chiffres", "Numbers"), False))
    left = len(moments) - len(rows)
    older = "étape plus ancienne|étapes plus anciennes", "older step"
    note = f"{count(left, *older)}." if left else ""
    caption = say(
        "Lots, entraînements, évaluations et décisions",
        "Batches, trainings, evaluations and decisions",
    )
    table = Table(caption, columns, rows, note)
    return [Section(KEY, say("Historique", "History"), [table], folded=True)]


def _moments(report: Report) -> Iterator[Moment]:
    yield from _batches(report)
    yield from _runs(report)
    yield from _arms(report)
    for entry in report.ledger:
        kept = say(f"non promu, {entry.before} reste", f"not promoted, {entry.before} stays")
        said = say("promu", "promoted") if entry.decision.promote else kept
        yield Moment(entry.time, say("décision", "decision"), entry.run, said)


def _batches(report: Report) -> Iterator[Moment]:
    for batch in report.batches.batches:
        if not batch.created:
            continue
        said = "" if batch.complete else words.batch_state(batch.state)
        if batch.total:
            kept = count(batch.accepted or 0, "retenu", "accepted|accepted")
            share = percent((batch.accepted or 0) / batch.total)
            said = f"{kept} {say('sur', 'of')} {number(batch.total)} ({share})"
        yield Moment(datetime.fromisoformat(batch.created), say("lot", "batch"), batch.name, said)


def _runs(report: Report) -> Iterator[Moment]:
    for run in report.runs:
        if not run.started:
            continue
        loss = ""
        if run.best_loss:
            loss = f"{say('perte de validation', 'validation loss')} {number(run.best_loss, 3)}, "
        said = f"{loss}{say('jeu', 'set')} {short(run.dataset_sha256)}"
        kind = say("entraînement", "training")
        yield Moment(datetime.fromisoformat(run.started), kind, run.name, said)


def _arms(report: Report) -> Iterator[Moment]:
    evaluation = report.evaluation
    for side in evaluation.sides if evaluation else ():
        said = count(len(side.responses), "réponse", "answer")
        if evaluation and evaluation.profile in side.summaries:
            overall = side.summaries[evaluation.profile].overall.metrics
            said = f"score {mark(overall.get('composite'))}, {said}"
        yield Moment(side.arm.created, say("évaluation", "evaluation"), side.name, said)
