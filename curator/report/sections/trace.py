"""Show where every number comes from: versions and digests."""

from collections.abc import Iterator

from curator.french.numbers import NONE
from curator.french.words import PROFILES
from curator.report.blocks import Cell, Section, Table
from curator.report.gather import Report

_WHAT = {
    "gguf": "Modèle d'un bras",
    "mlx": "Modèle d'un bras",
    "served": "Modèle d'un bras",
    "recorded": "Réponses enregistrées d'un bras",
}


def trace_section(report: Report) -> Section:
    """Write the section."""
    rows = list(_rows(report))
    columns = [("Quoi", False), ("Nom", False), ("SHA-256 ou version", False)]
    note = (
        "Aucun chiffre de ce rapport n'est saisi à la main : tous viennent de ces enregistrements."
    )
    return Section(
        "origine", "Traçabilité", [Table("Ce dont viennent les chiffres", columns, rows, note)]
    )


def _rows(report: Report) -> Iterator[list[str | Cell]]:
    yield ["Outil", "curator", Cell(report.toolkit, code=True)]
    yield ["Compilateur", "rustc, installé ici", Cell(report.rustc or NONE, code=True)]
    data = report.dataset
    yield ["Jeu de données", "curated/", _digest(data.sha256, "pas encore construit")]
    for run in report.runs:
        yield ["Entraînement", run.name, _digest(run.adapter_sha256, "inachevé")]
        yield ["", "son jeu de données", Cell(run.dataset_sha256 or NONE, code=True)]
    for batch in report.batches.batches:
        if batch.model:
            yield ["Modèle d'un lot", batch.name, Cell(batch.model["sha256"], code=True)]
    yield from _arms(report)


def _arms(report: Report) -> Iterator[list[str | Cell]]:
    for side in report.evaluation.sides if report.evaluation else ():
        arm = side.arm
        yield [_WHAT[arm.model.kind], arm.name, _digest(arm.model.sha256)]
        if arm.model.adapter_sha256:
            yield ["", "adaptateur", Cell(arm.model.adapter_sha256, code=True)]
        yield ["", "questions", Cell(arm.prompts_sha256, code=True)]
        for profile, scored in side.scored.items():
            yield ["", f"réponses ({PROFILES[profile]})", _digest(scored.responses_sha256)]
            yield ["", f"jugées par ({PROFILES[profile]})", Cell(scored.rustc or NONE, code=True)]


def _digest(sha256: str | None, otherwise: str = "poids non vus") -> Cell:
    """Write a digest; where there is none, why."""
    return Cell(sha256, code=True) if sha256 else Cell(otherwise)
