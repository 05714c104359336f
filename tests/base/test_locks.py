"""Lock files: asked about without being taken, and never held where nobody sees it."""

import shutil
import threading
import time
from pathlib import Path

import pytest

from curator.base import store
from curator.base.errors import StoreError


def test_whether_a_lock_is_held_is_asked_without_taking_or_making_it(tmp_path: Path) -> None:
    path = tmp_path / "work" / ".lock"
    assert not store.held(path)
    assert not path.parent.exists()
    with store.locked(path, "works"):
        assert store.held(path)
        assert store.held(path)  # who asked before holds nothing
    assert path.exists() and not store.held(path)


def test_who_asks_keeps_nobody_out(tmp_path: Path) -> None:
    path, stop = tmp_path / ".lock", threading.Event()

    def ask() -> None:
        while not stop.is_set():
            store.held(path)

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for thread in asking:
        thread.start()
    try:
        for _ in range(50):
            with store.locked(path, "works", wait=5):
                assert store.held(path)
    finally:
        stop.set()
        for thread in asking:
            thread.join()


def test_a_lock_whose_folder_was_deleted_meanwhile_is_taken_anew(tmp_path: Path) -> None:
    """Else two processes hold "the" lock: one that of the file that is gone."""
    path, entered, leave = tmp_path / "batch" / ".lock", threading.Event(), threading.Event()

    def second() -> None:
        with store.locked(path, "works", wait=5):
            entered.set()
            leave.wait(5)

    waiter = threading.Thread(target=second)
    with store.locked(path, "works"):
        waiter.start()
        time.sleep(0.2)  # the second one has opened the file, and waits
        assert not entered.is_set()
        shutil.rmtree(path.parent)
    assert entered.wait(5)
    assert store.held(path)
    refused = pytest.raises(StoreError, match="another curator process works")
    with refused, store.locked(path, "works", wait=0.1):
        pass
    leave.set()
    waiter.join()
