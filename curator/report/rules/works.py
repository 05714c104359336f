"""Draw what works ("Ce qui fonctionne"): what the recorded numbers speak for."""

from collections.abc import Iterator

from curator.french import words
from curator.french.numbers import count, number, percent
from curator.report.blocks import Item
from curator.report.gather import Report
from curator.report.rules.shared import GOOD_FRENCH, GOOD_RUST, Rule, is_stale, pairs_of, share
from curator.report.sections import values


def better(report: Report) -> Iterator[Item]:
    """Name a comparison whose score is better."""
    for kind, head in (("tuning", "Fine-tuning"), ("arms", "Entre deux bras"), ("rag", "RAG")):
        for pair, difference in pairs_of(report, kind):
            if difference.word == "better":
                old = " (résultat périmé)" if is_stale(report, pair) else ""
                gain = f"{values.delta(difference)}{old}"
                text = f"Amélioration de {pair.before} à {pair.after} : {gain}."
                yield Item(head, text, f"intervalle {values.span(difference)}, qui exclut 0")


def rust_good(report: Report) -> Iterator[Item]:
    """Say that GOOD_RUST or more of the answers' blocks do as they should."""
    measured = share(report, "rust", "compilation")
    if measured and measured[2] >= GOOD_RUST:
        text = f"{percent(measured[2])} du code des réponses de {measured[0]} est conforme."
        because = f"seuil {percent(GOOD_RUST)} ; {values.label(measured[1])}"
        yield Item("Code vérifié", text, because)


def french_good(report: Report) -> Iterator[Item]:
    """Say that GOOD_FRENCH or more of the answers are French."""
    measured = share(report, "french", "language")
    if measured and measured[2] >= GOOD_FRENCH:
        text = f"{percent(measured[2])} pour {measured[0]}."
        yield Item("Langue française", text, f"seuil {percent(GOOD_FRENCH)}")


def enough_examples(report: Report) -> Iterator[Item]:
    """Say that the set has as many examples as the gate asks for."""
    total, limit = report.dataset.covered.total, report.dataset.gate.total
    if limit is not None and total >= limit:
        because = f"au moins {number(limit)} exemples demandés ; il y en a {number(total)}"
        yield Item("Jeu de données", f"{count(total, 'exemple')}, la taille demandée.", because)


def verified_set(report: Report) -> Iterator[Item]:
    """Say that the Rust of every example does what the text says, by its recorded verdict."""
    if report.dataset.covered.total and report.dataset.verified["rust"] == 1:
        because = "part des exemples que le filtre rustc a acceptés = 100\u202f%"
        yield Item("Vérification par rustc", "Tous les exemples sont conformes.", because)


def finished(report: Report) -> Iterator[Item]:
    """Say that the newest run came to its end."""
    run = report.training.run if report.training else None
    if run and run.ended in ("done", "early_stopping"):
        text = f"{run.name} est allé à son terme ({words.ENDS[run.ended]})."
        because = f"fin enregistrée après {number(run.iterations)} itérations"
        yield Item("Entraînement", text, because)


def learned(report: Report) -> Iterator[Item]:
    """Say that the best validation loss is below that of the untrained model."""
    training = report.training
    first, best = (training.first_loss, training.run.best_loss) if training else (None, None)
    if first is not None and best is not None and best < first:
        text = f"La perte de validation passe de {number(first, 3)} à {number(best, 3)}."
        because = "meilleure perte de validation < perte avant entraînement ; ce n'est pas un score"
        yield Item("Apprentissage", text, because)


def people_agree(report: Report) -> Iterator[Item]:
    """Say that Krippendorff's alpha of decisions reaches the gate's."""
    limit = report.dataset.gate.agreement
    for one in report.people.agreement:
        if one.question != "decision" or one.alpha is None or limit is None:
            continue
        if one.alpha >= limit:
            text = f"Les relecteurs s'accordent sur {count(one.units, 'exemple')}."
            because = f"alpha {number(one.alpha, 2)} ; seuil {number(limit, 2)}"
            yield Item("Relecture", text, because)


RULES: tuple[Rule, ...] = (
    *(better, rust_good, french_good, enough_examples, verified_set, finished, learned),
    *(people_agree,),
)
