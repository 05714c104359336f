"""Draw the limitations: what the recorded numbers speak against."""

from collections.abc import Iterator

from curator.evaluation.compare import LEAST
from curator.evaluation.form import MOSTLY, notable_share
from curator.report.blocks import Item
from curator.report.gather import Report
from curator.report.language import say, tell, words
from curator.report.language.numbers import count, mark, number, of, percent
from curator.report.rules.effects import bench_told, effects, listed_moves, named
from curator.report.rules.shared import (
    CUT,
    GOOD_FRENCH,
    GOOD_RUST,
    OVERFIT,
    WEAK,
    Rule,
    all_weak,
    bound,
    lowest,
    pairs_of,
    share,
    subject,
)
from curator.report.sections import values

_EFFECTS = {
    "tuning": ("Effet du fine-tuning", "Effect of fine-tuning"),
    "arms": ("Écart entre deux bras", "Difference of two arms"),
    "rag": ("Effet du RAG", "Effect of RAG"),
}


def refused(report: Report) -> Iterator[Item]:
    """Name two arms that cannot be compared."""
    evaluation = report.evaluation
    for pair in evaluation.of(evaluation.profile) if evaluation else ():
        if pair.refused:
            text = say(
                f"{pair.before} et {pair.after} : aucun écart n'est mesuré.",
                f"{pair.before} and {pair.after}: no difference is measured.",
            )
            yield Item(say("Comparaison refusée", "Comparison refused"), text, tell(pair.refused))


def worse(report: Report) -> Iterator[Item]:
    """Name the outside tasks and the metrics of a comparison that are worse."""
    for effect in effects(report):
        before, after = effect.pair.before, effect.pair.after
        losses = [bench_told(bench) for bench in effect.benches if bench.worse]
        losses += [named(d, effect.pair.profile) for d in effect.lost]
        head = say(f"Régression de {before} à {after}", f"Worse from {before} to {after}")
        yield from listed_moves(head, losses, effect.lost, effect.pair.profile)


def undecided(report: Report) -> Iterator[Item]:
    """Name a comparison of scores that is undecided, or of too few prompts to be decided."""
    for kind, head in _EFFECTS.items():
        for pair, difference in pairs_of(report, kind):
            if difference.word == "undecided":
                conclusion = values.conclusion(difference)
                text = say(
                    "Aucun écart de score établi de {} à {} : {}.",
                    "No difference of score is shown from {} to {}: {}.",
                )
                if difference.short:
                    text = say("De {} à {}, {}.", "From {} to {}, {}.")
                gain, ends = values.delta(difference), values.span(difference)
                because = f"delta {gain}, {say('intervalle', 'interval')} {ends}"
                shown = text.format(pair.before, pair.after, conclusion)
                yield Item(say(*head), shown, because)


def form_only(report: Report) -> Iterator[Item]:
    """Name a better score of which more than the share MOSTLY is form."""
    for kind in _EFFECTS:
        for pair, _ in pairs_of(report, kind):
            if part := notable_share(pair.comparison):
                text = say(
                    f"De {pair.before} à {pair.after}, la forme surtout s'améliore.",
                    f"From {pair.before} to {pair.after}, it is mostly form that gets better.",
                )
                because = say(
                    f"{percent(part)} du gain vient de la langue, de la présence de code et de la "
                    "longueur ; ",
                    f"{percent(part)} of the gain comes from the language, the presence of code "
                    "and the length; ",
                )
                head = say("Gain de forme", "Gain of form")
                yield Item(head, text, f"{because}{bound(percent(MOSTLY))}")


