"""Summarise: what this is about in one table, and the figures at the top of the page."""

from curator.evaluation.compare import Difference
from curator.evaluation.form import notable_share
from curator.evaluation.recipe import BASE
from curator.report.blocks import Card, Cards, Cell, Content, Fold, Items, Section, Table, Text
from curator.report.data.evaluation import Evaluation, Pair
from curator.report.data.training import Training
from curator.report.gather import Report
from curator.report.language import say
from curator.report.language.numbers import NONE, count, listed, mark, noun, number, percent
from curator.report.rules.effects import conclude, effects, told
from curator.report.rules.shared import main_pair, pairs_of, subject
from curator.report.sections import values

_FIRST = ("score", "rag")  # the cards that a narrow page begins with


def summary_section(report: Report) -> Section:
    """Write the section."""
    lead = Text(" ".join(part for part in (conclude(report), _stance(report)) if part), "lead")
    arms = [told(one) for one in effects(report, "tuning", "rag") if not one.short]
    story = [Items(arms)] if arms else []
    title = say("En bref : modèle, méthode, matériel", "In short: model, method, machine")
    if story:
        title = say("En bref : bras par bras, modèle", "In short: arm by arm, model")
    brief = Fold(title, [*story, _table(report)])
    return Section("resume", say("Résumé", "Summary"), [lead, *_figures(report), brief])


def _table(report: Report) -> Table:
    training = report.training
    rows: list[list[str | Cell]] = [
        *_models(report),
        [say("Quantification", "Quantisation"), _quantisation(training)],
        [say("Méthode", "Method"), _method(training)],
        [
            say("Taille du jeu de données", "Size of the dataset"),
            count(report.dataset.covered.total, "exemple", "example"),
        ],
        [
            say("Matériel", "Machine"),
            training.versions.get("machine", NONE) if training else NONE,
        ],
        [say("Évaluation", "Evaluation"), _evaluated(report.evaluation)],
    ]
    columns = [(say("Métrique", "Metric"), False), (say("Valeur", "Value"), False)]
    return Table(say("En bref", "In short"), columns, rows)


def _models(report: Report) -> list[list[str | Cell]]:
    """Name what was trained, and what answered as "base": it may be another model."""
    trained = report.training.config["model"] if report.training else None
    arms = [s.arm for s in (report.evaluation.sides if report.evaluation else ())]
    base = next((a for a in arms if a.name == BASE), None)
    rows: list[list[str | Cell]] = []
    name = say("Modèle de base", "Base model")
    if base:
        rows.append([name, values.model(base.model)])
    elif not trained:
        how = say("selon la recette ; non évalué", "by the recipe; not evaluated")
        rows.append([name, f"{report.model} ({how})"])
    if trained:
        start = say("Modèle dont part l'entraînement", "Model that training starts from")
        rows.append([start if base else name, trained])
    return rows


def _quantisation(training: Training | None) -> str:
    files = training.files if training else ()
    quantised = [f.description for f in files if f.description.code == "quantised_model"]
    if not quantised:
        return say("pas encore exporté", "not exported yet")
    return str(quantised[0].values["quantisation"])


def _method(training: Training | None) -> str:
    if training is None:
        return say("pas encore entraîné", "not trained yet")
    kind, rank = training.config["fine_tune_type"], training.config["lora_parameters"]["rank"]
    library = f"mlx-lm {training.versions.get('mlx-lm', '')}".strip()
    named = {"lora": "LoRA", "dora": "DoRA"}.get(kind)
    if named is None:
        return f"{say('complet', 'full')} ({library})"
    return f"{named} {say('de rang', 'of rank')} {rank} ({library})"


def _evaluated(evaluation: Evaluation | None) -> str:
    if evaluation is None:
        return say("pas encore évalué", "not evaluated yet")
    scored, profile = evaluation.scored(evaluation.profile), evaluation.profile
    prompts = max((s.summaries[profile].prompts for s in scored), default=0)
    asked = say("pas encore noté", "not scored yet")
    if scored:
        asked = count(prompts, "question", "prompt")
    return f"{count(len(evaluation.sides), 'bras|bras', 'arm')}, {asked}"


def _stance(report: Report) -> str:
    """Say the one thing to remember, by the comparison."""
    main = main_pair(report)
    if main is None:
        return _nothing_compared(report)
    pair, difference = main
    before = f"{mark(difference.before)} ({pair.before})"
    after = f"{mark(difference.after)} ({pair.after})"
    ends = say(f"Score de {before} à {after}", f"Score from {before} to {after}")
    asked = count(difference.n, "question", "prompt")
    if difference.short:
        least = difference.least
        return say(
            f"{ends}, sur {asked} seulement : rien à en conclure, il en faut au moins {least}.",
            f"{ends}, on {asked} only: nothing to conclude, it takes at least {least}.",
        )
    conclusion = values.conclusion(difference)
    if part := notable_share(pair.comparison):
        form = percent(part)
        conclusion = say(f"{conclusion}, de forme à {form}", f"{conclusion}, {form} of it form")
    return say(f"{ends}, sur {asked} : {conclusion}.", f"{ends}, on {asked}: {conclusion}.")


