"""Show the LoRA training: configuration, progress, statistics, artefacts."""

from typing import Any

from curator.base import charts
from curator.report.blocks import Cell, Code, Content, Figure, Section, Table, Text
from curator.report.data.artefacts import File
from curator.report.data.training import Row, Run, Training
from curator.report.language import say, tell, tell_all, words
from curator.report.language.numbers import (
    NONE,
    THIN,
    count,
    duration,
    millions,
    number,
    percent,
    short,
    size,
)
from curator.training.metrics import losses

WHOLE, EVERY, SHOWN = 20, 25, 40  # rows shown as they are; iterations to a line; lines at most
_KINDS = ("curated", "passages", "short", "own")


def training_section(training: Training | None, every: list[Run]) -> Section:
    """Write the section; it says so where nothing was trained."""
    title = say("Entraînement LoRA", "LoRA training")
    if training is None:
        nothing = say(
            "Aucun entraînement n'a encore eu lieu : curator retrain, dès que le jeu passe "
            "curator gate.",
            "No training has taken place yet: curator retrain, once the set passes curator gate.",
        )
        return Section("entrainement", title, [Text(nothing, "empty")])
    return Section(
        "entrainement",
        title,
        _state(training, every),
        [
            Section("configuration", "Configuration", [_configuration(training)]),
            Section(
                "progression",
                say("Progression de l'entraînement", "Progress of the training"),
                _progress(training),
            ),
            Section(
                "statistiques",
                say("Statistiques d'entraînement", "Statistics of the training"),
                [t for t in (_statistics(training), _influence(training)) if t],
            ),
            Section("artefacts", say("Artefacts générés", "Artefacts made"), _artefacts(training)),
        ],
        folded=True,
    )


def _state(training: Training, every: list[Run]) -> list[Content]:
    run = training.run
    newest = say(
        f"Voici {run.name}, le plus récent des entraînements.",
        f"This is {run.name}, the newest of the trainings.",
    )
    content: list[Content] = [Text(newest)]
    if run.ended is None:
        measured = count(
            run.iterations,
            "itération mesurée|itérations mesurées",
            "iteration measured|iterations measured",
        )
        text = say(
            f"{run.name} n'est pas terminé : {measured} sur {number(run.planned)}. "
            f"Pour le reprendre : curator train --name {run.name}.",
            f"{run.name} has not ended: {measured} of {number(run.planned)}. "
            f"To resume it: curator train --name {run.name}.",
        )
        content.append(Text(text, "warning"))
    if run.dataset_changed:
        text = say(
            f"Périmé : le jeu de données a changé depuis {run.name} ; ces chiffres décrivent "
            "un modèle appris sur une version antérieure.",
            f"Outdated: the dataset has changed since {run.name}; these numbers describe a model "
            "that learned from an earlier version.",
        )
        content.append(Text(text, "warning"))
    content += [Text(text) for text in _ways(training)]
    return [*content, _runs(every)] if len(every) > 1 else content


def _ways(training: Training) -> list[str]:
    """Say what was learned beside the curated rows, and after what."""
    told = []
    parts = [_mixed(name, training.mixed[name]) for name in _KINDS if training.mixed.get(name)]
    if parts:
        begin = say("Il a appris", "It learned from")
        told.append(f"{begin} {', '.join(parts)}.")
    if training.after:
        what = say("Il part de l'adaptateur de {}", "It goes on from the adapter of {}")
        how = ""
        if training.config.get("objective") == "dpo":
            how = say(
                " et apprend des préférences entre deux réponses (DPO)",
                " and learns preferences between two answers (DPO)",
            )
        told.append(f"{what.format(training.after)}{how}.")
    return told


