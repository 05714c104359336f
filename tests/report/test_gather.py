"""What is there is read, what is not is said, and what is no comparison is refused."""

import html
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from curator.base import store
from curator.base.errors import DataError
from curator.base.notice import Notice
from curator.evaluation.folder import EVALUATIONS, ArmDir
from curator.evaluation.promotion import Decision, Entry, conclude, decide
from curator.evaluation.prompts import EvalPrompt
from curator.evaluation.recipe import PromotionSettings
from curator.evaluation.records import ModelIdentity
from curator.french.numbers import day
from curator.records.project import Project
from curator.report.blocks import Table
from curator.report.gather import Report, gather
from curator.report.html import answers_document
from curator.report.sections.history import _moments, history_section
from curator.review.decisions.calibration import Calibration
from curator.status.project import project_status
from tests.augment.test_batches import staged
from tests.conftest import ROOT
from tests.report.conftest import read
from tests.report.showcase import DIGEST, WHEN, arm_of, everything, prompts, write_arm

Both = Callable[[Report], tuple[str, str]]


@pytest.fixture
def bare(tmp_path: Path) -> Project:
    """A project in which nothing was done."""
    shutil.copytree(ROOT / "pipelines", tmp_path / "pipelines")
    return Project(tmp_path)


@pytest.fixture
def own(tmp_path: Path) -> Project:
    return everything(tmp_path)


def test_nothing_there_is_said_with_what_to_do(bare: Project, both: Both) -> None:
    found = read(bare)
    assert (found.training, found.evaluation, found.dataset.built) == (None, None, False)
    text, page = both(found)
    for one in (text, page):
        for said in ("curator import", "curator augment", "Aucun candidat n’attend de relecture"):
            assert said in one
        assert "amélioration" not in one
        assert "Prochaine commande\u00a0: curator import FILE --authored." in one
    for said in (
        *("Aucun entraînement", "curator retrain", "Rien n’a encore été évalué"),
        *("curator evaluate", "Aucun bras avec RAG", "pas encore"),
    ):
        assert said in text
    parsed = HTMLParser(page)
    assert not parsed.css(".card"), "no tile without a value"
    sections = [one.attributes["id"] for one in parsed.css("section.d2")]
    assert sections == ["resume", "dataset", "conclusions", "origine"], "none that has nothing"
    led = [a.attributes["href"] for a in parsed.css("nav a")]
    assert led == [f"#{name}" for name in sections]
    assert "Aucune réponse n’est enregistrée" in answers_document(found)


def test_before_a_training_tiles_have_values_and_a_line_says_what_is_next(
    own: Project, both: Both
) -> None:
    shutil.rmtree(own.root / "training")
    shutil.rmtree(own.root / "models")
    text = both(read(own))[1]
    cards = HTMLParser(text).css(".card")
    labels = [card.css_first("dt").text() for card in cards]
    assert labels == ["Jeu de données", "Candidats retenus", "Relecture"]
    assert all(re.search(r"\d", card.css_first(".value").text()) for card in cards)
    said = "Manquent encore\u00a0: perte de validation, score et comparaison avec RAG. "
    assert f"{said}Prochaine commande\u00a0: {project_status(own).next.command}." in text


@pytest.mark.slow
def test_with_everything_no_line_says_that_something_is_missing(
    page: str, showcase: Project
) -> None:
    parsed = HTMLParser(page)
    labels = [card.css_first("dt").text() for card in parsed.css(".card")]
    assert len(labels) == 6 and labels[:2] == ["Score", "Avec RAG"]
    assert "Manquent encore" not in page
    following = parsed.css_first("#resume .next").text()
    assert following == f"Prochaine commande\u00a0: {project_status(showcase).next.command}."


