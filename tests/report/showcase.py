"""A project with something of everything, written by the real classes from synthetic records."""

import random
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from curator.base import store
from curator.base.notice import Notice
from curator.dataset.curate import CuratedSet
from curator.dataset.gather import Gathered
from curator.dataset.recipe import load_retrain
from curator.dataset.select import select
from curator.dataset.split import groups, links, split
from curator.dataset.write import write
from curator.evaluation.folder import EVALUATIONS, ArmDir
from curator.evaluation.prompts import EvalPrompt, prompts_digest
from curator.evaluation.records import (
    Arm,
    BlockScore,
    ModelIdentity,
    Response,
    Retrieval,
    Score,
    Scored,
    Source,
    responses_digest,
)
from curator.filters.base import outcome_of
from curator.generate.batch import Plan, choose_batch, finish
from curator.generate.yields import Yields
from curator.records.coverage import coverage
from curator.records.example import Example, Sampling, Verdict
from curator.records.project import Project
from curator.records.targets import Targets
from curator.records.taxonomy import Category, taxonomy
from curator.review.decisions.log import ReviewLog
from curator.training.config import TrainConfig
from curator.training.metrics import Metric
from curator.training.rundir import Request, RunDir, create
from tests.conftest import ROOT, first_49
from tests.review.conftest import GENERATED, candidate, review

WHEN = datetime(2026, 3, 2, 9, tzinfo=UTC)
FILTERS = ("structure", "length", "french", "near_duplicates", "rust")
GROUPS = ("basics", "ownership", "borrowing", "lifetimes", "structs", "enums")
DIGEST = {name: f"{n}" * 64 for n, name in enumerate(("base", "run-002", "index", "system"), 1)}
ANSWER = """## TL;DR
La valeur a été **déplacée** ; prêtez-la avec `&`.

## Solution
```rust
fn longueur(texte: &str) -> usize {
    texte.len()
}
```

## À retenir
1. Une référence *emprunte*.
2. Elle ne prend rien.

| avant | après |
|:---|---:|
| `String` | `&str` |
"""
MESSAGE = """error[E0382]: borrow of moved value: `s`
 --> src/main.rs:4:20
  |
2 |     let s = String::from("a");
  |         - move occurs because `s` has type `String`
"""


def everything(root: Path, spread: float = 0.6) -> Project:
    """A project after one round of all that there is."""
    shutil.copytree(ROOT / "pipelines", root / "pipelines")
    store.write_atomic(root / "raw" / "authored" / "first.jsonl", first_49())
    project = Project(root)
    waiting = batch(project, 1)
    batch(project, 2)
    reviews(project, waiting)
    built(project)
    training(project)
    evaluations(project, spread)
    return project


def verdicts(fate: str | None, reason: str) -> tuple[Verdict, ...]:
    """What the filters say up to the one that rejects."""
    made = []
    for name in FILTERS:
        if name == fate:
            return (*made, Verdict(filter=name, passed=False, reason=reason, detail="ligne 3"))
        made.append(Verdict(filter=name, passed=True))
    return tuple(made)


def batch(project: Project, seed: int) -> list[Example]:
    """A finished batch of 60 candidates; returns those that were accepted."""
    draw = random.Random(seed)
    fates: list[tuple[str, str] | None] = [None, None, None, ("structure", "truncated")]
    fates += [("rust", "does_not_compile"), ("french", "foreign_paragraph")]
    fates += [("near_duplicates", "near_prose")]
    model = {"name": "petit-modele-q4.gguf", "sha256": DIGEST["base"]}
    settings = {"model": model, "toolkit": "0.1.0"}
    plan = Plan(settings, seed, WHEN + timedelta(days=seed), "rustc 1.95.0", {}, {})
    made, _ = choose_batch(project.root / "raw" / "generated", "augment", lambda _: plan, seed)
    made.begin(plan)
    judged = []
    for n in range(60):
        fate = draw.choice(fates)
        cell, kind = draw.choice(taxonomy().cells), draw.choice(list(Category))
        strategy = draw.choice(("mutate", "mutate", "few_shot", "evolve"))
        update = {"strategy": strategy, "batch": made.name, "index": n, "tokens": 300}
        one = candidate(
            1000 * seed + n,
            topic=cell.topic,
            difficulty=cell.difficulty,
            category=kind,
            provenance=GENERATED.model_copy(update=update),
        )
        judged.append(one.judged(verdicts(*(fate or (None, "")))))
    yields = Yields()
    yields.learn(judged)
    outcome = outcome_of(judged, FILTERS, every=False)
    facts = {"stopped": "candidates", "recipe_sha256": "0" * 64, "yields": yields.document()}
    finish(made, judged, outcome, facts)
    return outcome.accepted


