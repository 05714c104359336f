"""How the server's environment gets made, with uv itself."""

from pathlib import Path

import pytest

from curator.base.errors import ArgillaError
from curator.review.argilla.server import environment

PINS = "packaging==26.3 --hash=sha256:{}\n"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and an index that answers nothing: as on a machine that is offline."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    for name in ("UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_INDEX", "UV_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    return tmp_path


def use_pins(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (folder / "pins.txt").write_text(text)
    monkeypatch.setattr(environment, "pins", lambda: folder / "pins.txt")


def test_offline_it_says_what_to_do_and_leaves_nothing(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_pins(elsewhere, monkeypatch, PINS.format("0" * 64))
    with pytest.raises(ArgillaError, match="no environment for Argilla: ") as caught:
        environment.ensure()
    assert "go online once" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [p.suffix for p in environment.folder().parent.iterdir()] == [".lock"]


def test_what_a_killed_creation_left_is_made_anew_and_then_kept(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_pins(elsewhere, monkeypatch, "")
    left = environment.folder().with_suffix(".build")
    (left / "bin").mkdir(parents=True)
    (left / "bin" / "python").write_text("half")
    said: list[str] = []
    made = environment.ensure(said.append)
    assert environment.python_of(made).resolve().stat().st_size > 1000
    assert not left.exists()
    assert said
    assert environment.ensure(lambda line: pytest.fail(line)) == made


def test_other_pins_are_another_environment(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_pins(elsewhere, monkeypatch, "")
    one = environment.folder()
    use_pins(elsewhere, monkeypatch, "# other\n")
    assert environment.folder() != one
    assert one.is_relative_to(elsewhere / "cache" / "rustsensei-curator" / "argilla")


def test_the_pins_are_hashed_and_name_no_index() -> None:
    lines = environment.pins().read_text().split("\n")
    pinned = [line for line in lines if line[:1].isalnum()]
    assert len(pinned) > 80
    assert all("==" in line for line in pinned)
    assert not any("://" in line or line.startswith("--index") for line in lines)