def test_the_history_has_every_step_the_newest_first(report: Report) -> None:
    [section] = history_section(report)
    [table] = section.content
    assert isinstance(table, Table)
    kinds = [row[1] for row in table.rows]
    assert kinds.count("lot") == 2 and kinds.count("entraînement") == len(report.runs)
    assert kinds.count("évaluation") == 4
    assert kinds.count("décision") == len(report.ledger)
    times = [m.time for m in sorted(_moments(report), key=lambda m: m.time, reverse=True)]
    assert [row[0] for row in table.rows] == [day(t) for t in times]
    said = {str(row[1]): str(row[3]) for row in table.rows}
    assert re.fullmatch(r"\d+ retenus sur 60 \(\d+\u202f%\)", said["lot"])
    assert said["évaluation"].startswith("score ")


def test_a_project_without_steps_has_no_history(bare: Project) -> None:
    assert history_section(read(bare)) == []


def test_stages_and_what_an_accepted_candidate_cost_are_told(bare: Project, both: Both) -> None:
    staged(bare)
    found = read(bare)
    stages = found.document()["batches"]["stages"]["from_program"]
    assert (stages["question"]["reached"], stages["question"]["reasons"]) == (3, {"wrong_verb": 2})
    for text in both(found):
        assert "Étapes des stratégies qui en ont plusieurs" in text
        assert "Tokens par candidat retenu, par thème" in text
        for said in ("erreur prouvée", "début de phrase inattendu (2)", "ne compile pas (1)"):
            assert said in text
    markdown = both(found)[0]
    [row] = [line for line in markdown.splitlines() if "| question |" in line]
    assert [cell.strip() for cell in row.split("|")[3:7]] == ["3", "1", "33\u202f%", "300"]
    [row] = [line for line in markdown.splitlines() if line.startswith("| propriété |")][-1:]
    assert row.split("|")[2].strip() == "660"


def test_where_none_was_accepted_the_tokens_stand_alone(bare: Project, both: Both) -> None:
    batch = staged(bare)
    manifest = batch.manifest()
    manifest["yields"] = {"few_shot": {"ownership/debutant": [4, 0, 1200]}}
    store.write_json(batch.path("manifest.json"), manifest)
    assert "| propriété | (1\u202f200) |" in both(read(bare))[0]


@pytest.mark.slow
def test_an_unfinished_training_is_to_be_resumed(own: Project, both: Both) -> None:
    shutil.rmtree(own.root / "training" / "runs" / "run-002")
    assert "Prochaine commande\u00a0: curator train --name run-001." in both(read(own))[1]


def test_nothing_built_counts_what_is_offered(project: Project, both: Both) -> None:
    found = read(project)
    assert (found.dataset.built, found.dataset.covered.total) == (False, 49)
    markdown, _ = both(found)
    assert "pas encore construit" in markdown
    assert "curator build" in markdown


def test_the_data_agree_with_the_records(report: Report, showcase: Project) -> None:
    assert (report.batches.total, report.batches.accepted) == (120, 47)
    assert sum(report.batches.reasons.values()) == 73
    assert sum(t.tried for t in report.batches.strategies.values()) == 120
    seen = [s for s, _ in report.batches.funnel.values()]
    kept = [k for _, k in report.batches.funnel.values()]
    assert seen == [120, *kept[:-1]]
    assert (report.people.reviews, report.people.reviewers) == (24, 2)
    assert report.people.standings["disputed"] == 2
    assert [r.ended for r in report.runs] == [None, "early_stopping"]
    training = report.training
    assert training and training.run.name == "run-002"
    assert (training.tokens, training.peak_gb, training.first_loss) == (40_000, 5.725, 1.572)
    assert training.tokens_per_second == pytest.approx(40_000 / (10 * 39.5))
    assert not training.run.dataset_changed
    manifest = store.read_json(showcase.curated / "manifest.json")
    assert report.dataset.sha256 == manifest["examples_sha256"]
    assert report.dataset.newer == report.people.standings["accepted"]
    assert "anna" not in json.dumps(report.document())


@pytest.mark.slow
def test_signals_stand_against_decisions(report: Report, both: Both) -> None:
    assert report.people.signals == []  # of a project whose candidates have none
    measured = [
        Calibration("opinion", 40, 9, 0.81, 0.64, 0.91),
        Calibration("own_signal", 3, 0, None, None, None),
    ]
    people = replace(report.people, signals=measured)
    for text in both(replace(report, people=people)):
        plain = text.replace("\u202f", " ").replace("’", "'")
        assert "Indices face aux décisions" in plain
        assert "avis d'un autre modèle" in plain and "[0,64 ; 0,91]" in plain
        assert "trop peu de décisions" in plain and "signal" in plain
    assert people.document()["signals"][0]["auc"] == 0.81