def reviews(project: Project, waiting: Sequence[Example]) -> None:
    """Two people on twelve candidates; they disagree on two."""
    said = []
    for n, one in enumerate(waiting[:12]):
        first = "rejeter" if n % 4 == 3 else "accepter"
        second = ("rejeter" if first == "accepter" else "accepter") if n in (2, 7) else first
        for person, decision in (("anna", first), ("benoit", second)):
            ratings = {"exactitude": 2 + n % 3, "code": 4 if person == "anna" else 3 + n % 2}
            time = WHEN + timedelta(days=3, minutes=2 * n)
            said.append(review(person, decision, one.id, time=time, ratings=ratings))
    ReviewLog.of(project).add(said, [])


def built(project: Project) -> None:
    """curated/ of the authored examples as if all filters had passed them."""
    recipe = load_retrain(project)
    passed = [Verdict(filter=name, passed=True) for name in ("rust", "french")]
    examples = [e.judged(passed) for e in first_49()]
    gathered = Gathered(examples, [], examples, 0)
    chosen = select(examples, Targets(), recipe.build.excess)
    related = groups(chosen.chosen, links(examples), recipe.build.alike)
    splits = split(related, recipe.build.shares, recipe.build.seed)
    covered = coverage(chosen.chosen, Targets())
    write(CuratedSet(splits, chosen, gathered, covered), recipe, project.curated)


def training(project: Project) -> None:
    """Two runs: one that was broken off, one that ended after a death; the second exported."""
    run(project, "run-001", ended=None)
    second = run(project, "run-002", ended="early_stopping")
    second.log("died", 60, Notice("killed", {"signal": "SIGKILL"}))
    second.log("resumed", 50, Notice("resumed"))
    merged = project.root / "models" / "run-002"
    store.write_json(merged / "origin.json", {"run": "run-002"})
    gguf = project.root / "models" / "run-002-q4_k_m.gguf"
    gguf.write_bytes(b"GGUF")
    made = [
        {"path": str(merged), "size": 3_000_000_000, "sha256": "a" * 64}
        | {"description": "merged model (safetensors)"},
        {"path": str(gguf), "size": 940_000_000, "sha256": DIGEST["run-002"]}
        | {"description": "GGUF, Q4_K_M"},
    ]
    agreement = {"f16": 1.0, "Q4_K_M": 0.92}
    record = {"artefacts": made, "agreement": agreement, "places": 96, "run": "run-002"}
    store.write_json(gguf.with_suffix(".json"), {**record, "base_sha256": "c" * 64, "answers": {}})


def run(project: Project, name: str, ended: str | None) -> RunDir:
    """A run of 100 iterations."""
    made = RunDir(project.root / "training" / "runs" / name)
    manifest = store.read_json(project.curated / "manifest.json")
    files = {n: manifest["files"][n] for n in ("train.jsonl", "valid.jsonl")}
    rows = {"rows": 40, "tokens": 16_000, "longest": 800}
    request = Request(
        config=TrainConfig(iters=100, early_stopping={"patience": 4}),
        folder="models/base",
        data=files,
        dataset={"examples_sha256": manifest["examples_sha256"], "splits": manifest["splits"]},
        versions={"mlx-lm": "0.28.3", "machine": "darwin arm64", "curator": "0.1.0"},
        preflight={
            "parameters": 1_543_714_000,
            "trainable": 5_276_000,
            "architecture": "qwen2",
            "model_folder": "models/base",
            "train": rows,
            "valid": rows,
            "left_out": [],
            "memory": {"estimate": 6_000_000_000, "available": 9_000_000_000},
        },
        lengths=[400] * 40,
        started=(WHEN + timedelta(days=5 if ended else 4)).isoformat(),
    )
    create(made, request, project.curated)
    done = 100 if ended else 40
    metrics = [metric(0, val_loss=1.572)]
    for at in range(10, done + 1, 10):
        loss = 0.6 + 1.2 / (1 + at / 15)
        metrics.append(metric(at, train_loss=loss - 0.1, tokens_per_second=101.0))
        if at % 50 == 0:
            metrics.append(metric(at, val_loss=loss))
    store.write_atomic(made.file("metrics.jsonl"), metrics)
    if ended:
        made.file("adapters").mkdir()
        adapter = made.file("adapters") / "adapters.safetensors"
        adapter.write_bytes(b"weights")
        result = {"ended": ended, "iterations": 100, "best_iteration": 100, "tokens": 40_000}
        told = {"best_val_loss": 0.757, "adapter_sha256": store.sha256_of(adapter)}
        store.write_json(made.file("result.json"), {**result, **told})
    return made


