"""Show the review: how far annotators are, and how much they agree."""

from curator.french import words
from curator.french.numbers import NONE, count, duration, interval, number, percent
from curator.report.blocks import Cell, Content, Section, Table, Text
from curator.report.data.people import People
from curator.review.decisions.calibration import LEAST, Calibration


def people_section(people: People) -> Section:
    """Write the section; it says so where nothing was reviewed."""
    title = "Relecture"
    if not people.candidates:
        nothing = "Aucun candidat n'attend de relecture."
        return Section("relecture", title, [Text(nothing, "empty")])
    content: list[Content] = []
    if not people.reviews:
        content.append(
            Text(
                f"Aucune relecture n'a encore eu lieu ; {count(people.candidates, 'candidat')} "
                "à relire. curator review push, puis curator review pull.",
                "empty",
            )
        )
    content.append(_standings(people))
    if people.reviews:
        content += [_pace(people), _agreement(people)]
    if people.signals:
        content.append(_signals(people))
    return Section("relecture", title, content)


def _standings(people: People) -> Table:
    total = people.candidates
    rows: list[list[str | Cell]] = [
        [words.STANDINGS[name], number(n), Cell(percent(n / total), bar=n / total)]
        for name, n in people.standings.items()
    ]
    rows.append(["total", number(total), ""])
    columns = [("État", False), ("Candidats", True), ("%", True)]
    return Table("Candidats par état", columns, rows, "", frozenset({len(rows) - 1}))


def _pace(people: People) -> Text:
    ahead, pace = people.outlook, people.pace
    text = (
        f"{count(people.reviews, 'relecture')} par {count(people.reviewers, 'personne')} ; durée "
        f"médiane {duration(pace.seconds)} par relecture."
    )
    if not ahead.missing:
        return Text(f"{text} Toutes les cibles sont atteintes.")
    text = f"{text} Il manque {count(ahead.missing, 'exemple')} pour atteindre les cibles"
    if ahead.days is None:
        return Text(f"{text} ; rien n'est encore accepté, donc aucun rythme à prolonger.")
    rate = number(ahead.accepted_per_day, 1)
    days = count(round(ahead.days), "jour")
    return Text(f"{text} : à {rate} acceptés par jour, {days}.")


def _agreement(people: People) -> Table:
    rows = [
        [words.QUESTIONS.get(a.question, a.question), number(a.alpha, 2), number(a.units)]
        for a in people.agreement
    ]
    columns = [("Question", False), ("Alpha", True), ("Exemples communs", True)]
    note = (
        "Alpha de Krippendorff : 1 = accord parfait, 0 = hasard ; "
        f"{NONE} : sans valeur, faute d'exemples communs ou de réponses différentes."
    )
    return Table("Accord entre relecteurs", columns, rows, note)


def _signals(people: People) -> Table:
    rows = [
        [words.SIGNALS.get(c.signal, c.signal), *_area(c), number(c.accepted), number(c.others)]
        for c in people.signals
    ]
    columns = [
        *(("Indice", False), ("Probabilité", True), ("Intervalle à 95\u202f%", True)),
        *(("Acceptés", True), ("Autres", True)),
    ]
    note = (
        "Probabilité qu'un exemple accepté ait la plus grande valeur, face à un exemple rejeté ou "
        "corrigé : 0,5 n'apprend rien, moins de 0,5 parle contre les grandes valeurs. Aucun indice "
        f"ne décide. Il faut au moins {LEAST} décisions, et des deux sortes."
    )
    return Table("Indices face aux décisions", columns, rows, note)


def _area(measured: Calibration) -> list[str]:
    if measured.auc is None or measured.low is None or measured.high is None:
        return ["trop peu de décisions", NONE]
    return [number(measured.auc, 2), interval(number(measured.low, 2), number(measured.high, 2))]
