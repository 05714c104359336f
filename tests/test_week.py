"""A week in the life of a maintainer, by the command alone and with real parts: rustc, Argilla,
mlx-lm, llama.cpp. Only the annotators are ours, and the model to train is very small.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from curator.records.example import Example, Origin
from curator.records.files import read_examples
from curator.records.project import Project
from curator.review.argilla.access import Access
from curator.review.decisions.state import read_state
from curator.review.recipe import load_review
from curator.training.rundir import runs
from tests.conftest import ROOT
from tests.release.test_retrain import ASKED, LOOSE, PROMPTS, small
from tests.review.conftest import running  # noqa: F401
from tests.review.office import Office, hired

pytestmark = pytest.mark.slow


class Maintainer:
    """Who types `curator`, in a project, with an Argilla at hand."""

    def __init__(self, root: Path, access: Access):
        self.root = root
        found = {"ARGILLA_API_URL": access.url, "ARGILLA_API_KEY": access.key}
        self.environment = {**os.environ, **found, "PYTHONPATH": str(ROOT)}

    def types(self, *words: str, expect: int = 0) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [sys.executable, "-m", "curator", *words],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert done.returncode == expect, f"{words}: {done.stdout}\n{done.stderr}"
        return done

    def reads(self, *words: str) -> Any:
        return json.loads(self.types(*words, "--json").stdout)

    def accepted(self) -> list[Example]:
        files = sorted((self.root / "raw" / "generated").glob("*/accepted.jsonl"))
        return list(read_examples(*files))

    def writes(self, name: str, content: dict[str, Any]) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        known = yaml.safe_load(path.read_text("utf-8")) if path.exists() else {}
        text = yaml.safe_dump({**known, **content}, allow_unicode=True)
        path.write_text(text, "utf-8")


@pytest.fixture
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    yield hired(request.getfixturevalue("running"))


@pytest.fixture
def maintainer(project: Project, office: Office, request: pytest.FixtureRequest) -> Maintainer:
    one = Maintainer(project.root, office.access)
    model = request.getfixturevalue("tiny")
    one.writes("training/lora.yaml", small(model).model_dump(mode="json"))
    one.writes("pipelines/review.yaml", {"workspace": office.workspace, "vectors": "words"})
    one.writes("pipelines/retrain.yaml", {"gate": LOOSE | {"total": 50, "agreement": None}})
    one.writes("pipelines/evaluate.yaml", {"kind": "evaluate", **ASKED})
    lines = "".join(json.dumps(p, ensure_ascii=False) + "\n" for p in PROMPTS)
    (project.root / "training" / "prompts_fr.jsonl").write_text(lines, "utf-8")
    (project.root / "README.fr.md").write_bytes((ROOT / "README.fr.md").read_bytes())
    return one


def test_from_an_empty_queue_to_the_next_plan(maintainer: Maintainer, office: Office) -> None:
    begun = maintainer.reads()
    assert (begun["examples"], begun["next"]["command"]) == (49, "curator augment")
    assert "not built yet" in maintainer.types().stdout

    batch = maintainer.reads("augment", "--recipe", "pipelines/mutants.yaml", "-n", "16")
    waiting = maintainer.accepted()
    assert len(waiting) == batch["outcome"]["accepted"] >= 5
    assert "review push" in maintainer.reads()["next"]["command"]

    assert maintainer.reads("review", "push")["sent"] == {"revue": len(waiting)}
    good, better, bad, disputed, late = waiting[:5]
    _people_answer(office, good, better, bad, disputed)
    office.say("anna", "revue", late.id, "accepter")  # one answer does not settle it

    maintainer.types("review", "pull")
    assert maintainer.reads()["candidates"]["disputed"] == 1
    maintainer.types("review", "push")
    office.say("chloe", "arbitrage", disputed.id, "accepter")
    maintainer.types("review", "pull")
    assert maintainer.reads()["candidates"]["disputed"] == 0

    here = Project(maintainer.root)
    entered = {e.id: e for e in read_state(here, load_review(here)).accepted()}
    assert good.id in entered and disputed.id in entered
    assert not {better.id, bad.id, late.id} & entered.keys()
    corrected = [e for e in entered.values() if e.provenance.origin is Origin.CORRECTED]
    assert [e.provenance.parents for e in corrected] == [(better.id,)]

    counts = maintainer.reads("build")["counts"]
    assert counts["total"] + counts["surplus"] == 49 + 3
    assert maintainer.reads("gate")["ready"]
    decided = maintainer.reads("retrain")
    assert decided["run"] == "run-001" and decided["decision"]["reasons"]
    assert [r.finished for r in runs(maintainer.root)] == [True]
    maintainer.types("retrain", expect=3)

    maintainer.types("report", "--out", "rapport")
    page = (maintainer.root / "rapport" / "rapport.html").read_text("utf-8")
    assert "run-001" in page and "run-001" in (maintainer.root / "rapport/rapport.md").read_text()

    plan = maintainer.reads("augment", "--recipe", "pipelines/mutants.yaml", "--dry-run")
    cells = {(c["topic"], c["difficulty"]): c["missing"] for c in plan["before"]["cells"]}
    assert plan["picks"]
    assert all(cells[p["topic"], p["difficulty"]] > 0 for p in plan["picks"])


def _people_answer(
    office: Office, good: Example, better: Example, bad: Example, disputed: Example
) -> None:
    """Anna, Benoît and what they think."""
    for name in ("anna", "benoit"):
        office.say(name, "revue", good.id, "accepter")
        office.say(name, "revue", bad.id, "rejeter", reason="faux")
        question = f"{better.question}\n\nMerci d'avance pour votre aide."
        office.say(name, "revue", better.id, "corriger", corrected_question=question)
    office.say("anna", "revue", disputed.id, "accepter")
    office.say("benoit", "revue", disputed.id, "rejeter", reason="doublon")
