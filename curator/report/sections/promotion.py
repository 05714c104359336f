"""Show what was decided of each new model, from the ledger."""

from collections.abc import Sequence

from curator.evaluation.promotion import Entry
from curator.french.notices import french
from curator.french.numbers import day, number
from curator.report.blocks import Cell, Section, Table
from curator.report.sections import values


def promotion_section(ledger: Sequence[Entry]) -> list[Section]:
    """Write the section, or nothing where nothing was ever decided."""
    if not ledger:
        return []
    columns = [("Date", False), ("Entraînement", False), ("Actuel", False), ("Décision", False)]
    columns.append(("Chiffres", False))
    note = "Un modèle remplace l'actuel si la cible gagne sa marge et si rien de gardé ne régresse."
    rows = [_row(e) for e in ledger]
    table = Table("Décisions de promotion (training/ledger.jsonl)", columns, rows, note)
    return [Section("promotion", "Promotion", [table])]


def _row(entry: Entry) -> list[str | Cell]:
    taken = entry.decision.promote
    decision = Cell("promu" if taken else "non promu", tone="better" if taken else "open")
    return [day(entry.time), entry.run, entry.before, decision, _numbers(entry)]


def _numbers(entry: Entry) -> str:
    """Write the target's difference, and what was guarded and is worse."""
    if entry.comparison is None:
        return french.say_all(entry.decision.reasons, " ; ")
    rule, clauses = entry.rule, []
    if target := entry.comparison.find(rule.target):
        margin = f"marge {number(rule.margin, 2)}"
        clauses.append(
            f"{values.label(rule.target)} {values.delta(target)} {values.span(target)}, {margin}"
        )
    for metric in rule.guarded:
        lost = entry.comparison.find(metric)
        if lost and lost.word == "worse":
            clauses.append(f"{values.label(metric)} {values.delta(lost)} : régression")
    return " ; ".join(clauses)
