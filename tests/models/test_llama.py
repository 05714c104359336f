"""The real model: repeatable wave by wave; clear where it cannot work."""

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from llama_cpp import Llama

from curator.base.errors import ModelError
from curator.models.base import ChatRequest, Completion, Message
from curator.models.llama.gguf import find_model
from curator.models.llama.model import LlamaModel
from curator.models.settings import ModelSettings
from curator.records.example import Sampling
from tests.conftest import ROOT

pytestmark = pytest.mark.slow
SHORT = Sampling(max_tokens=16)
SYSTEM = Message("system", "Vous êtes un professeur de Rust.")
SECTIONS = r"""
root ::= "## TL;DR\n" line "## Solution\n" line
line ::= [^#\n] [^#\n]? [^#\n]? [^#\n]? [^#\n]? [^#\n]? [^#\n]? [^#\n]? "\n"
"""


def turns(question: str, begun: str = "") -> tuple[Message, ...]:
    said = (SYSTEM, Message("user", "Bonjour !"), Message("assistant", "Bonjour."),
            Message("user", question))  # fmt: skip
    return (*said, Message("assistant", begun)) if begun else said


def ask(question: str, seed: int = 1, sampling: Sampling = SHORT, begun: str = "") -> ChatRequest:
    return ChatRequest(turns(question, begun), sampling, seed)


def load(width: int = 4, context: int = 1024) -> LlamaModel:
    # One thread: on a busy machine several wait for each other at every layer.
    settings = ModelSettings(width=width, context=context, threads=1)
    return LlamaModel(find_model("smollm2"), settings)


@pytest.fixture(scope="module")
def model() -> LlamaModel:
    return load()


def one(model: LlamaModel, asked: ChatRequest) -> Completion:
    return model.complete([asked])[0]


WAVE = [
    ask("Qu'est-ce qu'un trait ?", 1),
    ask("Parlez-moi d'autre chose.", 2),
    ask("Qu'est-ce qu'un trait ?", 3, Sampling(max_tokens=5)),
    ask("Qu'est-ce qu'une fermeture ?", 4, begun="Une fermeture"),
    ask("Qu'est-ce qu'un trait ?", 5),
    ChatRequest((Message("user", "Hello"),), Sampling(max_tokens=9, top_k=0, repeat_penalty=1), 6),
]


@pytest.mark.parametrize("width", [1, 4])
def test_a_wave_gives_the_same_whatever_came_before(width: int) -> None:
    model = load(width)
    counts: list[int] = []
    first = model.complete(WAVE, counts.append)
    assert counts == list(range(1, len(WAVE) + 1))
    model.complete([ask("Racontez une histoire de crabe.", 9), *WAVE[:2]])
    assert model.complete(WAVE) == first
    assert load(width).complete(WAVE) == first
    assert len({c.text for c in first}) == len(WAVE)


def test_texts_wait_when_the_memory_is_taken() -> None:
    tight = load(width=4, context=512)
    long = Sampling(max_tokens=200)
    asks = [ask("Écrivez un mot.", seed, long) for seed in range(3)]
    assert tight.complete(asks) == tight.complete(asks)


def test_the_likeliest_tokens_are_those_of_llama_itself() -> None:
    greedy = Sampling(temperature=0, max_tokens=32)
    ours = one(load(width=1), ask("Qu'est-ce qu'un trait ?", 1, greedy))
    path = str(find_model("smollm2").path)
    llama = Llama(path, n_ctx=1024, n_threads=1, flash_attn=True, verbose=False)
    theirs = llama.create_chat_completion(
        [{"role": m.role, "content": m.content} for m in turns("Qu'est-ce qu'un trait ?")],
        temperature=0,
        repeat_penalty=greedy.repeat_penalty,
        max_tokens=greedy.max_tokens,
    )
    assert ours.text == theirs["choices"][0]["message"]["content"]


def test_another_seed_gives_another_text(model: LlamaModel) -> None:
    asks = [ask("Écrivez une phrase.", seed) for seed in range(4)]
    assert len({done.text for done in model.complete(asks)}) > 1


@pytest.mark.parametrize("width", [1, 4])
def test_a_grammar_holds(width: int) -> None:
    roomy = Sampling(max_tokens=120, temperature=1.5)
    asks = [ChatRequest(turns("Parlez de Rust."), roomy, seed, SECTIONS) for seed in range(4)]
    free = ask("Parlez de Rust.", 7)
    *held, other = load(width).complete([*asks, free])
    for done in held:
        assert done.finished
        assert re.fullmatch(r"## TL;DR\n[^#\n]+\n## Solution\n[^#\n]+\n", done.text)
    assert not other.text.startswith("## TL;DR")


