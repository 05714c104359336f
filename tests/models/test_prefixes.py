"""Prompts' beginnings are kept between waves and runs, and the texts do not show it."""

import logging
import multiprocessing
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from curator.models.base import ChatRequest, Completion, Message
from curator.models.llama.context import LlamaContext
from curator.models.llama.gguf import find_model
from curator.models.llama.model import LlamaModel
from curator.models.llama.piece_reader import can_keep
from curator.models.llama.prefixes import Prefixes, keys_of
from curator.models.settings import ModelSettings
from curator.records.example import Sampling

KEY, OTHER = "ab" * 32, "cd" * 32
STATE = bytes(range(256)) * 40
RULES = "Chaque valeur a un propriétaire unique ; un emprunt ne le remplace pas. "
LINES = r'root ::= "## TL;DR\n" [^#\n]{1,40} "\n"'
WARM = Sampling(max_tokens=12, temperature=1.2)


# The store by itself


def kept_long(store: Prefixes, key: str = KEY, state: bytes = STATE, shared: bool = True) -> None:
    store.put(key, state, seconds=1.0, shared=shared)


def test_what_several_prompts_share_goes_to_disk(tmp_path: Path) -> None:
    kept_long(Prefixes(tmp_path / "new"))
    again = Prefixes(tmp_path / "new")
    assert again.get(KEY) == STATE
    assert again.get(OTHER) is None


def test_what_one_prompt_wanted_goes_to_disk_when_it_is_wanted_again(tmp_path: Path) -> None:
    store = Prefixes(tmp_path)
    kept_long(store, shared=False)
    assert Prefixes(tmp_path).get(KEY) is None
    assert store.get(KEY) == STATE
    assert Prefixes(tmp_path).get(KEY) == STATE


def test_what_is_read_faster_than_loaded_stays_in_memory(tmp_path: Path) -> None:
    store = Prefixes(tmp_path)
    store.put(KEY, STATE, seconds=len(STATE) / 2e8, shared=True)
    assert store.get(KEY) == STATE
    assert not list(tmp_path.iterdir())


def test_memory_is_bounded_and_what_was_used_last_stays(tmp_path: Path) -> None:
    store = Prefixes(tmp_path, memory=2 * len(STATE))
    for key in ("a", "b"):
        kept_long(store, key, shared=False)
    store.get("a")
    kept_long(store, "c", shared=False)
    assert [store.get(key) is None for key in "abc"] == [False, True, False]
    kept_long(store, "whole", STATE * 3, shared=False)  # larger than all that may be kept
    assert store.get("whole") is None


def test_a_state_that_is_kept_anew_is_counted_once(tmp_path: Path) -> None:
    store = Prefixes(tmp_path, memory=2 * len(STATE))
    for _ in range(5):
        kept_long(store, "a", shared=False)
    kept_long(store, "b", shared=False)
    assert store.get("a") == store.get("b") == STATE


def test_the_disk_is_bounded_and_what_was_used_last_stays(tmp_path: Path) -> None:
    room = 3 * len(STATE) + 500
    for number, key in enumerate("abc"):
        kept_long(Prefixes(tmp_path, disk=room), key * 64)
        os.utime(tmp_path / f"{key * 64}.state", (number, number))
    assert Prefixes(tmp_path).get("a" * 64) == STATE  # used: now b is the oldest
    kept_long(Prefixes(tmp_path, disk=room), "d" * 64)
    assert sorted(path.name[0] for path in tmp_path.iterdir()) == ["a", "c", "d"]


@pytest.mark.parametrize(
    "fault",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: data[:200] + b"?" + data[201:],
        lambda data: b"something else",
        lambda data: data.replace(KEY.encode(), OTHER.encode()),
    ],
    ids=["empty", "cut", "longer", "changed", "foreign", "another prompt's"],
)
def test_a_broken_file_is_named_once_and_replaced(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: Callable[[bytes], bytes]
) -> None:
    kept_long(Prefixes(tmp_path))
    path = tmp_path / f"{KEY}.state"
    whole = path.read_bytes()
    path.write_bytes(fault(whole))
    store = Prefixes(tmp_path)
    with caplog.at_level(logging.WARNING):
        assert store.get(KEY) is None
        kept_long(store, shared=False)
        assert store.get(KEY) == STATE
    assert [str(path) in record.getMessage() for record in caplog.records] == [True]
    assert path.read_bytes() == whole


def test_a_place_that_cannot_be_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("no folder")
    store = Prefixes(tmp_path / "file")
    kept_long(store)
    kept_long(store, OTHER)
    assert store.get(KEY) == store.get(OTHER) == STATE
    assert ["no state of a prompt is kept on disk" in r.getMessage() for r in caplog.records] == [
        True
    ]


def test_a_place_that_cannot_be_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for key in (KEY, OTHER):
        (tmp_path / f"{key}.state").mkdir()
    store = Prefixes(tmp_path)
    assert store.get(KEY) is store.get(OTHER) is None
    kept_long(store)
    assert store.get(KEY) == STATE
    assert len(caplog.records) == 1


def test_no_folder_nothing_on_disk() -> None:
    store = Prefixes(None)
    kept_long(store)
    assert store.get(KEY) == STATE
    assert store.get(OTHER) is None


def _write_and_read(folder: str, number: int) -> None:
    """Write and read the same few states as other processes do, in a small room."""
    for turn in range(60):
        store = Prefixes(Path(folder), disk=3 * len(STATE))
        key = f"{(turn + number) % 5:064}"
        assert store.get(key) in (None, STATE)
        kept_long(store, key)


