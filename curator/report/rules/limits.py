"""Draw the limitations: what the recorded numbers speak against."""

from collections.abc import Iterator

from curator.evaluation.compare import ALL, LEAST
from curator.evaluation.form import MOSTLY, form_share
from curator.french import words
from curator.french.notices import french
from curator.french.numbers import count, listed, mark, number, of, percent
from curator.report.blocks import Item
from curator.report.gather import Report
from curator.report.rules.shared import (
    CUT,
    GOOD_FRENCH,
    GOOD_RUST,
    OVERFIT,
    WEAK,
    Rule,
    lowest,
    pairs_of,
    share,
    subject,
)
from curator.report.sections import values

_EFFECTS = {
    "tuning": "Effet du fine-tuning",
    "arms": "Écart entre deux bras",
    "rag": "Effet du RAG",
}


def refused(report: Report) -> Iterator[Item]:
    """Name two arms that cannot be compared."""
    evaluation = report.evaluation
    for pair in evaluation.of(evaluation.profile) if evaluation else ():
        if pair.refused:
            text = f"{pair.before} et {pair.after} : aucun écart n'est mesuré."
            yield Item("Comparaison refusée", text, french.say(pair.refused))


def worse(report: Report) -> Iterator[Item]:
    """Name the metrics of a comparison that are worse."""
    evaluation = report.evaluation
    for pair in evaluation.of(evaluation.profile) if evaluation else ():
        fallen = [
            d
            for d in (pair.comparison.differences if pair.comparison else ())
            if d.group == ALL and d.word == "worse"
        ]
        if fallen:
            names = listed([values.label(d.metric) for d in fallen])
            because = " ; ".join(f"{values.label(d.metric)} {values.span(d)}" for d in fallen)
            yield Item(f"Régression de {pair.before} à {pair.after}", f"{names}.", because)


def undecided(report: Report) -> Iterator[Item]:
    """Name a comparison of scores that is undecided, or of too few prompts to be decided."""
    for kind, head in _EFFECTS.items():
        for pair, difference in pairs_of(report, kind):
            if difference.word == "undecided":
                ends = f"de {pair.before} à {pair.after}"
                text = f"Aucun effet démontré {ends} ({values.conclusion(difference)})."
                if difference.short:
                    text = f"{ends.capitalize()}, {values.conclusion(difference)}."
                because = f"delta {values.delta(difference)}, intervalle {values.span(difference)}"
                yield Item(head, text, because)


def form_only(report: Report) -> Iterator[Item]:
    """Name a better score of which more than the share MOSTLY is form."""
    for kind in _EFFECTS:
        for pair, _ in pairs_of(report, kind):
            part = form_share(pair.comparison) if pair.comparison else None
            if part is not None and part > MOSTLY:
                text = f"De {pair.before} à {pair.after}, la forme surtout s'améliore."
                because = (
                    f"{percent(part)} du gain vient de la langue, de la présence de code et de la "
                    f"longueur ; seuil {percent(MOSTLY)}"
                )
                yield Item("Gain de forme", text, because)


def outdated(report: Report) -> Iterator[Item]:
    """Name results whose inputs have changed since."""
    data, evaluation = report.dataset, report.evaluation
    for side in evaluation.sides if evaluation else ():
        if side.stale:
            yield Item("Résultat périmé", f"Bras {side.name}.", french.say(side.stale))
    if report.training and report.training.run.dataset_changed:
        name = report.training.run.name
        because = "empreintes de train.jsonl ou valid.jsonl différentes"
        yield Item("Entraînement périmé", f"Le jeu a changé depuis {name}.", because)
    if data.newer or data.gone:
        because = f"{number(data.newer)} exemples en plus, {number(data.gone)} en moins"
        yield Item("Jeu périmé", "curated/ ne reflète plus le projet.", because)


def too_few(report: Report) -> Iterator[Item]:
    """Say that the set has fewer examples than the gate asks for."""
    total, limit = report.dataset.covered.total, report.dataset.gate.total
    if limit is not None and total < limit:
        because = f"au moins {number(limit)} demandés par pipelines/retrain.yaml"
        yield Item("Jeu de données trop petit", f"{count(total, 'exemple')}.", because)


def gaps(report: Report) -> Iterator[Item]:
    """Count the cells below their target."""
    covered = report.dataset.covered
    short = sum(n > 0 for n in covered.deficits.values())
    if short:
        text = f"Il manque {count(covered.missing, 'exemple')}."
        because = f"{count(short, 'case')} sous la cible, sur {len(covered.cells)}"
        yield Item("Couverture inégale", text, because)