def test_pairs_are_tuning_and_rag(report: Report) -> None:
    assert report.evaluation
    pairs = [(p.kind, p.before, p.after) for p in report.evaluation.of("default")]
    assert pairs == [
        ("tuning", "base", "tuned"),
        ("tuning", "base+rag", "tuned+rag"),
        ("rag", "base", "base+rag"),
        ("rag", "tuned", "tuned+rag"),
    ]
    assert all(p.comparison for p in report.evaluation.pairs)


@pytest.mark.slow
def test_identical_answers_are_refused(own: Project, both: Both) -> None:
    base, tuned = (ArmDir(own.root / EVALUATIONS / name) for name in ("base", "tuned"))
    arm, answers = tuned.arm(), base.responses()
    assert arm
    tuned.responses_file.unlink()
    write_arm(own, arm, answers, 0.0, 0.0)
    found = read(own)
    assert found.evaluation
    [pair] = [p for p in found.evaluation.of("default", "tuning") if p.before == "base"]
    assert pair.comparison is None and pair.refused == Notice("same_answers")
    markdown, page = both(found)
    for text in (markdown, page):
        assert "refusée" in text
        assert "mot pour mot" in text
    assert "Comparaison refusée** — base et tuned" in markdown
    assert "| base | tuned |" not in markdown.split("### Avec vérification")[0]


@pytest.mark.slow
def test_one_model_twice_is_refused(own: Project, both: Both) -> None:
    arm_of(own, "twin", "base", 0.0)
    found = read(own)
    assert found.evaluation
    [pair] = [p for p in found.evaluation.of("default") if "twin" in (p.before, p.after)][:1]
    assert pair.refused == Notice("same_arm")
    assert "un seul et même bras" in both(found)[0]
    assert found.evaluation.twins == (), "the pair says it"


@pytest.mark.slow
def test_twins_that_no_pair_compares_are_told(own: Project, both: Both) -> None:
    arm_of(own, "tuned-2", "run-002", 0.06)
    found = read(own)
    assert found.evaluation
    [(one, other, why)] = found.evaluation.twins
    assert (one, other, why) == ("tuned", "tuned-2", Notice("same_arm"))
    for text in both(found):
        assert "Les bras tuned et tuned-2 sont les mêmes" in text


def test_the_base_model_is_the_one_that_answered(bare: Project, both: Both) -> None:
    recipe = "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF"
    assert f"| Modèle de base | {recipe} (selon la recette" in both(read(bare))[0]
    arm_of(bare, "base", "base", 0.0)
    markdown, page = both(read(bare))
    assert "| Modèle de base | base.gguf |" in markdown
    assert recipe not in markdown and recipe not in page


def recorded(project: Project, name: str, count: int, gain: float) -> None:
    """An arm of answers that came in a file, to the first prompts."""
    model = ModelIdentity(kind="recorded", name=f"{name}.jsonl", sha256=f"{len(name)}" * 64)
    folder = arm_of(project, name, "base", gain)
    arm = folder.arm()
    assert arm
    arm = arm.model_copy(update={"model": model})
    kept = [r for r in folder.responses() if r.prompt_id in {p.id for p in prompts()[:count]}]
    folder.responses_file.unlink()
    write_arm(project, arm, kept, gain, 0.6)
    for profile in ("seed", "default"):
        path = folder.path / f"scores-{profile}.json"
        found = store.read_json(path)
        store.write_json(path, {**found, "scores": found["scores"][:count]})


