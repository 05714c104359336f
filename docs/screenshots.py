"""Take the pictures of the annotation page that the README shows: `python docs/screenshots.py`.

Starts an Argilla of its own in a temporary folder, gives it three of the authored examples as if a
model had written them, and looks at its page with Chromium. Needs the extra "review", playwright,
Chromium and rustc.
"""

import shutil
import socket
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from curator.base import store
from curator.records.example import Example, ModelRef, Origin, Sampling
from curator.records.files import read_examples
from curator.records.project import Project
from curator.review.argilla.access import Access
from curator.review.argilla.sdk import ArgillaServer
from curator.review.argilla.server import supervisor, users
from curator.review.push import push
from curator.review.recipe import load_review

DOCS = Path(__file__).parent
SHOWN = {"lifetimes": 0, "ownership": 0, "iterators": 7}  # by topic, which of its examples
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))


def written_by_a_model(example: Example) -> Example:
    """Return an authored example as a candidate."""
    changes = {
        "origin": Origin.GENERATED,
        "author": None,
        "batch": "augment-s0001-1a2b3c4d",
        "strategy": "few_shot",
        "seed": 7,
        "prompt_sha256": "0" * 64,
        "sampling": Sampling(),
        "model": ModelRef(name="Qwen2.5-Coder-1.5B-Instruct", sha256="0" * 64),
    }
    return example.model_copy(update={"provenance": example.provenance.model_copy(update=changes)})


def project(root: Path) -> Project:
    """Make a project of ours in which these examples wait for people."""
    for name in ("pipelines", "schemas", "raw", "README.fr.md"):
        source = DOCS.parent / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, root / name)
    waiting = []
    for topic, number in SHOWN.items():
        file = root / "raw" / "authored" / f"{topic}.jsonl"
        examples = list(read_examples(file))
        waiting.append(written_by_a_model(examples.pop(number)))
        store.write_atomic(file, examples)
    store.write_atomic(root / "raw/generated/augment-s0001-1a2b3c4d/accepted.jsonl", waiting)
    return Project(root)


def pictures(page: Page, url: str, account: Any, dataset: str) -> None:
    """Walk through the page and take the pictures."""
    page.goto(f"{url}/sign-in")
    page.locator("form input").first.fill(account.name)
    page.locator("input[type=password]").fill("un mot de passe")
    page.keyboard.press("Enter")
    page.get_by_text("Nom ou mot de passe inconnu").first.wait_for()
    page.screenshot(path=DOCS / "connexion.png")
    page.locator("input[type=password]").fill(account.password)
    page.keyboard.press("Enter")
    page.get_by_text(dataset, exact=True).click()
    page.locator(".record .curator").first.wait_for()
    page.keyboard.press("g")  # folds the guide, which is open at first
    page.set_viewport_size({"width": 1400, "height": 1700})
    page.wait_for_timeout(1500)
    page.screenshot(path=DOCS / "annotation.png")


def free_port() -> int:
    """Return a port that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Take the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        root, data = Path(folder) / "exemple", Path(folder) / "argilla"
        root.mkdir()
        running = supervisor.up(data, port=free_port())
        try:
            made = project(root)
            recipe = load_review(made).model_copy(update={"vectors": "words"})  # takes a moment
            server = ArgillaServer(Access(running.url, running.api_key))
            push(made, recipe, server, lambda *done: None)
            account = users.add(data, "anna")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM)
                page = browser.new_page(viewport={"width": 1400, "height": 900})
                pictures(page, running.url, account, recipe.dataset)
                browser.close()
        finally:
            supervisor.down(data)


if __name__ == "__main__":
    main()
