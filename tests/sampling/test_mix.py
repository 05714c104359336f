"""Folders to train on: shares, what is drawn, what is written, what is refused."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from curator.base import store
from curator.base.errors import DataError, StoreError
from curator.dataset.write import Chat, read_manifest
from curator.evaluation.asking import system_text
from curator.evaluation.passages import Count, Passages, Retriever
from curator.evaluation.records import ModelIdentity, Retrieval
from curator.records.example import Sampling
from curator.records.samples import Sample
from curator.sampling.asked_otherwise import BRIEFLY, ask_briefly, ask_with_passages
from curator.sampling.mix import Mixed, Shares, Sources, mix
from curator.sampling.rows import Made, OwnRow, write, write_manifest
from curator.training.data import ChatRow
from tests.conftest import ROOT, copy_recipes, make_example
from tests.sampling.making import MENDED, PRIX, SYSTEM, answered, build, said, task

MADE = Made(
    model=ModelIdentity(kind="gguf", name="petit", sha256="a" * 64),
    prompt_sha256="b" * 64,
    sampling=Sampling(),
    seed=0,
    rustc="rustc 1.95.0",
)


class Documentation(Retriever):
    """Finds one passage for questions about functions."""

    ref = Retrieval(index_sha256="c" * 64, k=1, budget_tokens=100)

    def passages(self, question: str, budget: int, count: Count) -> Passages:
        assert budget == 100
        assert count("quatre") > 0
        return Passages("[1] Functions" if "numéro 3" not in question else "")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Nine curated rows, of which one has no code."""
    questions = [f"{MENDED}\n\nC'est ma question numéro {n}." for n in range(9)]
    rows = [make_example(q, answered(PRIX)) for q in questions[:-1]]
    return build(tmp_path, [*rows, make_example(questions[-1], "## TL;DR\nOui.")])


def own(root: Path, tasks: int = 3, each: int = 2) -> Path:
    folder = root / "training" / "own" / "petit"
    some = [
        task(f"{MENDED} Tâche {n}.", answered(PRIX), {"kind": "prints", "output": "500"})
        for n in range(tasks)
    ]
    samples = [
        Sample(task=t.id, sample=n, text=said(PRIX, prose=f"Voici la réponse {n} ({t.id})."),
               tokens=9, finished=True, seed=n, solved=True)
        for t in some for n in range(each)
    ]  # fmt: skip
    store.write_atomic(folder / "tasks.jsonl", some)
    store.write_atomic(folder / "answers.jsonl", samples)
    store.write_atomic(folder / "left_out.jsonl", [])
    write(folder, some, samples, MADE)
    write_manifest(folder, {**MADE.model_dump(mode="json"), "checks_sha256": "d" * 64})
    return folder


def lines(result: Mixed) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for line in (result.folder / "train.jsonl").read_text("utf-8").split("\n")
        if line
    ]


def test_a_share_of_own_answers_is_one_of_each_task_first(tmp_path: Path, data: Path) -> None:
    result = mix(Sources(data, [own(tmp_path)]), Shares(own=0.25), tmp_path / "mixed")
    rows = lines(result)
    assert result.manifest["mix"]["counts"] == {"curated": 9, "passages": 0, "short": 0, "own": 3}
    assert len({row["metadata"]["task"] for row in rows if "metadata" in row}) == 3
    before = (data / "train.jsonl").read_bytes()
    assert (result.folder / "train.jsonl").read_bytes().startswith(before)
    assert (result.folder / "valid.jsonl").read_bytes() == (data / "valid.jsonl").read_bytes()
    for row in rows:  # the training reads every line
        ChatRow.model_validate(row)
    made = result.manifest["mix"]["own"][0]
    assert made["model"]["name"] == "petit"
    assert made["checks_sha256"] == "d" * 64
    assert result.manifest["mixed_from"] == store.read_json(data / "manifest.json")["files"]
    assert read_manifest(result.folder)["files"].keys() == {"train.jsonl", "valid.jsonl"}


