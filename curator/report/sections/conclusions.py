"""Write the conclusions, by the rules of curator/report/rules/."""

from collections.abc import Sequence

from curator.report.blocks import Content, Item, Items, Section, Text
from curator.report.gather import Report
from curator.report.language import say
from curator.report.rules import ADVICE, LIMITS, WORKS, follow


def conclusions_section(report: Report) -> Section:
    """Write what works, what does not, what to do next; each with its numbers."""
    intro = say(
        "Chaque ligne découle d'une règle fixe ; les chiffres qui l'ont déclenchée la suivent.",
        "Each line follows from a fixed rule; the numbers that brought it come after it.",
    )
    works = follow(report, WORKS)  # the figures at the top of the page say most of it
    parts = [
        Section(
            "fonctionne",
            say("Ce qui fonctionne", "What works"),
            _items(works),
            folded=bool(works),
        ),
        Section(
            "limitations",
            "Limitations",
            _items(follow(report, LIMITS), say("Aucune limite relevée.", "No limit was found.")),
        ),
        Section(
            "recommandations",
            say("Recommandations", "Recommendations"),
            _items(follow(report, ADVICE)),
        ),
    ]
    return Section("conclusions", "Conclusions", [Text(intro)], parts)


def _items(items: Sequence[Item], nothing: str = "") -> list[Content]:
    nothing = nothing or say("Aucune règle ne s'applique.", "No rule applies.")
    return [Items(items)] if items else [Text(nothing, "empty")]
