"""Whatever gets installed is pinned, with hashes, and comes from whichever index the user has."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.setup.test_setup import requirements

PINNED = sorted(p for p in (ROOT / "requirements").glob("*.txt") if "overrides" not in p.name)


def ids(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", PINNED, ids=ids)
def test_every_requirement_is_pinned_and_hashed(path: Path) -> None:
    text = path.read_text()
    found = requirements(text)
    assert found
    bare = [name for name, hashes in found.items() if not hashes]
    assert not bare
    assert all(re.match(r"[a-z0-9.-]+==\S+( ; .*)? \\$", line) for line in text.splitlines()
               if line[:1].isalnum())  # fmt: skip
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash=)", text, re.M)


def test_the_files_are_all_there() -> None:
    names = {path.name for path in PINNED}
    assert {"all.txt", "dev.txt", "build.txt", "argilla.txt", "docs.txt"} <= names


def test_what_two_files_pin_they_pin_alike() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / "requirements" / name).read_text()
        return {line.rstrip(" \\") for line in text.splitlines() if line[:1].isalnum()}

    dev = {line.split("==")[0]: line for line in pins("dev.txt")}
    assert {line.split("==")[0] for line in pins("all.txt")} < dev.keys()
    for name in ("all.txt", "build.txt", "docs.txt"):
        for line in pins(name):
            package, _, rest = line.partition("==")
            if package in dev:
                assert rest.split(" ;")[0] in {
                    one.split("==")[1].split(" ;")[0] for one in pins("dev.txt")
                    if one.startswith(f"{package}==")
                }  # fmt: skip


def test_the_login_of_argillas_server_has_no_known_hole() -> None:
    text = (ROOT / "requirements" / "argilla.txt").read_text()
    found = re.search(r"^python-jose==(\d+)\.(\d+)", text, re.M)
    assert found
    assert (int(found[1]), int(found[2])) >= (3, 4)  # CVE-2024-33663, CVE-2024-33664
