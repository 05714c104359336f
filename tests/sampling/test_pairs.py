"""Pairs to train preferences on: from own answers, repairs and people; what stays out, and why."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from curator.base import store
from curator.base.errors import DataError
from curator.evaluation.duels.preferences import PREFERENCES, Preference
from curator.records.example import Example, Origin, Provenance
from curator.records.project import Project
from curator.records.samples import Sample
from curator.sampling.pairs import Paired, PairOptions, make_pairs
from curator.training.pairs import PairRow
from tests.conftest import ROOT, copy_recipes, make_example
from tests.sampling.making import EXERCISE, MENDED, PRIX, SYSTEM, answered, build, task

PROMPT = "Comment la durée de vie d'une référence est-elle liée à celle de la valeur empruntée ?"
HELD = "Pourquoi ce prêt mutable du carnet est-il refusé quand un autre est encore vivant ?"
OTHER = "Quelle différence y a-t-il entre une tranche et un vecteur, vus par celui qui les lit ?"


def provenance(origin: Origin, *parents: str) -> Provenance:
    known: dict[str, Any] = {"created": datetime(2026, 1, 1, tzinfo=UTC), "toolkit": "0"}
    if origin is Origin.MUTATED:
        known |= {"strategy": "mutate", "seed": 1}
    else:
        known |= {"model": {"name": "petit", "sha256": "a" * 64}, "prompt_sha256": "b" * 64}
        known |= {"sampling": {}, "seed": 1}
    return Provenance.model_validate({"origin": origin, "parents": parents, **known})


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A set of two rows to learn and one to validate on, and one prompt of the evaluation."""
    copy_recipes(tmp_path)
    rows = [make_example(MENDED, answered(PRIX)), make_example(EXERCISE, answered("fn f() {}"))]
    build(tmp_path, rows, [make_example(HELD, answered("fn g() {}"))])
    prompt = {"id": "p1", "prompt": PROMPT, "reference": "La référence vit moins longtemps."}
    path = tmp_path / "training" / "prompts_fr.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(prompt) + "\n", "utf-8")
    return Project(tmp_path)


def sampled(project: Project, *answers: tuple[str, bool, str, bool], question: str = MENDED) -> str:
    """Write own answers to one task: text, solved, why it is no row, whether it was finished."""
    folder = project.root / "training" / "own" / "petit"
    one = task(question, answered(PRIX), {"kind": "prints", "output": "500"})
    samples = [
        Sample(task=one.id, sample=n, text=text, tokens=9, finished=finished, seed=n,
               solved=solved, reason=reason)
        for n, (text, solved, reason, finished) in enumerate(answers)
    ]  # fmt: skip
    store.write_atomic(folder / "tasks.jsonl", [one])
    store.write_atomic(folder / "samples.jsonl", samples)
    return "petit"


def good(text: str) -> tuple[str, bool, str, bool]:
    return text, True, "", True


def bad(text: str) -> tuple[str, bool, str, bool]:
    return text, False, "unsolved", True


def people(project: Project, *pairs: dict[str, Any]) -> None:
    found = [
        Preference(**{
            "source": "correction", "about": f"e{n}", "chosen": "La bonne réponse.",
            "rejected": "La mauvaise réponse.", "who": "Ana",
            "time": datetime(2026, 1, 1, tzinfo=UTC), **pair,
        })
        for n, pair in enumerate(pairs)
    ]  # fmt: skip
    store.write_atomic(project.raw / "reviews" / PREFERENCES, found)


@pytest.fixture
def made(project: Project) -> Callable[..., Paired]:
    def make(**options: Any) -> Paired:
        return make_pairs(project, PairOptions(**{"valid": 0.0, **options}), project.root / "pairs")

    return make


def texts(paired: Paired, name: str = "train_pairs.jsonl") -> list[tuple[str, str]]:
    rows = store.read(paired.folder / name, PairRow)
    return [(r.chosen[0].content, r.rejected[0].content) for r in rows]


