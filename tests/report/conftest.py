"""The project with everything, read once; what a test changes, it changes in one of its own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from curator.evaluation.folder import ArmDir
from curator.records.project import Project
from curator.report.content import sections
from curator.report.gather import Report, gather
from curator.report.html import answers_document
from curator.report.html import document as page_of
from curator.report.markdown import document as text_of
from tests.report.reading import BROWSERS, MISSING
from tests.report.showcase import everything


def current(root: Path, folder: ArmDir) -> str | None:
    """No arm is stale."""
    return None


def read(project: Project) -> Report:
    return gather(project, current)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def showcase(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return everything(tmp_path_factory.mktemp("showcase"))


@pytest.fixture(scope="session")
def report(showcase: Project) -> Report:
    return read(showcase)


@pytest.fixture(scope="session")
def markdown(report: Report) -> str:
    return text_of(report, sections(report))


@pytest.fixture(scope="session")
def page(report: Report) -> str:
    return page_of(report, sections(report))


@pytest.fixture(scope="session")
def answers(report: Report) -> str:
    return answers_document(report)


@pytest.fixture
def both() -> Callable[[Report], tuple[str, str]]:
    """A report as Markdown and as a page."""
    return lambda r: (text_of(r, sections(r)), page_of(r, sections(r)))