def outdated(report: Report) -> Iterator[Item]:
    """Name results whose inputs have changed since."""
    data, evaluation = report.dataset, report.evaluation
    for side in evaluation.sides if evaluation else ():
        if side.stale:
            text = f"{say('Bras', 'Arm')} {side.name}."
            yield Item(say("Résultat périmé", "Outdated result"), text, tell(side.stale))
    if report.training and report.training.run.dataset_changed:
        name = report.training.run.name
        text = say(f"Le jeu a changé depuis {name}.", f"The set has changed since {name}.")
        because = say(
            "empreintes de train.jsonl ou valid.jsonl différentes",
            "the digests of train.jsonl or valid.jsonl are others",
        )
        yield Item(say("Entraînement périmé", "Outdated training"), text, because)
    if data.newer or data.gone:
        text = say("curated/ ne reflète plus le projet.", "curated/ is not the project's any more.")
        more, gone = count(data.newer, "exemple", "example"), number(data.gone)
        because = say(f"{more} en plus, {gone} en moins", f"{more} more, {gone} fewer")
        yield Item(say("Jeu périmé", "Outdated set"), text, because)


def too_few(report: Report) -> Iterator[Item]:
    """Say that the set has fewer examples than the gate asks for."""
    total, limit = report.dataset.covered.total, report.dataset.gate.total
    if limit is not None and total < limit:
        least = number(limit)
        because = say(
            f"minimum demandé par pipelines/retrain.yaml : {least}",
            f"pipelines/retrain.yaml asks for at least {least}",
        )
        head = say("Jeu de données trop petit", "Dataset too small")
        yield Item(head, f"{count(total, 'exemple', 'example')}.", because)


def gaps(report: Report) -> Iterator[Item]:
    """Count the cells below their target."""
    covered = report.dataset.covered
    short = sum(n > 0 for n in covered.deficits.values())
    if short:
        missing, every = count(covered.missing, "exemple", "example"), len(covered.cells)
        text = say(f"Il manque {missing}.", f"It takes {missing} more.")
        cells = count(short, "case", "cell")
        because = say(f"{cells} sous la cible, sur {every}", f"{cells} below target, of {every}")
        yield Item(say("Couverture inégale", "Uneven coverage"), text, because)


def interrupted(report: Report) -> Iterator[Item]:
    """Say that the newest run has not ended, or that its process died on the way."""
    training = report.training
    if training and training.run.ended is None:
        name, at = training.run.name, number(training.run.iterations)
        text = say(f"{name} s'est arrêté à l'itération {at}.", f"{name} stopped at iteration {at}.")
        planned = count(
            training.run.planned,
            "itération prévue|itérations prévues",
            "iteration planned|iterations planned",
        )
        because = say(f"{planned}, aucune fin enregistrée", f"{planned}, no end on record")
        yield Item(say("Entraînement interrompu", "Interrupted training"), text, because)
    elif training and training.run.deaths:
        deaths = [e for e in training.events if e.kind == "died"]
        times, at = count(len(deaths), "arrêt", "death"), number(deaths[0].iteration)
        text = say(
            f"{times}, le premier à l'itération {at}.", f"{times}, the first at iteration {at}."
        )
        head = say("Entraînement accidenté", "Training that died")
        yield Item(head, text, tell(deaths[0].detail))


def overfits(report: Report) -> Iterator[Item]:
    """Say that the last validation loss is above OVERFIT times the best one."""
    training = report.training
    best = training.run.best_loss if training else None
    if training and best and training.last_loss and training.last_loss > OVERFIT * best:
        last, least = number(training.last_loss, 3), number(best, 3)
        text = say(
            f"Perte de validation finale {last}, contre {least}.",
            f"Validation loss {last} at the end, against {least}.",
        )
        ratio = f"{say('rapport', 'ratio')} {number(training.last_loss / best, 2)}"
        because = f"{ratio}{say(' ; ', '; ')}{bound(number(OVERFIT, 2))}"
        yield Item(say("Surapprentissage", "Overfitting"), text, because)


def few_prompts(report: Report) -> Iterator[Item]:
    """Say that the arm of the conclusions has answers to fewer than LEAST prompts."""
    side, evaluation = subject(report), report.evaluation
    asked = side.summaries[evaluation.profile].prompts if side and evaluation else LEAST
    if side and asked < LEAST:
        few = of(asked, "question", "prompt")
        text = say(
            f"Rien ne peut être conclu {few} pour {side.name}.",
            f"Nothing can be concluded {few} for {side.name}.",
        )
        because = say(
            f"il en faut au moins {LEAST} : avec moins, le test des signes ne donne jamais "
            "p < 0,05",
            f"it takes at least {LEAST}: with fewer the sign test never gives p < 0.05",
        )
        yield Item(say("Trop peu de questions", "Too few prompts"), text, because)


