"""An existing set comes in as its owner has it: every record is in, or in front of people."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from curator.dataset.gather import gather
from curator.dataset.intake import ImportResult, import_records
from curator.dataset.labelling import Labels, label_records, parse_mapping
from curator.dataset.recipe import RetrainRecipe
from curator.dataset.reshape import reshape
from curator.filters.rust import RustFilter, RustSettings
from curator.generate.recipe import load_recipe
from curator.records.chat import read_chats
from curator.records.example import Decision, Example, Origin
from curator.records.files import read_examples
from curator.records.project import RECIPE, Project
from curator.review.argilla.fake import FakeServer
from curator.review.decisions.settle import ReviewStatus
from curator.review.decisions.state import read_state
from curator.review.recipe import load_review
from curator.rust import check as checking
from curator.rust.compiler import Rustc
from tests.conftest import ANSWER, ROOT, make_example
from tests.review.conftest import Desk

SET = Path(__file__).with_name("existing_set.jsonl")
MAPPED = (
    *("concurrency=async", "smart_pointers=ownership", "collections=iterators"),
    *("macros=modules", "compilation=modules", "general=structs"),
)


@pytest.fixture
def empty(tmp_path: Path) -> Project:
    """A project with the shipped recipes and no example."""
    (tmp_path / "pipelines").mkdir()
    for path in (ROOT / "pipelines").glob("*.yaml"):
        (tmp_path / "pipelines" / path.name).write_bytes(path.read_bytes())
    (tmp_path / "README.fr.md").write_bytes((ROOT / "README.fr.md").read_bytes())
    return Project(tmp_path)


def bring(project: Project, mapping: Sequence[str] = MAPPED) -> ImportResult:
    labels = Labels(author="Une professeure")
    renamed = parse_mapping(mapping)
    labelled = label_records(read_chats(SET), labels, Origin.IMPORTED, SET, renamed)
    return import_records(project, SET.stem, labelled, load_recipe(project.root / RECIPE))


def test_every_record_is_in_or_in_front_of_people(empty: Project) -> None:
    result = bring(empty)
    added = sum(result.added.values())
    assert result.read == 60
    assert added + result.present + len(result.outcome.rejected) == 60  # none is lost
    assert added + result.present + len(result.for_people) >= 57  # 95 %
    desk = Desk(empty, load_review(empty), FakeServer())
    assert desk.push().sent == {desk.recipe.dataset: len(result.for_people)}
    sent = desk.server.cards[desk.recipe.dataset]
    assert sent.keys() == {e.id for e in result.for_people}
    faulty = next(e for e in result.for_people if e.verdicts[-1].filter == "rust")
    assert any("Corrigez-le" in str(text) for text in sent[faulty.id].fields.values())


def test_what_people_correct_enters_the_set_and_what_they_accept_as_it_is_does_not(
    empty: Project,
) -> None:
    result = bring(empty)
    faulty, other = [e for e in result.for_people if e.topic != "async"][:2]
    desk = Desk(empty, load_review(empty), FakeServer())
    desk.push()
    question = "Pourquoi ma fonction doit-elle prêter ce texte plutôt que le prendre ?"
    texts = {"corrected_question": question, "corrected_answer": ANSWER}
    where = desk.recipe.dataset
    for name in ("alice", "bob"):
        desk.say(name, faulty.id, "corriger", where, **texts)
        desk.say(name, other.id, "accepter", where)
    desk.pull()
    state = read_state(empty, desk.recipe)
    [corrected] = [e for e in state.examples.values() if e.provenance.origin is Origin.CORRECTED]
    assert corrected.provenance.parents == (faulty.id,) and corrected.rejection is None
    assert state.settlements[faulty.id].status is ReviewStatus.CORRECTED
    assert state.settlements[other.id].status is ReviewStatus.PENDING
    gathered = gather(empty, RetrainRecipe())
    assert other.id not in {e.id for e in gathered.examples}


def test_unknown_topics_are_left_out_named_and_lose_nothing(empty: Project) -> None:
    result = bring(empty, ())
    unknown = {u.value for u in result.unknown}
    assert {"concurrency", "smart_pointers", "macros"} <= unknown
    assert result.read == 60 and len(result.unknown) >= 10
    again = bring(empty)
    assert again.present == result.present + sum(result.added.values())
    assert sum(again.added.values()) + len(again.outcome.rejected) > 0


def test_check_and_import_agree_on_every_example(empty: Project, rustc: Rustc) -> None:
    result = bring(empty)
    [added] = result.added
    assert result.rejected
    options = RustFilter(RustSettings()).options(list(read_examples(added, result.rejected)))
    for path in (added, result.rejected):
        checked = checking.check_files([path], rustc, options)
        broken = {c.place.record for c in checked if not c.result.passed}
        for example in read_examples(path):
            faults = [v for v in example.verdicts if v.filter == "rust" and not v.passed]
            held = [v for v in faults if v.reason not in ("no_rust_block", "no_checked_block")]
            assert (example.id in broken) == bool(held), example.provenance.source


def imported(question: str, answer: str) -> Example:
    return make_example(question=question, answer=answer)


def test_fences_are_labelled_where_there_is_no_doubt() -> None:
    answer = (
        'Voici :\n\n```\nfn main() {\n    println!("1");\n}\n```\n\net\n\n```\n1\n2\n```\n\n'
        "ou\n\n```\nerror[E0382]: use of moved value: `x`\n```\n\npuis\n\n```\ncargo run\n```\n\n"
        "enfin\n\n```\nfn main( {\n```\n"
    )
    changed, changes = reshape(imported("Pourquoi ?", answer))
    fences = [line for line in changed.answer.split("\n") if line.startswith("```")]
    assert fences[::2] == ["```rust", "```text", "```text", "```console", "```"]
    assert set(changes) == {
        "fence_labelled_rust",
        "fence_labelled_text",
        "fence_labelled_console",
    }


@pytest.mark.parametrize("style", ["## {}", "### {} :", "**{} :**", "**{}**"])
def test_sections_in_other_words_become_ours(style: str) -> None:
    names = ("Le problème", "En résumé", "Solution", "Explications", "Points clés")
    code = "```rust\n// ## Solution\nlet x = 1;\n```"
    bodies = ("Il manque `mut`.", "Ajoutez `mut`.", code, "Une liaison est figée.", "- `mut`")
    answer = "\n\n".join(
        f"{style.format(name)}\n\n{body}" for name, body in zip(names, bodies, strict=True)
    )
    changed, changes = reshape(imported("Pourquoi ?", answer))
    assert changes == ("sections_renamed",)
    expected = ("TL;DR", "Problème", "Solution", "Explication", "À retenir")
    order = (1, 0, 2, 3, 4)
    assert changed.answer == "\n\n".join(
        f"## {name}\n\n{bodies[n]}" for name, n in zip(expected, order, strict=True)
    )


@pytest.mark.parametrize(
    "answer",
    [
        ANSWER,
        "## Solution\n\nAjoutez `mut`.\n\n## Pourquoi\n\nUne liaison est figée.",
        "Bonjour.\n\n" + ANSWER.replace("## TL;DR", "## En bref"),
    ],
)
def test_what_no_rule_can_bring_into_form_stays(answer: str) -> None:
    example = imported("Pourquoi ?", answer)
    assert reshape(example) == (example, ())


def test_the_set_is_what_its_readme_says() -> None:
    lines = SET.read_bytes()
    assert lines.startswith(b"\xef\xbb\xbf")
    records = [json.loads(line) for line in lines.decode("utf-8-sig").splitlines()]
    assert len(records) == 60
    assert sum("\r\n" in m["content"] for r in records for m in r["messages"]) >= 3
    assert Decision("corriger")
