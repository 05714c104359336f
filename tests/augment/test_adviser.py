"""A second model's opinion: asked once, put beside the signals, decided by nowhere."""

import json
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from curator.augment import run as pipeline
from curator.augment.batches import BatchStatus, list_batches
from curator.augment.inputs import check_recipe
from curator.augment.run import AugmentResult
from curator.base.errors import ModelError, RecipeError
from curator.generate.batch import Batch
from curator.generate.opinion import opinion_sha256
from curator.generate.prompting import PREFIX, format_example
from curator.generate.recipe import AugmentRecipe, OpinionSettings, load_recipe, override
from curator.models.base import Message, TextModel
from curator.models.scripted import ScriptedModel
from curator.models.settings import ModelSettings
from curator.records.example import ModelRef
from curator.records.project import Project
from tests.augment.test_batches import RECIPE, interrupted
from tests.conftest import ANSWER
from tests.generate.test_batch import Interrupted, contents, good_or_bad, quiet, recipe
from tests.models.openai_fake import Fake, Json, Reply, chat, running

REF = ModelRef(name="larger", sha256="a" * 64)
Says = Callable[[Sequence[Message], int], str]


@pytest.fixture(autouse=True)
def fixed_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curator.augment.adviser._GROUP", 2)


class Desk:
    """A writer, and an adviser who says what it is told to; `asked` counts its requests."""

    def __init__(self, says: Says, after: int | None = None):
        def script(messages: Sequence[Message], seed: int) -> str:
            if after is not None and self.adviser.asked > after:
                raise Interrupted
            return says(messages, seed)

        self.adviser = ScriptedModel(script, ref=REF)
        self.adviser.ref = REF

    def load(self, settings: ModelSettings) -> TextModel:
        if isinstance(settings, OpinionSettings):
            return self.adviser
        return ScriptedModel(good_or_bad)

    def run(self, project: Project, wanted: AugmentRecipe) -> AugmentResult:
        return pipeline.augment(project, wanted, quiet, self.load)


def advised(samples: int = 4, **changes: object) -> AugmentRecipe:
    return recipe(opinion=OpinionSettings(name="larger", samples=samples), **changes)


def by_seed(messages: Sequence[Message], seed: int) -> str:
    return "oui" if seed % 3 else "Non, la correction est fausse."


def test_the_share_of_yes_is_a_signal_of_what_was_accepted(project: Project) -> None:
    done = Desk(by_seed).run(project, advised())
    outcome = done.judged_outcome()
    shares = [e.signals["opinion"] for e in outcome.accepted]
    assert len(shares) > 2 and set(shares) <= {0, 0.25, 0.5, 0.75, 1} and len(set(shares)) > 1
    assert all("overlap" in e.signals for e in outcome.accepted)
    assert not any(e.signals for e in outcome.rejected)
    assert done.batch.read("accepted.jsonl") == list(outcome.accepted)
    ref = REF.model_dump(mode="json")
    asked = {"model": ref, "samples": 4, "prompt_sha256": opinion_sha256()}
    assert done.batch.manifest()["opinion"] == asked


@pytest.mark.slow
def test_the_opinion_decides_nothing(project: Project) -> None:
    """Whatever it says, the same candidates are made and accepted, with the same verdicts."""
    told = []
    for word in ("oui", "non", "peut-être"):
        done = Desk(lambda messages, seed, word=word: word).run(project, advised(seed=7))
        outcome = done.judged_outcome()
        bare = [[e.measured({}) for e in part] for part in (outcome.accepted, outcome.rejected)]
        told.append((bare, {e.signals.get("opinion") for e in outcome.accepted}))
        done.batch.discard()
    assert told[0][0] == told[1][0] == told[2][0]
    assert [said for _, said in told] == [{1.0}, {0.0}, {None}]


def test_a_recipe_without_an_opinion_is_as_it_was(project: Project) -> None:
    desk = Desk(by_seed)
    done = desk.run(project, recipe())
    assert desk.adviser.asked == 0
    assert "opinion" not in done.batch.manifest()
    assert "opinion" not in done.batch.plan().settings
    assert not any("opinion" in e.signals for e in done.judged_outcome().accepted)


