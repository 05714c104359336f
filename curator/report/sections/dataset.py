"""Show the dataset: distributions, topics, and how far each cell is from its target."""

from curator.records.taxonomy import Cell as Place
from curator.records.taxonomy import Difficulty
from curator.records.topic import Topic
from curator.report.blocks import Cell, Content, Heat, Section, Table, Text
from curator.report.data.dataset import Dataset
from curator.report.language import say, words
from curator.report.language.numbers import count, listed, number, percent


def dataset_section(dataset: Dataset, *others: Section) -> Section:
    """Write the section, with what follows it in the same chapter."""
    if not dataset.covered.total:
        nothing = say(
            "Aucun exemple : curator import, ou des fichiers dans raw/authored/.",
            "No example: curator import, or files in raw/authored/.",
        )
        return Section("dataset", "Dataset", [Text(nothing, "empty")], others)
    return Section(
        "dataset",
        "Dataset",
        _state(dataset),
        [
            Section(
                "categories",
                say("Distribution par catégorie", "Distribution by category"),
                [_axis(dataset, "category")],
            ),
            Section(
                "niveaux",
                say("Distribution par difficulté", "Distribution by difficulty"),
                [_axis(dataset, "difficulty")],
            ),
            Section("themes", say("Thèmes couverts", "Topics covered"), _topics(dataset)),
            *others,
        ],
        folded=True,
    )


def _state(dataset: Dataset) -> list[Content]:
    if not dataset.built:
        unbuilt = say(
            "Le jeu n'est pas encore construit : voici les exemples écrits, importés ou "
            "acceptés par des relecteurs. Pour le construire : curator build.",
            "The set is not built yet: these are the examples that were written, imported or "
            "accepted by reviewers. To build it: curator build.",
        )
        return [Text(unbuilt, "empty")]
    parts = listed([f"{name} {number(dataset.counts[name])}" for name in _splits(dataset)])
    rust, french = (percent(dataset.verified[name]) for name in ("rust", "french"))
    text = say(
        f"Répartition : {parts}. Verdicts enregistrés : {rust} des exemples conformes selon "
        f"rustc, {french} en français.",
        f"Splits: {parts}. Verdicts on record: by rustc, {rust} of the examples do as they say; "
        f"{french} are in French.",
    )
    return [Text(text), *_stale(dataset)]


def _splits(dataset: Dataset) -> list[str]:
    return [name for name in ("train", "valid", "test") if name in dataset.counts]


def _stale(dataset: Dataset) -> list[Content]:
    if not (dataset.newer or dataset.gone):
        return []
    more, less = count(dataset.newer, "exemple", "example"), number(dataset.gone)
    text = say(
        f"Périmé : depuis la construction, {more} en plus et {less} en moins dans le projet. "
        "curator build le refait.",
        f"Outdated: since it was built, the project has {more} more and {less} fewer. "
        "curator build makes it again.",
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
    name = say("Catégorie", "Category") if axis == "category" else say("Niveau", "Level")
    columns = [(name, False), (say("Nombre", "Number"), True), ("%", True)]
    balance = number(dataset.covered.balance[axis], 2)
    note = say(
        f"Équilibre (entropie normalisée, 1 = égal) : {balance}.",
        f"Balance (normalised entropy, 1 = even): {balance}.",
    )
    caption = say(f"Exemples par {name.lower()}", f"Examples by {name.lower()}")
    return Table(caption, columns, rows, note)


def _topics(dataset: Dataset) -> list[Content]:
    covered = [words.axis("topic", t) for t, n in dataset.covered.axes["topic"].items() if n]
    absent = [words.axis("topic", t) for t, n in dataset.covered.axes["topic"].items() if not n]
    content: list[Content] = [Text(f"{', '.join(covered)}.")]
    if absent:
        text = say("Sans aucun exemple : {}.", "Without any example: {}.")
        content.append(Text(text.format(", ".join(absent)), "warning"))
    return [*content, coverage_table(dataset), _heat(dataset)]


def coverage_table(dataset: Dataset) -> Table:
    """Count topic x difficulty with totals, and what is missing to the targets, if anything is."""
    lacking = bool(dataset.covered.missing)
    rows: list[list[str | Cell]] = []
    for topic in dataset.covered.topics:
        counts = [dataset.covered.cells[Place(topic, d)] for d in Difficulty]
        missing = [_missing(dataset, topic)] if lacking else []
        rows.append([words.axis("topic", topic), *map(number, (*counts, sum(counts), *missing))])
    levels = [dataset.covered.axes["difficulty"][d] for d in Difficulty]
    every_missing = [dataset.covered.missing] if lacking else []
    sums = (*levels, dataset.covered.total, *every_missing)
    columns = [
        (say("Thème", "Topic"), False),
        *((words.axis("difficulty", d), True) for d in Difficulty),
    ]
    columns += [("Total", True)]
    columns += [(say("Manquants", "Missing"), True)] if lacking else []
    every: list[list[str | Cell]] = [*rows, ["Total", *map(number, sums)]]
    note = say(
        "Manquants : ce qu'il faut ajouter pour atteindre la cible de chaque case.",
        "Missing: what it takes to bring every cell to its target.",
    )
    if not lacking:
        note = _met()
    strong = frozenset({len(rows)})
    caption = say("Exemples par thème et par niveau", "Examples by topic and level")
    return Table(caption, columns, every, note, strong, drawn=True)


def _missing(dataset: Dataset, topic: Topic) -> int:
    return sum(dataset.covered.deficits[Place(topic, d)] for d in Difficulty)


def _met() -> str:
    return say("Toutes les cibles sont atteintes.", "Every target is met.")


def _heat(dataset: Dataset) -> Heat:
    lacking = bool(dataset.covered.missing)
    rows = []
    for topic in dataset.covered.topics:
        places = [Place(topic, d) for d in Difficulty]
        cells = [(dataset.covered.cells[p], dataset.targets.of(*p)) for p in places]
        missing = [_missing(dataset, topic)] if lacking else []
        rows.append((words.axis("topic", topic), cells, (sum(n for n, _ in cells), *missing)))
    levels = [dataset.covered.axes["difficulty"][d] for d in Difficulty]
    wanted = count(dataset.covered.missing, "exemple", "example")
    note = say(
        f"Il manque {wanted} pour atteindre toutes les cibles.",
        f"It takes {wanted} more to meet every target.",
    )
    if not lacking:
        note = _met()
    return Heat(
        say(
            "Couverture : exemples et cible par thème et par niveau",
            "Coverage: examples and target by topic and level",
        ),
        [words.axis("difficulty", d) for d in Difficulty],
        ("Total", *([say("Manquants", "Missing")] if lacking else [])),
        rows,
        (*levels, dataset.covered.total, *([dataset.covered.missing] if lacking else [])),
        note,
    )
