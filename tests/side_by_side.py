"""Worker processes for test_side_by_side: each does what one command does, on the same project.

Real are locks, files, filters without a compiler, planning, settling, selecting and splitting.
A model's and annotators' words are made up, and so is a training, of which all but the steps that
take long is real.
"""

import json
import random
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from curator.augment.run import augment
from curator.base import store
from curator.base.clock import now
from curator.base.errors import NotReady, StoreError
from curator.base.progress import silent
from curator.dataset.build import build
from curator.dataset.intake import import_file
from curator.dataset.labelling import Labels
from curator.dataset.recipe import RetrainRecipe, load_retrain
from curator.dataset.write import read_manifest
from curator.evaluation.promotion import Decision, Entry
from curator.evaluation.recipe import EvaluateRecipe, PromotionSettings
from curator.generate.prompting import PREFIX, format_example
from curator.generate.recipe import load_recipe
from curator.models.scripted import ScriptedModel
from curator.records.files import read_examples
from curator.records.project import RECIPE, Project
from curator.release import retrain as release
from curator.review.argilla.base import Answer, Card, DatasetContent, DatasetSpec
from curator.review.pull import pull
from curator.review.recipe import load_review
from curator.training.config import RUNS, TrainConfig
from curator.training.rundir import RunDir, next_name

LABELS = Labels("debug", "traits", "avance", author="Wen Li")
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ANNOTATORS = ("anna", "benoit")
_SYLLABLES = ("ba", "ci", "do", "fu", "gé", "li", "mo", "nu", "pa", "ri", "sa", "té", "vo", "zu")


def prose(key: str, words: int) -> str:
    """Words that no other key has, in the same order for the same key."""
    draw = random.Random(key)
    return " ".join("".join(draw.choices(_SYLLABLES, k=3)) for _ in range(words))


def answer(key: str, last: str = "") -> str:
    """An answer that resembles none of another key; one with another `last` word is a near copy."""
    return (
        f"## TL;DR\n{prose(key + 'a', 9)}.\n\n## Problème\n{prose(key + 'b', 12)}.\n\n"
        f"## Solution\n```rust\nlet x = 1;\n```\n\n## Explication\n{prose(key + 'c', 14)}.\n\n"
        f"## À retenir\n- {prose(key + 'd', 8)} {last}.\n"
    )


def record(key: str, last: str = "") -> dict[str, Any]:
    """A chat of one question and its answer."""
    texts = ("user", f"{prose(key + 'q', 9)} {last} ?"), ("assistant", answer(key, last))
    return {"messages": [{"role": role, "content": text} for role, text in texts]}


def import_one(project: Project, number: int) -> None:
    """Import a file with a text of its own, one that every file of its pair has, and a near copy
    of one in the other file of its pair.
    """
    pair = number // 2
    records = [record(f"own {number}"), record(f"same {pair}"), record(f"near {pair}", str(number))]
    path = project.root / "given" / f"set_{number}.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
    import_file(project, path, LABELS, load_recipe(project.root / RECIPE))


def build_one(project: Project, number: int) -> None:
    """Build the curated set."""
    build(project, load_retrain(project, None))


def augment_one(project: Project, number: int) -> None:
    """Make a batch of four candidates."""

    def write(messages: object, seed: int) -> str:
        text = format_example(f"{prose(f'made {seed}', 9)} ?", answer(f"made {seed}"))
        return text.removeprefix(PREFIX)

    recipe = load_recipe(project.root / RECIPE)
    augment(project, recipe, silent, lambda settings: ScriptedModel(write))


class Answers:
    """A server on which two people have accepted every candidate that there is by now.

    Of every third candidate they have written a better text.
    """

    url, annotators = "memory", ANNOTATORS

    def __init__(self, project: Project):
        self._project = project

    def open(self, spec: DatasetSpec) -> set[str]:
        """See Server."""
        return set()

    def send(self, spec: DatasetSpec, cards: list[Card]) -> None:
        """See Server."""
        raise AssertionError("nothing is sent")

    def fetch(self, spec: DatasetSpec) -> DatasetContent:
        """See Server."""
        answers = []
        there = list(read_examples(*self._project.pending_files()))
        for example in there if spec.name == "revue" else ():
            for minute, name in enumerate(ANNOTATORS):
                values: dict[str, Any] = {"decision": "accepter"}
                if int(example.id, 16) % 3 == 0:
                    better = f"{example.question} {prose(example.id, 2)}"
                    values = {"decision": "corriger", "corrected_question": better}
                time = START + timedelta(minutes=minute)
                answers.append(Answer(example.id, name, "submitted", values, time))
        return DatasetContent({e.id: True for e in there}, ANNOTATORS, tuple(answers))


def pull_one(project: Project, number: int) -> None:
    """Take in what people said."""
    pull(project, load_review(project), Answers(project), silent)  # type: ignore[arg-type]


def _prepare(root: Path, config: object, data: Path) -> RunDir:
    """As `prepare`: takes the curated set, which must be whole."""
    run = RunDir(root / RUNS / next_name(root))
    manifest = read_manifest(data)
    document = {"dataset": manifest, "started": now().isoformat()}
    store.write_json(run.file("run.json"), document)
    return run


def _train(run: RunDir, listen: object) -> None:
    store.write_json(run.file("result.json"), {})


def _export(project: Project, run: RunDir, callbacks: object) -> Path:
    model = project.root / "models" / f"{run.name}.gguf"
    store.write_bytes(model, run.name.encode())
    return model


def _judge(setup: object, run: RunDir, model: Path) -> Entry:
    digest = store.sha256_of(model)
    arms = {"before": "base", "before_sha256": "0" * 64, "after": run.name, "after_sha256": digest}
    decision = Decision(promote=True, reasons=())
    rule = PromotionSettings()
    return Entry(time=now(), run=run.name, rule=rule, decision=decision, toolkit="0", **arms)


def retrain_one(project: Project, number: int) -> None:
    """Retrain, if something is new; its long steps are made up."""
    for name, step in (("prepare", _prepare), ("train", _train), ("_export", _export)):
        setattr(release, name, step)
    release.judge = _judge  # type: ignore[assignment]
    recipe = load_retrain(project, None)
    recipes = release.Recipes(recipe, TrainConfig(), EvaluateRecipe())
    callbacks = release.Callbacks(lambda step: None, silent, lambda pid, message: None)
    release.retrain(project, recipes, callbacks)


ACTIONS: dict[str, Callable[[Project, int], None]] = {
    "import": import_one,
    "build": build_one,
    "augment": augment_one,
    "pull": pull_one,
    "retrain": retrain_one,
}


def attempt(project: Project, action: str, number: int) -> str:
    """Do something; "done", "refused" where another process does it, "not due", or the fault."""
    try:
        ACTIONS[action](project, number)
    except NotReady:
        return "not due"
    except StoreError as error:
        return "refused" if "another curator process" in error.what else traceback.format_exc()
    except Exception:
        return traceback.format_exc()
    return "done"


def work(root: Path, barrier: Any, tasks: Any, results: Any) -> None:
    """Take tasks until there are none; all workers begin theirs at the same moment."""
    project = Project(root)
    assert RetrainRecipe  # imported before the first round, which is to be short
    while (task := tasks.get()) is not None:
        barrier.wait(timeout=120)
        results.put((*task, attempt(project, *task)))
