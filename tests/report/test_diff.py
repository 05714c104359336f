"""What tells two sets apart, and two arms."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from curator.base import store
from curator.base.errors import DataError
from curator.cli.views.diff import diff_view
from curator.records.example import Example, Origin, Verdict
from curator.records.project import Project
from curator.report.differ.arms import ArmDifference
from curator.report.differ.find import difference
from curator.report.differ.page import diff_document
from curator.report.differ.sets import SetDifference, first_line, set_difference
from curator.report.named import NamedSet
from tests.conftest import ANSWER, QUESTION, make_example
from tests.report.hostile import PAYLOADS
from tests.report.test_browse import data_of

Side = list[Example]


def apart(before: Side, after: Side, **splits: Any) -> SetDifference:
    one = NamedSet("a", "file", before, splits.get("a", {}))
    return set_difference(one, NamedSet("b", "file", after, splits.get("b", {})))


def version_of(parent: Example, **changes: Any) -> Example:
    update = {"origin": Origin.CORRECTED, "parents": (parent.id,)}
    return make_example(provenance=parent.provenance.model_copy(update=update), **changes)


def test_every_example_is_counted_once() -> None:
    kept, gone, new = make_example(), make_example("Partie ?", "a"), make_example("Neuve ?", "b")
    found = apart([kept, gone], [kept, new])
    assert (found.came, found.went, found.changed, found.same) == ([new], [gone], [], 1)


def test_versions_of_one_example_are_a_change() -> None:
    parent = make_example()
    corrected = version_of(parent, question="Autrement ?", answer="Autre.")
    reworded = make_example("Même question ?", "x"), make_example("Même question ?", "y")
    reasked = make_example("Une ?", "même réponse"), make_example("Autre ?", "même réponse")
    found = apart([parent, reworded[0], reasked[0]], [corrected, reworded[1], reasked[1]])
    assert not (found.came or found.went or found.same)
    assert {c.after.id: c.what for c in found.changed} == {
        corrected.id: ("question", "answer"),
        reworded[1].id: ("answer",),
        reasked[1].id: ("question",),
    }


def test_a_mutant_is_no_version_of_what_it_was_drawn_from() -> None:
    parent = make_example()
    update = {"origin": Origin.MUTATED, "parents": (parent.id,), "seed": 1}
    mutant = make_example("Mutant ?", "m", provenance=parent.provenance.model_copy(update=update))
    found = apart([parent], [mutant])
    assert (found.came, found.went) == ([mutant], [parent])


def test_labels_verdicts_and_splits_change() -> None:
    one = make_example(topic="traits")
    fallen = one.judged([Verdict(filter="rust", passed=False, reason="refused")])
    other = fallen.model_copy(update={"topic": "async"})
    splits = {"a": {one.id: "train"}, "b": {one.id: "test"}}
    assert apart([one], [other], **splits).changed[0].what == ("topic", "verdict", "split")
    assert apart([one], [one], a={one.id: "train"}).same == 1, "a file knows of no splits"


def test_figures_count_both_sides() -> None:
    fallen = make_example("Q ?").judged([Verdict(filter="rust", passed=False, reason="refused")])
    figures = apart([fallen], [make_example(), make_example("R ?")]).figures
    counted = {(f.group, f.name): (f.before, f.after) for f in figures}
    assert counted["all", "examples"] == (1, 2)
    assert counted["all", "accepted"] == (0, 2)
    assert counted["rejected for", "rust.refused"] == (1, 0)
    assert counted["topic", "ownership"] == (1, 2)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\n\n  Pourquoi ?  \nEt après ?", "Pourquoi ?"),
        ("## Le `move` **refusé**\n\nx", "Le move refusé"),
        (
            "```rust\nfn main() {}\n```\nPourquoi cela compile-t-il ?",
            "Pourquoi cela compile-t-il ?",
        ),
        ("```rust\n{\nfn main() {}\n```", "fn main() {}"),
        ("---\n\u200b\nQue vaut `x` ?", "Que vaut x ?"),
        (" \n\u200b\n---", ""),
        ("", ""),
    ],
)
def test_a_question_is_shown_by_what_it_says(text: str, line: str) -> None:
    assert first_line(text) == line


def test_no_row_of_the_terminal_has_an_empty_question() -> None:
    asked = ["\u200b", "```rust\nfn main() {}\n```", "x" * 300, "mot " * 60, "# Titre"]
    found = apart([make_example()], [make_example(text, "r") for text in asked])
    [came] = [p for p in diff_view(found, None) if getattr(p, "title", "") == "Came"]
    shown = [str(cell) for cell in came.columns[-1].cells]  # type: ignore[union-attr]
    ends = [shown[0], shown[1], shown[2][-5:], shown[3][-7:], shown[4]]
    assert ends == ["(no words)", "fn main() {}", "x ...", "mot ...", "Titre"]
    assert all(len(text) <= 80 for text in shown)


def test_a_set_is_not_different_from_itself(showcase: Project) -> None:
    found = difference(showcase, "curated", "curated")
    assert isinstance(found, SetDifference)
    assert not (found.came or found.went or found.changed) and found.same > 40
    assert all(f.before == f.after for f in found.figures)


def test_two_batches(showcase: Project) -> None:
    one, other = sorted(p.name for p in (showcase.raw / "generated").iterdir())
    found = difference(showcase, one, other)
    assert isinstance(found, SetDifference)
    sides = [len(found.went), len(found.came)]
    assert all(n + len(found.changed) + found.same == 60 for n in sides)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_two_arms(showcase: Project, lang: Any) -> None:
    found = difference(showcase, "base", "tuned")
    assert isinstance(found, ArmDifference)
    assert found.comparisons and len(found.changed) + found.same == 24
    ordered = [c.scores[1] - c.scores[0] for c in found.changed if None not in c.scores]  # type: ignore[operator]
    assert ordered == sorted(ordered)
    data = data_of(diff_document(showcase, found, lang))
    assert {r["facets"]["change"] for r in data["rows"]} <= {"better", "worse", "same", "unscored"}
    assert all(r["before"]["label"] == "base" for r in data["rows"])


def test_an_arm_against_itself_is_refused_in_words(showcase: Project) -> None:
    found = difference(showcase, "base", "base")
    assert isinstance(found, ArmDifference)
    assert not found.comparisons and found.pairs[0].refused


def test_an_arm_is_no_set(showcase: Project) -> None:
    with pytest.raises(DataError, match="base is an arm, and curated is none"):
        difference(showcase, "base", "curated")


def test_the_page_has_all_and_lets_nothing_through(showcase: Project) -> None:
    before = [make_example(f"{text} a", text) for text in PAYLOADS]
    after = [version_of(e, question=e.question, answer=f"{e.answer} z") for e in before[1:]]
    found = apart(before, [*after, make_example(PAYLOADS[0], "neuf")])
    page = diff_document(showcase, found, "fr")
    assert page.count("</script") == 2
    changes = [r["facets"]["change"] for r in data_of(page)["rows"]]
    assert sorted(changes) == ["came", *["changed"] * len(after), "went"]


@pytest.mark.slow
def test_the_command(tmp_path: Path, project: Project) -> None:
    parent = make_example()
    child = version_of(parent, question=QUESTION, answer=ANSWER.replace("TL;DR", "Bref"))
    for name, example in (("a", parent), ("b", child)):
        store.write_atomic(tmp_path / f"{name}.jsonl", [example])
    command = [sys.executable, "-m", "curator", "--project", str(project.root), "diff"]
    names = [str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")]
    html = tmp_path / "d.html"
    run = subprocess.run(
        [*command, *names, "--html", str(html)], capture_output=True, text=True, check=True
    )
    assert "0 came, 0 went, 1 changed, 0 the same." in run.stdout
    assert "ce qui a changé" in html.read_text("utf-8")
    run = subprocess.run([*command, *names, "--json"], capture_output=True, text=True, check=True)
    [change] = json.loads(run.stdout)["changed"]
    assert (change["before"], change["id"], change["what"]) == (parent.id, child.id, ["answer"])
    run = subprocess.run([*command, "a", "b"], capture_output=True, text=True, check=False)
    assert run.returncode == 1 and run.stderr.count("\n") == 1
