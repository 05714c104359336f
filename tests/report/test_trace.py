"""Where numbers come from: what arms share is written once."""

from dataclasses import replace

from curator.evaluation.records import Scored
from curator.report.blocks import Cell, Table
from curator.report.data.evaluation import Side
from curator.report.gather import Report
from curator.report.sections.trace import trace_section


def rows(report: Report) -> list[list[str]]:
    [table] = trace_section(report).content
    assert isinstance(table, Table)
    return [[c.text if isinstance(c, Cell) else c for c in row] for row in table.rows]


def with_sides(report: Report, *sides: Side) -> Report:
    assert report.evaluation
    return replace(report, evaluation=replace(report.evaluation, sides=sides))


def judged(side: Side, rustc: str, *profiles: str) -> Side:
    """The arm as if another compiler had judged it under these profiles."""
    scored: dict[str, Scored] = {
        name: one.model_copy(update={"rustc": rustc}) if name in profiles else one
        for name, one in side.scored.items()
    }
    return replace(side, scored=scored)


def test_a_set_that_several_runs_learned_is_written_once(report: Report) -> None:
    digest = report.dataset.sha256
    assert [row[:2] for row in rows(report) if row[2] == digest] == [
        ["Jeu de données", "curated/"],
        ["Jeu de données appris", "tous les entraînements"],
    ]
    first, second = report.runs
    other = replace(report, runs=[replace(first, dataset_sha256=None), second])
    assert [row for row in rows(other) if row[1] in ("run-001", "run-002")][-2:] == [
        ["Jeu de données appris", "run-001", "\u2013"],
        ["", "run-002", digest],
    ]


def test_what_all_arms_were_asked_is_written_once(report: Report) -> None:
    assert report.evaluation
    digest = report.evaluation.sides[0].arm.prompts_sha256
    assert [row for row in rows(report) if row[2] == digest] == [
        ["Questions", "tous les bras", digest]
    ]


def test_arms_with_prompts_of_their_own_are_named(report: Report) -> None:
    assert report.evaluation
    first, *others = report.evaluation.sides
    own = first.arm.model_copy(update={"prompts_sha256": "e" * 64})
    found = rows(with_sides(report, replace(first, arm=own), *others))
    assert ["Questions", "base", "e" * 64] in found
    shared = others[0].arm.prompts_sha256
    assert ["", "tuned, base+rag et tuned+rag", shared] in found


def test_the_compiler_is_written_once_where_it_is_the_same(report: Report) -> None:
    same = replace(report, rustc="rustc 1.95.0")
    assert [row for row in rows(same) if row[2] == "rustc 1.95.0"] == [
        ["Compilateur", "rustc, installé ici et juge de toutes les réponses", "rustc 1.95.0"]
    ]
    other = [row for row in rows(replace(report, rustc="rustc 2.0.0")) if row[2][:5] == "rustc"]
    assert other == [
        ["Compilateur", "rustc, installé ici", "rustc 2.0.0"],
        ["Juge des réponses", "tous les bras", "rustc 1.95.0"],
    ]


def test_an_arm_that_two_compilers_judged_is_named_by_profile(report: Report) -> None:
    assert report.evaluation
    first, second, *_ = report.evaluation.sides
    here = replace(with_sides(report, judged(first, "rustc 1.80.0", "seed"), second), rustc=None)
    found = [row[1:] for row in rows(here) if row[2][:5] == "rustc"]
    assert ["base (profil du document de départ)", "rustc 1.80.0"] in found
    assert ["base (profil par défaut) et tuned", "rustc 1.95.0"] in found