@pytest.mark.parametrize("grammar", ["root ::= (", 'other ::= "a"', "root ::= absent", " "])
def test_what_is_no_grammar(model: LlamaModel, grammar: str) -> None:
    with pytest.raises(ModelError, match="not a GBNF grammar") as caught:
        model.complete(
            [ChatRequest(turns("?"), SHORT, 1), ChatRequest(turns("?"), SHORT, 1, grammar)]
        )
    assert grammar.strip() in caught.value.what


def test_a_begun_answer_is_continued_and_not_repeated(model: LlamaModel) -> None:
    done = one(model, ask("Comptez jusqu'à dix.", begun="1, 2, 3, 4,"))
    assert not done.text.startswith("1, 2, 3, 4,")
    assert done.text != one(model, ask("Comptez jusqu'à dix.")).text


def test_a_cut_answer_says_so(model: LlamaModel) -> None:
    done = one(model, ask("Racontez une longue histoire.", 1, Sampling(max_tokens=5)))
    assert (done.tokens, done.finished) == (5, False)


def test_a_character_that_is_cut_in_two_is_left_out(model: LlamaModel) -> None:
    crabs = 'root ::= "🦀🦀🦀🦀🦀🦀🦀🦀"'
    asks = [
        ChatRequest(turns("?"), Sampling(max_tokens=limit), 1, crabs) for limit in range(1, 9)
    ]  # a crab is several tokens
    texts = [done.text for done in model.complete(asks)]
    assert all(set(text) <= {"🦀"} for text in texts)
    assert "" in texts
    assert texts[-1]


def test_long_tokens_are_written_whole(model: LlamaModel) -> None:
    ruler = "=" * 64
    done = one(model, ChatRequest(turns("?"), Sampling(max_tokens=80), 1, f'root ::= "{ruler}"'))
    assert done.text == ruler


def test_a_prompt_that_does_not_fit(model: LlamaModel) -> None:
    ended: list[int] = []
    with pytest.raises(ModelError, match="do not fit a context of 1024"):
        model.complete([ask("Bonjour"), ask("mot " * 1100)], ended.append)
    assert not ended


def test_no_asks_no_texts(model: LlamaModel) -> None:
    assert model.complete([]) == []


def test_likely_french_and_unlikely_noise(model: LlamaModel) -> None:
    said = "En Rust, chaque valeur a un propriétaire et un seul."
    messages = turns(f"Répétez : {said}")
    copied = model.likelihood(messages, said)
    assert -2 < copied < 0
    assert copied > model.likelihood(messages, "xq zrk vvbn plok fdd qqz wkl ççà") + 2
    assert copied == model.likelihood(messages, said)


@pytest.mark.parametrize("text", ["", "mot " * 1100])
def test_texts_without_a_likelihood(model: LlamaModel, text: str) -> None:
    with pytest.raises(ModelError):
        model.likelihood(turns("?"), text)


def test_the_reference_says_what_changes_the_tokens(model: LlamaModel) -> None:
    assert model.ref.name == "smollm2"
    known = {"n_ctx": 1024, "width": 4, "block": 64, "n_batch": 512, "flash_attn": 1}
    assert known.items() <= model.ref.runtime.items()
    assert "llama_cpp_python" in model.ref.runtime


def test_a_file_that_is_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "cut.gguf"
    shutil.copy(find_model("smollm2").path, path)
    with path.open("r+b") as file:
        file.truncate(2_000_000)
    with pytest.raises(ModelError, match="cannot load the model"):
        LlamaModel(find_model(str(path)), ModelSettings(context=512))


# One evaluation of 512 tokens; the signal comes while llama.cpp is at work on it.
_READING = """
import time
from curator.models.base import ChatRequest, Message
from curator.models.llama.gguf import find_model
from curator.models.llama.model import LlamaModel
from curator.generate.recipe import ModelSettings
from curator.records.example import Sampling

model = LlamaModel(find_model("smollm2"), ModelSettings(context=8192, threads=1))
asked = ChatRequest((Message("user", "mot " * 7000),), Sampling(max_tokens=9), 1)
print("ready", flush=True)
try:
    model.complete([asked])
except KeyboardInterrupt:
    again = ChatRequest((Message("user", "Bonjour"),), Sampling(max_tokens=2), 1)
    print("stopped", model.complete([again])[0].tokens, flush=True)
"""


def test_ctrl_c_is_heard_while_a_long_prompt_is_read() -> None:
    command = [sys.executable, "-c", _READING]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline().startswith("stopped")
    assert process.returncode == 0
