"""Write the conclusions, by the rules of curator/report/rules/."""

from collections.abc import Sequence

from curator.report.blocks import Content, Item, Items, Section, Text
from curator.report.gather import Report
from curator.report.rules import ADVICE, LIMITS, WORKS, follow


def conclusions_section(report: Report) -> Section:
    """Write what works, what does not, what to do next; each with its numbers."""
    intro = "Chaque ligne découle d'une règle fixe ; les chiffres qui l'ont déclenchée la suivent."
    parts = [
        Section("fonctionne", "Ce qui fonctionne", _items(follow(report, WORKS))),
        Section("limitations", "Limitations", _items(follow(report, LIMITS))),
        Section("recommandations", "Recommandations", _items(follow(report, ADVICE))),
    ]
    return Section("conclusions", "Conclusions", [Text(intro)], parts)


def _items(items: Sequence[Item]) -> list[Content]:
    return [Items(items)] if items else [Text("Aucune règle ne s'applique.", "empty")]
