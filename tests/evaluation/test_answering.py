"""Waves by place, broken off anywhere; prompts with passages, and those that do not fit."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from curator.base import store
from curator.base.errors import DataError, EvaluationError, ModelError, StoreError
from curator.base.notice import Notice
from curator.evaluation.evaluate import run
from curator.evaluation.job import Job, prepare, unheard
from curator.evaluation.prompts import PROMPTS, prompts_digest
from curator.evaluation.recipe import ArmSetting, EvaluateRecipe
from curator.evaluation.records import Arm, Response
from curator.evaluation.respond import ScriptedResponder
from curator.evaluation.stale import stale
from curator.models.base import Message
from tests.evaluation.making import (
    FakeRetriever,
    arm,
    make_project,
    make_prompts,
    recipe,
    tools,
    words,
)


def responder(job: Job) -> ScriptedResponder:
    assert isinstance(job.responder, ScriptedResponder)
    return job.responder


def texts(job: Job) -> list[tuple[str, int, str]]:
    rows = store.read(job.folder.responses_file, Response)
    return [(r.prompt_id, r.sample, r.response) for r in rows]


class Broken(Exception):
    """Stands for a kill."""


def test_answers_are_made_in_waves_and_kept_with_what_made_them(tmp_path: Path) -> None:
    job = prepare(make_project(tmp_path, 5), recipe(width=2), arm(), tools=tools())
    heard: list[tuple[str, int, int]] = []
    scored = run(job, lambda *said: heard.append(said))
    assert responder(job).waves == [2, 2, 1]
    assert heard[0] == ("base", 0, 5) and heard[-2:] == [("base", 5, 5), ("base: scoring", 0, 0)]
    assert [s.prompt_id for s in scored.scores] == [p.id for p in job.prompts]
    first = job.folder.responses()[0]
    assert first.seed is not None and first.tokens and first.finished
    assert job.folder.prompts() == job.prompts and job.folder.arm() == job.arm


def test_a_complete_arm_is_not_asked_again(tmp_path: Path) -> None:
    make_project(tmp_path)
    run(prepare(tmp_path, recipe(), arm(), tools=tools()), unheard)
    job = prepare(tmp_path, recipe(), arm(), tools=tools())
    run(job, unheard)
    assert responder(job).waves == []


@pytest.mark.parametrize("answers", [1, 2, 3, 4])
def test_what_was_broken_off_goes_on_as_if_it_had_not_been(tmp_path: Path, answers: int) -> None:
    whole = prepare(make_project(tmp_path / "whole", 5), recipe(), arm(), tools=tools())
    run(whole, unheard)
    root = make_project(tmp_path / "broken", 5)
    left = [answers]

    def breaks(messages: Sequence[Message], seed: int) -> str:
        if not left[0]:
            raise Broken
        left[0] -= 1
        return words(messages, seed)

    with pytest.raises(Broken):
        run(prepare(root, recipe(width=2), arm(), tools=tools(breaks)), unheard)
    job = prepare(root, recipe(width=2), arm(), tools=tools())
    run(job, unheard)
    assert texts(job) == texts(whole)
    assert sum(responder(job).waves) == 5 - answers // 2 * 2


def test_a_wave_that_was_cut_short_is_made_again_whole(tmp_path: Path) -> None:
    job = prepare(make_project(tmp_path, 5), recipe(width=2), arm(), tools=tools())
    run(job, unheard)
    whole = job.folder.responses_file.read_bytes()
    lines = whole.splitlines(keepends=True)
    job.folder.responses_file.write_bytes(b"".join(lines[:3]) + lines[3][:40])
    run(again := prepare(tmp_path, recipe(width=2), arm(), tools=tools()), unheard)
    assert responder(again).waves == [2, 1]
    assert [t[2] for t in texts(again)] == [
        Response.model_validate_json(line).response for line in lines
    ]


def test_seeds_are_those_of_prompt_and_sample(tmp_path: Path) -> None:
    make_project(tmp_path)
    one = prepare(tmp_path, recipe(samples=2, width=1), arm("one"), tools=tools())
    other = prepare(tmp_path, recipe(samples=2, width=4, limit=2), arm("other"), tools=tools())
    run(one, unheard), run(other, unheard)
    assert texts(one)[:4] == texts(other)
    assert len({t[2] for t in texts(one)}) == 6


def test_another_process_is_not_let_in(tmp_path: Path) -> None:
    job = prepare(make_project(tmp_path), recipe(), arm(), tools=tools())
    with job.folder.locked(), pytest.raises(StoreError, match="works on this arm"):
        run(job, unheard)


def test_other_answers_are_not_gone_on_with(tmp_path: Path) -> None:
    job = prepare(make_project(tmp_path), recipe(), arm(), tools=tools())
    run(job, unheard)
    rows = list(store.read(job.folder.responses_file, Response))
    store.write_atomic(job.folder.responses_file, reversed(rows))
    with pytest.raises(DataError, match="not the answers"):
        run(job, unheard)


def test_stale_answers_are_refused_and_set_aside_when_asked(tmp_path: Path) -> None:
    make_project(tmp_path)
    run(prepare(tmp_path, recipe(), arm(), tools=tools()), unheard)
    changed = prepare(tmp_path, recipe(seed=1, samples=2), arm(), tools=tools())
    with pytest.raises(EvaluationError, match=r"samples \(1, now 2\), the seed \(0, now 1\)"):
        run(changed, unheard)
    before = changed.folder.responses_file.read_bytes()
    run(changed, unheard, again=True)
    aside = changed.folder.path.with_name("base.stale-1")
    assert (aside / "responses.jsonl").read_bytes() == before
    assert len(texts(changed)) == 6


def test_passages_stand_before_the_question_and_are_kept(tmp_path: Path) -> None:
    seen: list[Sequence[Message]] = []

    def script(messages: Sequence[Message], seed: int) -> str:
        seen.append(messages)
        return "Réponse."

    job = prepare(make_project(tmp_path), recipe(), arm(rag=True), tools=tools(script))
    run(job, unheard)
    system, user = seen[0]
    assert "[1]" in system.content and "Sources" in system.content
    assert user.content.index("A reference borrows") < user.content.index(job.prompts[0].asked)
    [source] = job.folder.responses()[0].sources
    assert source.address == "book/ch04.html#refs" and source.text in user.content
    assert job.folder.responses()[0].budget_tokens is None
    plain = prepare(tmp_path, recipe(), arm("plain"), tools=tools())
    assert plain.arm.system_sha256 != job.arm.system_sha256


def test_a_model_is_asked_as_a_learner_writes(tmp_path: Path) -> None:
    """Labels of fences would give the answer away; the recorded prompt keeps them."""
    seen: list[str] = []

    def script(messages: Sequence[Message], seed: int) -> str:
        seen.append(messages[-1].content)
        return "Réponse."

    root = make_project(tmp_path, 2)
    plain, labelled = make_prompts(2)
    code = "\n\n```rust,compile_fail,E0382\ndrop(x); drop(x);\n```"
    labelled = labelled.model_copy(update={"prompt": f"L'erreur ?{code}"})
    store.write_atomic(root / PROMPTS, [plain, labelled])
    job = prepare(root, recipe(), arm(), tools=tools(script))
    run(job, unheard)
    assert f"L’erreur\u202f?{code.replace(',compile_fail,E0382', '')}" in seen
    assert all("compile_fail" not in text and "'" not in text for text in seen)
    assert job.folder.prompts() == [plain, labelled]
    # What is asked is what the digest is of: another label alone makes no arm stale.
    other = labelled.model_copy(update={"prompt": labelled.prompt.replace("E0382", "E0505")})
    assert prompts_digest([plain, other]) == job.arm.prompts_sha256
    bare = labelled.model_copy(update={"prompt": labelled.asked})
    assert prompts_digest([plain, bare]) == job.arm.prompts_sha256


def test_an_arm_that_was_asked_with_labels_is_stale(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    job = prepare(root, recipe(), arm(), tools=tools())
    run(job, unheard)
    before = hashlib.sha256(b"".join(map(store.encode, job.prompts))).hexdigest()
    job.folder.write_arm(job.arm.model_copy(update={"prompts_sha256": before}))

    def today(where: Path, chosen: EvaluateRecipe, setting: ArmSetting) -> Arm:
        return prepare(where, chosen, setting, tools=tools()).arm

    why = stale(root, job.folder, today)
    assert why == Notice("inputs_changed", {"inputs": (Notice("input_prompts"),)})


def test_the_budget_shrinks_where_passages_do_not_fit(tmp_path: Path) -> None:
    make_project(tmp_path)
    found = FakeRetriever(text="mot " * 30)
    budgets = {}
    for context in (400, 140, 125, 115):
        chosen, name = recipe(context=context, system="Court."), f"c{context}"
        job = prepare(tmp_path, chosen, arm(name, rag=True), tools=tools(retriever=found))
        run(job, unheard)
        for response in job.folder.responses():
            given = " ".join(source.text for source in response.sources).split()
            budgets[context, response.prompt_id] = response.budget_tokens, len(given)
    for prompt in job.prompts:
        assert budgets[400, prompt.id] == (None, 30)
        shrunk = [budgets[context, prompt.id] for context in (140, 125, 115)]
        assert all(n is None or words <= n <= 31 for n, words in shrunk), shrunk
        assert [words for _, words in shrunk] == sorted((w for _, w in shrunk), reverse=True)
        assert 0 < shrunk[1][1] < 30 and shrunk[1][0] is not None


def test_a_prompt_that_does_not_fit_is_one_error_before_anything_is_made(tmp_path: Path) -> None:
    job = prepare(make_project(tmp_path), recipe(context=70), arm(rag=True), tools=tools())
    with pytest.raises(ModelError, match=r"prompt propriete-0: the prompt has \d+ tokens"):
        run(job, unheard)
    assert responder(job).waves == [] and not job.folder.responses_file.exists()