@pytest.mark.slow
def test_recorded_answers_alone_are_no_fine_tuning(bare: Project, both: Both) -> None:
    recorded(bare, "avant", 24, 0.0)
    recorded(bare, "puis", 24, 0.3)
    found = read(bare)
    assert found.evaluation and [p.kind for p in found.evaluation.of("default")] == ["arms"]
    markdown, page = both(found)
    assert "Aucun bras évalué ne vient d’un entraînement connu ici" in markdown
    assert "### Comparaison des autres bras" in markdown
    assert "**Gains de avant à puis** — " in markdown
    assert "Effet du fine-tuning" not in markdown and "Fine-tuning**" not in markdown
    assert "| Réponses enregistrées d’un bras | avant | `5555" in markdown
    assert "réponses enregistrées (avant.jsonl)" in page


def test_one_arm_and_one_without_scores(bare: Project, both: Both) -> None:
    recorded(bare, "avant", 24, 0.0)
    markdown, _ = both(read(bare))
    assert "encore entraîné ici\u202f; 1 bras évalué, sans comparaison possible" in markdown
    assert "il n’y a rien à comparer" in markdown
    for path in (bare.root / EVALUATIONS / "avant").glob("scores-*"):
        path.unlink()
    for text in both(read(bare)):
        assert "Aucune réponse n’est encore notée" in text
        assert "pas encore noté" in text and "curator evaluate --responses" in text


@pytest.mark.slow
def test_nothing_is_concluded_from_one_prompt(bare: Project, both: Both) -> None:
    recorded(bare, "avant", 1, 0.0)
    recorded(bare, "puis", 1, 0.5)
    markdown, page = both(read(bare))
    for text in (markdown, page):
        assert "sur 1 question seulement" in text
        assert "rien à en conclure, il en faut au moins 6" in text
    works = markdown[markdown.index("### Ce qui fonctionne") : markdown.index("### Limitations")]
    assert "Aucune règle ne s’applique" in works
    assert "Rien ne peut être conclu d’une seule question pour" in markdown
    assert not re.search(r"\| (amélioration|régression|indécis)", markdown)


@pytest.mark.slow
def test_stale_results_are_said_to_be_stale(showcase: Project, both: Both) -> None:
    def stale(root: Path, folder: ArmDir) -> Notice | None:
        changed = Notice("inputs_changed", {"inputs": (Notice("input_model"),)})
        return changed if folder.name == "tuned" else None

    markdown, page = both(gather(showcase, stale))
    for text in (markdown, page):
        assert "Résultats périmés" in text
        assert "le modèle" in text
    assert "résultat périmé" in markdown
    assert "curator evaluate --again" in markdown


@pytest.mark.slow
def test_a_set_that_changed_makes_the_training_stale(own: Project, both: Both) -> None:
    run = own.root / "training" / "runs" / "run-002" / "run.json"
    document = store.read_json(run)
    document["data"]["train.jsonl"] = "f" * 64
    store.write_json(run, document)
    found = read(own)
    assert found.training and found.training.run.dataset_changed
    assert "Entraînement périmé" in both(found)[0]


@pytest.mark.slow
def test_a_training_on_a_mix_of_the_set_is_not_stale(own: Project) -> None:
    run = own.root / "training" / "runs" / "run-002" / "run.json"
    document = store.read_json(run)
    document["dataset"]["mixed_from"] = dict(document["data"])
    document["data"]["train.jsonl"] = "f" * 64
    store.write_json(run, document)
    found = read(own)
    assert found.training and not found.training.run.dataset_changed


@pytest.mark.slow
def test_the_ways_of_a_training_are_told_and_what_its_rows_did(own: Project, both: Both) -> None:
    run = own.root / "training" / "runs" / "run-002"
    document = store.read_json(run / "run.json")
    counts = {"curated": 300, "passages": 0, "short": 1, "own": 2}
    document["dataset"]["mix"] = {"counts": counts}
    document["start"] = {"run": "run-001", "adapter_sha256": "a" * 64}
    store.write_json(run / "run.json", document)
    group = {"name": "lifetimes", "rows": 21, "value": 0.0312, "hurt": 3}
    store.write_json(run / "influence" / "influence.json", {"groups": {"topic": [group]}})
    markdown, page = both(read(own))
    told = (
        "300 lignes du jeu, 1 ligne du jeu avec une réponse courte, 2 réponses du modèle lui-même, "
        "acceptées par une vérification et relues par personne."
    )
    for text in (markdown, page):
        plain = html.unescape(text).replace("\u202f", " ").replace("\xa0", " ").replace("’", "'")
        assert told in plain
        assert "Il part de l'adaptateur de run-001." in plain
        assert "Lignes qui ont aidé, par thème" in plain and "0,0312" in plain


