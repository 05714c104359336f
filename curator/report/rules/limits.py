"""Limitations: what the recorded numbers speak against."""

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
    """Two arms cannot be compared."""
    found = report.evaluation
    for pair in found.of(found.profile) if found else ():
        if pair.refused:
            text = f"{pair.before} et {pair.after} : aucun écart n'est mesuré."
            yield Item("Comparaison refusée", text, french.say(pair.refused))


def worse(report: Report) -> Iterator[Item]:
    """A metric of a comparison is worse."""
    found = report.evaluation
    for pair in found.of(found.profile) if found else ():
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
    """A comparison of scores is undecided, or of too few prompts to be anything else."""
    for kind, head in _EFFECTS.items():
        for pair, found in pairs_of(report, kind):
            if found.word == "undecided":
                ends = f"de {pair.before} à {pair.after}"
                text = f"Aucun effet démontré {ends} ({values.said(found)})."
                if found.short:
                    text = f"{ends.capitalize()}, {values.said(found)}."
                because = f"delta {values.delta(found)}, intervalle {values.span(found)}"
                yield Item(head, text, because)


def form_only(report: Report) -> Iterator[Item]:
    """More than the share MOSTLY of a better score comes from French, code blocks and length."""
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
    """Results whose inputs have changed since."""
    data, found = report.dataset, report.evaluation
    for side in found.sides if found else ():
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
    """The set has fewer examples than the gate asks for."""
    total, limit = report.dataset.covered.total, report.dataset.gate.total
    if limit is not None and total < limit:
        because = f"au moins {number(limit)} demandés par pipelines/retrain.yaml"
        yield Item("Jeu de données trop petit", f"{count(total, 'exemple')}.", because)


def gaps(report: Report) -> Iterator[Item]:
    """Cells below their target."""
    covered = report.dataset.covered
    short = sum(n > 0 for n in covered.deficits.values())
    if short:
        text = f"Il manque {count(covered.missing, 'exemple')}."
        because = f"{count(short, 'case')} sous la cible, sur {len(covered.cells)}"
        yield Item("Couverture inégale", text, because)


def interrupted(report: Report) -> Iterator[Item]:
    """The newest run has not ended, or its process died on the way."""
    found = report.training
    if found and found.run.ended is None:
        text = f"{found.run.name} s'est arrêté à l'itération {number(found.run.iterations)}."
        because = f"{number(found.run.planned)} itérations prévues, aucune fin enregistrée"
        yield Item("Entraînement interrompu", text, because)
    elif found and found.run.deaths:
        deaths = [e for e in found.events if e.kind == "died"]
        text = f"{count(len(deaths), 'arrêt')}, le premier à l'itération {deaths[0].iteration}."
        yield Item("Entraînement accidenté", text, french.say(deaths[0].detail))


def overfits(report: Report) -> Iterator[Item]:
    """The last validation loss is above OVERFIT times the best one."""
    found = report.training
    best = found.run.best_loss if found else None
    if found and best and found.last_loss and found.last_loss > OVERFIT * best:
        text = f"Perte de validation finale {number(found.last_loss, 3)}, contre {number(best, 3)}."
        because = f"rapport {number(found.last_loss / best, 2)} ; seuil {number(OVERFIT, 2)}"
        yield Item("Surapprentissage", text, because)


def few_prompts(report: Report) -> Iterator[Item]:
    """The arm that conclusions are about has answers to fewer than LEAST prompts."""
    side, found = subject(report), report.evaluation
    asked = side.summaries[found.profile].prompts if side and found else LEAST
    if side and asked < LEAST:
        text = f"Rien ne peut être conclu {of(asked, 'question')} pour {side.name}."
        because = (
            f"il en faut au moins {LEAST} : avec moins, le test des signes ne donne jamais p < 0,05"
        )
        yield Item("Trop peu de questions", text, because)


def weakest(report: Report) -> Iterator[Item]:
    """The category with the lowest score, if that is below WEAK."""
    found = lowest(report)
    if found and found[1] < WEAK:
        arm, place = found[2], f"sur {count(found[3], 'question')}"
        few = f", trop peu pour conclure (il en faut {LEAST})" if found[3] < LEAST else ""
        text = f"Score le plus bas de {arm} : {mark(found[1])}, {place}{few}."
        yield Item(words.group(found[0]).capitalize(), text, f"seuil {mark(WEAK)}")


def rust_low(report: Report) -> Iterator[Item]:
    """Blocks of the answers that do as they should: fewer than GOOD_RUST."""
    found = share(report, "rust", "compilation")
    if found and found[2] < GOOD_RUST:
        text = f"{percent(found[2])} seulement pour {found[0]}."
        yield Item("Code souvent fautif", text, f"seuil {percent(GOOD_RUST)}")


def french_low(report: Report) -> Iterator[Item]:
    """French in fewer than GOOD_FRENCH."""
    found = share(report, "french", "language")
    if found and found[2] < GOOD_FRENCH:
        text = f"{percent(found[2])} seulement pour {found[0]}."
        yield Item("Français insuffisant", text, f"seuil {percent(GOOD_FRENCH)}")


def cut_answers(report: Report) -> Iterator[Item]:
    """More than the share CUT of an arm's answers were cut."""
    for side in report.evaluation.sides if report.evaluation else ():
        share = side.cut / len(side.responses) if side.responses else 0.0
        if share > CUT:
            text = f"{percent(share)} des réponses de {side.name}."
            yield Item("Réponses coupées", text, f"seuil {percent(CUT)}")


def leaks(report: Report) -> Iterator[Item]:
    """Prompts that the model learned from."""
    found = report.evaluation
    if found and found.leaked:
        name, why = next(iter(found.leaked.items()))
        told = count(len(found.leaked), "question écartée", "questions écartées")
        text = f"{told} : {', '.join(found.leaked)}."
        yield Item("Fuite d'évaluation", text, f"{name} : {french.say(why)}")


def unreviewed(report: Report) -> Iterator[Item]:
    """Candidates that nobody has reviewed."""
    found = report.people
    if found.candidates and not found.reviews:
        text = f"Personne n'a relu les {count(found.candidates, 'candidat')}."
        yield Item("Aucune relecture", text, "0 relecture enregistrée")


RULES: tuple[Rule, ...] = (
    *(refused, worse, few_prompts, undecided, form_only, outdated, too_few, gaps, interrupted),
    *(overfits, weakest, rust_low, french_low, cut_answers, leaks, unreviewed),
)
