"""Dataset: distributions, topics, and how far each cell is from its target."""

from curator.french import words
from curator.french.numbers import count, listed, number, percent
from curator.records.taxonomy import Cell as Place
from curator.records.taxonomy import Difficulty
from curator.report.blocks import Cell, Content, Heat, Section, Table, Text
from curator.report.data.dataset import Dataset

HEADINGS = {"category": "Catégorie", "difficulty": "Niveau"}


def dataset_section(found: Dataset, *others: Section) -> Section:
    """The section, with what follows it in the same chapter."""
    if not found.covered.total:
        nothing = "Aucun exemple : curator import, ou des fichiers dans raw/authored/."
        return Section("dataset", "Dataset", [Text(nothing, "empty")], others)
    return Section(
        "dataset",
        "Dataset",
        _state(found),
        [
            Section("categories", "Distribution par catégorie", [_axis(found, "category")]),
            Section("niveaux", "Distribution par difficulté", [_axis(found, "difficulty")]),
            Section("themes", "Topics couverts", _topics(found)),
            *others,
        ],
    )


def _state(found: Dataset) -> list[Content]:
    if not found.built:
        return [
            Text(
                "Le jeu n'est pas encore construit : voici les exemples écrits, importés ou "
                "acceptés par des relecteurs. Pour le construire : curator build.",
                "empty",
            )
        ]
    splits = [f"{name} {number(found.counts[name])}" for name in _splits(found)]
    verified = (
        f"Verdicts enregistrés : {percent(found.verified['rust'])} des exemples conformes selon "
        f"rustc, {percent(found.verified['french'])} en français."
    )
    said: list[Content] = [Text(f"Répartition : {listed(splits)}. {verified}"), *_stale(found)]
    return said


def _splits(found: Dataset) -> list[str]:
    return [name for name in ("train", "valid", "test") if name in found.counts]


def _stale(found: Dataset) -> list[Content]:
    if not (found.newer or found.gone):
        return []
    text = (
        f"Périmé : depuis la construction, {count(found.newer, 'exemple')} en plus et "
        f"{number(found.gone)} en moins dans le projet. curator build le refait."
    )
    return [Text(text, "warning")]


def _axis(found: Dataset, axis: str) -> Table:
    counts, total = found.covered.axes[axis], found.covered.total
    shown = list(counts.items())
    if axis == "category":  # levels have an order of their own
        shown.sort(key=lambda item: -item[1])
    rows: list[list[str | Cell]] = [
        [words.axis(axis, value), number(n), Cell(percent(n / total), bar=n / total)]
        for value, n in shown
    ]
    columns = [(HEADINGS[axis], False), ("Nombre", True), ("%", True)]
    note = f"Équilibre (entropie normalisée, 1 = égal) : {number(found.covered.balance[axis], 2)}."
    return Table(f"Exemples par {HEADINGS[axis].lower()}", columns, rows, note)


def _topics(found: Dataset) -> list[Content]:
    covered = [words.axis("topic", t) for t, n in found.covered.axes["topic"].items() if n]
    absent = [words.axis("topic", t) for t, n in found.covered.axes["topic"].items() if not n]
    said: list[Content] = [Text(f"{', '.join(covered)}.")]
    if absent:
        said.append(Text(f"Sans aucun exemple : {', '.join(absent)}.", "warning"))
    return [*said, coverage_table(found), _heat(found)]


def coverage_table(found: Dataset) -> Table:
    """Topic x difficulty with totals, and what is missing to the targets."""
    rows: list[list[str | Cell]] = []
    for topic in found.covered.topics:
        places = [Place(topic, d) for d in Difficulty]
        counts = [found.covered.cells[p] for p in places]
        missing = sum(found.covered.deficits[p] for p in places)
        rows.append([words.axis("topic", topic), *map(number, (*counts, sum(counts), missing))])
    levels = [found.covered.axes["difficulty"][d] for d in Difficulty]
    sums = (*levels, found.covered.total, found.covered.missing)
    columns = [("Topic", False), *((words.axis("difficulty", d), True) for d in Difficulty)]
    columns += [("Total", True), ("Manquants", True)]
    every: list[list[str | Cell]] = [*rows, ["Total", *map(number, sums)]]
    note = "Manquants : ce qu'il faut ajouter pour atteindre la cible de chaque case."
    strong = frozenset({len(rows)})
    return Table("Exemples par topic et par niveau", columns, every, note, strong, drawn=True)


def _heat(found: Dataset) -> Heat:
    rows = []
    for topic in found.covered.topics:
        places = [Place(topic, d) for d in Difficulty]
        cells = [(found.covered.cells[p], found.targets.of(*p)) for p in places]
        missing = sum(found.covered.deficits[p] for p in places)
        rows.append((words.axis("topic", topic), cells, (sum(n for n, _ in cells), missing)))
    levels = [found.covered.axes["difficulty"][d] for d in Difficulty]
    note = f"Il manque {count(found.covered.missing, 'exemple')} pour atteindre toutes les cibles."
    if not found.covered.missing:
        note = "Toutes les cibles sont atteintes."
    return Heat(
        "Couverture : exemples et cible par topic et par niveau",
        [words.axis("difficulty", d) for d in Difficulty],
        ("Total", "Manquants"),
        rows,
        (*levels, found.covered.total, found.covered.missing),
        note,
    )