def _mixed(name: str, rows: int) -> str:
    """Name rows by how they came about."""
    if name == "own":
        return count(
            rows,
            "réponse du modèle lui-même, acceptée par une vérification et relue par personne|"
            "réponses du modèle lui-même, acceptées par une vérification et relues par personne",
            "answer of the model itself, which a check accepted and nobody read|"
            "answers of the model itself, which a check accepted and nobody read",
        )
    how = {
        "passages": say(" posées avec la documentation", " asked with documentation"),
        "short": say(" avec une réponse courte", " asked for a short answer"),
    }.get(name, "")
    return count(rows, "ligne du jeu|lignes du jeu", "row of the set|rows of the set") + how


def _influence(training: Training) -> Table | None:
    """Show which topics' rows helped the validation rows; None where that was not measured."""
    found = training.influence
    if not found:
        return None
    rows = [
        [
            words.axis("topic", g["name"]),
            number(g["rows"]),
            number(g["value"], 4),
            number(g["hurt"]),
        ]
        for g in found["groups"]["topic"]
    ]
    columns = [(say("Thème", "Topic"), False), (say("Lignes", "Rows"), True)]
    columns += [(say("Influence moyenne", "Mean influence"), True)]
    columns += [(say("Lignes nuisibles", "Rows that hurt"), True)]
    note = say(
        "Ressemblance entre le gradient d'une ligne et ceux des lignes de validation, à la fin de "
        "l'entraînement (curator influence) : au-dessus de 0, un pas de plus sur cette ligne "
        "abaisse leur perte. Ce n'est pas l'effet d'un entraînement sans elle.",
        "Likeness of a row's gradient to those of the validation rows, at the end of the training "
        "(curator influence): above 0, a step more on that row lowers their loss. This is not what "
        "a training without it would give.",
    )
    caption = say("Lignes qui ont aidé, par thème", "Rows that helped, by topic")
    return Table(caption, columns, rows, note)


def _runs(every: list[Run]) -> Table:
    rows: list[list[str | Cell]] = [
        [
            Cell(r.name, code=True),
            words.end(r.ended) if r.ended else say("inachevé", "unfinished"),
            f"{number(r.iterations)}/{number(r.planned)}",
            number(r.first_loss, 3),
            number(r.best_loss, 3),
            short(r.dataset_sha256),
        ]
        for r in every
    ]
    columns = [(say("Entraînement", "Training"), False), (say("Fin", "End"), False)]
    columns += [(say("Itérations", "Iterations"), True)]
    columns += [(say("Perte au départ", "Loss at the start"), True)]
    columns += [(say("Meilleure perte", "Best loss"), True)]
    columns += [(say("Jeu de données", "Dataset"), False)]
    note = say("Pertes de validation.", "Losses on the validation rows.")
    return Table(say("Tous les entraînements", "All trainings"), columns, rows, note)


def _configuration(training: Training) -> Code:
    import yaml

    config = _effective(training.config)
    return Code(yaml.safe_dump(config, sort_keys=False, allow_unicode=True).rstrip(), "yaml")


def _effective(config: dict[str, Any]) -> dict[str, Any]:
    """Leave out the settings that change nothing in what this run learns."""
    idle = {"keep_gb"}  # how much of the disk may be taken
    idle |= {"mask_prompt"} if config.get("objective") == "dpo" else {"beta"}
    idle |= {"lora_parameters"} if config.get("fine_tune_type") == "full" else set()
    return {name: value for name, value in config.items() if name not in idle}


def _progress(training: Training) -> list[Content]:
    if not training.rows:
        return [Text(say("Rien n'est encore mesuré.", "Nothing is measured yet."), "empty")]
    kept = _thinned(training.rows)
    rows = [
        [number(r.iteration), number(r.train_loss, 3), number(r.val_loss, 3), _status(r)]
        for r in kept
    ]
    columns = [(say("Itération", "Iteration"), True)]
    columns += [(say("Perte (entraînement)", "Loss (training)"), True)]
    columns += [(say("Perte (validation)", "Loss (validation)"), True)]
    columns.append((say("Statut", "State"), False))
    left = len(training.rows) - len(kept)
    hidden = count(
        left,
        "ligne sans validation ni événement n'est pas montrée|"
        "lignes sans validation ni événement ne sont pas montrées",
        "row without a validation or an event is not shown|"
        "rows without a validation or an event are not shown",
    )
    caption = say(
        "Perte (nats par token appris) au fil des itérations",
        "Loss (nats a learned token) by iteration",
    )
    told = [f"{hidden}." if left else "", _measured_on(training)]
    table = Table(caption, columns, rows, " ".join(filter(None, told)))
    return [_curve(training), table]