def test_what_a_check_accepts_is_chosen_over_what_it_refuses(
    project: Project, made: Callable[..., Paired]
) -> None:
    name = sampled(
        project,
        good("a" * 100),
        bad("b" * 130),
        bad("c" * 101),
        ("d" * 100, True, "not_french", True),  # solved, but nothing to be like
        ("e" * 100, True, "alike", True),
        ("f" * 100, False, "unsolved", False),  # cut: its length would be learned
        bad("g" * 300),  # three times as long
    )
    paired = made(own=(name,))
    assert texts(paired) == [("a" * 100, "c" * 101), ("e" * 100, "b" * 130)]
    [row, _] = store.read(paired.folder / "train_pairs.jsonl", PairRow)
    assert [(m.role, m.content) for m in row.prompt] == [("system", SYSTEM), ("user", MENDED)]
    assert paired.manifest["pairs"] == {"own": 2}
    assert paired.manifest["lengths"] == {"chosen": 100, "rejected": 115.5, "chosen_longer": 0}
    assert len(texts(made(own=(name,), per_task=1))) == 1
    assert len(texts(made(own=(name,), ratio=1.1))) == 1


def test_what_an_evaluation_asks_is_not_trained_on(
    project: Project, made: Callable[..., Paired]
) -> None:
    people(
        project,
        {"source": "duel", "about": "d1", "prompt_id": "p1", "prompt": "autrement écrit"},
        {"source": "duel", "about": "d2", "prompt_id": "p0", "prompt": PROMPT.upper()},
        {"prompt": f"Bonjour. {PROMPT} Merci."},
        {"prompt": OTHER, "chosen": "Oui : la référence vit moins longtemps. C'est tout."},
        {"prompt": HELD},
        {"source": "duel", "about": "d3", "prompt_id": "old", "prompt": OTHER},
    )
    paired = made()
    assert paired.manifest["pairs"] == {"duel": 1}  # a prompt that the evaluation asks no more
    assert paired.manifest["left_out"] == {
        "duel: evaluation_prompt": 2,
        "correction: leaks": 2,
        "correction: valid_or_test": 1,
    }
    (project.root / "training" / "prompts_fr.jsonl").unlink()
    assert made().manifest["left_out"]["duel: evaluation_prompt"] == 3


def test_a_mutant_is_never_chosen(project: Project, made: Callable[..., Paired]) -> None:
    mutant = make_example(
        OTHER, answered("fn m() {}"), provenance=provenance(Origin.MUTATED, "0" * 16)
    )
    store.write_atomic(project.root / "raw" / "generated" / "b" / "accepted.jsonl", [mutant])
    people(
        project,
        {"prompt": OTHER, "chosen": mutant.answer.replace("\n\n", "\n\n\n")},
        {"prompt": OTHER, "rejected": mutant.answer},
    )
    paired = made()
    assert paired.manifest["left_out"] == {"correction: mutant": 1}
    [(chosen, rejected)] = texts(paired)
    assert chosen == "La bonne réponse." and "fn m()" in rejected


def test_what_was_repaired_is_chosen_over_what_it_was(
    project: Project, made: Callable[..., Paired]
) -> None:
    first = make_example(OTHER, answered("fn faux() {"), provenance=provenance(Origin.GENERATED))
    mended = _repaired(OTHER, answered("fn juste() {}"), first)
    elsewhere = _repaired(f"{OTHER} Et ailleurs ?", answered("fn ici() {}"), first)
    store.write_atomic(project.root / "raw" / "generated" / "b" / "rejected.jsonl", [first])
    build(project.root, [mended, elsewhere, make_example(MENDED, answered(PRIX))])
    paired = made()
    [(chosen, rejected)] = texts(paired)
    assert "fn juste" in chosen and "fn faux" in rejected
    assert paired.manifest["pairs"] == {"repaired": 1}


