"""What an import does: what passes the filters counts, what does not is kept beside."""

from pathlib import Path
from typing import Any

from curator.cli.views.import_ import import_lines
from curator.dataset import intake
from curator.dataset.curate import curate
from curator.dataset.intake import ImportResult
from curator.dataset.labelling import Labels, label_records
from curator.dataset.recipe import RetrainRecipe
from curator.generate.recipe import load_recipe
from curator.records.chat import read_chats
from curator.records.example import Origin
from curator.records.files import read_examples
from curator.records.project import RECIPE, Project
from tests.conftest import ANSWER, QUESTION
from tests.records.test_chat import ALL, turns, write

OTHER = "Comment prêter une chaîne à une fonction sans en perdre la propriété ensuite ?"
BROKEN = ANSWER.replace("texte.len()", "texte.taille()")


def bring(
    project: Project, *records: Any, labels: Labels = ALL, origin: Origin = Origin.IMPORTED
) -> ImportResult:
    path = write(project.root / "autres.jsonl", *records)
    labelled = label_records(read_chats(path), labels, origin, path)
    recipe = load_recipe(project.root / RECIPE)
    return intake.import_records(project, "autres", labelled, recipe)


def lines(done: ImportResult, project: Project) -> list[str]:
    return list(import_lines(done, "autres.jsonl", project))


def test_what_build_would_refuse_does_not_count(project: Project) -> None:
    """The same filters, so that what is counted is what is built."""
    before = list(read_examples(*project.trusted_files()))
    done = bring(project, turns(QUESTION, ANSWER), turns(OTHER, BROKEN), turns("Et ?", "Non."))
    target = project.raw / "imported" / "autres.jsonl"
    assert done.added == {target: 1}
    faults = done.outcome.faults()
    assert len(done.outcome.rejected) == 2
    assert faults.keys() >= {"rust.does_not_compile", "length.too_short"}
    kept = list(read_examples(*project.trusted_files()))
    assert len(kept) == len(before) + 1 and kept[-1].verdicts == ()
    made = curate(project, RetrainRecipe())
    assert made.gathered.rejected == [] and kept[-1].id in {e.id for e in made.examples}


def test_a_good_record_is_not_lost_to_a_bad_one_before_it(project: Project) -> None:
    done = bring(project, turns(QUESTION, BROKEN), turns(QUESTION, ANSWER + "\nUn mot."))
    assert list(done.added.values()) == [1]
    assert done.outcome.faults() == {"rust.does_not_compile": 1}
    [*_, kept] = read_examples(*project.trusted_files())
    assert kept.answer.endswith("Un mot.")
    assert kept.id in {e.id for e in curate(project, RetrainRecipe()).examples}


def test_the_rejected_are_kept_with_their_verdicts_until_they_are_repaired(
    project: Project,
) -> None:
    done = bring(project, turns(QUESTION, BROKEN))
    assert done.rejected == project.raw / "imported" / "rejected" / "autres.jsonl"
    assert done.rejected not in project.trusted_files()
    for _ in range(2):
        [one] = read_examples(done.rejected)
        assert one.rejection and one.rejection.filter == "rust"
        bring(project, turns(QUESTION, BROKEN))
    again = bring(project, turns(QUESTION, ANSWER))
    assert len(again.added) == 1 and again.rejected is None


def test_importing_again_adds_nothing(project: Project) -> None:
    first = bring(project, turns(QUESTION, ANSWER), turns(QUESTION, ANSWER))
    assert (list(first.added.values()), first.present) == ([1], 1)
    again = bring(project, turns(QUESTION, ANSWER))
    assert (again.added, again.present, again.conflicts) == ({}, 1, [])
    assert lines(again, project) == ["1 example was there already"]


def test_other_labels_of_a_known_text_are_told_and_the_old_ones_stay(project: Project) -> None:
    bring(project, turns(QUESTION, ANSWER))
    labels = Labels("debug", "async", "Débutant", author="Wen Li")
    again = bring(project, turns(OTHER, ANSWER + "!"), turns(QUESTION, ANSWER), labels=labels)
    [[example, place]] = again.conflicts
    said = next(line for line in lines(again, project) if example.id in line)
    assert said.startswith("autres.jsonl:2: ")
    assert "raw/imported/autres.jsonl as traits/avance/debug, which stays" in said
    assert "for async/debutant/debug, change its labels there" in said
    assert again.document(project)["relabelled"][0]["kept"] == "traits/avance/debug"
    assert place.slot.topic == "traits"


def test_the_next_command_is_said(project: Project) -> None:
    short = "Utilisez `iter()`, qui prête les éléments.\n\n```rust\nlet x = 1;\n```"
    done = bring(project, turns(QUESTION, ANSWER), turns("Comment prêter ?", short))
    *_, rejected, repair, build = lines(done, project)
    assert rejected.startswith("autres.jsonl:2: ") and "length.too_short" in rejected
    assert repair.startswith("Next: curator review push sends 1 example to people, to be corrected")
    assert build.startswith("Then: curator build")


def test_authored_examples_go_to_the_file_of_their_topic(project: Project) -> None:
    done = bring(project, turns(QUESTION, ANSWER), turns(OTHER, BROKEN), origin=Origin.AUTHORED)
    assert list(done.added) == [project.raw / "authored" / "traits.jsonl"]
    assert done.rejected == Path(project.raw, "authored", "rejected", "autres.jsonl")
