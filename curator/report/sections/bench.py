"""Show what came of tasks from elsewhere: greedy pass@1 of each arm."""

from collections.abc import Sequence

from curator.evaluation.bench.result import BenchResult
from curator.french.numbers import interval, number, percent
from curator.report.blocks import Cell, Section, Table

_MODES = {"chat": "question", "completion": "texte à continuer"}


def bench_section(results: Sequence[BenchResult]) -> Section:
    """Write the section: a row for each arm and way of asking."""
    columns = [("Bras", False), ("Épreuve", False), ("Posée comme", False)]
    columns += [("Réussies", True), ("pass@1", True), ("Intervalle 95\u202f%", True)]
    note = (
        "Tâches de HumanEval-X pour Rust, une réponse sans tirage ; la solution compile et passe "
        "ses tests, dans le bac à sable. Rien de ce projet n'a été écrit d'après elles."
    )
    table = Table("Épreuves venues d'ailleurs", columns, [_row(one) for one in results], note)
    return Section("ailleurs", "Hors de nos questions", [table])


def _row(result: BenchResult) -> list[str | Cell]:
    low, high = result.interval
    passed = f"{number(sum(result.passed.values()))}/{number(len(result.passed))}"
    shown = interval(percent(low), percent(high))
    name = Cell(result.arm, code=True)
    return [name, result.bench, _MODES[result.mode], passed, percent(result.rate, 1), shown]
