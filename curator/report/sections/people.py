"""Show the review: how far annotators are, and how much they agree."""

from curator.report.blocks import Cell, Content, Section, Table, Text
from curator.report.data.people import People
from curator.report.language import say, words
from curator.report.language.numbers import NONE, count, duration, interval, noun, number, percent
from curator.review.decisions.calibration import LEAST, Calibration


def people_section(people: People) -> Section:
    """Write the section; it says so where nothing was reviewed."""
    title = say("Relecture", "Review")
    if not people.candidates:
        nothing = say("Aucun candidat n'attend de relecture.", "No candidate waits for review.")
        return Section("relecture", title, [Text(nothing, "empty")])
    content: list[Content] = []
    if not people.reviews:
        waiting = count(people.candidates, "candidat", "candidate")
        text = say(
            f"Aucune relecture n'a encore eu lieu ; {waiting} à relire. curator review push, puis "
            "curator review pull.",
            f"Nobody has reviewed yet; {waiting} to review. curator review push, then "
            "curator review pull.",
        )
        content.append(Text(text, "empty"))
    content.append(_standings(people))
    if people.reviews:
        content += [_pace(people), _agreement(people)]
    if people.signals:
        content.append(_signals(people))
    return Section("relecture", title, content)


def _standings(people: People) -> Table:
    total = people.candidates
    rows: list[list[str | Cell]] = [
        [words.standing(name), number(n), Cell(percent(n / total), bar=n / total)]
        for name, n in people.standings.items()
    ]
    rows.append(["total", number(total), ""])
    columns = [(say("État", "State"), False), (say("Candidats", "Candidates"), True), ("%", True)]
    caption = say("Candidats par état", "Candidates by state")
    return Table(caption, columns, rows, "", frozenset({len(rows) - 1}))


def _pace(people: People) -> Text:
    ahead, pace = people.outlook, people.pace
    reviews = count(people.reviews, "relecture", "review")
    whose = count(people.reviewers, "personne", "person|people")
    text = say(
        f"{reviews} par {whose} ; durée médiane {duration(pace.seconds)} par relecture.",
        f"{reviews} by {whose}; median time {duration(pace.seconds)} a review.",
    )
    if not ahead.missing:
        return Text(f"{text} {say('Toutes les cibles sont atteintes.', 'Every target is met.')}")
    missing = count(ahead.missing, "exemple", "example")
    lacking = say(
        f"Il manque {missing} pour atteindre les cibles", f"It takes {missing} to meet the targets"
    )
    if ahead.days is None:
        pending = say(
            " ; rien n'est encore accepté, donc aucun rythme à prolonger.",
            "; nothing is accepted yet, so there is no pace to extend.",
        )
        return Text(f"{text} {lacking}{pending}")
    accepted = noun(ahead.accepted_per_day, "accepté", "accepted|accepted")
    rate, days = (
        f"{number(ahead.accepted_per_day, 1)} {accepted}",
        count(round(ahead.days), "jour", "day"),
    )
    outlook = say(f" : {rate} par jour, donc {days}.", f": at {rate} a day, {days}.")
    return Text(f"{text} {lacking}{outlook}")


def _agreement(people: People) -> Table:
    rows = [
        [words.question(a.question), number(a.alpha, 2), number(a.units)] for a in people.agreement
    ]
    columns = [("Question", False), ("Alpha", True)]
    columns.append((say("Exemples communs", "Examples in common"), True))
    note = say(
        "Alpha de Krippendorff : 1 = accord parfait, 0 = hasard ; "
        f"{NONE} : sans valeur, faute d'exemples communs ou de réponses différentes.",
        "Krippendorff's alpha: 1 = perfect agreement, 0 = chance; "
        f"{NONE}: no value, for want of examples in common or of different answers.",
    )
    return Table(say("Accord entre relecteurs", "Agreement of reviewers"), columns, rows, note)


def _signals(people: People) -> Table:
    rows = [
        [words.signal(c.signal), *_area(c), number(c.accepted), number(c.others)]
        for c in people.signals
    ]
    columns = [(say("Indice", "Signal"), False), (say("Probabilité", "Probability"), True)]
    columns += [(say("Intervalle à 95\u202f%", "95% interval"), True)]
    columns += [(say("Acceptés", "Accepted"), True), (say("Autres", "Others"), True)]
    note = say(
        "Probabilité qu'un exemple accepté ait la plus grande valeur, face à un exemple rejeté ou "
        "corrigé : 0,5 n'apprend rien, moins de 0,5 parle contre les grandes valeurs. Aucun indice "
        f"ne décide. Il faut au moins {LEAST} décisions, et des deux sortes.",
        "Probability that an accepted example has the larger value, against one that was rejected "
        "or corrected: 0.5 tells nothing, less than 0.5 speaks against large values. No signal "
        f"decides. It takes at least {LEAST} decisions, of both kinds.",
    )
    caption = say("Indices face aux décisions", "Signals against decisions")
    return Table(caption, columns, rows, note)


def _area(measured: Calibration) -> list[str]:
    if measured.auc is None or measured.low is None or measured.high is None:
        return [say("trop peu de décisions", "too few decisions"), NONE]
    return [number(measured.auc, 2), interval(number(measured.low, 2), number(measured.high, 2))]
