"""Show what came of tasks from elsewhere: greedy pass@1 of each arm."""

from collections.abc import Sequence

from curator.evaluation.bench.result import BenchResult
from curator.report.blocks import Cell, Section, Table
from curator.report.language import say
from curator.report.language.numbers import interval, number, percent


def bench_section(results: Sequence[BenchResult]) -> Section:
    """Write the section: a row for each arm and way of asking."""
    columns = [(say("Bras", "Arm"), False), (say("Épreuve", "Bench"), False)]
    columns += [(say("Posée comme", "Asked as"), False), (say("Réussies", "Passed"), True)]
    columns += [("pass@1", True), (say("Intervalle 95\u202f%", "95% interval"), True)]
    note = say(
        "Tâches de HumanEval-X pour Rust, une réponse sans tirage ; la solution compile et passe "
        "ses tests, dans le bac à sable. Rien de ce projet n'a été écrit d'après elles.",
        "Tasks of HumanEval-X for Rust, one answer without sampling; the solution compiles and "
        "passes its tests, in the sandbox. Nothing of this project was written after them.",
    )
    caption = say("Épreuves venues d'ailleurs", "Benches from elsewhere")
    table = Table(caption, columns, [_row(one) for one in results], note)
    return Section("ailleurs", say("Hors de nos questions", "Beyond our questions"), [table])


def _row(result: BenchResult) -> list[str | Cell]:
    low, high = result.interval
    passed = f"{number(sum(result.passed.values()))}/{number(len(result.passed))}"
    shown = interval(percent(low), percent(high))
    name = Cell(result.arm, code=True)
    how = "question" if result.mode == "chat" else say("texte à continuer", "text to go on with")
    return [name, result.bench, how, passed, percent(result.rate, 1), shown]
