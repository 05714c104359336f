"""Show the LoRA training: configuration, progress, statistics, artefacts."""

from typing import Any

from curator.base import charts
from curator.french import words
from curator.french.notices import french
from curator.french.numbers import NONE, count, duration, number, percent, short, size
from curator.report.blocks import Cell, Code, Content, Figure, Section, Table, Text
from curator.report.data.artefacts import File
from curator.report.data.training import Row, Run, Training
from curator.training.metrics import losses

SHOWN = 80


def training_section(training: Training | None, every: list[Run]) -> Section:
    """Write the section; it says so where nothing was trained."""
    title = "Entraînement LoRA"
    if training is None:
        nothing = "Aucun entraînement n'a encore eu lieu : curator gate, puis curator train."
        return Section("entrainement", title, [Text(nothing, "empty")])
    return Section(
        "entrainement",
        title,
        _state(training, every),
        [
            Section("configuration", "Configuration", [_configuration(training)]),
            Section("progression", "Progression de l'entraînement", _progress(training)),
            Section("statistiques", "Statistiques d'entraînement", [_statistics(training)]),
            Section("artefacts", "Artefacts générés", _artefacts(training)),
        ],
    )


def _state(training: Training, every: list[Run]) -> list[Content]:
    run = training.run
    content: list[Content] = [Text(f"Voici {run.name}, le plus récent des entraînements.")]
    if run.ended is None:
        content.append(
            Text(
                f"{run.name} n'est pas terminé : {number(run.iterations)} itérations mesurées sur "
                f"{number(run.planned)}. Pour le reprendre : curator train --name {run.name}.",
                "warning",
            )
        )
    if run.dataset_changed:
        content.append(
            Text(
                f"Périmé : le jeu de données a changé depuis {run.name} ; ces chiffres décrivent "
                "un modèle appris sur une version antérieure.",
                "warning",
            )
        )
    return [*content, _runs(every)] if len(every) > 1 else content


def _runs(every: list[Run]) -> Table:
    rows: list[list[str | Cell]] = [
        [
            Cell(r.name, code=True),
            words.ENDS.get(r.ended, r.ended) if r.ended else "inachevé",
            f"{number(r.iterations)}/{number(r.planned)}",
            number(r.best_loss, 3),
            short(r.dataset_sha256),
        ]
        for r in every
    ]
    columns = [("Entraînement", False), ("Fin", False), ("Itérations", True)]
    columns += [("Meilleure val. loss", True), ("Jeu de données", False)]
    return Table("Tous les entraînements", columns, rows)


def _configuration(training: Training) -> Code:
    import yaml

    config: dict[str, Any] = training.config
    return Code(yaml.safe_dump(config, sort_keys=False, allow_unicode=True).rstrip(), "yaml")


def _progress(training: Training) -> list[Content]:
    if not training.rows:
        return [Text("Rien n'est encore mesuré.", "empty")]
    kept = _thinned(training.rows)
    rows = [
        [number(r.iteration), number(r.train_loss, 3), number(r.val_loss, 3), _status(r)]
        for r in kept
    ]
    columns = [("Itération", True), ("Train Loss", True), ("Val Loss", True), ("Statut", False)]
    left = len(training.rows) - len(kept)
    note = (
        f"{count(left, 'ligne')} sans validation ni événement ne sont pas montrées." if left else ""
    )
    table = Table("Perte (nats par token appris) au fil des itérations", columns, rows, note)
    return [_curve(training), table]


def _thinned(rows: tuple[Row, ...]) -> list[Row]:
    """Keep about SHOWN rows: all with a validation or an event, and every nth other."""
    plain = [r for r in rows if r.val_loss is None and not r.marks]
    step = -(-len(plain) // max(1, SHOWN - (len(rows) - len(plain)))) or 1
    kept = {r.iteration for r in plain[step - 1 :: step]} | {r.iteration for r in rows[-1:]}
    return [r for r in rows if r.val_loss is not None or r.marks or r.iteration in kept]


def _status(row: Row) -> str:
    marks = ", ".join(words.MARKS.get(m, m) for m in row.marks)
    return f"{marks} ({french.say_all(row.details, ' ; ')})" if row.details else marks


def _curve(training: Training) -> Figure:
    names = {"entraînement": "train_loss", "validation": "val_loss"}
    lines = [charts.Line(name, losses(training.metrics, field)) for name, field in names.items()]
    drawn = [line for line in lines if line.points]
    description = ", ".join(
        f"{line.name} de {number(line.points[0][1], 3)} à {number(line.points[-1][1], 3)}"
        for line in drawn
    )
    chart = charts.line_chart(drawn, "itération", "perte (nats par token)")
    return Figure(chart, f"Courbes de perte de {training.run.name}", f"Perte : {description}.")


def _statistics(training: Training) -> Table:
    run, looked = training.run, training.preflight
    share = percent(looked["trainable"] / looked["parameters"], 3)
    state = words.ENDS.get(run.ended, run.ended) if run.ended else "interrompu"
    rows = [
        ["Paramètres entraînés", f"{number(looked['trainable'] / 1e6, 3)} M ({share})"],
        ["Paramètres totaux", f"{number(looked['parameters'] / 1e6, 3)} M"],
        ["Mémoire max", f"{number(training.peak_gb, 3)} Go"],
        ["Tokens/s", number(training.tokens_per_second)],
        ["Tokens appris", number(training.tokens)],
        ["Durée", f"{duration(training.seconds)} ({state})"],
        ["Itérations", f"{number(run.iterations)} sur {number(run.planned)}"],
        ["Val loss avant entraînement", number(training.first_loss, 3)],
        ["Meilleure val loss", _best(run)],
        ["Arrêts subis", number(run.deaths)],
        ["Exemples d'entraînement", number(looked["train"]["rows"])],
        ["Exemples de validation", number(looked["valid"]["rows"])],
        ["Lignes trop longues écartées", number(len(looked["left_out"]))],
        ["Machine", training.versions.get("machine", NONE)],
    ]
    columns = [("Métrique", False), ("Valeur", True)]
    note = "Durée : temps de calcul mesuré dans la boucle, reprises comprises, sans les pas perdus."
    return Table(f"Statistiques de {run.name}", columns, rows, note)


def _best(run: Run) -> str:
    if run.best_loss is None:
        return NONE
    return f"{number(run.best_loss, 3)} (itération {number(run.best_iteration)})"


def _artefacts(training: Training) -> list[Content]:
    if not training.files:
        return [Text("Aucun artefact encore : curator fuse, puis curator export.", "empty")]
    rows = [_file(f) for f in training.files]
    columns = [("Fichier", False), ("Taille", True), ("SHA-256", False), ("Description", False)]
    content: list[Content] = [Table("Artefacts de l'entraînement", columns, rows)]
    for export in training.exports:
        shares = [f"{kind} {percent(share)}" for kind, share in export["agreement"].items()]
        text = (
            f"Preuve de l'export, sur {count(export['places'], 'position')} : le GGUF choisit le "
            f"même token que le modèle fusionné ({', '.join(shares)}). Le GGUF du modèle de base "
            f"est un autre ({short(export['base_sha256'])})."
        )
        content.append(Text(text, "note"))
    return content


def _file(one: File) -> list[str | Cell]:
    what = french.say(one.description)
    description = what if one.there else f"{what} (n'est plus là)"
    return [
        Cell(one.path, code=True),
        size(one.size),
        Cell(short(one.sha256 or None), code=True),
        description,
    ]