def test_what_was_asked_before_a_kill_is_not_asked_again(project: Project) -> None:
    whole = Desk(by_seed).run(project, advised(seed=7))
    accepted = len(whole.judged_outcome().accepted)
    before = contents(whole.batch.folder)
    whole.batch.discard()
    first = Desk(by_seed, after=10)  # a group is 2 candidates of 4 requests
    with pytest.raises(Interrupted):
        first.run(project, advised(seed=7))
    assert first.adviser.asked == 11 < 4 * accepted
    second = Desk(by_seed)
    resumed = second.run(project, advised(seed=7))
    assert second.adviser.asked == 4 * accepted - 8
    assert contents(resumed.batch.folder) == before
    third = Desk(by_seed)
    third.run(project, advised(seed=7))
    assert third.adviser.asked == 0


def test_another_models_opinions_do_not_count(project: Project) -> None:
    with pytest.raises(Interrupted):
        Desk(by_seed, after=10).run(project, advised(seed=7))
    other = Desk(by_seed)
    other.adviser.ref = replace_sha(REF)
    done = other.run(project, advised(seed=7))
    assert other.adviser.asked == 4 * len(done.judged_outcome().accepted)


def replace_sha(ref: ModelRef) -> ModelRef:
    return ref.model_copy(update={"sha256": "b" * 64})


def test_the_opinions_of_a_batch_belong_to_what_was_asked(tmp_path: Path) -> None:
    batch = Batch(tmp_path)
    batch.write_opinions(0, "one", [])
    assert batch.opinions(0, "one") == []
    assert batch.opinions(0, "other") is None
    assert batch.opinions(1, "one") is None


def test_candidates_only_are_not_asked_about(project: Project) -> None:
    desk = Desk(by_seed)
    done = pipeline.augment(project, advised(), quiet, desk.load, judged=False)
    assert desk.adviser.asked == 0 and "opinion" not in done.manifest


def test_a_candidate_that_does_not_fit_is_one_line(project: Project) -> None:
    def refuse(messages: Sequence[Message], seed: int) -> str:
        raise ModelError("a prompt of 900 tokens does not fit", hint="set model.context higher")

    with pytest.raises(ModelError, match=r"the model of `opinion` .* opinion\.context"):
        Desk(refuse).run(project, advised())


def test_the_option_names_the_model(tmp_path: Path) -> None:
    bare = recipe()
    assert bare.opinion is None
    assert override(bare, {"opinion.name": None}).opinion is None
    named = override(bare, {"opinion.name": "openai:big@http://127.0.0.1:8000/v1"}).opinion
    assert named and (named.name, named.samples) == ("openai:big@http://127.0.0.1:8000/v1", 5)
    kept = override(advised(samples=3), {"opinion.name": "other"}).opinion
    assert kept and (kept.name, kept.samples) == ("other", 3)
    path = tmp_path / "augment.yaml"
    path.write_text("kind: augment\nopinion: {samples: 3}\n", "utf-8")
    with pytest.raises(RecipeError, match="opinion"):
        load_recipe(path)


def test_a_name_that_means_no_model_is_told_before_anything_is_made() -> None:
    chosen = advised().model_copy(update={"opinion": OpinionSettings(name="openai:nowhere")})
    with pytest.raises(ModelError, match="a served model has an address"):
        check_recipe(chosen)


def test_an_interrupted_batch_names_the_model_that_was_asked(project: Project) -> None:
    path = project.root / "pipelines" / "small.yaml"
    path.write_text(RECIPE, "utf-8")
    given = override(load_recipe(path), {"opinion.name": "larger"})
    with pytest.raises(Interrupted):
        Desk(by_seed, after=10).run(project, given)
    [one] = list_batches(project)
    assert one.state is BatchStatus.INTERRUPTED
    command = "curator augment --recipe pipelines/small.yaml --opinion larger"
    assert one.next == command
    path.write_text(f"{RECIPE}opinion: {{name: larger}}\n", "utf-8")
    [one] = list_batches(project)
    assert one.next == command.removesuffix(" --opinion larger")
    path.write_text(f"{RECIPE}opinion: {{name: larger, samples: 9}}\n", "utf-8")
    [one] = list_batches(project)
    assert (one.state, one.changed) == (BatchStatus.STALE, ("opinion.samples",))


