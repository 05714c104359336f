"""Draw what works ("Ce qui fonctionne"): what the recorded numbers speak for."""

from collections.abc import Iterator

from curator.report.blocks import Item
from curator.report.gather import Report
from curator.report.language import say, words
from curator.report.language.numbers import count, number, percent
from curator.report.rules.effects import bench_told, effects, listed_moves, named
from curator.report.rules.shared import GOOD_FRENCH, GOOD_RUST, Rule, bound, is_stale, share


def better(report: Report) -> Iterator[Item]:
    """Name the metrics of a comparison that are better, and outside tasks."""
    for effect in effects(report):
        before, after = effect.pair.before, effect.pair.after
        gains = [named(d, effect.pair.profile) for d in effect.gained]
        gains += [bench_told(bench) for bench in effect.benches if bench.better]
        old = say(" (résultat périmé)", " (outdated result)")
        head = say(f"Gains de {before} à {after}", f"Gains from {before} to {after}")
        head = f"{head}{old if is_stale(report, effect.pair) else ''}"
        yield from listed_moves(head, gains, effect.gained, effect.pair.profile)


def rust_good(report: Report) -> Iterator[Item]:
    """Say that GOOD_RUST or more of the answers' blocks do as they should."""
    measured = share(report, "rust", "compilation")
    if measured and measured[2] >= GOOD_RUST:
        arm, metric, part = measured[0], words.metric(measured[1]), percent(measured[2])
        text = say(
            f"{part} du code des réponses de {arm} est conforme.",
            f"{part} of the code in {arm}'s answers does as it says.",
        )
        because = f"{bound(percent(GOOD_RUST))}{say(' ; ', '; ')}{metric}"
        yield Item(say("Code vérifié", "Checked code"), text, because)


def french_good(report: Report) -> Iterator[Item]:
    """Say that GOOD_FRENCH or more of the answers are French."""
    measured = share(report, "french", "language")
    if measured and measured[2] >= GOOD_FRENCH:
        text = f"{percent(measured[2])} {say('pour', 'for')} {measured[0]}."
        head = say("Langue française", "Language is French")
        yield Item(head, text, bound(percent(GOOD_FRENCH)))


def enough_examples(report: Report) -> Iterator[Item]:
    """Say that the set has as many examples as the gate asks for."""
    total, limit = report.dataset.covered.total, report.dataset.gate.total
    if limit is not None and total >= limit:
        examples, least = count(total, "exemple", "example"), number(limit)
        text = say(f"{examples}, la taille demandée.", f"{examples}, the size that is asked for.")
        because = say(
            f"minimum demandé : {least} ; il y en a {number(total)}",
            f"at least {least} are asked for; there are {number(total)}",
        )
        yield Item(say("Jeu de données", "Dataset"), text, because)


def verified_set(report: Report) -> Iterator[Item]:
    """Say that the Rust of every example does what the text says, by its recorded verdict."""
    if report.dataset.covered.total and report.dataset.verified["rust"] == 1:
        because = say(
            "part des exemples que le filtre rustc a acceptés = 100\u202f%",
            "share of the examples that the filter rust accepted = 100%",
        )
        text = say("Tous les exemples sont conformes.", "Every example does as it says.")
        yield Item(say("Vérification par rustc", "Checked by rustc"), text, because)


def finished(report: Report) -> Iterator[Item]:
    """Say that the newest run came to its end."""
    run = report.training.run if report.training else None
    if run and run.ended in ("done", "early_stopping"):
        text = say(f"{run.name} est allé à son terme", f"{run.name} came to its end")
        done = count(run.iterations, "itération", "iteration")
        because = say(f"fin enregistrée après {done}", f"its end is on record, after {done}")
        yield Item(say("Entraînement", "Training"), f"{text} ({words.end(run.ended)}).", because)


def learned(report: Report) -> Iterator[Item]:
    """Say that the best validation loss is below that of the untrained model."""
    training = report.training
    first, best = (training.first_loss, training.run.best_loss) if training else (None, None)
    if first is not None and best is not None and best < first:
        text = say(
            f"La perte de validation passe de {number(first, 3)} à {number(best, 3)}.",
            f"The validation loss goes from {number(first, 3)} to {number(best, 3)}.",
        )
        because = say(
            "meilleure perte de validation < perte avant entraînement ; ce n'est pas un score",
            "best validation loss < loss before training; that is not a score",
        )
        yield Item(say("Apprentissage", "Learning"), text, because)


def people_agree(report: Report) -> Iterator[Item]:
    """Say that Krippendorff's alpha of decisions reaches the gate's."""
    limit = report.dataset.gate.agreement
    for one in report.people.agreement:
        if one.question != "decision" or one.alpha is None or limit is None:
            continue
        if one.alpha >= limit:
            units = count(one.units, "exemple", "example")
            text = say(f"Les relecteurs s'accordent sur {units}.", f"Reviewers agree on {units}.")
            alpha = f"alpha {number(one.alpha, 2)}"
            because = f"{alpha}{say(' ; ', '; ')}{bound(number(limit, 2))}"
            yield Item(say("Relecture", "Review"), text, because)


RULES: tuple[Rule, ...] = (
    *(better, rust_good, french_good, enough_examples, verified_set, finished, learned),
    *(people_agree,),
)
