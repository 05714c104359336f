"""Summarise: what this is about in one table, and the figures at the top of the page."""

from curator.evaluation.compare import Difference
from curator.evaluation.form import MOSTLY, form_share
from curator.evaluation.recipe import BASE
from curator.french.numbers import NONE, count, listed, mark, number, percent
from curator.report.blocks import Card, Cards, Cell, Content, Fold, Section, Table, Text
from curator.report.data.evaluation import Evaluation, Pair
from curator.report.data.training import Training
from curator.report.gather import Report
from curator.report.rules import ADVICE, follow
from curator.report.rules.shared import main_pair, pairs_of, subject
from curator.report.sections import values

_FIRST = ("Score", "Avec RAG")  # the cards that a narrow page begins with


def summary_section(report: Report) -> Section:
    """Write the section."""
    lead = Text(_stance(report), "lead")
    brief = Fold("En bref : modèle, méthode, matériel", [_table(report)])
    return Section("resume", "Résumé", [lead, *_figures(report), brief])


def _table(report: Report) -> Table:
    training = report.training
    rows: list[list[str | Cell]] = [
        *_models(report),
        ["Quantification", _quantisation(training)],
        ["Méthode", _method(training)],
        ["Taille du dataset", count(report.dataset.covered.total, "exemple")],
        ["Matériel", training.versions.get("machine", NONE) if training else NONE],
        ["Évaluation", _evaluated(report.evaluation)],
    ]
    return Table("En bref", [("Métrique", False), ("Valeur", False)], rows)


def _models(report: Report) -> list[list[str | Cell]]:
    """Name what was trained, and what answered as "base": it may be another model."""
    trained = report.training.config["model"] if report.training else None
    arms = [s.arm for s in (report.evaluation.sides if report.evaluation else ())]
    base = next((a for a in arms if a.name == BASE), None)
    rows: list[list[str | Cell]] = []
    if base:
        rows.append(["Modèle de base", values.model(base.model)])
    elif not trained:
        rows.append(["Modèle de base", f"{report.model} (selon la recette ; non évalué)"])
    if trained:
        rows.append(["Modèle entraîné" if base else "Modèle de base", trained])
    return rows


def _quantisation(training: Training | None) -> str:
    files = training.files if training else ()
    quantised = [f.description for f in files if f.description.code == "quantised_model"]
    return str(quantised[0].values["quantisation"]) if quantised else "pas encore exporté"


def _method(training: Training | None) -> str:
    if training is None:
        return "pas encore entraîné"
    kind, rank = training.config["fine_tune_type"], training.config["lora_parameters"]["rank"]
    library = f"mlx-lm {training.versions.get('mlx-lm', '')}".strip()
    named = {"lora": "LoRA", "dora": "DoRA"}.get(kind)
    return f"{named} de rang {rank} ({library})" if named else f"complet ({library})"


def _evaluated(evaluation: Evaluation | None) -> str:
    if evaluation is None:
        return "pas encore évalué"
    scored, profile = evaluation.scored(evaluation.profile), evaluation.profile
    prompts = max((s.summaries[profile].prompts for s in scored), default=0)
    asked = count(prompts, "question") if scored else "pas encore noté"
    return f"{count(len(evaluation.sides), 'bras', 'bras')}, {asked}"


def _stance(report: Report) -> str:
    """Say the one thing to remember, by the comparison."""
    main = main_pair(report)
    if main is None:
        return _nothing_compared(report)
    pair, difference = main
    ends = f"de {mark(difference.before)} ({pair.before}) à {mark(difference.after)} ({pair.after})"
    if difference.short:
        asked = count(difference.n, "question seulement", "questions seulement")
        least = f"il en faut au moins {difference.least}"
        return f"Score {ends}, sur {asked} : rien à en conclure, {least}."
    conclusion = values.conclusion(difference)
    part = form_share(pair.comparison) if pair.comparison else None
    if part is not None and part > MOSTLY:
        conclusion = f"{conclusion}, de forme à {percent(part)}"
    return f"Score {ends}, sur {count(difference.n, 'question')} : {conclusion}."


