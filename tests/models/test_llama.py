"""The real model: repeatable, whatever was asked before; clear where it cannot work."""

import shutil
from pathlib import Path

import pytest

from curator.errors import ModelError
from curator.example import Sampling
from curator.models import likelihood
from curator.models.base import Message
from curator.models.gguf import find_model
from curator.models.llama import LlamaModel
from curator.models.scripted import ScriptedModel
from curator.signals import signals
from tests.conftest import make_example

pytestmark = pytest.mark.slow
SHORT = Sampling(max_tokens=24)
SYSTEM = Message("system", "Vous êtes un professeur de Rust.")


def ask(question: str, begun: str = "") -> list[Message]:
    turns = [SYSTEM, Message("user", "Bonjour !"), Message("assistant", "Bonjour."),
             Message("user", question)]  # fmt: skip
    return [*turns, Message("assistant", begun)] if begun else turns


@pytest.fixture(scope="module")
def model() -> LlamaModel:
    return LlamaModel(find_model("smollm2"), context=1024)


def test_the_same_question_gets_the_same_answer_whatever_came_before(model: LlamaModel) -> None:
    first = model.complete(ask("Qu'est-ce qu'un trait ?"), SHORT, seed=3)
    model.complete(ask("Qu'est-ce qu'un trait générique ?"), SHORT, seed=4)
    model.complete([SYSTEM, Message("user", "Autre chose")], SHORT, seed=5)
    again = model.complete(ask("Qu'est-ce qu'un trait ?"), SHORT, seed=3)
    assert first == again
    fresh = LlamaModel(find_model("smollm2"), context=1024)
    assert fresh.complete(ask("Qu'est-ce qu'un trait ?"), SHORT, seed=3) == first


def test_another_seed_gives_another_text(model: LlamaModel) -> None:
    texts = {model.complete(ask("Écrivez une phrase."), SHORT, seed=s).text for s in range(4)}
    assert len(texts) > 1


def test_a_begun_answer_is_continued_and_not_repeated(model: LlamaModel) -> None:
    done = model.complete(ask("Comptez jusqu'à dix.", begun="1, 2, 3, 4,"), SHORT, seed=1)
    assert not done.text.startswith("1, 2, 3, 4,")
    assert done.text != model.complete(ask("Comptez jusqu'à dix."), SHORT, seed=1).text


def test_a_cut_answer_says_so(model: LlamaModel) -> None:
    done = model.complete(ask("Racontez une longue histoire."), Sampling(max_tokens=5), seed=1)
    assert (done.tokens, done.finished) == (5, False)


def test_a_prompt_that_does_not_fit(model: LlamaModel) -> None:
    with pytest.raises(ModelError, match="do not fit a context of 1024"):
        model.complete(ask("mot " * 1100), SHORT, seed=1)


def test_the_reference_says_what_changes_the_tokens(model: LlamaModel) -> None:
    assert model.ref.name == "smollm2"
    assert model.ref.runtime["n_ctx"] == 1024
    assert {"llama_cpp_python", "n_batch", "flash_attn"} <= model.ref.runtime.keys()


def test_a_file_that_is_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "cut.gguf"
    shutil.copy(find_model("smollm2").path, path)
    with path.open("r+b") as file:
        file.truncate(2_000_000)
    with pytest.raises(ModelError, match="cannot load the model"):
        LlamaModel(find_model(str(path)), context=512)


def test_the_fake_keeps_the_contract() -> None:
    fake = ScriptedModel(lambda messages, seed: f"un deux trois {seed}")
    assert fake.complete(ask("?"), SHORT, 7).text == "un deux trois 7"
    cut = fake.complete(ask("?"), Sampling(max_tokens=2), 7)
    assert (cut.text, cut.tokens, cut.finished) == ("un deux", 2, False)


def test_a_likely_text_scores_above_a_shuffled_one(
    model: LlamaModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "The capital of France is Paris, and the capital of Italy is Rome."
    shuffled = "is Rome. the France of and capital The Paris, capital Italy is of"
    before = model.complete(ask("Qu'est-ce qu'un emprunt ?"), SHORT, seed=1)
    likely = model.log_likelihood(text)
    assert model.log_likelihood(shuffled) < likely - 1 < 0
    monkeypatch.setattr(likelihood, "_PART", 5)
    assert model.log_likelihood(text) == pytest.approx(likely, abs=0.05)
    assert model.complete(ask("Qu'est-ce qu'un emprunt ?"), SHORT, seed=1) == before
    with pytest.raises(ModelError, match="two tokens"):
        model.log_likelihood("")


def test_the_model_s_signal_stands_beside_the_others(model: LlamaModel) -> None:
    found = signals(make_example(), model)
    assert -10 < found["log_likelihood"] < 0
