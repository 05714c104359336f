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
from tests.conftest import make_example
from tests.review.conftest import GENERATED, candidate, quiet
from tests.review.office import PASSWORD, Office

pytestmark = pytest.mark.slow
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MISSING = "no Chromium: install it (Debian: apt install chromium; macOS: brew install chromium)"
WAIT = 20_000  # milliseconds: machines are busy
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
        self.total = page.get_by_label("Nombre d’exemples")
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
        self.sign_in(user, PASSWORD)
        self.page.get_by_text(dataset, exact=True).click()
        self.total.wait_for()

    def sign_in(self, user: str, password: str) -> None:
        self.page.goto(f"{self.url}/sign-in")
        self.page.locator("form input").first.fill(user)
        self.page.locator("input[type=password]").fill(password)
        self.page.keyboard.press("Enter")

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
        expect(self.total).to_have_text(f"sur {count}")
        expect(self.page.get_by_label("Exemple affiché")).to_have_text("1")
        found = [self.example()]
        for _ in range(count - 1):
            self.page.get_by_label("Suivant (→)").click()
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


HOSTILE = (
    "</code></pre></div><script>document.title='pris'</script>",
    "<img src=x onerror=\"document.title='pris'\">",
    "<object data='http://ailleurs.example/x'></object><embed src='http://ailleurs.example/y'>",
    "<svg onload=\"document.title='pris'\"></svg> ![suivi](http://ailleurs.example/x.png)",
    "[clic](javascript:document.title='pris') $\\\\href{javascript:alert(1)}{x}$",
    "<style>*{display:none}</style><iframe srcdoc='<script>top.document.title=1</script>'>",
)


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
    expect(desk.total).to_have_text("sur 6")
    expect(desk.record).to_contain_text(as_asked(one.question))
    expect(desk.record.get_by_role("heading", name="À retenir")).to_be_visible()
    expect(desk.record.locator(".curator-code .hljs-keyword").first).to_have_text("fn")
    expect(desk.record).to_contain_text("rustc est d’accord")
    cell = desk.record.get_by_role("cell", name="réponse, ligne 8")
    expect(cell).to_be_hidden()
    desk.press("o")  # opens what is folded; the form still has the focus
    expect(cell).to_be_visible()

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
    expect(desk.total).to_have_text("sur 4")

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
    words = desk.page.get_by_placeholder("Chercher dans les exemples")
    desk.page.locator("[data-title=Rechercher]").first.click()
    words.fill("TRANCHE")
    words.press("Enter")
    [found] = desk.all_examples(1)
    assert "une tranche numéro 5" in pushed[found].answer
    words.fill("")
    words.press("Enter")
    expect(desk.total).to_have_text("sur 6")

    desk.page.get_by_role("button", name="Filtres").click()
    desk.page.get_by_role("button", name="Métadonnées").last.click()
    desk.page.get_by_role("button", name="Thème", exact=True).click()
    desk.page.locator(".labels-selector").get_by_text("emprunt").click()
    expect(desk.total).to_have_text("sur 3")
    borrowing = {e.id for e in pushed.values() if e.topic == "borrowing"}
    assert set(desk.all_examples(3)) == borrowing

    sort = desk.page.locator(".sort-filter .filter-button__button").first
    sort.click()
    desk.page.locator(".sort-filter").get_by_text("Niveau", exact=True).last.click()
    levels = [pushed[e].difficulty.value for e in desk.all_examples(3)]
    assert levels == ["avance", "avance", "intermediaire"]
    sort.click()
    desk.page.get_by_title("sens du tri").click()
    levels = [pushed[e].difficulty.value for e in desk.all_examples(3)]
    assert levels == ["intermediaire", "avance", "avance"]
    assert (desk.faults, desk.abroad) == ([], set())


