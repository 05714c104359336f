"""Take the pictures of the annotation page that README and docs show: `python docs/screenshots.py`.

Starts an Argilla of its own in a temporary folder, gives it three of the authored examples as if a
model had written them and two arms that answered a prompt, lets two people disagree about one of
the examples, and looks at the page with Chromium. Needs the extra "review", playwright, Chromium
and rustc.
"""

import shutil
import socket
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Page, sync_playwright

from curator.base import store
from curator.evaluation.duels.exchange import send
from curator.evaluation.duels.pairs import DuelPlan
from curator.evaluation.folder import EVALUATIONS, ArmDir
from curator.evaluation.prompts import EvalPrompt
from curator.evaluation.records import Arm, ModelIdentity, Response
from curator.records.example import Example, ModelRef, Origin, Sampling
from curator.records.files import read_examples
from curator.records.project import Project
from curator.review.argilla.access import Access
from curator.review.argilla.sdk import ArgillaServer
from curator.review.argilla.server import supervisor, users
from curator.review.decisions.rubric import rubric
from curator.review.pull import pull
from curator.review.push import push
from curator.review.recipe import load_review

DOCS = Path(__file__).parent
SHOWN = {"lifetimes": 0, "ownership": 0, "iterators": 7}  # by topic, which of its examples
ASKED = """Pourquoi rustc refuse-t-il ma dernière ligne ?

```rust,compile_fail,E0382
fn main() {
    let panier = vec!["poire", "figue"];
    let copie = panier;
    println!("{}", panier.len());
}
```"""
ANSWERS = {
    "base": """Il faut ajouter `mut` : le vecteur est immuable.

```rust
let mut panier = vec!["poire", "figue"];
```

Ensuite tout compile.""",
    "tuned": """## TL;DR
`let copie = panier;` déplace le vecteur. Prêtez-le, ou clonez-le.

## Solution
```rust
fn main() {
    let panier = vec!["poire", "figue"];
    let copie = &panier;
    println!("{} {}", panier.len(), copie.len());
}
```

## Explication
Un vecteur a un seul propriétaire. Ici, c'est `copie` : `panier` est inutilisable.""",
}
OPINIONS: dict[str, dict[str, Any]] = {
    "benoit": {"decision": "accepter", "comment": "Clair, et le code est juste."},
    "chloe": {
        "decision": "rejeter",
        "reason": "faux",
        "exactitude": 2,
        "comment": "La dernière phrase généralise trop.",
    },
}
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


def arms(root: Path) -> None:
    """Make two arms that answered one prompt."""
    prompt = EvalPrompt.model_validate(
        {
            "id": "panier",
            "category": "ownership",
            "topic": "ownership",
            "difficulty": "debutant",
            "prompt": ASKED,
        }
    )
    for name, text in ANSWERS.items():
        folder = ArmDir(root / EVALUATIONS / name)
        folder.path.mkdir(parents=True)
        sha256 = str(len(name)) * 64
        arm = Arm(
            name=name,
            model=ModelIdentity(kind="gguf", name=f"{name}.gguf", sha256=sha256),
            prompts_sha256="0" * 64,
            system_sha256="0" * 64,
            toolkit="0",
            created=datetime(2026, 1, 1, tzinfo=UTC),
        )
        folder.begin(arm, {}, [prompt])
        store.write_atomic(folder.responses_file, [Response(prompt_id=prompt.id, response=text)])


def answer(url: str, key: str, dataset: str, said: dict[str, Any]) -> None:
    """Answer the last example of a dataset as the person whose key this is."""
    headers = {"X-Argilla-Api-Key": key}

    def ask(method: str, path: str, **given: Any) -> Any:
        done = requests.request(
            method, f"{url}/api/v1/{path}", headers=headers, timeout=60, **given
        )
        done.raise_for_status()
        return done.json()

    place = next(d["id"] for d in ask("GET", "me/datasets")["items"] if d["name"] == dataset)
    found = ask("POST", f"me/datasets/{place}/records/search", json={})["items"]
    record = max((item["record"] for item in found), key=lambda r: str(r["external_id"]))
    values = {**dict.fromkeys(rubric().criteria, 4), **said}
    filled = {name: {"value": value} for name, value in values.items()}
    body = [{"record_id": record["id"], "status": "submitted", "values": filled}]
    ask("POST", "me/responses/bulk", json={"items": body})


def pictures(page: Page, url: str, account: Any, dataset: str) -> None:
    """Sign in, and take the pictures of that and of a card."""
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
    shoot(page, "annotation", 1400)


def shoot(page: Page, name: str, height: int) -> None:
    """Take the picture of a card."""
    page.set_viewport_size({"width": 1280, "height": height})
    page.wait_for_timeout(1500)
    page.screenshot(path=DOCS / f"{name}.png")


def other_pictures(page: Page, url: str, dispute: str, duel: str) -> None:
    """Take the pictures of a dispute, where its opinions stand, and of a duel."""
    page.goto(url)
    page.get_by_text(dispute, exact=True).click()
    opinions = page.get_by_text("Avis à départager")
    opinions.wait_for()
    page.keyboard.press("g")
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.wait_for_timeout(1500)
    opinions.evaluate("it => it.closest('.text_field_component').scrollIntoView()")
    shoot(page, "arbitrage", 1000)
    page.goto(url)
    page.get_by_text(duel, exact=True).click()
    page.locator(".record .curator").first.wait_for()
    page.keyboard.press("g")
    shoot(page, "duel", 900)


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
            for name, said in OPINIONS.items():
                key = users.add(data, name).api_key_file.read_text("utf-8").strip()
                answer(running.url, key, recipe.dataset, said)
            pull(made, recipe, server, lambda *done: None)
            push(made, recipe, server, lambda *done: None)
            arms(root)
            send(made, recipe, server, DuelPlan(("base", "tuned")))
            account = users.add(data, "anna")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM)
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                pictures(page, running.url, account, recipe.dataset)
                other_pictures(page, running.url, recipe.adjudication, recipe.duels)
                browser.close()
        finally:
            supervisor.down(data)


if __name__ == "__main__":
    main()
