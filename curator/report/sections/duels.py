"""Show which answers people would give to a learner, where they chose between two models."""

from collections.abc import Sequence

from curator.evaluation.duels.outcome import ALL, DuelOutcome, Wins, nameless
from curator.french.numbers import count, interval, number, percent
from curator.records.taxonomy import taxonomy
from curator.report.blocks import Cell, Content, Section, Table, Text

_WORDS = {"better": "préférée", "worse": "moins aimée", "undecided": "indécis"}
_TONES = {"better": "better", "worse": "worse", "undecided": "open"}
_COLUMNS = [
    *(("Thème", False), ("Questions", True), ("Choix", True), ("Gagnés", True), ("Perdus", True)),
    *(("Les deux", True), ("Aucune", True), ("Part", True), ("Intervalle à 95\u202f%", True)),
    ("Verdict", False),
]
_NOTE = (
    "Part des duels gagnés, une égalité comptant pour la moitié ; chaque question compte une fois, "
    "et l'intervalle tire des questions. Les thèmes se partagent les 5\u202f% d'erreur permis."
)


def duels_section(duels: Sequence[DuelOutcome]) -> list[Section]:
    """Write the section, or nothing where nobody was asked to choose."""
    if not duels:
        return []
    content = [part for found in duels for part in _pair(nameless(found))]
    return [Section("duels", "Duels : deux réponses, une personne choisit", content)]


def _pair(found: DuelOutcome) -> list[Content]:
    title = f"{found.after} face à {found.before}"
    if not found.wins:
        waiting = f"{title} : {count(found.duels, 'duel')}, aucun choix encore."
        return [Text(waiting, "empty")]
    rows = [_row(wins) for wins in found.wins]
    return [Table(title, _COLUMNS, rows, _NOTE, frozenset({0})), Text(_people(found))]


def _row(wins: Wins) -> list[str | Cell]:
    names: dict[str, str] = {topic: label.label for topic, label in taxonomy().topics.items()}
    group = "tous" if wins.group == ALL else names.get(wins.group, wins.group)
    counts = (wins.prompts, wins.choices, wins.wins, wins.losses, wins.both, wins.neither)
    verdict = Cell(_WORDS[wins.word], tone=_TONES[wins.word])
    span = interval(percent(wins.low), percent(wins.high))
    return [group, *map(number, counts), percent(wins.share), span, verdict]


def _people(found: DuelOutcome) -> str:
    each = ", ".join(number(j.choices) for j in found.judges)
    told = f"{count(len(found.judges), 'personne')} ({each} choix)."
    if not found.shared:
        return told
    value = "sans valeur" if found.alpha is None else number(found.alpha, 2)
    return f"{told} Alpha de Krippendorff : {value}, sur {count(found.shared, 'duel')} à plusieurs."
