"""Summary: what this is about in one table, and the figures at the top of the page."""

from curator.evaluation.form import MOSTLY, form_share
from curator.evaluation.recipe import BASE
from curator.french.numbers import NONE, count, mark, number, percent
from curator.report.blocks import Card, Cards, Cell, Section, Table, Text
from curator.report.data.evaluation import Evaluation
from curator.report.data.training import Training
from curator.report.gather import Report
from curator.report.rules.shared import main_pair, pairs_of, subject
from curator.report.sections import values


def summary_section(report: Report) -> Section:
    """The section."""
    lead = Text(_stance(report), "lead")
    return Section("resume", "Résumé", [lead, _cards(report), _table(report)])


def _table(report: Report) -> Table:
    found = report.training
    rows: list[list[str | Cell]] = [
        *_models(report),
        ["Quantification", _quantisation(found)],
        ["Méthode", _method(found)],
        ["Taille du dataset", count(report.dataset.covered.total, "exemple")],
        ["Matériel", found.versions.get("machine", NONE) if found else NONE],
        ["Évaluation", _evaluated(report.evaluation)],
    ]
    return Table("En bref", [("Métrique", False), ("Valeur", False)], rows)


def _models(report: Report) -> list[list[str | Cell]]:
    """What was trained, and what answered as "base", where that was evaluated: maybe another."""
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


def _quantisation(found: Training | None) -> str:
    files = found.files if found else ()
    made = [f.description for f in files if f.description.code == "quantised_model"]
    return str(made[0].values["quantisation"]) if made else "pas encore exporté"


def _method(found: Training | None) -> str:
    if found is None:
        return "pas encore entraîné"
    kind, rank = found.config["fine_tune_type"], found.config["lora_parameters"]["rank"]
    library = f"mlx-lm {found.versions.get('mlx-lm', '')}".strip()
    named = {"lora": "LoRA", "dora": "DoRA"}.get(kind)
    return f"{named} de rang {rank} ({library})" if named else f"complet ({library})"


def _evaluated(found: Evaluation | None) -> str:
    if found is None:
        return "pas encore évalué"
    prompts = max(
        (s.summaries[found.profile].prompts for s in found.scored(found.profile)), default=0
    )
    asked = count(prompts, "question") if found.scored(found.profile) else "pas encore noté"
    return f"{count(len(found.sides), 'bras', 'bras')}, {asked}"


def _stance(report: Report) -> str:
    """The one thing to remember, as the comparison says it."""
    main = main_pair(report)
    if main is None:
        return _nothing_compared(report)
    pair, found = main
    ends = f"de {mark(found.before)} ({pair.before}) à {mark(found.after)} ({pair.after})"
    if found.short:
        asked = count(found.n, "question seulement", "questions seulement")
        return f"Score {ends}, sur {asked} : rien à en conclure, il en faut au moins {found.least}."
    said = values.said(found)
    part = form_share(pair.comparison) if pair.comparison else None
    if part is not None and part > MOSTLY:
        said = f"{said}, de forme à {percent(part)}"
    return f"Score {ends}, sur {count(found.n, 'question')} : {said}."


def _nothing_compared(report: Report) -> str:
    found = report.evaluation
    if any(p.refused for p in (found.of(found.profile, "tuning") if found else ())):
        return "La comparaison avant et après fine-tuning est refusée : aucun écart n'est mesuré."
    if any(p.refused for p in (found.of(found.profile, "arms") if found else ())):
        return "La comparaison des bras est refusée : aucun écart n'est mesuré."
    if report.training is None and found:
        arms = count(len(found.sides), "bras évalué", "bras évalués")
        return f"Aucun modèle n'est encore entraîné ici ; {arms}, sans comparaison possible."
    if report.training is None:
        return "Le modèle n'est pas encore entraîné : ce rapport décrit ce qui le prépare."
    return "L'effet du fine-tuning n'est pas encore mesuré."


def _cards(report: Report) -> Cards:
    cards = [_dataset_card(report), _batches_card(report), _review_card(report)]
    return Cards([*cards, _training_card(report), _score_card(report), _rag_card(report)])


def _dataset_card(report: Report) -> Card:
    data = report.dataset
    note = f"{number(data.covered.missing)} à écrire pour couvrir les cibles"
    if not data.covered.missing:
        note = "toutes les cases sont à leur cible"
    return Card("Dataset", number(data.covered.total), note if data.covered.total else "vide")


def _batches_card(report: Report) -> Card:
    found = report.batches
    if not found.total:
        return Card("Candidats retenus", NONE, "aucun lot filtré")
    note = f"{number(found.accepted)} sur {number(found.total)} candidats"
    return Card("Candidats retenus", percent(found.accepted / found.total), note)


def _review_card(report: Report) -> Card:
    found = report.people
    if not found.candidates:
        return Card("Relecture", NONE, "aucun candidat à relire")
    done = found.candidates - found.standings["pending"]
    note = f"{number(done)} candidats relus sur {number(found.candidates)}"
    return Card("Relecture", percent(done / found.candidates), note)


def _training_card(report: Report) -> Card:
    found = report.training
    if found is None:
        return Card("Perte de validation", NONE, "pas encore entraîné")
    note = f"{number(found.first_loss, 3)} avant entraînement"
    if found.run.ended is None:
        note = f"inachevé, itération {number(found.run.iterations)}"
    return Card("Perte de validation", number(found.run.best_loss, 3), note)


def _score_card(report: Report) -> Card:
    side, found = subject(report), report.evaluation
    if side is None or found is None:
        return Card("Score", NONE, "pas encore évalué")
    mean = side.summaries[found.profile].overall.metrics.get("composite")
    main = main_pair(report)
    if main is None:
        return Card("Score", mark(mean), f"{side.name}, sans comparaison")
    pair, difference = main
    note = f"{values.delta(difference)} sur {pair.before} ; {values.brief(difference)}"
    return Card("Score", mark(mean), note, values.TONES[difference.word])


def _rag_card(report: Report) -> Card:
    pairs = pairs_of(report, "rag")
    if not pairs:
        return Card("Avec RAG", NONE, "pas encore comparé")
    pair, found = pairs[-1]
    note = f"{values.delta(found)} sur {pair.before} ; {values.brief(found)}"
    return Card("Avec RAG", mark(found.after), note, values.TONES[found.word])