def metric(at: int, **losses: float) -> Metric:
    fields: dict[str, Any] = {"epoch": at / 40, "learning_rate": 1e-5, "tokens": 400 * at}
    return Metric(iteration=at, seconds=39.5, peak_gb=5.725, **fields, **losses)


def prompts() -> list[EvalPrompt]:
    """Four questions of each category."""
    return [
        EvalPrompt(
            id=f"{group}-{n}",
            category=group,
            topic=None if group == "basics" else group,
            difficulty="debutant",
            prompt=f"Question {n} sur `{group}` : pourquoi rustc refuse-t-il ce code ?",
            expected_topics=(group,),
        )
        for group in GROUPS
        for n in range(1, 5)
    ]


def evaluations(project: Project, spread: float = 0.6) -> None:
    """base, tuned (better), and both with RAG; under both profiles."""
    store.write_atomic(project.root / "training" / "prompts_fr.jsonl", prompts())
    arm_of(project, "base", "base", 0.0, spread)
    arm_of(project, "tuned", "run-002", 0.06, spread)
    arm_of(project, "base+rag", "base", 0.2, spread, rag=True)
    arm_of(project, "tuned+rag", "run-002", 0.24, spread, rag=True)


def arm_of(
    project: Project, name: str, model: str, gain: float, spread: float = 0.6, rag: bool = False
) -> ArmDir:
    """An arm whose answers are `gain` better than the base's, more or less."""
    run_name = None if model == "base" else model
    arm = Arm(
        name=name,
        model=ModelIdentity(kind="gguf", name=f"{model}.gguf", sha256=DIGEST[model], run=run_name),
        rag=Retrieval(index_sha256=DIGEST["index"], k=5, budget_tokens=1200) if rag else None,
        prompts_sha256=prompts_digest(prompts()),
        system_sha256=DIGEST["system"],
        sampling=Sampling(),
        seed=0,
        rustc="rustc 1.95.0",
        toolkit="0.1.0",
        created=WHEN + timedelta(days=6),
    )
    sources = (Source(address="book/ch04-02.html", title="Références", text="..."),) if rag else ()
    responses = [
        Response(
            prompt_id=p.id,
            response=f"{ANSWER}\n{name} {p.id}",
            tokens=300,
            finished=n % 23 != 5,
            sources=sources,
        )
        for n, p in enumerate(prompts())
    ]
    return write_arm(project, arm, responses, gain, spread)


def write_arm(
    project: Project, arm: Arm, responses: Sequence[Response], gain: float, spread: float
) -> ArmDir:
    """The folder of an arm with scores under both profiles."""
    folder = ArmDir(project.root / EVALUATIONS / arm.name)
    folder.write_arm(arm)
    store.write_atomic(folder.path / "prompts.jsonl", prompts())
    store.write_atomic(folder.responses_file, responses)
    for profile in ("seed", "default"):
        folder.write_scored(
            Scored(
                arm=arm,
                profile=profile,
                responses_sha256=responses_digest(responses),
                rustc="rustc 1.95.0",
                toolkit="0.1.0",
                scores=tuple(scores(arm, profile, gain, spread)),
            )
        )
    return folder


def scores(arm: Arm, profile: str, gain: float, spread: float) -> list[Score]:
    names = {
        "seed": ("language", "code", "topics", "length", "compilation", "sections"),
        "default": ("french", "code", "topics", "length", "rust", "structure", "reference"),
    }[profile]
    shared, own = random.Random(5), random.Random(arm.name)
    made = []
    for prompt in prompts():
        level = 0.25 if prompt.category == "lifetimes" else shared.uniform(0.4, 0.8)
        level += gain + spread * own.uniform(-0.1, 0.1)
        values = {n: round(min(1, max(0, level + shared.uniform(-0.2, 0.2))), 3) for n in names}
        if profile == "default":
            values |= {"repetition": round(max(0, 0.4 - level / 3), 3)}
            values |= {"groundedness": 0.7} if arm.rag else {}
        values["composite"] = round(5 * min(1.0, max(0.0, level)), 3)
        broken = own.random() > level + 0.2
        block = BlockScore(line=6, passed=True)
        if broken:
            block = block.model_copy(
                update={"passed": False, "reason": "does_not_compile", "message": MESSAGE}
            )
        said = {"category": prompt.category, "topic": prompt.topic, "difficulty": "debutant"}
        made.append(Score(prompt_id=prompt.id, metrics=values, blocks=(block,), **said))
    return made
