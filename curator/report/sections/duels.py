"""Show which answers people would give to a learner, where they chose between two models."""

from collections.abc import Sequence

from curator.evaluation.duels.outcome import ALL, DuelOutcome, Wins, nameless
from curator.report.blocks import Cell, Content, Section, Table, Text
from curator.report.language import say, words
from curator.report.language.numbers import count, interval, number, percent

_WORDS = {
    "better": ("préférée", "preferred"),
    "worse": ("moins aimée", "liked less"),
    "undecided": ("indécis", "undecided"),
}
_TONES = {"better": "better", "worse": "worse", "undecided": "open"}
_COLUMNS = [
    *(("Thème", "Topic"), ("Questions", "Prompts"), ("Choix", "Choices"), ("Gagnés", "Won")),
    *(("Perdus", "Lost"), ("Les deux", "Both"), ("Aucune", "Neither"), ("Part", "Share")),
    *(("Intervalle à 95\u202f%", "95% interval"), ("Verdict", "Verdict")),
]
_NOTE = (
    "Part des duels gagnés, une égalité comptant pour la moitié ; chaque question compte une fois, "
    "et l'intervalle tire des questions. Les thèmes se partagent les 5\u202f% d'erreur permis.",
    "Share of duels won, a tie counting for half; each prompt counts once, and the interval draws "
    "prompts. The topics share the 5% of error that are allowed.",
)


def duels_section(duels: Sequence[DuelOutcome]) -> list[Section]:
    """Write the section, or nothing where nobody was asked to choose."""
    if not duels:
        return []
    content = [part for found in duels for part in _pair(nameless(found))]
    title = say(
        "Duels : deux réponses, une personne choisit", "Duels: two answers, a person chooses"
    )
    return [Section("duels", title, content)]


def _pair(found: DuelOutcome) -> list[Content]:
    title = say(f"{found.after} face à {found.before}", f"{found.after} against {found.before}")
    if not found.wins:
        many = count(found.duels, "duel", "duel")
        waiting = say(f"{title} : {many}, aucun choix encore.", f"{title}: {many}, no choice yet.")
        return [Text(waiting, "empty")]
    columns = [(say(*names), at not in (0, 9)) for at, names in enumerate(_COLUMNS)]
    rows = [_row(wins) for wins in found.wins]
    return [Table(title, columns, rows, say(*_NOTE), frozenset({0})), Text(_people(found))]


def _row(wins: Wins) -> list[str | Cell]:
    group = say("tous", "all") if wins.group == ALL else words.axis("topic", wins.group)
    counts = (wins.prompts, wins.choices, wins.wins, wins.losses, wins.both, wins.neither)
    verdict = Cell(say(*_WORDS[wins.word]), tone=_TONES[wins.word])
    span = interval(percent(wins.low), percent(wins.high))
    return [group, *map(number, counts), percent(wins.share), span, verdict]


def _people(found: DuelOutcome) -> str:
    each = ", ".join(number(j.choices) for j in found.judges)
    judges = count(len(found.judges), "personne", "person|people")
    told = say(f"{judges} ({each} choix).", f"{judges} (choices: {each}).")
    if not found.shared:
        return told
    value = say("sans valeur", "no value") if found.alpha is None else number(found.alpha, 2)
    shared = count(found.shared, "duel", "duel")
    alpha = say(
        f"Alpha de Krippendorff : {value}, sur {shared} à plusieurs.",
        f"Krippendorff's alpha: {value}, on {shared} that several people judged.",
    )
    return f"{told} {alpha}"