def _thinned(rows: tuple[Row, ...]) -> list[Row]:
    """Keep all with a validation or an event, the last, and of the others one in EVERY iterations.

    Of long runs fewer, so that they are SHOWN at most; of few rows, all.
    """
    if len(rows) <= WHOLE:
        return list(rows)
    step = max(EVERY, -(-rows[-1].iteration // SHOWN))
    kept, due = [], step
    for row in rows:
        reached = row.iteration >= due
        if reached:
            due = (row.iteration // step + 1) * step
        if reached or row.val_loss is not None or row.marks or row is rows[-1]:
            kept.append(row)
    return kept


def _measured(training: Training) -> int | None:
    """Count the rows that the validation loss is measured on; None where that is all of them.

    The shortest, by curator/training/loop.py: rows are sorted by length and put into batches, of
    which the first `val_batches` are measured.
    """
    batches = training.config.get("val_batches", -1)
    size = training.config.get("batch_size", 1) // training.limits.get("micro", 1)
    measured: int = batches * max(1, size)
    return measured if 0 < measured < training.preflight["valid"]["rows"] else None


def _measured_on(training: Training) -> str:
    """Say on which rows the validation loss is measured, where that is not all of them."""
    measured = _measured(training)
    if measured is None:
        return ""
    every = count(training.preflight["valid"]["rows"], "exemple", "example")
    n, shortest = number(measured), say("les plus courts", "the shortest")
    if measured == 1:
        n, shortest = say("un seul", "one only"), say("le plus court", "the shortest")
    return say(
        f"Perte de validation : mesurée sur {n} des {every} de validation, {shortest}.",
        f"Validation loss: measured on {n} of the {every} for validation, {shortest}.",
    )


def _status(row: Row) -> str:
    marks = ", ".join(map(words.training_mark, row.marks))
    return f"{marks} ({tell_all(row.details)})" if row.details else marks


def _curve(training: Training) -> Figure:
    names = {say("entraînement", "training"): "train_loss", "validation": "val_loss"}
    lines = [charts.Line(name, losses(training.metrics, field)) for name, field in names.items()]
    drawn = [line for line in lines if line.points]
    ends = say("{} de {} à {}", "{} from {} to {}")
    description = ", ".join(
        ends.format(line.name, number(line.points[0][1], 3), number(line.points[-1][1], 3))
        for line in drawn
    )
    axes = say("itération", "iteration"), say("perte (nats par token)", "loss (nats a token)")
    chart = charts.line_chart(drawn, *axes)
    caption = say("Courbes de perte de {}", "Loss curves of {}").format(training.run.name)
    return Figure(chart, caption, say(f"Perte : {description}.", f"Loss: {description}."))


def _statistics(training: Training) -> Table:
    run, looked = training.run, training.preflight
    share = percent(looked["trainable"] / looked["parameters"], 2)
    state = words.end(run.ended) if run.ended else say("interrompu", "interrupted")
    memory = NONE
    if training.peak_gb is not None:
        memory = f"{number(training.peak_gb, 1)}{THIN}{say('Go', 'GB')}"
    done = f"{number(run.iterations)} {say('sur', 'of')} {number(run.planned)}"
    rows = [
        [
            say("Paramètres entraînés", "Trained parameters"),
            f"{millions(looked['trainable'])} ({share})",
        ],
        [say("Paramètres totaux", "All parameters"), _parameters(looked)],
        [say("Mémoire max", "Most memory"), memory],
        ["Tokens/s", number(training.tokens_per_second)],
        [say("Tokens appris", "Tokens learned"), number(training.tokens)],
        [say("Durée", "Time"), f"{duration(training.seconds)} ({state})"],
        [say("Itérations", "Iterations"), done],
        [
            say("Perte de validation au départ", "Validation loss at the start"),
            number(training.first_loss, 3),
        ],
        [say("Meilleure perte de validation", "Best validation loss"), _best(run)],
        [say("Arrêts subis", "Deaths"), number(run.deaths)],
        [say("Exemples d'entraînement", "Training examples"), number(looked["train"]["rows"])],
        [say("Exemples de validation", "Validation examples"), _validation(training)],
        [
            say("Lignes trop longues écartées", "Rows left out as too long"),
            number(len(looked["left_out"])),
        ],
        ["Machine", training.versions.get("machine", NONE)],
    ]
    columns = [(say("Métrique", "Metric"), False), (say("Valeur", "Value"), True)]
    note = say(
        "Durée : temps de calcul mesuré dans la boucle, reprises comprises, hors itérations "
        "perdues lors d'un arrêt.",
        "Time: measured inside the loop, after resuming too, without the iterations that a death "
        "lost.",
    )
    note = f"{note} {_measured_on(training)}".rstrip()
    caption = say("Statistiques de {}", "Statistics of {}").format(run.name)
    return Table(caption, columns, rows, note)


def _validation(training: Training) -> str:
    """Write how many validation rows there are, and how many are measured."""
    every, measured = number(training.preflight["valid"]["rows"]), _measured(training)
    if measured is None:
        return every
    return f"{every}, {say('dont mesurés', 'measured')}{say(' : ', ': ')}{number(measured)}"


def _parameters(looked: dict[str, Any]) -> str:
    """Write how many there are, and how many of them are a head that is not the embedding."""
    every, head = millions(looked["parameters"]), looked.get("head", 0)
    if not head:
        return every
    of = say(
        "dont {} pour une matrice de sortie distincte", "{} of them an output matrix of its own"
    )
    return f"{every}, {of.format(millions(head))}"


def _best(run: Run) -> str:
    if run.best_loss is None:
        return NONE
    at = f"{say('itération', 'iteration')} {number(run.best_iteration)}"
    return f"{number(run.best_loss, 3)} ({at})"


def _artefacts(training: Training) -> list[Content]:
    if not training.files:
        nothing = say(
            "Aucun artefact encore : curator fuse, puis curator export.",
            "No artefact yet: curator fuse, then curator export.",
        )
        return [Text(nothing, "empty")]
    rows = [_file(f) for f in training.files]
    columns = [(say("Fichier", "File"), False), (say("Taille", "Size"), True)]
    columns += [("SHA-256", False), ("Description", False)]
    caption = say("Artefacts de l'entraînement", "Artefacts of the training")
    proofs = [Text(_proof(export), "note") for export in training.exports]
    return [Table(caption, columns, rows), *proofs]


def _proof(export: dict[str, Any]) -> str:
    """Say how often the exported model chooses as the one that it was made from."""
    shares = ", ".join(f"{kind} {percent(share)}" for kind, share in export["agreement"].items())
    places = count(export["places"], "position", "position")
    base = short(export["base_sha256"])
    return say(
        f"Vérification de l'export, sur {places} : le GGUF choisit le même token que le modèle "
        f"fusionné ({shares}). Le modèle de base, quantifié de la même façon, donne un autre "
        f"fichier ({base}) : c'est bien le modèle entraîné qui est exporté.",
        f"Check of the export, on {places}: the GGUF chooses the same token as the merged model "
        f"({shares}). The base model, quantised the same way, gives another file ({base}): what "
        "is exported is the trained model.",
    )


def _file(one: File) -> list[str | Cell]:
    what = tell(one.description)
    gone = say("n'est plus là", "no longer there")
    description = what if one.there else f"{what} ({gone})"
    return [
        Cell(one.path, code=True),
        size(one.size),
        Cell(short(one.sha256 or None), code=True),
        description,
    ]