def interrupted(report: Report) -> Iterator[Item]:
    """Say that the newest run has not ended, or that its process died on the way."""
    training = report.training
    if training and training.run.ended is None:
        text = f"{training.run.name} s'est arrêté à l'itération {number(training.run.iterations)}."
        because = f"{number(training.run.planned)} itérations prévues, aucune fin enregistrée"
        yield Item("Entraînement interrompu", text, because)
    elif training and training.run.deaths:
        deaths = [e for e in training.events if e.kind == "died"]
        text = f"{count(len(deaths), 'arrêt')}, le premier à l'itération {deaths[0].iteration}."
        yield Item("Entraînement accidenté", text, french.say(deaths[0].detail))


def overfits(report: Report) -> Iterator[Item]:
    """Say that the last validation loss is above OVERFIT times the best one."""
    training = report.training
    best = training.run.best_loss if training else None
    if training and best and training.last_loss and training.last_loss > OVERFIT * best:
        last = number(training.last_loss, 3)
        text = f"Perte de validation finale {last}, contre {number(best, 3)}."
        because = f"rapport {number(training.last_loss / best, 2)} ; seuil {number(OVERFIT, 2)}"
        yield Item("Surapprentissage", text, because)


def few_prompts(report: Report) -> Iterator[Item]:
    """Say that the arm of the conclusions has answers to fewer than LEAST prompts."""
    side, evaluation = subject(report), report.evaluation
    asked = side.summaries[evaluation.profile].prompts if side and evaluation else LEAST
    if side and asked < LEAST:
        text = f"Rien ne peut être conclu {of(asked, 'question')} pour {side.name}."
        because = (
            f"il en faut au moins {LEAST} : avec moins, le test des signes ne donne jamais p < 0,05"
        )
        yield Item("Trop peu de questions", text, because)


def weakest(report: Report) -> Iterator[Item]:
    """Name the category with the lowest score, if that is below WEAK."""
    weakest = lowest(report)
    if weakest and weakest[1] < WEAK:
        arm, place = weakest[2], f"sur {count(weakest[3], 'question')}"
        few = f", trop peu pour conclure (il en faut {LEAST})" if weakest[3] < LEAST else ""
        text = f"Score le plus bas de {arm} : {mark(weakest[1])}, {place}{few}."
        yield Item(words.group(weakest[0]).capitalize(), text, f"seuil {mark(WEAK)}")


def rust_low(report: Report) -> Iterator[Item]:
    """Say that fewer than GOOD_RUST of the answers' blocks do as they should."""
    measured = share(report, "rust", "compilation")
    if measured and measured[2] < GOOD_RUST:
        text = f"{percent(measured[2])} seulement pour {measured[0]}."
        yield Item("Code souvent fautif", text, f"seuil {percent(GOOD_RUST)}")


def french_low(report: Report) -> Iterator[Item]:
    """Say that fewer than GOOD_FRENCH of the answers are French."""
    measured = share(report, "french", "language")
    if measured and measured[2] < GOOD_FRENCH:
        text = f"{percent(measured[2])} seulement pour {measured[0]}."
        yield Item("Français insuffisant", text, f"seuil {percent(GOOD_FRENCH)}")


def cut_answers(report: Report) -> Iterator[Item]:
    """Name an arm of which more than the share CUT of the answers were cut."""
    for side in report.evaluation.sides if report.evaluation else ():
        share = side.cut / len(side.responses) if side.responses else 0.0
        if share > CUT:
            text = f"{percent(share)} des réponses de {side.name}."
            yield Item("Réponses coupées", text, f"seuil {percent(CUT)}")


def leaks(report: Report) -> Iterator[Item]:
    """Name the prompts that the model learned from."""
    evaluation = report.evaluation
    if evaluation and evaluation.leaked:
        name, why = next(iter(evaluation.leaked.items()))
        dropped = count(len(evaluation.leaked), "question écartée", "questions écartées")
        text = f"{dropped} : {', '.join(evaluation.leaked)}."
        yield Item("Fuite d'évaluation", text, f"{name} : {french.say(why)}")


def unreviewed(report: Report) -> Iterator[Item]:
    """Say that nobody has reviewed the candidates."""
    people = report.people
    if people.candidates and not people.reviews:
        text = f"Personne n'a relu les {count(people.candidates, 'candidat')}."
        yield Item("Aucune relecture", text, "0 relecture enregistrée")


RULES: tuple[Rule, ...] = (
    *(refused, worse, few_prompts, undecided, form_only, outdated, too_few, gaps, interrupted),
    *(overfits, weakest, rust_low, french_low, cut_answers, leaks, unreviewed),
)
