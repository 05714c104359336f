"""Show what was decided of each new model, from the ledger."""

from collections.abc import Sequence

from curator.evaluation.promotion import Entry
from curator.report.blocks import Cell, Section, Table
from curator.report.language import say, tell_all, words
from curator.report.language.numbers import day, number
from curator.report.sections import values


def promotion_section(ledger: Sequence[Entry]) -> list[Section]:
    """Write the section, or nothing where nothing was ever decided."""
    if not ledger:
        return []
    columns = [("Date", False), (say("Entraînement", "Training"), False)]
    columns += [(say("Actuel", "Current"), False), (say("Décision", "Decision"), False)]
    columns.append((say("Chiffres", "Numbers"), False))
    note = say(
        "Un modèle remplace l'actuel si la cible gagne sa marge et si rien de gardé ne régresse.",
        "A model replaces the current one if the target gains its margin and nothing guarded is "
        "worse.",
    )
    rows = [_row(e) for e in ledger]
    caption = say("Décisions de promotion", "Decisions on promotion")
    table = Table(f"{caption} (training/ledger.jsonl)", columns, rows, note)
    return [Section("promotion", "Promotion", [table])]


def _row(entry: Entry) -> list[str | Cell]:
    taken = entry.decision.promote
    said = say("promu", "promoted") if taken else say("non promu", "not promoted")
    decision = Cell(said, tone="better" if taken else "open")
    return [day(entry.time), entry.run, entry.before, decision, _numbers(entry)]


def _numbers(entry: Entry) -> str:
    """Write the target's difference, and what was guarded and is worse."""
    if entry.comparison is None:
        return tell_all(entry.decision.reasons)
    rule, clauses = entry.rule, []
    if target := entry.comparison.find(rule.target):
        margin = f"{say('marge', 'margin')} {number(rule.margin, 2)}"
        clauses.append(
            f"{words.metric(rule.target)} {values.delta(target)} {values.span(target)}, {margin}"
        )
    for metric in rule.guarded:
        lost = entry.comparison.find(metric)
        if lost and lost.word == "worse":
            fallen = say(" : régression", ": worse")
            clauses.append(f"{words.metric(metric)} {values.delta(lost)}{fallen}")
    return say(" ; ", "; ").join(clauses)
