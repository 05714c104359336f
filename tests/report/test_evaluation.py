"""The metrics: what each measures before any is compared, and how long answers are."""

import re
from dataclasses import replace

from curator.evaluation.metrics import measure
from curator.evaluation.prompts import read_prompts
from curator.evaluation.records import Response
from curator.evaluation.seed import measure as measure_by_seed
from curator.report.blocks import Cell, Fold, Section, Table
from curator.report.gather import Report
from curator.report.language import words
from curator.report.sections.evaluation import evaluation_section
from tests.conftest import ROOT


def section(report: Report) -> Section:
    return evaluation_section(report.evaluation)


def table(report: Report, key: str) -> Table:
    part = next(one for one in section(report).parts if one.key == key)
    return next(one for one in part.content if isinstance(one, Table))


def texts(found: Table) -> list[list[str]]:
    return [[c.text if isinstance(c, Cell) else c for c in row] for row in found.rows]


def test_what_is_measured_is_said_before_the_first_comparison(report: Report) -> None:
    folds = [one for one in section(report).content if isinstance(one, Fold)]
    tables = [one for fold in folds for one in fold.content if isinstance(one, Table)]
    found = next(one for one in tables if one.caption.startswith("Métriques du profil"))
    meanings = {row[0]: row[1] for row in texts(found)}
    assert all(meanings.values())
    named = {row[0] for row in texts(table(report, "avant-apres"))}
    assert named <= meanings.keys()


def test_the_means_have_the_length_of_answers_and_how_many_were_cut(report: Report) -> None:
    found = table(report, "metriques")
    rows = {row[0]: row[1:] for row in texts(found)}
    assert rows["Longueur moyenne (tokens)"] == ["300"] * 4
    assert rows["Réponses coupées"] == ["1/24"] * 4
    assert "Ce qui est mesuré" not in [name for name, _ in found.columns]


def test_an_answer_without_a_count_of_tokens_has_no_length(report: Report) -> None:
    assert report.evaluation
    first, *others = report.evaluation.sides
    bare = tuple(r.model_copy(update={"tokens": None}) for r in first.responses)
    sides = (replace(first, responses=bare), *others)
    found = replace(report, evaluation=replace(report.evaluation, sides=sides))
    rows = {row[0]: row[1:] for row in texts(table(found, "metriques"))}
    assert rows["Longueur moyenne (tokens)"] == ["\u2013", "300", "300", "300"]


def test_code_is_its_presence_under_one_profile_and_its_worth_under_the_other() -> None:
    assert words.metric("code") == "Code juste et à propos"
    assert words.metric("code", "seed") == "Blocs de code"
    assert words.metric("french", "seed") == words.metric("french") == "Langue FR"
    assert words.meaning("code", "seed") != words.meaning("code")
    assert words.metric("unknown", "seed") == "unknown" and words.meaning("unknown") == ""


def test_a_profile_is_known_by_its_metrics() -> None:
    text = "Voici du code.\n```rust\nfn f() {}\n```"
    prompt = next(p for p in read_prompts(ROOT / "training" / "prompts_fr.jsonl") if p.ideas)
    ours = measure(prompt, Response(prompt_id=prompt.id, response=text), [], None)
    assert words.profile_of(ours) == "default"
    assert words.profile_of(measure_by_seed(text, [], [])) == "seed"


def test_the_other_profile_keeps_its_own_names(markdown: str) -> None:
    ours, after = re.split("### Les mêmes réponses selon le", markdown)
    theirs = re.split("^##", after, flags=re.MULTILINE)[0]
    assert "| Code juste et à propos |" in ours and "| Blocs de code |" not in ours
    assert "| Blocs de code |" in theirs and "| Code juste et à propos |" not in theirs