def _nothing_compared(report: Report) -> str:
    evaluation = report.evaluation
    if any(p.refused for p in (evaluation.of(evaluation.profile, "tuning") if evaluation else ())):
        return say(
            "La comparaison avant et après fine-tuning est refusée : aucun écart n'est mesuré.",
            "Before and after fine-tuning cannot be compared: no difference is measured.",
        )
    if any(p.refused for p in (evaluation.of(evaluation.profile, "arms") if evaluation else ())):
        return say(
            "La comparaison des bras est refusée : aucun écart n'est mesuré.",
            "The arms cannot be compared: no difference is measured.",
        )
    if report.training is None and evaluation:
        arms = count(len(evaluation.sides), "bras évalué|bras évalués", "arm is|arms are")
        return say(
            f"Aucun modèle n'est encore entraîné ici ; {arms}, sans comparaison possible.",
            f"No model is trained here yet; {arms} evaluated, with nothing to compare.",
        )
    if report.training is None:
        return say(
            "Le modèle n'est pas encore entraîné : ce rapport décrit ce qui le prépare.",
            "The model is not trained yet: this report describes what prepares it.",
        )
    return say(
        "L'effet du fine-tuning n'est pas encore mesuré.",
        "The effect of fine-tuning is not measured yet.",
    )


def _figures(report: Report) -> list[Content]:
    """Say which figures are missing and what is next, as `curator` does; then show them."""
    figures = {
        "dataset": _dataset_card(report),
        "batches": _batches_card(report),
        "review": _review_card(report),
        "loss": _training_card(report),
        "score": _score_card(report),
        "rag": _rag_card(report),
    }
    ranked = sorted(figures.items(), key=lambda one: one[0] not in _FIRST)
    cards = [card for _, card in ranked if card]
    missing = [say(*_NAMES[name]) for name, card in figures.items() if card is None]
    following = say(f"Prochaine commande : {report.next}.", f"Next command: {report.next}.")
    if missing:
        lacking = noun(len(missing), "Manque encore|Manquent encore", "")
        names = listed(missing)
        still = say(f"{lacking} : {names}.", f"Still missing: {names}.")
        following = f"{still} {following}"
    said = Text(following, "next")
    return [said, Cards(cards)] if cards else [said]


_NAMES = {  # of figures that are missing
    "dataset": ("jeu de données", "dataset"),
    "batches": ("candidats", "candidates"),
    "review": ("relecture", "review"),
    "loss": ("perte de validation", "validation loss"),
    "score": ("score", "score"),
    "rag": ("comparaison avec RAG", "comparison with RAG"),
}


def _dataset_card(report: Report) -> Card | None:
    data = report.dataset
    if not data.covered.total:
        return None
    missing = number(data.covered.missing)
    note = say(f"{missing} à écrire pour couvrir les cibles", f"{missing} to write for the targets")
    if not data.covered.missing:
        note = say("toutes les cases sont à leur cible", "every cell is at its target")
    return Card(say("Jeu de données", "Dataset"), number(data.covered.total), note)


def _batches_card(report: Report) -> Card | None:
    batches = report.batches
    if not batches.total:
        return None
    total = count(batches.total, "candidat", "candidate")
    note = f"{number(batches.accepted)} {say('sur', 'of')} {total}"
    label = say("Candidats retenus", "Accepted candidates")
    return Card(label, percent(batches.accepted / batches.total), note)


def _review_card(report: Report) -> Card | None:
    people = report.people
    if not people.candidates:
        return None
    done = people.candidates - people.standings["pending"]
    seen = count(done, "candidat relu|candidats relus", "candidate reviewed|candidates reviewed")
    note = f"{seen} {say('sur', 'of')} {number(people.candidates)}"
    return Card(say("Relecture", "Review"), percent(done / people.candidates), note)


def _training_card(report: Report) -> Card | None:
    training = report.training
    if training is None or training.run.best_loss is None:
        return None
    note = f"{number(training.first_loss, 3)} {say('avant entraînement', 'before training')}"
    if training.run.ended is None:
        at = number(training.run.iterations)
        note = say(f"inachevé, itération {at}", f"unfinished, iteration {at}")
    label = say("Perte de validation", "Validation loss")
    return Card(label, number(training.run.best_loss, 3), note)


def _score_card(report: Report) -> Card | None:
    side, evaluation = subject(report), report.evaluation
    if side is None or evaluation is None:
        return None
    mean = side.summaries[evaluation.profile].overall.metrics.get("composite")
    main = main_pair(report)
    if main is None:
        return Card("Score", mark(mean), f"{side.name}, {say('sans comparaison', 'not compared')}")
    pair, difference = main
    note = _note(pair, difference)
    return Card("Score", mark(mean), note, values.TONES[difference.word])


def _rag_card(report: Report) -> Card | None:
    pairs = pairs_of(report, "rag")
    if not pairs:
        return None
    pair, difference = pairs[-1]
    note = _note(pair, difference)
    label = say("Avec RAG", "With RAG")
    return Card(label, mark(difference.after), note, values.TONES[difference.word])


def _note(pair: Pair, difference: Difference) -> str:
    """Write a difference with its interval, and what it is called."""
    over = f"{say('sur', 'over')} {pair.before}"
    ends = f"{values.delta(difference)} {values.span(difference)} {over}"
    return f"{ends}{say(' ; ', '; ')}{values.brief(difference)}"
