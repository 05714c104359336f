"""RAG: each model without and with passages of the documentation."""

from curator.report.blocks import Section, Text
from curator.report.data.evaluation import Evaluation
from curator.report.sections.pairs import METHOD, pair_content


def rag_section(found: Evaluation | None) -> Section:
    """The section; it says so where no arm has RAG, or none to hold it against."""
    title = "Comparaison RAG"
    pairs = found.of(found.profile, "rag") if found else []
    if not pairs:
        arms = [s for s in found.sides if s.arm.rag] if found else []
        nothing = (
            "Aucun bras avec RAG n'a de pendant sans RAG du même modèle."
            if arms
            else "Aucun bras avec RAG n'a été évalué : curator evaluate, avec un bras rag: true."
        )
        return Section("rag", title, [Text(nothing, "empty")])
    said = [c for p in pairs for c in pair_content(p, ("composite",))]
    return Section("rag", title, [Text(METHOD, "note"), *said])