def test_an_answer_that_says_too_little_stays_and_says_why(
    desk: Desk, pushed: dict[str, Example]
) -> None:
    first = desk.example()
    desk.press("3", "4", "5", "4", "4", "4", "5", "Enter")
    said = desk.page.get_by_text("Vous rejetez : choisissez aussi le motif du rejet.")
    expect(said).to_be_visible()
    assert desk.example() == first
    expect(desk.page.get_by_role("button", name="Faux sur le fond")).to_be_in_viewport()
    desk.press("1", "Enter")  # the form stands at the reason
    desk.submitted(1)
    expect(desk.record).not_to_contain_text(first)
    second = desk.example()
    desk.press("2", "4", "5", "4", "4", "4", "5", "Enter")
    expect(desk.page.get_by_text("Vous corrigez : modifiez la question")).to_be_visible()
    assert desk.example() == second
    desk.page.reload()
    expect(desk.total).to_have_text("sur 5")
    third = desk.example()
    desk.press("2", "4", "5", "4", "4", "4", "5")
    other = "Débutant" if pushed[third].difficulty.value == "avance" else "Avancé"
    desk.page.locator(".questions-form label", has_text=other).first.click()
    desk.press("Enter")
    desk.submitted(2)
    expect(desk.record).not_to_contain_text(third)
    assert (desk.faults, desk.abroad) == ([], set())


def test_an_adjudicator_adopts_the_proposed_text_in_the_page(
    desk: Desk,
    pushed: dict[str, Example],
    office: Office,
    reviewed: Project,
    recipe: ReviewRecipe,
    server: ArgillaServer,
) -> None:
    one = next(iter(pushed.values()))
    better = one.answer.replace("qui peut encore s'en servir", "qui pourra toujours s'en servir")
    office.say("anna", recipe.dataset, one.id, "corriger", corrected_answer=better)
    office.say("benoit", recipe.dataset, one.id, "rejeter", reason="faux")
    [child] = pull(reviewed, recipe, server, quiet).corrected
    push(reviewed, recipe, server, quiet, returns_only=True)
    desk.page.evaluate("localStorage.clear()")
    desk.page.context.clear_cookies()
    desk.enter(office.user("chloe"), recipe.adjudication)
    assert desk.example() == one.id
    desk.press("2", "4", "5", "4", "4", "4", "5", "Enter")
    desk.submitted(1)
    done = pull(reviewed, recipe, server, quiet)
    assert ([r.corrected for r in done.reviews], done.returned) == ([child.id], [])
    assert (desk.faults, desk.abroad) == ([], set())


ENGLISH = re.compile(
    r"\b(?:the|and|your?|of|to|with|sign|username|password|search|submit|discard|draft|pending|"
    r"records?|filters?|status|shortcuts|guidelines?|settings|next|"
    r"previous|collapse|expand|clear|reset|workspaces?|updated|wrong|panel|button|view|annotator)\b",
    re.IGNORECASE,
)
SEEN = """() => {
  const seen = new Set(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const ours = (at) => at.closest('script, style, .curator, .markdown-render, [contenteditable]');
  while (walk.nextNode()) {
    const at = walk.currentNode.parentElement;
    if (!ours(at) && at.getClientRects().length) seen.add(walk.currentNode.textContent.trim());
  }
  for (const at of document.querySelectorAll('*'))
    for (const name of ['title', 'aria-label', 'placeholder', 'data-title'])
      if (at.getAttribute(name) && !ours(at) && at.getClientRects().length)
        seen.add(at.getAttribute(name));
  return [...seen];
}"""
# Left in English: identifiers, as names of questions in a filter, and what names an icon.
LEFT = re.compile(r"[a-z]+_at|[a-z]+ icon|Question\xa0: \w+|annotator")


def english(desk: Desk, *known: str) -> list[str]:
    """What the page says that is not French, less the names that the project gave."""
    desk.page.wait_for_timeout(1000)
    shown = [text for text in desk.page.evaluate(SEEN) if text not in known]
    return [text for text in shown if ENGLISH.search(text) and not LEFT.fullmatch(text)]


