"""Show where every number comes from: versions and digests."""

from collections.abc import Iterator, Sequence

from curator.report.blocks import Cell, Section, Table
from curator.report.data.evaluation import Side
from curator.report.gather import Report
from curator.report.language import say, words
from curator.report.language.numbers import NONE, listed


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
    yield from _compilers(report)
    unbuilt = say("pas encore construit", "not built yet")
    yield [say("Jeu de données", "Dataset"), "curated/", _digest(report.dataset.sha256, unbuilt)]
    for run in report.runs:
        digest = _digest(run.adapter_sha256, say("inachevé", "unfinished"))
        yield [say("Entraînement", "Training"), run.name, digest]
    learned = [(run.name, run.dataset_sha256 or NONE) for run in report.runs]
    every = say("tous les entraînements", "all trainings")
    yield from _shared(say("Jeu de données appris", "Dataset learned"), learned, every)
    for batch in report.batches.batches:
        if batch.model:
            what = say("Modèle d'un lot", "Model of a batch")
            yield [what, batch.name, Cell(batch.model["sha256"], code=True)]
    yield from _arms(report)


def _compilers(report: Report) -> Iterator[list[str | Cell]]:
    """Write the compiler that is here, and those that judged answers where they are others."""
    sides = report.evaluation.sides if report.evaluation else ()
    judges = [found for side in sides for found in _judges(side)]
    here = say("rustc, installé ici", "rustc, installed here")
    same = bool(judges) and {rustc for _, rustc in judges} == {report.rustc}
    if same:
        here = say(
            "rustc, installé ici et juge de toutes les réponses",
            "rustc, installed here, which judged all answers",
        )
    yield [say("Compilateur", "Compiler"), here, Cell(report.rustc or NONE, code=True)]
    if not same:
        yield from _shared(
            say("Juge des réponses", "Judge of the answers"), judges, _all_arms(), len(sides)
        )


def _judges(side: Side) -> list[tuple[str, str]]:
    """Return what judged an arm, by profile where that was not the same."""
    found = {profile: scored.rustc or NONE for profile, scored in side.scored.items()}
    if len(set(found.values())) == 1:
        return [(side.name, next(iter(found.values())))]
    return [(f"{side.name} ({words.profile(p)})", rustc) for p, rustc in found.items()]


def _arms(report: Report) -> Iterator[list[str | Cell]]:
    sides = report.evaluation.sides if report.evaluation else ()
    for side in sides:
        arm = side.arm
        what = say("Modèle d'un bras", "Model of an arm")
        if arm.model.kind == "recorded":
            what = say("Réponses enregistrées d'un bras", "Recorded answers of an arm")
        yield [what, arm.name, _digest(arm.model.sha256)]
        if arm.model.adapter_sha256:
            yield ["", say("adaptateur", "adapter"), Cell(arm.model.adapter_sha256, code=True)]
        for profile, scored in side.scored.items():
            answers = say("réponses", "answers")
            yield ["", f"{answers} ({words.profile(profile)})", _digest(scored.responses_sha256)]
    asked = [(side.name, side.arm.prompts_sha256) for side in sides]
    yield from _shared(say("Questions", "Prompts"), asked, _all_arms(), len(sides))


def _all_arms() -> str:
    return say("tous les bras", "all arms")


def _shared(
    what: str, values: Sequence[tuple[str, str]], every: str, total: int | None = None
) -> Iterator[list[str | Cell]]:
    """Write each value once, with the names that have it; `every` stands for all of `total`."""
    names: dict[str, list[str]] = {}
    for name, value in values:
        names.setdefault(value, []).append(name)
    total = len(values) if total is None else total
    for value, own in names.items():
        whole = len(own) == total > 1 and len(names) == 1
        yield [what, every if whole else listed(own), Cell(value, code=True)]
        what = ""


def _digest(sha256: str | None, otherwise: str = "") -> Cell:
    """Write a digest; where there is none, why: the weights were not seen, if nothing is said."""
    unseen = otherwise or say("poids non vus", "weights not seen")
    return Cell(sha256, code=True) if sha256 else Cell(unseen)
