"""Draw conclusions and advice: each rule is a condition on recorded numbers, which it names.

A rule takes the report and gives nothing, or what follows from it. Whether one arm is better than
another is the comparison's word alone; no rule looks at two means and judges.
"""

from curator.report.blocks import Item
from curator.report.gather import Report
from curator.report.rules import advice, limits, works
from curator.report.rules.shared import Rule

WORKS, LIMITS, ADVICE = works.RULES, limits.RULES, advice.RULES


def follow(report: Report, rules: tuple[Rule, ...]) -> list[Item]:
    """Apply rules to the report, in their order."""
    return [item for rule in rules for item in rule(report)]
