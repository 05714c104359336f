"""Make the pictures of the pages for docs/: `python -m tests.report.pictures`.

They show a batch of mutants of the checkout's own examples (rustc makes their errors), what tells
the batch from the curated set, and the report of the tests' project, whose numbers are made up.
Needs Chromium and rustc, and half a minute. Argilla's pictures are made by docs/screenshots.py.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from curator.report.browse.page import browse_document
from curator.report.browse.select import select
from curator.report.differ.find import difference
from curator.report.differ.page import diff_document
from tests.conftest import ROOT
from tests.report.reading import BROWSERS, MISSING
from tests.report.showcase import everything

SIZE = {"width": 1180, "height": 760}
VERDICTS = ("accepted", "rejected")
RECIPE = """extends: augment.yaml
name: mutants
seed: 1
targets: {per_cell: 14}
generate: {strategies: [mutate], explore: 0}
stop: {candidates: 64}
"""


def main() -> None:
    """Write docs/browse.png, docs/diff.png and docs/rapport.png."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit(MISSING)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        pages = _pages(Path(folder)) | {"rapport": (_report(Path(folder) / "report"), "")}
        browser = playwright.chromium.launch(executable_path=program)
        for name, (page, place) in pages.items():
            _picture(browser, page, place, ROOT / "docs" / f"{name}.png")
        browser.close()


def _pages(folder: Path) -> dict[str, tuple[Path, str]]:
    """Make a project with a batch; return its pages, each with the place to show."""
    from curator.records.project import Project

    for name in ("pipelines", "raw/authored", "curated", "schemas"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "training" / "prompts_fr.jsonl", folder)
    (folder / "pipelines" / "mutants.yaml").write_text(RECIPE, "utf-8")
    recipe = str(folder / "pipelines" / "mutants.yaml")
    command = [sys.executable, "-m", "curator", "--project", str(folder), "augment"]
    subprocess.run([*command, "--recipe", recipe, "--json"], check=True, capture_output=True)
    project = Project(folder).open()
    [batch] = (folder / "raw" / "generated").iterdir()
    found = select(project, batch.name, "fr")
    sides = [next(r.key for r in found.rows if r.facets["status"] == s) for s in VERDICTS]
    apart = difference(project, batch.name, "curated")
    pages = {"browse": browse_document(found, "fr"), "diff": diff_document(project, apart, "fr")}
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, "utf-8")
    return {
        "browse": (folder / "browse.html", "&".join(sides)),
        "diff": (folder / "diff.html", ""),
    }


def _report(folder: Path) -> Path:
    """Write the report of the tests' project; its numbers are made up."""
    from curator.report.gather import gather
    from curator.report.write import write

    project = everything(folder)
    written = write(gather(project, lambda _root, _folder: None), folder / "build")
    return written[1]


def _picture(browser: Browser, page: Path, place: str, out: Path) -> None:
    context = browser.new_context(viewport=SIZE, color_scheme="light")  # type: ignore[arg-type]
    view = context.new_page()
    view.goto(f"{page.as_uri()}#{place}")
    view.screenshot(path=out)
    context.close()


if __name__ == "__main__":
    main()
