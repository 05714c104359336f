"""The site of docs/: built without a broken link, complete, and sufficient to itself."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer

from curator.cli.app import app
from curator.filters.registry import FILTERS
from tests.conftest import ROOT
from tests.report.reading import BROWSERS, MISSING

SITE = ROOT / "docs" / "site"
RESOURCE = re.compile(
    r"<(?:script|img|iframe|source|embed|link)\b[^>]*?(?:src|href)=[\"']?((?:https?:)?//[^\s\"'>]+)"
)


@contextmanager
def scripts() -> Iterator[None]:
    """The scripts of docs/site/ can be imported."""
    sys.path.insert(0, str(SITE))
    try:
        yield
    finally:
        sys.path.remove(str(SITE))


@pytest.fixture(scope="module")
def reference() -> dict[str, str]:
    with scripts():
        import reference  # type: ignore[import-not-found]

        pages: dict[str, str] = reference.pages()
        return pages


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `make docs` builds it: strictly, so that each link and anchor leads somewhere."""
    folder = tmp_path_factory.mktemp("docs")
    done = subprocess.run(
        [sys.executable, str(SITE / "build.py"), str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


def test_the_picture_of_the_loop_is_that_of_the_code() -> None:
    with scripts():
        import loop  # type: ignore[import-not-found]

        assert loop.PICTURE.read_text("utf-8") == loop.draw(), "python docs/site/loop.py"
        with pytest.raises(KeyError):
            loop.check_commands([loop.Step("machine", "A step", ("fly",))])


def test_the_reference_in_the_repository_is_current(reference: dict[str, str]) -> None:
    folder = ROOT / "docs" / "reference"
    there = {f"reference/{path.name}": path.read_text("utf-8") for path in folder.glob("*.md")}
    assert there == reference, "python docs/site/reference.py"
    assert not re.search(r" at 0x[0-9a-f]{6}", "".join(there.values())), "the same on every machine"


def test_the_reference_has_everything(reference: dict[str, str]) -> None:
    names: set[str] = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    told = set(re.findall(r"^## curator ([\w-]+)", reference["reference/commands.md"], re.M))
    assert told == names
    assert {"batches", "batches discard", "models"} <= set(
        re.findall(r"^## curator (.+)", reference["reference/commands.md"], re.M)
    )
    assert "`--more`" in reference["reference/commands.md"]
    for name, one in FILTERS.items():
        for reason in one.reasons:
            part = reference["reference/filters.md"].partition(f"### {name}.{reason}\n")[2]
            part = re.split(r"^#{2,3} [a-z_]+(?:\.\w+)?$", part, flags=re.MULTILINE)[0]
            assert ("Rejected:" in part and "Passes:" in part) or "provenance tells" in part
    assert "| `more` |" in reference["reference/recipes.md"]
    assert "## curator.check" in reference["reference/python.md"]
    assert "| `NotReady` |" in reference["reference/exit-codes.md"]


def test_a_page_that_the_navigation_does_not_name_is_put_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "new.md").write_text('# A "new" page\n')
    with scripts():
        import build  # type: ignore[import-not-found]

        monkeypatch.setattr(build, "DOCS", tmp_path)
        settings = build.with_other_pages((SITE / "zensical.toml").read_text("utf-8"))
        nav = tomllib.loads(settings)["project"]["nav"]
        assert ("Design", "A 'new' page", "new.md") in list(build.entries(nav))


@pytest.mark.slow
def test_the_site_is_whole(site: Path) -> None:
    pages = {p.relative_to(ROOT / "docs").with_suffix("") for p in (ROOT / "docs").rglob("*.md")}
    listed = (site / "llms.txt").read_text("utf-8")
    for page in pages:
        assert (site / page).with_suffix(".html").is_file()
        assert f"({page}.html)" in listed, f"{page} is not in the navigation"
    for path in re.findall(r"\]\(([^)]+)\): \S", listed):
        assert (site / path).is_file()
    assert json.loads((site / "search.json").read_text("utf-8"))["items"]


@pytest.mark.slow
def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 40
    assert {p.name: found for p in pages if (found := RESOURCE.findall(p.read_text("utf-8")))} == {}
    styles = "".join(p.read_text("utf-8") for p in site.rglob("*.css"))
    assert not re.search(r"url\(['\"]?(https?:)?//", styles)


def test_a_foreign_resource_is_seen() -> None:
    assert RESOURCE.findall('<script async src="https://x.example/y.js">')
    assert RESOURCE.findall("<link rel=stylesheet href=//x.example/y.css>")
    assert not RESOURCE.findall('<a href="https://doc.rust-lang.org/">')


@pytest.mark.slow
def test_the_search_works_from_disk_and_asks_nobody(site: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    program = next((p for name in BROWSERS if (p := shutil.which(name))), None)
    if not program:
        pytest.skip(MISSING)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(color_scheme="dark")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site / "index.html").as_uri())
        assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
        page.keyboard.press("Control+k")
        page.wait_for_timeout(500)
        page.keyboard.type("near duplicates")
        page.locator("a[href*='near-duplicates.html']", has_text="teaches nothing").wait_for()
        browser.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