def test_a_batch_without_opinions_does_not_resume_with_some(project: Project) -> None:
    path = project.root / "pipelines" / "small.yaml"
    path.write_text(RECIPE, "utf-8")
    interrupted(project, load_recipe(path))
    path.write_text(f"{RECIPE}opinion: {{name: larger}}\n", "utf-8")
    [one] = list_batches(project)
    assert (one.state, one.changed) == (BatchStatus.STALE, ("the recipe's opinion",))


def test_a_served_model_is_named_without_an_address(project: Project) -> None:
    path = project.root / "pipelines" / "small.yaml"
    path.write_text(RECIPE, "utf-8")
    desk = Desk(by_seed, after=10)
    desk.adviser.ref = REF.model_copy(update={"runtime": {"server": "vllm 0.11"}})
    given = override(load_recipe(path), {"opinion.name": "openai:larger@http://127.0.0.1:1/v1"})
    with pytest.raises(Interrupted):
        desk.run(project, given)
    [one] = list_batches(project)
    assert one.next.endswith("--opinion openai:larger@URL")
    assert "127.0.0.1" not in json.dumps(one.batch.plan().document())


KILLED = """kind: augment
name: killed
opinion: {name: unknown, samples: 2}
generate: {strategies: [few_shot], shots: 0, repairs: 0}
stop: {candidates: 40, min_yield: 0}
filters: [{name: structure}]
"""


@pytest.mark.slow
def test_the_real_command_killed_while_it_asks_asks_no_group_twice(
    project: Project, tmp_path: Path
) -> None:
    """SIGKILL within the second group of 16: the files are those of an unbroken run."""
    asked: list[str] = []
    second = threading.Event()

    def answer(body: Json) -> Reply:
        if body["model"] == "petit":
            whole = format_example(f"Question {body['seed']} ?", f"{ANSWER}- {body['seed']}")
            return chat(whole.removeprefix(PREFIX))
        with lock:
            asked.append(body["messages"][-1]["content"])
            if len(asked) > 2 * 16:
                second.set()
        return chat("oui" if body["seed"] % 2 else "non")

    (project.root / "pipelines" / "killed.yaml").write_text(KILLED, "utf-8")
    whole, broken, lock = project.root, tmp_path / "broken", threading.Lock()
    shutil.copytree(whole, broken, ignore=shutil.ignore_patterns("broken"))
    cards = [{"id": name, "owned_by": "llamacpp"} for name in ("petit", "gros")]
    with running(Fake(models=cards, answer=answer)) as fake:
        subprocess.run(command(whole, fake), check=True, capture_output=True)
        unbroken, asked[:] = len(asked), []
        second.clear()
        fake.answer = slowly(answer)
        process = subprocess.Popen(command(broken, fake), stderr=subprocess.DEVNULL)
        assert second.wait(60)
        process.kill()
        assert process.wait() == -signal.SIGKILL
        fake.answer = answer
        subprocess.run(command(broken, fake), check=True, capture_output=True)
    first = set(asked[: 2 * 16])
    assert len(first) == 16
    assert all(asked.count(prompt) == 2 for prompt in first)
    assert len(set(asked)) == unbroken / 2 > 32
    [one], [other] = ((f / "raw" / "generated").iterdir() for f in (whole, broken))
    assert contents(one) == contents(other)


def slowly(answer: Callable[[Json], Reply]) -> Callable[[Json], Reply]:
    """Answer so that there is time for a kill."""
    return lambda body: replace(answer(body), seconds=0.1 if body["model"] == "gros" else 0)


def command(folder: Path, fake: Fake) -> list[str]:
    recipe = ["--recipe", str(folder / "pipelines" / "killed.yaml")]
    petit, gros = (f"openai:{name}@{fake.url}" for name in ("petit", "gros"))
    start = [sys.executable, "-m", "curator", "--project", str(folder), "augment", *recipe]
    return [*start, "--model", petit, "--opinion", gros, "--json"]
