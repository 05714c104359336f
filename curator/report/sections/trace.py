"""Show where every number comes from: versions and digests."""

from collections.abc import Iterator

from curator.report.blocks import Cell, Section, Table
from curator.report.gather import Report
from curator.report.language import say, words
from curator.report.language.numbers import NONE


def trace_section(report: Report) -> Section:
    """Write the section."""
    rows = list(_rows(report))
    columns = [(say("Quoi", "What"), False), (say("Nom", "Name"), False)]
    columns.append((say("SHA-256 ou version", "SHA-256 or version"), False))
    note = say(
        "Aucun chiffre de ce rapport n'est saisi à la main : tous viennent de ces enregistrements.",
        "No number of this report is typed in by hand: all come from these records.",
    )
    caption = say("Ce dont viennent les chiffres", "Where the numbers come from")
    table = Table(caption, columns, rows, note)
    return Section("origine", say("Traçabilité", "Origin"), [table], folded=True)


def _rows(report: Report) -> Iterator[list[str | Cell]]:
    yield [say("Outil", "Tool"), "curator", Cell(report.toolkit, code=True)]
    here = say("rustc, installé ici", "rustc, installed here")
    yield [say("Compilateur", "Compiler"), here, Cell(report.rustc or NONE, code=True)]
    unbuilt = say("pas encore construit", "not built yet")
    yield [say("Jeu de données", "Dataset"), "curated/", _digest(report.dataset.sha256, unbuilt)]
    for run in report.runs:
        digest = _digest(run.adapter_sha256, say("inachevé", "unfinished"))
        yield [say("Entraînement", "Training"), run.name, digest]
        learned = say("son jeu de données", "its dataset")
        yield ["", learned, Cell(run.dataset_sha256 or NONE, code=True)]
    for batch in report.batches.batches:
        if batch.model:
            what = say("Modèle d'un lot", "Model of a batch")
            yield [what, batch.name, Cell(batch.model["sha256"], code=True)]
    yield from _arms(report)


def _arms(report: Report) -> Iterator[list[str | Cell]]:
    for side in report.evaluation.sides if report.evaluation else ():
        arm = side.arm
        what = say("Modèle d'un bras", "Model of an arm")
        if arm.model.kind == "recorded":
            what = say("Réponses enregistrées d'un bras", "Recorded answers of an arm")
        yield [what, arm.name, _digest(arm.model.sha256)]
        if arm.model.adapter_sha256:
            yield ["", say("adaptateur", "adapter"), Cell(arm.model.adapter_sha256, code=True)]
        yield ["", say("questions", "prompts"), Cell(arm.prompts_sha256, code=True)]
        for profile, scored in side.scored.items():
            by = words.profile(profile)
            answers, judges = say("réponses", "answers"), say("jugées par", "judged by")
            yield ["", f"{answers} ({by})", _digest(scored.responses_sha256)]
            yield ["", f"{judges} ({by})", Cell(scored.rustc or NONE, code=True)]


def _digest(sha256: str | None, otherwise: str = "") -> Cell:
    """Write a digest; where there is none, why: the weights were not seen, if nothing is said."""
    unseen = otherwise or say("poids non vus", "weights not seen")
    return Cell(sha256, code=True) if sha256 else Cell(unseen)
