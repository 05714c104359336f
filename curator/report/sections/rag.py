"""Show each model without and with passages of the documentation (RAG)."""

from collections.abc import Sequence

from curator.report.blocks import Section, Text
from curator.report.data.evaluation import Evaluation, Pair
from curator.report.language import say
from curator.report.language.numbers import listed
from curator.report.sections.pairs import method, pair_content


def rag_section(evaluation: Evaluation | None) -> Section:
    """Write the section; it says so where no arm has RAG, or none to compare it with."""
    title = say("Comparaison RAG", "Comparison with RAG")
    pairs = evaluation.of(evaluation.profile, "rag") if evaluation else []
    if not pairs:
        arms = [s for s in evaluation.sides if s.arm.rag] if evaluation else []
        nothing = say(
            "Aucun bras avec RAG n'a été évalué : curator evaluate, avec un bras rag: true.",
            "No arm with RAG has been evaluated: curator evaluate, with an arm rag: true.",
        )
        if arms:
            nothing = say(
                "Aucun bras avec RAG n'a de pendant sans RAG du même modèle.",
                "No arm with RAG has a counterpart of the same model without RAG.",
            )
        return Section("rag", title, [Text(nothing, "empty")])
    content = [c for p in pairs for c in pair_content(p, ("composite",))]
    notes = [Text(text, "note") for text in (_without(evaluation, pairs), method()) if text]
    return Section("rag", title, [*notes, *content], folded=True)


def _without(evaluation: Evaluation | None, pairs: Sequence[Pair]) -> str:
    """Name the arms that were not measured with passages too; "" where all were."""
    sides = evaluation.scored(evaluation.profile) if evaluation else []
    paired = {pair.before for pair in pairs}
    names = [s.name for s in sides if s.arm.rag is None and s.name not in paired]
    if not names:
        return ""
    arms = listed(names)
    if len(names) == 1:
        return say(f"{arms} n'a pas été évalué avec RAG.", f"{arms} was not evaluated with RAG.")
    return say(f"{arms} n'ont pas été évalués avec RAG.", f"{arms} were not evaluated with RAG.")