def test_several_processes_share_a_folder(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write_and_read, args=(str(tmp_path), n)) for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    left = [path.name for path in tmp_path.iterdir()]
    assert left and all(name.endswith(".state") for name in left)
    assert all(Prefixes(tmp_path).get(name.split(".")[0]) == STATE for name in left)
    assert not caplog.records


def test_a_key_means_all_tokens_up_to_its_end_the_pieces_and_the_settings() -> None:
    pieces = ((1, 2), (3, 4), (5,))
    keys = keys_of({"sha256": "a"}, pieces)
    assert len(set(keys)) == 3
    assert keys_of({"sha256": "a"}, pieces[:2]) == keys[:2]
    assert keys_of({"sha256": "a"}, ((1, 9), *pieces[1:]))[1] != keys[1]
    assert keys_of({"sha256": "a"}, ((1, 2, 3, 4), (5,)))[1] != keys[2]
    assert not set(keys_of({"sha256": "b"}, pieces)) & set(keys)


# With the real model


def load(folder: Path, width: int = 2) -> LlamaModel:
    settings = ModelSettings(width=width, context=2048, threads=1)
    return LlamaModel(find_model("smollm2"), settings, Prefixes(folder))


def asked(question: str, seed: int, grammar: str | None = None) -> ChatRequest:
    system = Message("system", "Vous êtes un professeur de Rust. " + RULES * 5)
    return ChatRequest((system, Message("user", question)), WARM, seed, grammar)


WAVE = [
    asked("Qu'est-ce qu'un trait ?", 1),
    asked("Qu'est-ce qu'un trait ?", 2, LINES),
    asked("Parlez-moi des emprunts. " + RULES * 3, 3),
    asked("Parlez-moi des emprunts. " + RULES * 3 + "Et ensuite ?", 4, LINES),
    ChatRequest((Message("user", "Bonjour"),), WARM, 5),
]


class Counter:
    """Counts the tokens of prompts that are evaluated."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self.tokens = 0
        read = LlamaContext.read

        def counted(
            context: LlamaContext, sequence: int, tokens: Sequence[int], start: int
        ) -> None:
            self.tokens += len(tokens)
            read(context, sequence, tokens, start)

        monkeypatch.setattr(LlamaContext, "read", counted)

    def of(self, model: LlamaModel, wave: Sequence[ChatRequest]) -> tuple[list[Completion], int]:
        before = self.tokens
        return model.complete(wave), self.tokens - before


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Counter:
    return Counter(monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("width", [1, 4])
def test_texts_are_the_same_cold_from_memory_and_from_disk(
    tmp_path: Path, counter: Counter, width: int
) -> None:
    model = load(tmp_path, width)
    cold, first = counter.of(model, WAVE)
    assert len({done.text for done in cold}) == len(WAVE)
    assert counter.of(model, WAVE) == (cold, 0)
    assert first > 300
    from_disk, rest = counter.of(load(tmp_path, width), WAVE)
    assert (from_disk, rest) == (cold, 0)


@pytest.mark.slow
def test_texts_are_the_same_whatever_was_kept(tmp_path: Path, counter: Counter) -> None:
    """Parts of prompts from another wave, broken files, and no memory at all."""
    cold, whole = counter.of(load(tmp_path / "cold"), WAVE)
    other = load(tmp_path / "other")
    other.complete([asked("Parlez-moi des emprunts. " + RULES, 9), asked("Un crabe ?", 8)])
    same, rest = counter.of(other, WAVE)
    assert same == cold
    assert 0 < rest < whole
    for path in sorted((tmp_path / "other").iterdir())[::2]:
        path.write_bytes(b"broken")
    assert load(tmp_path / "other").complete(WAVE) == cold
    settings = ModelSettings(width=2, context=2048, threads=1)
    forgetful = LlamaModel(find_model("smollm2"), settings, Prefixes(None, memory=0))
    assert forgetful.complete(WAVE) == cold


@pytest.mark.slow
def test_states_are_the_same_bit_for_bit_whatever_was_read_before(tmp_path: Path) -> None:
    def states(folder: Path) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    load(tmp_path / "a").complete(WAVE)
    other = load(tmp_path / "b", width=1)
    for request in reversed(WAVE):
        other.complete([request, asked(request.messages[-1].content + " Dites-le.", 1)])
    one, two = states(tmp_path / "a"), states(tmp_path / "b")
    assert len(one.keys() & two.keys()) > 4
    assert all(one[name] == two[name] for name in one.keys() & two.keys())


@pytest.mark.slow
def test_likelihoods_are_the_same_too(tmp_path: Path, counter: Counter) -> None:
    model = load(tmp_path)
    messages, text = WAVE[2].messages, "Un emprunt prête la valeur."
    cold = model.likelihood(messages, text)
    before = counter.tokens
    assert model.likelihood(messages, text) == cold
    assert load(tmp_path).likelihood(messages, text) == cold
    assert counter.tokens == before


@pytest.mark.slow
def test_a_model_whose_pieces_cannot_be_kept(tmp_path: Path, counter: Counter) -> None:
    model = load(tmp_path)
    assert can_keep(model._llama)
    model._llama.metadata["phi3.rope.scaling.original_context_length"] = "4096"
    assert not can_keep(model._llama)
    model._keeps = False
    cold, first = counter.of(model, WAVE)
    assert counter.of(model, WAVE) == (cold, first)
    assert not list(tmp_path.iterdir())
