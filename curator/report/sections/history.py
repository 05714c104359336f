"""Show what happened when: batches, trainings, evaluations, decisions, the newest first."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from curator.french import words
from curator.french.numbers import count, day, mark, number, percent, short
from curator.report.blocks import Cell, Section, Table
from curator.report.gather import Report

KEY, TITLE = "historique", "Historique"
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
    columns = [("Date", False), ("Étape", False), ("Nom", False), ("Chiffres", False)]
    left = len(moments) - len(rows)
    note = f"{count(left, 'étape plus ancienne', 'étapes plus anciennes')}." if left else ""
    table = Table("Lots, entraînements, évaluations et décisions", columns, rows, note)
    return [Section(KEY, TITLE, [table], folded=True)]


def _moments(report: Report) -> Iterator[Moment]:
    yield from _batches(report)
    yield from _runs(report)
    yield from _arms(report)
    for entry in report.ledger:
        said = "promu" if entry.decision.promote else f"non promu, {entry.before} reste"
        yield Moment(entry.time, "décision", entry.run, said)


def _batches(report: Report) -> Iterator[Moment]:
    for batch in report.batches.batches:
        if not batch.created:
            continue
        said = words.BATCH_STATES.get(batch.state, "")
        if batch.total:
            share = percent((batch.accepted or 0) / batch.total)
            said = f"{number(batch.accepted)} retenus sur {number(batch.total)} ({share})"
        yield Moment(datetime.fromisoformat(batch.created), "lot", batch.name, said)


def _runs(report: Report) -> Iterator[Moment]:
    for run in report.runs:
        if not run.started:
            continue
        loss = f"perte de validation {number(run.best_loss, 3)}, " if run.best_loss else ""
        said = f"{loss}jeu {short(run.dataset_sha256)}"
        yield Moment(datetime.fromisoformat(run.started), "entraînement", run.name, said)


def _arms(report: Report) -> Iterator[Moment]:
    evaluation = report.evaluation
    for side in evaluation.sides if evaluation else ():
        said = count(len(side.responses), "réponse")
        if evaluation and evaluation.profile in side.summaries:
            overall = side.summaries[evaluation.profile].overall.metrics
            said = f"score {mark(overall.get('composite'))}, {said}"
        yield Moment(side.arm.created, "évaluation", side.name, said)
