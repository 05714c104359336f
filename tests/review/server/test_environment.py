"""How the server's environment gets made, with uv itself."""

import re
import subprocess
from pathlib import Path

import pytest
from packaging.version import Version

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


def pinned() -> dict[str, tuple[str, bool]]:
    """Each package that is pinned: its version, and whether a hash goes with it."""
    found: dict[str, tuple[str, bool]] = {}
    for part in re.split(r"\n(?=\S)", environment.pins().read_text()):
        if part[:1].isalnum():
            name, version = re.match(r"([\w.-]+)(?:\[[^]]*\])?==(\S+)", part).groups()  # type: ignore[union-attr]
            found[name] = version, "--hash=sha256:" in part
    return found


def test_the_pins_are_hashed_and_name_no_index() -> None:
    text = environment.pins().read_text()
    known = pinned()
    assert len(known) > 80
    assert [name for name, (_, hashed) in known.items() if not hashed] == []
    assert "://" not in text and "--index" not in text


# Where a hole that was known on 2026-11-28 is mended; None: nowhere, so that it must not be there.
MENDED: dict[str, str | None] = {
    "python-jose": "3.4.0",  # CVE-2024-33663, CVE-2024-33664
    "ecdsa": None,  # CVE-2024-23342
    "starlette": "0.49.1",  # CVE-2025-54121, CVE-2025-62727
    "h11": "0.16.0",  # CVE-2025-43859
    "python-multipart": "0.0.18",  # CVE-2024-53981
    "requests": "2.32.4",  # CVE-2024-47081
    "urllib3": "2.5.0",  # CVE-2025-50181, CVE-2025-50182
    "aiohttp": "3.12.14",  # CVE-2025-53643
    "jinja2": "3.1.6",  # CVE-2025-27516
}


def test_no_pin_has_a_hole_that_is_known() -> None:
    known = {name: Version(version) for name, (version, _) in pinned().items()}
    holes = {
        name: str(known[name])
        for name, mended in MENDED.items()
        if name in known and (mended is None or known[name] < Version(mended))
    }
    assert holes == {}
    assert {"python-jose", "starlette", "cryptography"} <= known.keys()


def test_tokens_are_signed_without_the_packages_that_are_left_out(server_python: Path) -> None:
    said = """
from jose import jwt
from jose.backends import ECKey, RSAKey
token = jwt.encode({"username": "anne"}, "s" * 40, algorithm="HS256")
assert jwt.decode(token, "s" * 40, algorithms=["HS256"]) == {"username": "anne"}
assert {ECKey.__module__, RSAKey.__module__} == {"jose.backends.cryptography_backend"}
"""
    subprocess.run([str(server_python), "-c", said], check=True)
