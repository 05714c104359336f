"""Show each model without and with passages of the documentation (RAG)."""

from curator.report.blocks import Section, Text
from curator.report.data.evaluation import Evaluation
from curator.report.language import say
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
    return Section("rag", title, [Text(method(), "note"), *content], folded=True)