def test_the_same_inputs_give_the_same_bytes_and_a_seed_draws_others(
    tmp_path: Path, data: Path
) -> None:
    sources, shares = Sources(data, [own(tmp_path, 6)]), Shares(own=0.25, short=0.25)
    drawn = [
        mix(sources, shares, tmp_path / n, s).folder for n, s in (("a", 0), ("b", 0), ("c", 1))
    ]
    texts = [
        [(folder / n).read_bytes() for n in ("train.jsonl", "manifest.json")] for folder in drawn
    ]
    assert texts[0] == texts[1]
    assert texts[0][0] != texts[2][0]
    again = mix(sources, Shares(own=0.25), drawn[0])  # an earlier mix is replaced
    assert again.manifest["mix"]["counts"]["short"] == 0


def test_fewer_than_the_share_is_said(tmp_path: Path, data: Path) -> None:
    result = mix(Sources(data, [own(tmp_path, 1)]), Shares(own=0.5), tmp_path / "mixed")
    assert result.remarks == ["own: 2 rows are there, 9 make the share"]
    assert {name: n for name, n, _ in result.parts()}["own"] == 2


def test_rows_are_asked_with_passages_as_an_evaluation_asks(tmp_path: Path, data: Path) -> None:
    change = ask_with_passages(Documentation())
    sources = Sources(data, passages=change, index_sha256="c" * 64)
    result = mix(sources, Shares(passages=1.0 - 1e-9), tmp_path / "mixed")
    rows = [row["messages"] for row in lines(result)]
    changed = [row for row in rows if row[0]["content"] == system_text(SYSTEM, rag=True)]
    assert len(changed) == result.manifest["mix"]["counts"]["passages"] == 8
    asked = changed[0][1]["content"]
    assert asked.startswith("Passages de la documentation :\n\n[1] Functions\n\nQuestion :\n")
    before = list(store.read(data / "train.jsonl", Chat))
    assert {row[2]["content"] for row in rows} == {row.messages[2].content for row in before}
    assert result.manifest["mix"]["index_sha256"] == "c" * 64
    assert result.remarks == ["passages: 8 rows can be asked so, 9 make the share"]


def test_short_rows_ask_for_it_and_have_the_idea_and_the_code(data: Path) -> None:
    rows = list(store.read(data / "train.jsonl", Chat))
    short = ask_briefly(rows[0])
    assert short
    assert short.messages[1].content.startswith(rows[0].messages[1].content)
    wish = (
        short.messages[1].content.rsplit("\n\n", 1)[1].replace("\u202f", " ").replace("\xa0", " ")
    )
    assert wish.replace("’", "'") in BRIEFLY
    said_shortly = short.messages[2].content
    assert said_shortly.startswith("Il suffit de corriger la signature")
    assert said_shortly.endswith(f"```rust\n{PRIX}\n```")
    assert "##" not in said_shortly
    assert ask_briefly(rows[-1]) is None  # no code


@pytest.mark.parametrize(
    ("shares", "said_so"),
    [
        (Shares(own=1.0), "the share own is 1"),
        (Shares(short=-0.1), "the share short is -0.1"),
        (Shares(short=0.6, passages=0.6), "the shares sum to 1.2"),
        (Shares(own=0.2), "needs own answers"),
    ],
)
def test_impossible_shares_are_one_line(
    tmp_path: Path, data: Path, shares: Shares, said_so: str
) -> None:
    with pytest.raises(DataError, match=said_so):
        mix(Sources(data), shares, tmp_path / "mixed")
    assert not (tmp_path / "mixed").exists()


def test_what_is_no_source_is_one_line_and_nothing_else_is_replaced(
    tmp_path: Path, data: Path
) -> None:
    folder = own(tmp_path)
    with pytest.raises(DataError, match="no earlier mix, and is not replaced"):
        mix(Sources(data, [folder]), Shares(own=0.2), data)
    with pytest.raises(DataError, match="there are no own answers"):
        mix(Sources(data, [tmp_path / "absent"]), Shares(own=0.2), tmp_path / "mixed")
    first = mix(Sources(data, [folder]), Shares(own=0.2), tmp_path / "mixed")
    with pytest.raises(DataError, match="this is a mix already"):
        mix(Sources(first.folder, [folder]), Shares(own=0.2), tmp_path / "other")
    with pytest.raises(DataError, match="none of the own answers became a row"):
        mix(Sources(data, [own(tmp_path / "none", 0)]), Shares(own=0.2), tmp_path / "other")
    (folder / "own.jsonl").write_text("")
    with pytest.raises(DataError, match="not the file of its manifest"):
        mix(Sources(data, [folder]), Shares(own=0.2), tmp_path / "mixed")
    assert len(lines(first)) == 11
    (folder / "manifest.json").write_text("[]")
    with pytest.raises(DataError, match="there are no own answers"):
        mix(Sources(data, [folder]), Shares(own=0.2), tmp_path / "mixed")