def test_all_that_an_annotator_meets_is_french(
    desk: Desk, office: Office, recipe: ReviewRecipe
) -> None:
    page, known = desk.page, (recipe.workspace, recipe.dataset, office.user("anna"))
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert english(desk, *known) == []
    for name in ("Filtres", "Métadonnées"):
        page.get_by_role("button", name=name).last.click()
        assert english(desk, *known) == []
    page.get_by_role("banner").click()
    page.locator(".sort-filter .filter-button__button").first.click()
    assert english(desk, *known) == []
    page.get_by_role("banner").click()
    page.get_by_text("Exemples semblables").first.click()
    expect(page.locator(".similarity-reference__preview")).to_contain_text("Pourquoi ma variable")
    expect(page.locator(".similarity-reference__preview")).not_to_contain_text("<div")
    page.locator(".similarity__progress").first.wait_for(state="attached")
    expect(page.locator(".similarity__progress").first).to_be_hidden()
    assert english(desk, *known) == []
    page.goto(f"{desk.url}/")
    page.get_by_text(recipe.dataset, exact=True).wait_for()
    assert english(desk, *known) == []
    page.goto(f"{desk.url}/user-settings")
    page.get_by_text("Langue").wait_for()
    assert english(desk, *known, "English") == []
    page.evaluate("localStorage.clear()")
    page.context.clear_cookies()
    desk.sign_in(office.user("anna"), "un autre mot de passe")
    expect(page.get_by_text("Nom ou mot de passe inconnu").first).to_be_visible()
    assert english(desk) == []


def test_french_says_all_that_english_does_and_another_language_can_be_chosen(desk: Desk) -> None:
    keys = """(code) => {
      const walk = (x, path) => Object.entries(x).flatMap(([k, v]) =>
        typeof v === 'object' ? walk(v, `${path}.${k}`) : [`${path}.${k}`]);
      return walk($nuxt.$i18n.messages[code], '');
    }"""
    english, french = (set(desk.page.evaluate(keys, code)) for code in ("en", "fr"))
    assert english - french == set()
    desk.page.goto(f"{desk.url}/user-settings")
    desk.page.get_by_text("en", exact=True).click()
    expect(desk.page.get_by_role("heading", name="My settings")).to_be_visible()


def test_the_guide_is_open_at_first_and_stays_as_it_is_left(desk: Desk) -> None:
    guide = desk.page.get_by_role("heading", name="Guide de relecture")
    expect(guide).to_be_visible()
    desk.press("g")
    expect(guide).to_be_hidden()
    desk.page.wait_for_timeout(1000)  # the page notes it after a moment
    desk.page.reload()
    desk.example()
    expect(guide).to_be_hidden()


def test_what_is_folded_opens_with_the_keyboard_and_submits_nothing(desk: Desk) -> None:
    first = desk.example()
    summary = desk.record.locator(".curator summary").first
    part = desk.record.locator(".curator details").first
    desk.press("1", "4", "5", "4", "4", "4", "5")
    summary.focus()
    desk.press("Enter")
    expect(part).to_have_attribute("open", "")
    desk.press("Space")
    expect(part).not_to_have_attribute("open", "")
    assert desk.example() == first
    expect(desk.total).to_have_text("sur 6")


def test_digits_answer_after_a_click_on_what_opens(desk: Desk) -> None:
    desk.example()
    desk.record.locator(".curator summary").first.click()
    desk.press("1", "4", "5", "4", "4", "4", "5", "Enter")
    desk.submitted(1)


def test_nothing_of_a_candidate_runs_or_calls_home(
    browser: Browser,
    office: Office,
    reviewed: Project,
    server: ArgillaServer,
    recipe: ReviewRecipe,
) -> None:
    hostile = "\n\n".join((*HOSTILE, *(f"```rust\n// {text}\n```" for text in HOSTILE)))
    example = make_example(f"Pourquoi ?\n\n{hostile}", hostile, provenance=GENERATED)
    store.write_atomic(reviewed.pending_files()[0], [example])
    push(reviewed, recipe, server, quiet)
    context = browser.new_context(viewport={"width": 1500, "height": 1000})
    desk = Desk(context.new_page(), office.access.url)
    desk.enter(office.user("anna"), recipe.dataset)
    desk.example()
    desk.press("o")
    fields = desk.record.locator(".curator")
    foreign = "script, img, object, embed, style, iframe, svg:not(.svg-icon)"
    assert fields.locator(foreign).count() == 0
    leads = fields.locator("a").evaluate_all("links => links.map((a) => a.getAttribute('href'))")
    assert {lead for lead in leads if lead and not lead.startswith("http")} <= {"#"}  # copies
    assert all(text[:40] in fields.first.inner_text() for text in HOSTILE[:3])
    assert "pris" not in desk.page.title()
    assert (desk.faults, desk.abroad) == ([], set())
    context.close()