def _repaired(question: str, answer: str, parent: Example) -> Example:
    return make_example(question, answer, provenance=provenance(Origin.REPAIRED, parent.id))


def test_prompts_are_in_one_of_the_two_files(project: Project, made: Callable[..., Paired]) -> None:
    asked = [f"Question {n} sur le vecteur des relevés du matin ?" for n in range(10)]
    people(project, *({"prompt": q, "chosen": f"Oui {i}."} for q in asked for i in range(2)))
    paired = made(valid=0.2, seed=3)
    train, valid = (
        {r.prompt[1].content for r in store.read(paired.folder / name, PairRow)}
        for name in ("train_pairs.jsonl", "valid_pairs.jsonl")
    )
    assert (len(train), len(valid), train & valid) == (8, 2, set())
    assert paired.manifest["rows"] == {"train_pairs.jsonl": 16, "valid_pairs.jsonl": 4}
    before = (paired.folder / "valid_pairs.jsonl").read_bytes()
    assert (made(valid=0.2, seed=3).folder / "valid_pairs.jsonl").read_bytes() == before


def test_a_pair_is_learned_once(project: Project, made: Callable[..., Paired]) -> None:
    same = good("Bonne."), good("Bonne. "), bad("Fausse."), bad("Fausse.")
    name = sampled(project, *same, good("Très bonne."), bad("Toute fausse."))
    paired = made(own=(name, name))
    assert texts(paired) == [("Bonne. ", "Fausse."), ("Très bonne.", "Toute fausse.")]
    assert paired.manifest["left_out"] == {"own: twice": 2}


def test_only_pairs_are_replaced(project: Project) -> None:
    options = PairOptions((sampled(project, good("Bonne."), bad("Fausse.")),), valid=0.0)
    before = (project.curated / "manifest.json").read_bytes()
    with pytest.raises(DataError, match="no earlier folder of pairs, and is not replaced"):
        make_pairs(project, options, project.curated)
    assert (project.curated / "manifest.json").read_bytes() == before
    for name in ("file", "folder/notes.txt"):
        (project.root / name).parent.mkdir(exist_ok=True)
        (project.root / name).write_text("les miennes")
        with pytest.raises(DataError, match="not replaced"):
            make_pairs(project, options, project.root / name.split("/")[0])
    out = project.root / "pairs"
    assert texts(make_pairs(project, options, out)) == texts(make_pairs(project, options, out))
    (out / "manifest.json").unlink()  # as a killed call leaves it
    assert texts(make_pairs(project, options, out)) == [("Bonne.", "Fausse.")]


def test_where_none_would_be_learned_that_is_said(
    project: Project, made: Callable[..., Paired]
) -> None:
    own = (sampled(project, good("Bonne."), bad("Fausse.")),)
    with pytest.raises(DataError, match="all 1 pair would be validated on, and none learned"):
        made(own=own, valid=0.9)
    assert not (project.root / "pairs").exists()


def test_without_a_pair_that_is_said(project: Project, made: Callable[..., Paired]) -> None:
    with pytest.raises(DataError, match=r"no pair to train on \(curator sample"):
        made()
    with pytest.raises(DataError, match="there are no own answers"):
        made(own=("none",))
    people(project, {"prompt": PROMPT})
    with pytest.raises(DataError, match="'correction: evaluation_prompt': 1"):
        made()


@pytest.mark.slow
def test_the_command(project: Project) -> None:
    sampled(project, good("La bonne."), bad("La faute."))
    command = [sys.executable, "-m", "curator", "--project", str(project.root), "pairs"]
    done = subprocess.run(
        [*command, "--own", "petit", "--valid", "0"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "training/pairs" in done.stdout and "curator train" in done.stdout
    said = subprocess.run([*command, "--json"], cwd=ROOT, capture_output=True, text=True)
    assert json.loads(said.stdout)["error"]["kind"] == "DataError"
