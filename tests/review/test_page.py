"""The annotation page of the real server in headless Chromium, used as an annotator uses it.

Argilla's own page names two fonts of another host. The server tells browsers to fetch nothing
from elsewhere, and Chromium says so in its console; nothing else may be said there.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from curator.base import store
from curator.french.typography import as_asked
from curator.records.example import Difficulty, Example, Topic
from curator.records.project import Project
from curator.review.argilla.sdk import ArgillaServer
from curator.review.pull import pull
from curator.review.push import push
from curator.review.recipe import ReviewRecipe
from tests.review.conftest import candidate, quiet
from tests.review.office import PASSWORD, Office

pytestmark = pytest.mark.slow
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MISSING = "no Chromium: install it (Debian: apt install chromium; macOS: brew install chromium)"
WAIT = 60_000  # milliseconds: machines are busy
FONTS = "https://fonts.googleapis.com/"
TOPICS = ("ownership", "borrowing", "lifetimes", "borrowing", "ownership", "borrowing")
LEVELS = ("intermediaire", "avance", "debutant", "avance", "debutant", "intermediaire")


class Desk:
    """The annotation page before one annotator, with what the browser complains of."""

    def __init__(self, page: Page, url: str):
        self.page, self.url = page, url
        self.faults: list[str] = []
        self.abroad: set[str] = set()
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._asked)
        page.on("requestfailed", self._refused)
        self.total = page.get_by_label("Total Records")
        self.record = page.locator(".record")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and FONTS not in message.text:
            self.faults.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.abroad.add(request.url)

    def _refused(self, request: Request) -> None:
        if request.failure == "csp":  # before it left the browser
            self.abroad.discard(request.url)

    def enter(self, user: str, dataset: str) -> None:
        self.page.goto(f"{self.url}/sign-in")
        self.page.locator("input[name=Username]").fill(user)
        self.page.locator("input[name=Password]").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.get_by_text(dataset, exact=True).click()
        self.total.wait_for()

    def press(self, *keys: str) -> None:
        """Press keys one after the other, once the page waits for them."""
        for key in keys:
            self.page.keyboard.press(key)
            self.page.wait_for_timeout(300)  # the focus moves on after an answer

    def example(self) -> str:
        """The id of the example that is shown: the panel of findings ends with it."""
        self.record.get_by_text(re.compile(r"Numéro [0-9a-f]{16}")).wait_for()
        return re.findall(r"Numéro ([0-9a-f]{16})", self.record.inner_text())[-1]

    def all_examples(self, count: int) -> list[str]:
        """The ids of the examples from the first to the last, read by turning the pages."""
        self.page.get_by_role("banner").click()  # closes an open menu
        expect(self.total).to_have_text(f"of {count}")
        expect(self.page.get_by_label("Current Record")).to_have_text("1")
        found = [self.example()]
        for _ in range(count - 1):
            self.page.get_by_label("Next (→)").click()
            expect(self.record).not_to_contain_text(found[-1])
            found.append(self.example())
        return found

    def submitted(self, count: int) -> None:
        expect(self.page.locator(".status-counter__counter")).to_have_text(str(count))


@pytest.fixture(scope="module")
def browser(running: object) -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(MISSING)
    expect.set_options(timeout=WAIT)
    host = urlsplit(running.url).hostname  # type: ignore[attr-defined]
    alone = f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {host}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[alone])
        yield browser
        browser.close()


@pytest.fixture
def pushed(reviewed: Project, server: ArgillaServer, recipe: ReviewRecipe) -> dict[str, Example]:
    """Six candidates in the server, by id."""
    made = [
        candidate(n, topic=Topic(topic), difficulty=Difficulty(level))
        for n, (topic, level) in enumerate(zip(TOPICS, LEVELS, strict=True))
    ]
    store.write_atomic(reviewed.pending_files()[0], made)
    assert push(reviewed, recipe, server, quiet).sent == {recipe.dataset: 6}
    return {example.id: example for example in made}


@pytest.fixture
def desk(
    browser: Browser, office: Office, pushed: dict[str, Example], recipe: ReviewRecipe
) -> Iterator[Desk]:
    """The page before anna, at the first of the examples that wait for her."""
    context = browser.new_context(viewport={"width": 1500, "height": 1000})
    context.set_default_timeout(WAIT)
    desk = Desk(context.new_page(), office.access.url)
    desk.enter(office.user("anna"), recipe.dataset)
    yield desk
    context.close()


def test_an_annotator_reads_corrects_and_submits_with_the_keyboard(
    desk: Desk,
    pushed: dict[str, Example],
    office: Office,
    reviewed: Project,
    recipe: ReviewRecipe,
    server: ArgillaServer,
    tmp_path: Path,
) -> None:
    one = pushed[desk.example()]
    expect(desk.total).to_have_text("of 6")
    expect(desk.record).to_contain_text(as_asked(one.question))
    expect(desk.record.get_by_role("heading", name="À retenir")).to_be_visible()
    expect(desk.record.locator("code.language-rust .hljs-keyword").first).to_have_text("fn")
    expect(desk.record.get_by_role("cell", name="réponse, ligne 8")).to_be_visible()
    expect(desk.record).to_contain_text("tous conformes")

    desk.press("2", "4", "3", "4", "2", "ArrowDown", "5")  # corriger, notes ; no mark for the code
    desk.press(*["ArrowDown"] * 4, "Shift+Enter")  # thème, niveau, motif, question, réponse
    desk.press("Control+End")
    desk.page.keyboard.type(" La référence suffit donc.")
    desk.page.screenshot(path=tmp_path / "annotation.png")
    desk.press("Escape", "Enter")
    desk.submitted(1)
    expect(desk.record).not_to_contain_text(one.id)

    two = desk.example()
    desk.press("1", "4", "5", "4", "4", "4", "5", "Enter")
    desk.submitted(2)
    desk.page.reload()
    expect(desk.total).to_have_text("of 4")

    done = pull(reviewed, recipe, server, quiet)
    assert {r.annotator for r in done.reviews} == {office.user("anna")}
    said = {r.example: r for r in done.reviews}
    assert said.keys() == {one.id, two}
    corrected, accepted = said[one.id], said[two]
    assert (corrected.decision.value, accepted.decision.value) == ("corriger", "accepter")
    marks = {"naturel": 4, "exactitude": 3, "completude": 4, "pedagogie": 2, "format": 5}
    assert corrected.ratings == marks
    assert list(accepted.ratings.values()) == [4, 5, 4, 4, 4, 5]
    [child] = done.corrected
    assert corrected.corrected == child.id
    assert child.provenance.parents == (one.id,)
    assert child.answer.rstrip() == f"{one.answer.rstrip()} La référence suffit donc."
    assert (desk.faults, desk.abroad) == ([], set())


def test_an_annotator_searches_filters_and_sorts(desk: Desk, pushed: dict[str, Example]) -> None:
    words = desk.page.get_by_placeholder("Introduce a query")
    desk.page.locator("[data-title=Search]").first.click()
    words.fill("TRANCHE")
    words.press("Enter")
    [found] = desk.all_examples(1)
    assert "une tranche numéro 5" in pushed[found].answer
    words.fill("")
    words.press("Enter")
    expect(desk.total).to_have_text("of 6")

    desk.page.get_by_role("button", name="Filters").click()
    desk.page.get_by_role("button", name="Metadata").last.click()
    desk.page.get_by_role("button", name="Thème", exact=True).click()
    desk.page.locator(".labels-selector").get_by_text("emprunt").click()
    expect(desk.total).to_have_text("of 3")
    borrowing = {e.id for e in pushed.values() if e.topic == "borrowing"}
    assert set(desk.all_examples(3)) == borrowing

    sort = desk.page.locator(".sort-filter .filter-button__button").first
    sort.click()
    desk.page.locator(".sort-filter").get_by_text("Niveau", exact=True).last.click()
    levels = [pushed[e].difficulty.value for e in desk.all_examples(3)]
    assert levels == ["avance", "avance", "intermediaire"]
    sort.click()
    desk.page.get_by_title("sort direction").click()
    levels = [pushed[e].difficulty.value for e in desk.all_examples(3)]
    assert levels == ["intermediaire", "avance", "avance"]
    assert (desk.faults, desk.abroad) == ([], set())
