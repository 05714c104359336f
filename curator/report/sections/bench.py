"""Show what came of tasks from elsewhere: greedy pass@1 of each arm, and what answers fail by."""

from collections import Counter
from collections.abc import Iterator, Sequence

from curator.evaluation.bench.result import BenchDifference, BenchResult, difference
from curator.evaluation.solving.reasons import count_codes, kind_of_reason
from curator.report.blocks import Cell, Content, Section, Table, Text
from curator.report.language import say, words
from curator.report.language.numbers import NONE, interval, number, percent, signed
from curator.report.sections import values

_LISTED = 3  # error codes of rustc that are named, the commonest first


def bench_section(results: Sequence[BenchResult], order: Sequence[str]) -> Section:
    """Write the section: a row for each arm and way of asking; `order` is that of the arms.

    The first arm in it that was asked is the one that the others are compared with.
    """
    places = {name: place for place, name in enumerate(order)}
    ordered = sorted(results, key=lambda one: (one.label, places.get(one.arm, len(places))))
    columns = [(say("Bras", "Arm"), False), (say("Épreuve", "Bench"), False)]
    columns += [(say("Posée comme", "Asked as"), False), (say("Réussies", "Passed"), True)]
    columns += [("pass@1", True), (say("Intervalle 95\u202f%", "95% interval"), True)]
    columns += [(say("Écart", "Difference"), True), (say("Verdict", "Verdict"), False)]
    note = say(
        "Tâches de HumanEval-X pour Rust, une seule réponse, à température 0 ; la solution compile "
        "et passe ses tests, dans le bac à sable. Rien de ce projet n'a été écrit d'après elles. "
        "Écart en points, tâche par tâche, avec le premier bras ; « régression » si l'intervalle "
        "et le test des signes concordent.",
        "Tasks of HumanEval-X for Rust, one answer, at temperature 0; the solution compiles and "
        "passes its tests, in the sandbox. Nothing of this project was written after them. "
        "Difference in points, task by task, from the first arm; it is worse where the interval "
        "and the sign test agree.",
    )
    caption = say("Épreuves venues d'ailleurs", "Benches from elsewhere")
    rows = [_row(one, _compared(one, ordered)) for one in ordered]
    content: list[Content] = [Table(caption, columns, rows, note)]
    content += [Text(text, "note") for one in ordered for text in _failures(one)]
    return Section("ailleurs", say("Hors de nos questions", "Beyond our questions"), content)


def _compared(result: BenchResult, ordered: Sequence[BenchResult]) -> BenchDifference | None:
    """Compare a result with the first arm's of the same bench, asked alike."""
    asked = result.bench_sha256, result.mode
    first = next(one for one in ordered if (one.bench_sha256, one.mode) == asked)
    return None if first is result else difference(first, result)


def _row(result: BenchResult, change: BenchDifference | None) -> list[str | Cell]:
    low, high = result.interval
    passed = f"{number(sum(result.passed.values()))}/{number(len(result.passed))}"
    shown = interval(percent(low), percent(high))
    name = Cell(result.arm, code=True)
    how = "question" if result.mode == "chat" else say("texte à continuer", "text to go on with")
    row: list[str | Cell] = [name, result.bench, how, passed, percent(result.rate, 1), shown]
    if change is None:
        return [*row, NONE, NONE]
    ends = values.ends(change.low, change.high)
    moved = f"{signed(100 * (change.after - change.before), 1)} {ends}"
    return [*row, moved, Cell(words.verdict(change.word), tone=values.TONES[change.word])]


_KINDS = {  # in the order in which they are told
    "compile": ("ne compilent pas", "do not compile"),
    "absent": ("sans le code demandé", "without the code that was asked for"),
    "fails": ("échouent à un test, paniquent ou ne finissent pas", "fail a test, panic or hang"),
}


def _failures(result: BenchResult) -> Iterator[str]:
    """Say what the answers of an arm fail by, with the commonest errors of rustc."""
    counts = Counter(kind_of_reason(why) for why in result.why.values())
    codes = [(code, n) for code, n in count_codes(result.why.values()).most_common() if code]
    told = []
    for kind, named in _KINDS.items():
        if n := sum(v for k, v in counts.items() if (k if k in _KINDS else "fails") == kind):
            first = ", ".join(f"{code}{say(' : ', ': ')}{number(m)}" for code, m in codes[:_LISTED])
            inside = f" ({first})" if kind == "compile" and first else ""
            told.append(f"{number(n)} {say(*named)}{inside}")
    if told:
        each = say(" ; ", "; ").join(told)
        yield say(
            f"Échecs de {result.arm} ({result.label}) : {each}.",
            f"Failures of {result.arm} ({result.label}): {each}.",
        )
