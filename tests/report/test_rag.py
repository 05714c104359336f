"""With and without the documentation: which arms were measured with it, and which were not."""

from dataclasses import replace

from curator.report.blocks import Text
from curator.report.gather import Report
from curator.report.sections.rag import rag_section


def told(report: Report, *left: str) -> list[str]:
    """What the section says where only these comparisons with RAG are left."""
    assert report.evaluation
    pairs = tuple(p for p in report.evaluation.pairs if p.kind != "rag" or p.before in left)
    evaluation = replace(report.evaluation, pairs=pairs)
    return [c.text for c in rag_section(evaluation).content if isinstance(c, Text)]


def test_an_arm_without_rag_is_named(report: Report) -> None:
    assert told(report, "base")[0] == "tuned n'a pas été évalué avec RAG."
    assert not [text for text in told(report, "base", "tuned") if "avec RAG" in text]


def test_several_are_named_together(report: Report) -> None:
    assert report.evaluation
    first = report.evaluation.sides[0]
    arms = [first.arm.model_copy(update={"name": name}) for name in ("few", "many")]
    sides = (*report.evaluation.sides, *(replace(first, arm=arm) for arm in arms))
    more = replace(report, evaluation=replace(report.evaluation, sides=sides))
    assert told(more, "base", "tuned")[0] == "few et many n'ont pas été évalués avec RAG."