@pytest.mark.slow
def test_decisions_of_the_ledger_are_told(own: Project, report: Report, both: Both) -> None:
    assert read(own).ledger == ()
    assert report.evaluation
    comparison = report.evaluation.of("default", "tuning")[0].comparison
    assert comparison
    rule = PromotionSettings()
    entry = Entry(
        time=WHEN,
        run="run-002",
        before="base",
        before_sha256=DIGEST["base"],
        after="tuned",
        after_sha256=DIGEST["run-002"],
        rule=rule,
        decision=decide(comparison, rule),
        comparison=comparison,
        toolkit="0.1.0",
    )
    no = Decision(promote=False, reasons=("no comparison: every answer of one is the same text",))
    refused = entry.model_copy(update={"run": "run-003", "comparison": None, "decision": no})
    conclude(own.root, entry, "models/run-002-q4_k_m.gguf")
    conclude(own.root, refused, "models/run-003-q4_k_m.gguf")
    markdown, _ = both(read(own))
    assert "### Promotion" in markdown
    assert "| 2 mars 2026 | run-002 | base | promu | Score +0,34" in markdown
    assert "| run-003 | base | non promu | toutes les réponses de l’un sont" in markdown


@pytest.mark.slow
def test_leaked_prompts_are_named_and_left_out(own: Project, both: Both) -> None:
    before = read(own).evaluation
    known = prompts()[0]
    question = "Pourquoi la variable `s` n'est-elle plus utilisable après `let t = s;` ici même ?"
    leaked = EvalPrompt(**{**known.model_dump(), "prompt": question})
    for folder in (own.root / EVALUATIONS).iterdir():
        every = [leaked, *prompts()[1:]]
        store.write_atomic(folder / "prompts.jsonl", every)
    rows = own.root / "training" / "runs" / "run-002" / "data" / "train.jsonl"
    chat = [{"role": "user", "content": question}, {"role": "assistant", "content": "Déplacée."}]
    rows.write_text(json.dumps({"messages": chat}) + "\n", "utf-8")
    found = read(own)
    assert before and found.evaluation
    assert list(found.evaluation.leaked) == [known.id]
    assert found.evaluation.sides[0].summaries["default"].prompts == 23
    assert before.sides[0].summaries["default"].prompts == 24
    assert known.id in both(found)[0]


def test_a_broken_file_is_one_clear_error(own: Project) -> None:
    (own.curated / "train.jsonl").write_text("", "utf-8")
    with pytest.raises(DataError, match=r"train\.jsonl: not the file of its manifest"):
        read(own)


@pytest.mark.slow
def test_the_command_writes_all_files_and_says_where(
    own: Project, environment: dict[str, str]
) -> None:
    def curator(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "curator", "report", *arguments]
        path = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
        return subprocess.run(
            command, cwd=own.root, env={**environment, **path}, capture_output=True, text=True
        )

    shutil.rmtree(own.root / EVALUATIONS)
    done = curator()
    assert (done.returncode, done.stderr) == (0, "")
    assert "build/rapport/rapport.md" in done.stdout
    first = {p.name: p.read_bytes() for p in (own.root / "build" / "rapport").iterdir()}
    assert set(first) == {"rapport.md", "rapport.html"}, "there are no answers"
    again = curator("--json", "--out", str(own.root / "ailleurs"))
    found = json.loads(again.stdout)
    assert found["training"]["run"]["name"] == "run-002"
    assert [Path(p).name for p in found["files"]] == ["rapport.md", "rapport.html"]
    assert found["dataset"]["sha256"] and found["evaluation"] is None
    second = {p.name: p.read_bytes() for p in (own.root / "ailleurs").iterdir()}
    assert first == second
    assert (
        DIGEST["run-002"].encode() in first["rapport.md"] or b"222222222222" in first["rapport.md"]
    )
