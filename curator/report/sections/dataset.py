"""Show the dataset: distributions, topics, and how far each cell is from its target."""

from curator.french import words
from curator.french.numbers import count, listed, number, percent
from curator.records.taxonomy import Cell as Place
from curator.records.taxonomy import Difficulty
from curator.report.blocks import Cell, Content, Heat, Section, Table, Text
from curator.report.data.dataset import Dataset

HEADINGS = {"category": "Catégorie", "difficulty": "Niveau"}


def dataset_section(dataset: Dataset, *others: Section) -> Section:
    """Write the section, with what follows it in the same chapter."""
    if not dataset.covered.total:
        nothing = "Aucun exemple : curator import, ou des fichiers dans raw/authored/."
        return Section("dataset", "Dataset", [Text(nothing, "empty")], others)
    return Section(
        "dataset",
        "Dataset",
        _state(dataset),
        [
            Section("categories", "Distribution par catégorie", [_axis(dataset, "category")]),
            Section("niveaux", "Distribution par difficulté", [_axis(dataset, "difficulty")]),
            Section("themes", "Topics couverts", _topics(dataset)),
            *others,
        ],
    )


def _state(dataset: Dataset) -> list[Content]:
    if not dataset.built:
        return [
            Text(
                "Le jeu n'est pas encore construit : voici les exemples écrits, importés ou "
                "acceptés par des relecteurs. Pour le construire : curator build.",
                "empty",
            )
        ]
    splits = [f"{name} {number(dataset.counts[name])}" for name in _splits(dataset)]
    verified = (
        f"Verdicts enregistrés : {percent(dataset.verified['rust'])} des exemples conformes selon "
        f"rustc, {percent(dataset.verified['french'])} en français."
    )
    content: list[Content] = [Text(f"Répartition : {listed(splits)}. {verified}"), *_stale(dataset)]
    return content


def _splits(dataset: Dataset) -> list[str]:
    return [name for name in ("train", "valid", "test") if name in dataset.counts]


def _stale(dataset: Dataset) -> list[Content]:
    if not (dataset.newer or dataset.gone):
        return []
    text = (
        f"Périmé : depuis la construction, {count(dataset.newer, 'exemple')} en plus et "
        f"{number(dataset.gone)} en moins dans le projet. curator build le refait."
    )
    return [Text(text, "warning")]


def _axis(dataset: Dataset, axis: str) -> Table:
    counts, total = dataset.covered.axes[axis], dataset.covered.total
    shown = list(counts.items())
    if axis == "category":  # levels have an order of their own
        shown.sort(key=lambda item: -item[1])
    rows: list[list[str | Cell]] = [
        [words.axis(axis, value), number(n), Cell(percent(n / total), bar=n / total)]
        for value, n in shown
    ]
    columns = [(HEADINGS[axis], False), ("Nombre", True), ("%", True)]
    balance = number(dataset.covered.balance[axis], 2)
    note = f"Équilibre (entropie normalisée, 1 = égal) : {balance}."
    return Table(f"Exemples par {HEADINGS[axis].lower()}", columns, rows, note)


def _topics(dataset: Dataset) -> list[Content]:
    covered = [words.axis("topic", t) for t, n in dataset.covered.axes["topic"].items() if n]
    absent = [words.axis("topic", t) for t, n in dataset.covered.axes["topic"].items() if not n]
    content: list[Content] = [Text(f"{', '.join(covered)}.")]
    if absent:
        content.append(Text(f"Sans aucun exemple : {', '.join(absent)}.", "warning"))
    return [*content, coverage_table(dataset), _heat(dataset)]


def coverage_table(dataset: Dataset) -> Table:
    """Count topic x difficulty with totals, and what is missing to the targets."""
    rows: list[list[str | Cell]] = []
    for topic in dataset.covered.topics:
        places = [Place(topic, d) for d in Difficulty]
        counts = [dataset.covered.cells[p] for p in places]
        missing = sum(dataset.covered.deficits[p] for p in places)
        rows.append([words.axis("topic", topic), *map(number, (*counts, sum(counts), missing))])
    levels = [dataset.covered.axes["difficulty"][d] for d in Difficulty]
    sums = (*levels, dataset.covered.total, dataset.covered.missing)
    columns = [("Topic", False), *((words.axis("difficulty", d), True) for d in Difficulty)]
    columns += [("Total", True), ("Manquants", True)]
    every: list[list[str | Cell]] = [*rows, ["Total", *map(number, sums)]]
    note = "Manquants : ce qu'il faut ajouter pour atteindre la cible de chaque case."
    strong = frozenset({len(rows)})
    return Table("Exemples par topic et par niveau", columns, every, note, strong, drawn=True)


def _heat(dataset: Dataset) -> Heat:
    rows = []
    for topic in dataset.covered.topics:
        places = [Place(topic, d) for d in Difficulty]
        cells = [(dataset.covered.cells[p], dataset.targets.of(*p)) for p in places]
        missing = sum(dataset.covered.deficits[p] for p in places)
        rows.append((words.axis("topic", topic), cells, (sum(n for n, _ in cells), missing)))
    levels = [dataset.covered.axes["difficulty"][d] for d in Difficulty]
    lacking = count(dataset.covered.missing, "exemple")
    note = f"Il manque {lacking} pour atteindre toutes les cibles."
    if not dataset.covered.missing:
        note = "Toutes les cibles sont atteintes."
    return Heat(
        "Couverture : exemples et cible par topic et par niveau",
        [words.axis("difficulty", d) for d in Difficulty],
        ("Total", "Manquants"),
        rows,
        (*levels, dataset.covered.total, dataset.covered.missing),
        note,
    )