def weakest(report: Report) -> Iterator[Item]:
    """Name the category with the lowest score below WEAK, or say that all of them are."""
    if every := all_weak(report):
        yield Item(say("Toutes les catégories sont faibles", "All categories are weak"), *every)
        return
    weakest = lowest(report)
    if weakest and weakest[1] < WEAK:
        arm, score, asked = weakest[2], mark(weakest[1]), count(weakest[3], "question", "prompt")
        few = ""
        if weakest[3] < LEAST:
            few = say(
                f", trop peu pour conclure (il en faut {LEAST})",
                f", too few to conclude (it takes {LEAST})",
            )
        text = say(
            f"Score le plus bas de {arm} : {score}, sur {asked}{few}.",
            f"Lowest score of {arm}: {score}, on {asked}{few}.",
        )
        yield Item(words.group(weakest[0]).capitalize(), text, bound(mark(WEAK)))


def rust_low(report: Report) -> Iterator[Item]:
    """Say that fewer than GOOD_RUST of the answers' blocks do as they should."""
    measured = share(report, "rust", "compilation")
    if measured and measured[2] < GOOD_RUST:
        head = say("Code souvent fautif", "Code often at fault")
        yield Item(head, _only(measured), bound(percent(GOOD_RUST)))


def _only(measured: tuple[str, str, float]) -> str:
    part, arm = percent(measured[2]), measured[0]
    return say(f"{part} seulement pour {arm}.", f"Only {part} for {arm}.")


def french_low(report: Report) -> Iterator[Item]:
    """Say that fewer than GOOD_FRENCH of the answers are French."""
    measured = share(report, "french", "language")
    if measured and measured[2] < GOOD_FRENCH:
        head = say("Français insuffisant", "Too little French")
        yield Item(head, _only(measured), bound(percent(GOOD_FRENCH)))


def cut_answers(report: Report) -> Iterator[Item]:
    """Name an arm of which more than the share CUT of the answers were cut."""
    for name, cut in arms_cut(report):
        part = percent(cut)
        text = say(f"{part} des réponses de {name}.", f"{part} of {name}'s answers.")
        yield Item(say("Réponses coupées", "Answers cut"), text, bound(percent(CUT)))


def arms_cut(report: Report) -> Iterator[tuple[str, float]]:
    """Yield the arms of which more than the share CUT of the answers were cut, with the share."""
    for side in report.evaluation.sides if report.evaluation else ():
        if side.cut_share > CUT:
            yield side.name, side.cut_share


def leaks(report: Report) -> Iterator[Item]:
    """Name the prompts that the model learned from."""
    evaluation = report.evaluation
    if evaluation and evaluation.leaked:
        name, why = next(iter(evaluation.leaked.items()))
        dropped = count(
            len(evaluation.leaked),
            "question écartée|questions écartées",
            "prompt left out|prompts left out",
        )
        colon = say(" : ", ": ")
        text = f"{dropped}{colon}{', '.join(evaluation.leaked)}."
        head = say("Fuite d'évaluation", "Leak of the evaluation")
        yield Item(head, text, f"{name}{colon}{tell(why)}")


def unreviewed(report: Report) -> Iterator[Item]:
    """Say that nobody has reviewed the candidates."""
    people = report.people
    if people.candidates and not people.reviews:
        waiting = count(people.candidates, "candidat", "candidate")
        text = say(f"Personne n'a encore relu : {waiting}.", f"Nobody has reviewed: {waiting}.")
        because = say("0 relecture enregistrée", "0 reviews on record")
        yield Item(say("Aucune relecture", "No review"), text, because)


RULES: tuple[Rule, ...] = (
    *(refused, worse, few_prompts, undecided, form_only, outdated, too_few, gaps, interrupted),
    *(overfits, weakest, rust_low, french_low, cut_answers, leaks, unreviewed),
)
