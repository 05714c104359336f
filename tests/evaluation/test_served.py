"""A served model as an arm: what is kept of it, going on, refusals; and a real server."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from curator.base import store
from curator.base.errors import EvaluationError, ModelError
from curator.base.notice import Notice
from curator.evaluation import arms
from curator.evaluation.comparable import AnsweredArm, same
from curator.evaluation.evaluate import run
from curator.evaluation.job import Job, Tools, prepare, unheard
from curator.evaluation.models import open_responder, served_settings
from curator.evaluation.prompts import PROMPTS
from curator.evaluation.records import ModelIdentity
from curator.evaluation.stale import stale
from tests.evaluation.making import FakeRetriever, arm, make_project, make_prompts, recipe, tools
from tests.evaluation.test_evaluate_cli import BOOK, curator, document
from tests.models.openai_fake import Fake, Json, Reply, chat, running
from tests.models.openai_real import serving

SECRET = "sk-tres-secret-0123456789"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURATOR_API_KEY", SECRET)


@pytest.fixture
def fake() -> Iterator[Fake]:
    with running(Fake()) as made:
        yield made


def job(root: Path, fake: Fake, name: str = "box", rag: bool = False) -> Job:
    """An arm of three prompts, two at a time, that the server answers and nobody compiles."""
    fakes = tools(retriever=FakeRetriever())
    mixed = Tools(open_responder, fakes.retriever, fakes.judge)
    chosen = recipe(width=2, sampling={"max_tokens": 20, "temperature": 0.3})
    return prepare(root, chosen, arm(name, fake.name, rag=rag), tools=mixed)


def test_an_arm_is_read_from_a_text() -> None:
    with_plus = arms.parse_arm("box=openai:a+b@http://gpu:8000/v1,rag")
    assert with_plus == arm("box", "openai:a+b@http://gpu:8000/v1", rag=True)


def test_what_is_kept_is_what_is_known(tmp_path: Path, fake: Fake) -> None:
    made = job(make_project(tmp_path), fake)
    found = run(made, unheard)
    model = found.arm.model
    assert (model.kind, model.name, model.sha256) == ("served", "petit", None)
    assert model.runtime["address"] == fake.url
    assert model.runtime["server"] == "llama.cpp"
    assert len(str(model.runtime["told_sha256"])) == 64
    assert [r["temperature"] for r in fake.requests] == [0.3] * 3
    assert len({r["seed"] for r in fake.requests}) == 3
    assert [r.tokens for r in made.folder.responses()] == [3, 3, 3]
    assert all(h["Authorization"] == f"Bearer {SECRET}" for _, h in fake.seen)
    written = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert not [p for p in written if SECRET.encode() in p.read_bytes()]


def test_what_a_server_does_not_take_is_said(
    tmp_path: Path, fake: Fake, caplog: pytest.LogCaptureFixture
) -> None:
    fake.owner = "someone"
    found = run(job(make_project(tmp_path), fake), unheard)
    assert found.arm.model.runtime["sampling"] == "temperature, top_p, max_tokens, seed"
    assert "takes no top_k, repeat_penalty" in caplog.text
    assert "top_k" not in fake.requests[0]


@pytest.mark.slow
def test_passages_go_to_a_server_too(tmp_path: Path, fake: Fake) -> None:
    make_project(tmp_path)
    scored = [run(job(tmp_path, fake, n, rag), unheard) for n, rag in (("a", False), ("b", True))]
    assert arms.pairs(scored, None) == [(scored[0], scored[1])]
    assert scored[0].arm.model == scored[1].arm.model
    assert "A reference borrows" in fake.requests[-1]["messages"][-1]["content"]


def test_a_server_that_fails_is_gone_on_with(tmp_path: Path, fake: Fake) -> None:
    make_project(tmp_path)
    good = fake.answer

    def third_fails(request: Json) -> Reply:
        return (
            Reply(400, {"error": {"message": "out"}}) if len(fake.requests) > 2 else good(request)
        )

    fake.answer = third_fails
    with pytest.raises(ModelError, match="answers 400: out"):
        run(job(tmp_path, fake), unheard)
    fake.answer = good
    run(job(tmp_path, fake), unheard)
    assert len(fake.requests) == 4, "the two of the first wave are not asked again"
    run(job(tmp_path, fake), unheard)
    assert len(fake.requests) == 4


def test_a_server_with_another_model_is_not_gone_on_with(tmp_path: Path, fake: Fake) -> None:
    run(job(make_project(tmp_path), fake), unheard)
    fake.models = [{"id": "petit", "owned_by": "llamacpp", "meta": {"n_params": 7}}]
    with pytest.raises(EvaluationError, match=r"changed since: what runs it \(told_sha256"):
        run(job(tmp_path, fake), unheard)


@pytest.mark.slow
def test_nobody_asks_a_server_whether_results_are_stale(tmp_path: Path, fake: Fake) -> None:
    made = job(make_project(tmp_path), fake)
    run(made, unheard)
    asked = len(fake.seen)
    assert stale(tmp_path, made.folder) is None
    store.write_atomic(tmp_path / PROMPTS, make_prompts(2))
    changed = Notice("inputs_changed", {"inputs": (Notice("input_prompts"),)})
    assert stale(tmp_path, made.folder) == changed
    assert len(fake.seen) == asked


def test_one_name_may_be_two_models(tmp_path: Path, fake: Fake) -> None:
    make_project(tmp_path)
    one = run(job(tmp_path, fake, "one"), unheard)
    fake.answer = lambda request: chat("Autre réponse.")
    other = run(job(tmp_path, fake, "other"), unheard)
    assert one.arm.signature == other.arm.signature
    made, refused = arms.compare_all([(one, other)], {})
    assert made and not refused
    texts = one.responses_sha256
    sides = AnsweredArm(one.arm, texts), AnsweredArm(other.arm, texts)
    assert same(*sides) == Notice("same_answers")


def test_only_served_models_lack_a_digest() -> None:
    for wrong in ({"kind": "gguf"}, {"kind": "served", "sha256": "0" * 64}):
        with pytest.raises(ValueError, match="all models have one"):
            ModelIdentity(name="x", **wrong)


def test_base_is_asked_as_the_augment_recipe_says(tmp_path: Path) -> None:
    augment = make_project(tmp_path) / "pipelines" / "augment.yaml"
    name = "openai:m@http://gpu:8000/v1"
    text = augment.read_text("utf-8")
    assert served_settings(tmp_path, recipe(), arm("base", "base")) is None
    model = f'model: {{name: "{name}", timeout: 7, flavour: vllm}}\n'
    augment.write_text(model + "".join(_without_model(text)), "utf-8")
    found = served_settings(tmp_path, recipe(width=3), arm("base", "base"))
    assert found and (found.name, found.timeout, found.concurrency) == (name, 7, 3)


def _without_model(text: str) -> Iterator[str]:
    """The lines of a recipe but for its `model:`."""
    inside = False
    for line in text.splitlines(keepends=True):
        inside = line.startswith("model:") or (inside and line.startswith((" ", "#")))
        if not inside:
            yield line


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("openai:grand@{url}", "{url}: has no model grand (name one of these: petit)"),
        ("openai:petit", "arm box: a served model has an address (name it openai:MODEL@URL"),
        ("openai:petit@http://me:pw@127.0.0.1/v1", "the address holds more than a place"),
    ],
)
def test_a_mistake_is_one_clear_line(tmp_path: Path, fake: Fake, model: str, said: str) -> None:
    root = make_project(tmp_path)
    done = curator(root, "evaluate", "--arm", f"box={model.format(url=fake.url)}")
    assert done.returncode == 1 and said.format(url=fake.url) in done.stderr
    assert done.stderr.count("\n") == 1 and "pw" not in done.stderr


def test_an_adapter_does_not_go_onto_it(tmp_path: Path, fake: Fake) -> None:
    setting = arm("box", fake.name, adapter="runs/r/adapters")
    with pytest.raises(ModelError, match="arm box: an adapter does not go onto a served model"):
        served_settings(tmp_path, recipe(), setting)


@pytest.mark.slow
def test_a_real_server_answers_with_and_without_passages(tmp_path: Path) -> None:
    pytest.importorskip("starlette_context")
    root = make_project(tmp_path / "project")
    (root / "docs").mkdir()
    (root / "docs" / "book.md").write_text(BOOK, "utf-8")
    small = {
        "extends": "evaluate.yaml", "sampling": {"max_tokens": 24}, "context": 1000, "width": 2,
        "rag": {"docs": "docs", "embeddings": "none", "k": 2, "budget_tokens": 200},
    }  # fmt: skip
    (root / "pipelines" / "small.yaml").write_text(json.dumps(small), "utf-8")
    with serving(tmp_path / "server.log") as served:
        asked = ("evaluate", "--recipe", "pipelines/small.yaml", "--arm", f"box={served.name}")
        found = document(root, *asked, "--arm", f"box+rag={served.name},rag")
        shown = curator(root, *asked)
    models = [one["arm"]["model"] for one in found["arms"]]
    assert [(m["kind"], m["name"], m["sha256"]) for m in models] == [
        ("served", "smollm2", None)
    ] * 2
    assert models[0]["runtime"]["server"] == "llama-cpp-python"
    assert [(c["before"], c["after"]) for c in found["comparisons"]] == [("box", "box+rag")]
    assert shown.returncode == 0 and "its weights were not seen" in shown.stdout
    done = curator(root, *asked)
    assert done.returncode == 1 and "no server answers" in done.stderr
    assert done.stderr.count("\n") == 1
    told = curator(root, "report")
    assert told.returncode == 0, told.stderr
    text = (root / "build" / "rapport" / "rapport.md").read_text("utf-8")
    arm = "| `box` | sans entraînement d’ici | smollm2, servi par llama-cpp-python | \u2013 |"
    assert arm in text
    assert "Modèle servi, poids non vus\u00a0: box et box+rag" in text
    assert SECRET not in text