def test_own_answers_to_what_is_held_out_or_asked_elsewhere_stay_out(
    tmp_path: Path, data: Path
) -> None:
    """Answers are older than the set: what was learned then may be validated on now."""
    folder = own(tmp_path)
    held, asked, _ = dict.fromkeys(
        row.messages[-2].content for row in store.read(folder / "own.jsonl", OwnRow)
    )
    build(
        tmp_path, [make_example(MENDED, answered(PRIX))] * 9, [make_example(held + "  \n", "Oui.")]
    )
    sources = Sources(data, [folder], leaks=lambda question, answer: question == asked)
    result = mix(sources, Shares(own=0.5), tmp_path / "mixed")
    taken = [line["messages"][1]["content"] for line in lines(result)[9:]]
    assert len(taken) == 2 and not {held, asked} & {*taken}
    assert "own: 2 rows left out: their questions are in valid or test" in result.remarks
    assert "own: 2 rows left out: they are near to a prompt of the evaluation" in result.remarks


def test_an_answer_is_a_row_once(tmp_path: Path, data: Path) -> None:
    result = mix(Sources(data, [own(tmp_path), own(tmp_path)]), Shares(own=0.6), tmp_path / "mixed")
    texts = [json.dumps(line) for line in lines(result)]
    assert len(texts) == len(set(texts)) == 15
    assert "own: 6 rows left out: the same answers are there already" in result.remarks


def test_only_a_mix_is_replaced_and_only_when_the_new_one_is_there(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources, shares, out = Sources(data), Shares(short=0.2), tmp_path / "mixed"
    first = lines(mix(sources, shares, out))

    def full(*args: Any) -> None:
        raise OSError(28, "no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("curator.sampling.mix.shutil.copyfile", full)
        with pytest.raises(StoreError, match="no space left"):
            mix(sources, shares, out, seed=1)
    assert lines(mix(sources, shares, out)) == first
    (out / "notes.txt").write_text("les miennes")
    with pytest.raises(DataError, match=r"other files are there \(notes.txt\)"):
        mix(sources, shares, out)
    assert sorted(p.name for p in tmp_path.glob(".mixed.*")) == []


@pytest.mark.parametrize(
    ("file", "key", "words"),
    [
        ("curated", "files", "not the manifest of a built set"),
        ("curated", "splits", "not the manifest of a built set"),
        ("curated", "system", "not the manifest of a built set"),
        ("training/own/petit", "files", "there are no own answers"),
    ],
)
def test_an_edited_manifest_is_one_line(
    tmp_path: Path, data: Path, file: str, key: str, words: str
) -> None:
    folder, path = own(tmp_path), tmp_path / file / "manifest.json"
    for value in (None, [], 3):
        store.write_json(path, {**store.read_json(path), key: value})
        with pytest.raises(DataError, match=words):
            mix(Sources(data, [folder]), Shares(own=0.2), tmp_path / "mixed")


def curator(root: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "curator", "--project", str(root), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
def test_the_commands(tmp_path: Path, data: Path) -> None:
    copy_recipes(tmp_path)
    own(tmp_path)
    out = str(tmp_path / "build" / "mixed")
    done = curator(tmp_path, "mix", "--own", "petit", "--out", out, "--short", "0.2", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["mix"]["counts"] == {"curated": 7, "passages": 0, "short": 2, "own": 3}
    shown = curator(tmp_path, "mix", "--own", "petit", "--out", out, "--share", "0.5")
    assert "own: 6 rows are there, 9 make the share" in shown.stdout
    wrong = curator(tmp_path, "mix", "--share", "0.5", "--out", out)
    assert wrong.returncode == 2
    assert "--share is that of --own" in wrong.stderr
    missing = curator(tmp_path, "sample", str(tmp_path / "absent.gguf"))
    assert missing.returncode == 1
    assert len(missing.stderr.strip().split("\n")) == 1
    assert "Traceback" not in missing.stderr
