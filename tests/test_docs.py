"""What README and docs/ say is true: links lead somewhere, commands exist, blocks run.

A block of ```console is run, in a copy of a small project, or has a line above it:

    <!-- not run: why -->     its commands are parsed all the same, with their options
    <!-- exit 0, 3 -->        other exit codes than 0 are right, too

A block of ```python is run in the checkout.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer

from curator.cli.app import app
from curator.cli.arguments import arrange
from curator.records.project import Project
from tests.conftest import ROOT

PAGES = sorted([
    *ROOT.glob("*.md"),
    *(p for p in (ROOT / "docs").rglob("*.md") if "readings" not in p.parts),
])  # fmt: skip
FENCE = re.compile(r"(?:^<!-- ([^\n]*) -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page; `mark` is the comment above it."""

    page: Path
    line: int
    language: str
    mark: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def not_run(self) -> bool:
        return bool(re.fullmatch(r"not run: .+", self.mark))

    @property
    def codes(self) -> set[int]:
        said = re.fullmatch(r"exit ([\d, ]+)", self.mark)
        return {int(code) for code in said[1].split(",")} if said else {0}

    def commands(self) -> Iterator[list[str]]:
        """The words of each command, without comments."""
        for line in self.text.splitlines():
            if line.startswith("$ "):
                words = shlex.split(line[2:], comments=True)
                while "&&" in words:
                    yield words[: words.index("&&")]
                    words = words[words.index("&&") + 1 :]
                yield words


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text("utf-8")
    for found in FENCE.finditer(text):
        line = text.count("\n", 0, found.start(3))
        yield Block(page, line, found[2], found[1] or "", found[3])


BLOCKS = [block for page in PAGES for block in blocks(page) if page.name != "CONTRIBUTING.md"]
CONSOLE = [b for b in BLOCKS if b.language == "console"]
PYTHON = [b for b in BLOCKS if b.language == "python" and not b.not_run]


def page_name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_links_lead_somewhere(page: Path) -> None:
    """Those to anchors are checked when the site is built."""
    text = re.sub(r"^```.*?^```$|`[^`\n]+`", "", page.read_text("utf-8"), flags=re.M | re.S)
    links = [link for link in LINK.findall(text) if "://" not in link]
    broken = [link for link in links if not (page.parent / link).exists()]
    assert broken == []


def parsed(words: list[str]) -> str:
    """The name of the command that words call; raises where an option does not exist."""
    group = typer.main.get_command(app)
    context = group.make_context("curator", list(arrange(words).words))
    name, rest = "curator", [*context._protected_args, *context.args]
    while rest and hasattr(group, "commands"):
        called, command, rest = group.resolve_command(context, rest)
        assert called and command
        group, name = command, f"{name} {called}"
        context = command.make_context(called, list(rest), parent=context)
        rest = [*context._protected_args, *context.args]
    return name


@pytest.mark.parametrize("block", CONSOLE, ids=lambda b: b.name)
def test_its_commands_exist_with_their_options(block: Block) -> None:
    assert any(block.commands())
    for words in block.commands():
        if words[0] == "curator":
            assert parsed(words[1:]).startswith("curator")
        else:
            assert block.not_run or words[0] == "cd", f"only curator is run here: {words}"
        if words[0] == "make":
            makefile = (ROOT / "Makefile").read_text("utf-8")
            assert re.search(rf"^{words[1]}:", makefile, re.MULTILINE)


def test_a_wrong_option_is_seen() -> None:
    with pytest.raises(Exception, match="--nope"):
        parsed(["augment", "--nope"])
    assert parsed(["review", "push", "--json"]) == "curator review push"


@pytest.fixture
def at_hand(project: Project) -> Project:
    """The small project, with what pages refer to."""
    (project.root / "examples").symlink_to(ROOT / "examples")
    return project


@pytest.mark.slow
@pytest.mark.parametrize("page", sorted({b.page for b in CONSOLE if not b.not_run}), ids=page_name)
def test_the_commands_of_a_page_run(
    page: Path, at_hand: Project, environment: dict[str, str]
) -> None:
    """In the order of the page, in one project."""
    for block in blocks(page):
        if block.language != "console" or block.not_run:
            continue
        for words in block.commands():
            done = subprocess.run(
                [sys.executable, "-m", "curator", *words[1:]],
                cwd=at_hand.root,
                env={**environment, "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                timeout=600,
            )
            assert done.returncode in block.codes, f"{block.name}: {words}: {done.stderr}"


@pytest.mark.slow
@pytest.mark.parametrize("block", PYTHON, ids=lambda b: b.name)
def test_python_runs(block: Block) -> None:
    done = subprocess.run(
        [sys.executable, "-c", block.text],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


def test_every_mark_is_known() -> None:
    for block in BLOCKS:
        if block.mark and block.language in {"console", "python"}:
            assert block.not_run or block.codes != {0}, block.name


def test_the_readme_is_short_and_says_what_matters() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert len(text.splitlines()) <= 120
    for what in ("make demo", "make test", "docs/loop.svg", "No human", "MIT", "--more"):
        assert what in text
    [week] = [b for b in CONSOLE if b.page.name == "README.md" and "retrain" in b.text]
    assert len(list(week.commands())) == 5