def _nothing_compared(report: Report) -> str:
    evaluation = report.evaluation
    if any(p.refused for p in (evaluation.of(evaluation.profile, "tuning") if evaluation else ())):
        return "La comparaison avant et après fine-tuning est refusée : aucun écart n'est mesuré."
    if any(p.refused for p in (evaluation.of(evaluation.profile, "arms") if evaluation else ())):
        return "La comparaison des bras est refusée : aucun écart n'est mesuré."
    if report.training is None and evaluation:
        arms = count(len(evaluation.sides), "bras évalué", "bras évalués")
        return f"Aucun modèle n'est encore entraîné ici ; {arms}, sans comparaison possible."
    if report.training is None:
        return "Le modèle n'est pas encore entraîné : ce rapport décrit ce qui le prépare."
    return "L'effet du fine-tuning n'est pas encore mesuré."


def _figures(report: Report) -> list[Content]:
    """Say which figures are missing and what brings the first, or what is next; then show them."""
    figures = {
        "dataset": (_dataset_card(report), "curator import"),
        "candidats": (_batches_card(report), _batches_step(report)),
        "relecture": (_review_card(report), "curator augment"),
        "perte de validation": (_training_card(report), _training_step(report)),
        "score": (_score_card(report), "curator evaluate"),
        "comparaison avec RAG": (_rag_card(report), "curator evaluate, avec un bras rag: true"),
    }
    cards = sorted((c for c, _ in figures.values() if c), key=lambda c: c.label not in _FIRST)
    missing = {name: step for name, (card, step) in figures.items() if card is None}
    following = ""
    if missing:
        step = next(iter(missing.values()))
        following = f"Manquent encore : {listed([*missing])}. Prochaine commande : {step}."
    elif advice := next((i for i in follow(report, ADVICE) if "curator " in i.text), None):
        following = f"Ensuite : {advice.text} ({advice.because})"
    said = [Text(following, "next")] if following else []
    return [*said, Cards(cards)] if cards else [*said]


def _batches_step(report: Report) -> str:
    return "curator filter" if report.batches.batches else "curator augment"


def _training_step(report: Report) -> str:
    if report.training and report.training.run.ended is None:
        return f"curator train --name {report.training.run.name}"
    built = (
        "curator build, curator gate, puis " if not report.dataset.built else "curator gate, puis "
    )
    return f"{built}curator train"


def _dataset_card(report: Report) -> Card | None:
    data = report.dataset
    if not data.covered.total:
        return None
    note = f"{number(data.covered.missing)} à écrire pour couvrir les cibles"
    if not data.covered.missing:
        note = "toutes les cases sont à leur cible"
    return Card("Dataset", number(data.covered.total), note)


def _batches_card(report: Report) -> Card | None:
    batches = report.batches
    if not batches.total:
        return None
    note = f"{number(batches.accepted)} sur {number(batches.total)} candidats"
    return Card("Candidats retenus", percent(batches.accepted / batches.total), note)


def _review_card(report: Report) -> Card | None:
    people = report.people
    if not people.candidates:
        return None
    done = people.candidates - people.standings["pending"]
    note = f"{number(done)} candidats relus sur {number(people.candidates)}"
    return Card("Relecture", percent(done / people.candidates), note)


def _training_card(report: Report) -> Card | None:
    training = report.training
    if training is None or training.run.best_loss is None:
        return None
    note = f"{number(training.first_loss, 3)} avant entraînement"
    if training.run.ended is None:
        note = f"inachevé, itération {number(training.run.iterations)}"
    return Card("Perte de validation", number(training.run.best_loss, 3), note)


def _score_card(report: Report) -> Card | None:
    side, evaluation = subject(report), report.evaluation
    if side is None or evaluation is None:
        return None
    mean = side.summaries[evaluation.profile].overall.metrics.get("composite")
    main = main_pair(report)
    if main is None:
        return Card("Score", mark(mean), f"{side.name}, sans comparaison")
    pair, difference = main
    note = _note(pair, difference)
    return Card("Score", mark(mean), note, values.TONES[difference.word])


def _rag_card(report: Report) -> Card | None:
    pairs = pairs_of(report, "rag")
    if not pairs:
        return None
    pair, difference = pairs[-1]
    note = _note(pair, difference)
    return Card("Avec RAG", mark(difference.after), note, values.TONES[difference.word])


def _note(pair: Pair, difference: Difference) -> str:
    """Write a difference with its interval, and what it is called."""
    ends = f"{values.delta(difference)} {values.span(difference)} sur {pair.before}"
    return f"{ends} ; {values.brief(difference)}"
