"""The workflow that whoever hosts the project can run."""

import re

import yaml

from tests.conftest import ROOT

TEXT = (ROOT / ".github" / "workflows" / "check.yml").read_text()
JOB = yaml.safe_load(TEXT)["jobs"]["check"]


def test_it_checks_linux_and_macos() -> None:
    systems = JOB["strategy"]["matrix"]["system"]
    assert [name.split("-")[0] for name in systems] == ["ubuntu", "macos"]
    assert JOB["runs-on"] == "${{ matrix.system }}"


def test_it_runs_what_the_makefile_has() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)
    made = [step["run"] for step in JOB["steps"] if step.get("run", "").startswith("make ")]
    assert made == ["make check"]
    assert "check" in targets


def test_the_files_that_its_cache_depends_on_exist() -> None:
    names = re.findall(r"hashFiles\((.*)\)", TEXT)[0].replace("'", "").split(", ")
    for name in names:
        assert list(ROOT.glob(name)), name


def test_it_says_that_it_was_not_run_and_names_no_host() -> None:
    assert "it has not been run" in TEXT
    assert "://" not in TEXT
