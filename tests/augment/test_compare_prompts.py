"""Two sets of prompts on the same slots and seeds: what differs is the prompts' doing."""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from curator.augment.compare_prompts import compare_prompts, write_candidates
from curator.base import store
from curator.base.cache_folder import cache_folder
from curator.base.errors import DataError, RecipeError
from curator.cli.terminal import show
from curator.cli.views.prompts import comparison_view
from curator.filters.structure import StructureSettings
from curator.generate import prompting
from curator.generate.recipe import AugmentRecipe, GenerateSettings
from curator.models.base import Message
from curator.models.scripted import ScriptedModel
from curator.records.files import read_examples
from curator.records.project import Project
from tests.augment.test_batches import RECIPE
from tests.conftest import first_49
from tests.generate.test_batch import Interrupted, good_or_bad, quiet, recipe
from tests.models.openai_fake import Fake, Reply, chat, running


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of an interrupted comparison is each test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def terse(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A set that replaces one prompt."""
    folder = tmp_path_factory.mktemp("terse")
    (folder / "system.txt").write_text("Soyez bref.\n", "utf-8")
    return str(folder)


def only_brief_ones(messages: "list[Message]", seed: int) -> str:
    """Well-formed where the model is told to be brief; else for odd seeds alone."""
    brief = messages[0].content == "Soyez bref."
    return good_or_bad(messages, seed | 1 if brief else seed)


def files(root: Path) -> dict[str, str]:
    paths = (p for p in sorted(root.rglob("*")) if p.is_file() and "lock" not in p.name)
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


@pytest.mark.slow
def test_slots_and_seeds_are_the_same_and_nothing_enters_the_project(
    project: Project, terse: str
) -> None:
    before, model = files(project.root), ScriptedModel(only_brief_ones)  # type: ignore[arg-type]
    found = compare_prompts(project, recipe(), ("shipped", terse), quiet, lambda s: model)
    assert files(project.root) == before and model.asked == 20
    assert list((cache_folder() / "prompts").iterdir()) == []
    first, second = ([(e.slot, e.provenance.seed) for e in s.judged] for s in (found.a, found.b))
    assert first == second and len(first) == 10
    assert [e.provenance.index for e in found.a.judged] == list(range(10))
    odd = sum((e.provenance.seed or 0) % 2 for e in found.a.judged)
    assert (found.a.total.accepted, found.b.total.accepted) == (odd, 10) and 0 < odd < 10
    assert found.pairs[:4] == (odd, 0, 10 - odd, 0)
    assert found.pairs.p == pytest.approx(2 * 0.5 ** (10 - odd)) and found.differ == ["system"]
    assert found.a.total.tokens == sum(e.provenance.tokens or 0 for e in found.a.judged)


def test_what_both_ask_alike_is_asked_once(project: Project, tmp_path: Path) -> None:
    unused = tmp_path / "unused"
    unused.mkdir()
    (unused / "tldr.txt").write_text("Autrement : $program $facts", "utf-8")
    model = ScriptedModel(good_or_bad)
    names = ("shipped", str(unused))
    found = compare_prompts(project, recipe(), names, quiet, lambda s: model)
    assert model.asked == 10
    assert found.pairs.same_text == 10 and found.pairs.only_a == found.pairs.only_b == 0


@pytest.mark.slow
def test_an_interrupted_comparison_goes_on_to_the_same_result(project: Project, terse: str) -> None:
    names = ("shipped", terse)
    whole = compare_prompts(
        project,
        recipe(),
        names,
        quiet,
        lambda s: ScriptedModel(only_brief_ones),  # type: ignore[arg-type]
    )

    def breaking(messages: "list[Message]", seed: int) -> str:
        if model.asked > 14:
            raise Interrupted
        return only_brief_ones(messages, seed)

    model = ScriptedModel(breaking)  # type: ignore[arg-type]
    with pytest.raises(Interrupted):
        compare_prompts(project, recipe(), names, quiet, lambda s: model)
    assert len(list((cache_folder() / "prompts").iterdir())) == 1
    rest = ScriptedModel(only_brief_ones)  # type: ignore[arg-type]
    resumed = compare_prompts(project, recipe(), names, quiet, lambda s: rest)
    assert rest.asked == 20 - 13  # whole waves of 3, 3, 3, 1 and 3 were kept
    assert resumed.document() == whole.document()
    assert list((cache_folder() / "prompts").iterdir()) == []


def test_a_start_that_fails_leaves_no_folder(project: Project, terse: str) -> None:
    def refuse(messages: object, seed: int) -> str:
        raise Interrupted

    with pytest.raises(Interrupted):
        compare_prompts(
            project, recipe(), ("shipped", terse), quiet, lambda s: ScriptedModel(refuse)
        )
    assert list((cache_folder() / "prompts").iterdir()) == []


@pytest.mark.slow
def test_earlier_prompts_are_in_use_again_afterwards(project: Project, terse: str) -> None:
    own = project.root / "prompts"
    own.mkdir()
    (own / "system.txt").write_text("Le nôtre.", "utf-8")
    project.open()
    heard = set[str]()

    def script(messages: "list[Message]", seed: int) -> str:
        heard.add(messages[0].content)
        return good_or_bad(messages, seed)

    for names in (("project", terse), ("shipped", "project")):
        compare_prompts(project, recipe(), names, quiet, lambda s: ScriptedModel(script))  # type: ignore[arg-type]
    shipped = (prompting.FOLDER / "system.txt").read_text("utf-8").strip()
    assert heard == {"Le nôtre.", "Soyez bref.", shipped}
    assert prompting.prompt_text("system") == "Le nôtre."


@pytest.mark.parametrize(
    ("strategies", "said"),
    [
        (("mutate",), "mutate: it asks no model"),
        (("mutate", "repair"), "repair: it works on rejected candidates"),
    ],
)
def test_strategies_without_prompts_are_refused(
    project: Project, terse: str, strategies: tuple[str, ...], said: str
) -> None:
    chosen = recipe(generate=GenerateSettings(strategies=strategies))
    with pytest.raises(RecipeError, match=said):
        compare_prompts(project, chosen, ("shipped", terse), quiet)


@pytest.mark.slow
def test_strategies_have_equal_shares_and_what_is_left_out_is_said(
    project: Project, terse: str, capsys: pytest.CaptureFixture[str]
) -> None:
    generate = GenerateSettings(strategies=("mutate", "few_shot", "from_docs", "repair"), wave=3)
    model = ScriptedModel(only_brief_ones)  # type: ignore[arg-type]
    names = ("shipped", terse)
    found = compare_prompts(project, recipe(generate=generate), names, quiet, lambda s: model)
    assert {n: c.tried for n, c in found.a.yields.whole.items()} == {"few_shot": 5, "from_docs": 5}
    show(comparison_view(found))
    said = capsys.readouterr().out
    assert "few_shot: accepted" in said and "Prompts that differ: system" in said
    assert "Left out: mutate, since it asks no model." in said
    assert f"Of 10 slots, both have an accepted candidate in {found.pairs.both}" in said


def test_more_candidates_than_the_targets_name_begin_anew(project: Project, terse: str) -> None:
    chosen = AugmentRecipe.model_validate(
        {
            "targets": {"per_cell": 0, "topics": {"ownership": 1}, "surplus": 1},
            "generate": {"strategies": ["few_shot"], "wave": 4},
            "stop": {"candidates": 20},
            "filters": [StructureSettings()],
        }
    )
    model = ScriptedModel(good_or_bad)
    found = compare_prompts(project, chosen, ("shipped", terse), quiet, lambda s: model)
    assert len(found.a.judged) == 20
    assert {e.topic for e in found.a.judged} == {"ownership"}


def test_targets_that_name_nothing_are_refused(project: Project, terse: str) -> None:
    none = AugmentRecipe.model_validate(
        {
            "targets": {"per_cell": 0, "topics": {}},
            "generate": {"strategies": ["few_shot"]},
            "filters": [StructureSettings()],
        }
    )
    model = ScriptedModel(good_or_bad)
    with pytest.raises(DataError, match="no candidate can be planned"):
        compare_prompts(project, none, ("shipped", terse), quiet, lambda s: model)


def test_the_candidates_can_be_read(project: Project, terse: str, tmp_path: Path) -> None:
    model = ScriptedModel(only_brief_ones)  # type: ignore[arg-type]
    found = compare_prompts(project, recipe(), ("shipped", terse), quiet, lambda s: model)
    write_candidates(found, tmp_path / "out")
    assert list(read_examples(tmp_path / "out" / "b.jsonl")) == list(found.b.judged)
    assert len(list(read_examples(tmp_path / "out" / "a.jsonl"))) == 10


GOOD = """struct Livre {
    titre: String,
    pages: u32,
}

fn annonce(livre: Livre) -> String {
    format!("{} : {} pages", livre.titre, livre.pages)
}

fn main() {
    let mut livres = vec![Livre { titre: String::from("Contes"), pages: 120 }];
    livres.push(Livre { titre: String::from("Fables"), pages: 80 });
    let mut total = 0;
    for livre in &livres {
        total += livre.pages;
    }
    println!("total : {total}");
    for livre in livres {
        println!("{}", annonce(livre));
    }
}
```
"""
BAD = GOOD.replace("livre.titre, livre.pages", "livre.titre, livre.poids")


def programs(messages: "list[Message]", seed: int) -> str:
    """A program that compiles under other words than the shipped ones; else one that does not."""
    if messages[-1].role == "assistant":
        return GOOD if messages[0].content == "Du code court." else BAD
    return "Je compte les pages de mes livres." if seed % 2 else "Ce programme compte."


@pytest.mark.slow
def test_stages_are_compared(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the strategy whose programs rustc judges."""
    few = [e for e in first_49() if e.topic == "ownership"][:3]
    store.write_atomic(project.raw / "authored" / "first.jsonl", few)
    chosen = AugmentRecipe.model_validate(
        {
            "targets": {"per_cell": 0, "topics": {"ownership": 1}},
            "generate": {"strategies": ["from_program"], "programs": 1, "samples": 2},
            "stop": {"candidates": 6},
            "filters": [StructureSettings()],
        }
    )
    other = tmp_path / "other"
    other.mkdir()
    (other / "program_system.txt").write_text("Du code court.", "utf-8")
    names = ("shipped", str(other))
    model = ScriptedModel(programs)  # type: ignore[arg-type]
    found = compare_prompts(project, chosen, names, quiet, lambda s: model)
    stages = found.a.funnel.document()["from_program"]
    assert list(stages) == ["program"] and (stages["program"]["kept"], found.a.total.accepted) == (
        0,
        0,
    )
    assert stages["program"]["reasons"] == {"does_not_compile": 6}
    assert found.a.reasons == [("program.does_not_compile", 6)]
    kept = found.b.funnel.document()["from_program"]
    assert list(kept) == ["program", "error", "question", "filters"]
    assert kept["program"]["kept"] == kept["error"]["reached"] == 6
    assert kept["question"]["reached"] == kept["filters"]["reached"] == kept["error"]["kept"] > 0
    assert found.b.total.accepted == kept["filters"]["kept"] == found.pairs.only_b > 0
    assert sum(stage["tokens"] for stage in kept.values()) == found.b.total.tokens
    show(comparison_view(found))
    said = capsys.readouterr().out
    assert f"other alone in {found.pairs.only_b}" in said
    assert "from_program: program kept" in said and "0 of 6 (does_not_compile 6)" in said


def curator(project: Project, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "curator", "--project", str(project.root), *words]
    environment = {**os.environ, "COLUMNS": "160"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)


@pytest.fixture
def served() -> Iterator[Fake]:
    """A served model that writes an example where it is told to be brief, else nothing of use."""

    def answer(request: dict[str, Any]) -> Reply:
        brief = request["messages"][0]["content"] == "Soyez bref."
        return chat(good_or_bad((), 2 * request["seed"] + brief), tokens=100)

    with running(Fake(answer=answer)) as fake:
        yield fake


@pytest.mark.slow
def test_the_command(project: Project, terse: str, served: Fake) -> None:
    path = project.root / "pipelines" / "small.yaml"
    path.write_text(f"{RECIPE}seed: 3\n", "utf-8")
    words = ["prompts", "compare", "shipped", terse, "--recipe", str(path)]
    words += ["--model", served.name, "-n", "8", "--strategy", "few_shot"]
    run = curator(project, *words, "--json")
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert (found["seed"], found["wanted"], found["differ"]) == (3, 8, ["system"])
    assert (found["a"]["accepted"], found["b"]["accepted"]) == (0, 8)
    assert (found["a"]["tokens"], found["a"]["tokens_per_accepted"]) == (800, None)
    assert found["b"]["tokens_per_accepted"] == 100
    assert found["pairs"]["only_b"] == 8 and found["pairs"]["p"] == 2 / 2**8
    assert [slot["index"] for slot in found["slots"]] == list(range(8))
    assert not any(slot["a"] for slot in found["slots"]) and found["slots"][0]["reason_a"]
    shown = curator(project, *words)
    assert shown.returncode == 0 and "8 of 8" in shown.stdout and "none for 800" in shown.stdout
    assert "Exact sign test on the 8 that one alone has: p = 0.0078\n" in shown.stdout
    assert not (project.raw / "generated").exists() and not list(project.raw.rglob("*.json"))


@pytest.mark.slow
def test_a_killed_command_goes_on_to_the_same_document(
    project: Project, terse: str, served: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project.root / "pipelines" / "small.yaml"
    path.write_text(RECIPE, "utf-8")
    words = ["prompts", "compare", "shipped", terse, "--recipe", str(path)]
    words += ["--model", served.name, "-n", "9", "--json"]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    whole, once = curator(project, *words), len(served.requests)
    quick = served.answer
    served.answer = lambda request: replace(quick(request), seconds=0.3)
    command = [sys.executable, "-m", "curator", "--project", str(project.root), *words]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        kept = list(cache_folder().glob("prompts/*/answers.jsonl"))
        if kept and kept[0].stat().st_size:
            break
        time.sleep(0.02)
    process.kill()
    process.wait()
    answers = len(kept[0].read_text("utf-8").splitlines())
    served.answer = quick
    served.requests.clear()
    assert curator(project, *words).stdout == whole.stdout != ""
    assert once == 18 and len(served.requests) == once - answers < once
    assert not list(cache_folder().glob("prompts/*"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("shipped", "none"), "none: no such folder (or give shipped or project)"),
        (("shipped", "project"), "the project has no folder prompts/"),
        (("shipped", "shipped"), "shipped and shipped have the same texts"),
        (("shipped", "{terse}", "--strategy", "few_shots"), "did you mean few_shot?"),
        (("shipped", "{terse}", "--strategy", "repair"), "makes new candidates, not only repair"),
        (("shipped", "{terse}", "--model", "none.gguf"), "none.gguf: no such model file"),
    ],
)
def test_a_mistake_is_one_line(
    project: Project, terse: str, words: tuple[str, ...], said: str
) -> None:
    given = [word.replace("{terse}", terse) for word in words]
    run = curator(project, "prompts", "compare", *given)
    assert run.returncode == 1 and said in run.stderr and run.stderr.count("\n") == 1


@pytest.mark.slow
def test_the_list_says_whose_each_prompt_is(project: Project) -> None:
    (project.root / "prompts").mkdir()
    (project.root / "prompts" / "few_shot.txt").write_text("$topic : $idea", "utf-8")
    listed = json.loads(curator(project, "prompts", "list", "--json").stdout)["prompts"]
    assert {p["name"] for p in listed} == {p.stem for p in prompting.FOLDER.glob("*.txt")}
    [own] = [p for p in listed if p["own"]]
    assert (own["name"], own["slots"]) == ("few_shot", ["topic", "idea"])
    assert own["file"] == str(project.root / "prompts" / "few_shot.txt")
    shown = curator(project, "prompts").stdout
    assert "$topic $idea" in shown and "curator prompts compare shipped project" in shown
    (project.root / "prompts" / "few_shots.txt").write_text("", "utf-8")
    run = curator(project, "prompts", "list")
    assert run.returncode == 1 and "did you mean few_shot.txt?" in run.stderr
