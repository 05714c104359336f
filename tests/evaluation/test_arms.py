"""Which arms there are, what they are compared with, what leaked, what is stale."""

import json
from pathlib import Path
from typing import Any

import pytest

from curator.base import store
from curator.base.english import english
from curator.base.errors import DataError, EvaluationError, ModelError, RecipeError
from curator.base.notice import Notice
from curator.evaluation import arms
from curator.evaluation.evaluate import Measure, Recorded, evaluate_recorded, run, scores
from curator.evaluation.folder import arms as folders
from curator.evaluation.job import Job, prepare, unheard
from curator.evaluation.models import locate, training_rows, tuned_model
from curator.evaluation.prompts import PROMPTS
from curator.evaluation.recipe import EvaluateRecipe, load_evaluate, system_prompt
from curator.evaluation.recorded import Known
from curator.evaluation.stale import stale
from curator.french.notices import french
from curator.records.project import Project
from tests.conftest import ROOT
from tests.evaluation.making import arm, make_project, make_prompts, recipe, tools
from tests.training.conftest import chat, write_rows

SEED = Measure("seed")


def test_the_shipped_recipe_says_what_the_defaults_say() -> None:
    shipped = load_evaluate(Project(ROOT))
    assert shipped == EvaluateRecipe()
    assert "RustSensei" in system_prompt(ROOT, shipped)
    assert system_prompt(ROOT, recipe(system="Court.")) == "Court."


@pytest.mark.parametrize(
    "changes",
    [
        {"colour": 1},
        {"context": 1024},
        {"arms": [{"name": "a", "model": "m"}, {"name": "a", "model": "n"}]},
        {"arms": [{"name": "../a", "model": "m"}]},
        {"arms": [{"name": "a.stale-1", "model": "m"}]},
        {"promotion": {"target": "beauty"}},
    ],
)
def test_a_wrong_recipe_is_one_error(changes: dict[str, Any]) -> None:
    with pytest.raises(RecipeError):
        load_evaluate(Project(ROOT), changes=changes)


def test_an_arm_is_read_from_a_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert arms.parse_arm("base=smollm2") == arm("base", "smollm2")
    assert arms.parse_arm("tuned+rag=models/x.gguf,rag") == arm(
        "tuned+rag", "models/x.gguf", rag=True
    )
    with_adapter = arm("a", "models/m", adapter="runs/r/adapters", rag=True)
    assert arms.parse_arm("a=models/m+runs/r/adapters,rag") == with_adapter
    (tmp_path / "c++.gguf").touch()
    assert arms.parse_arm("a=c++.gguf") == arm("a", "c++.gguf")
    for text in ("base", "base=", "=smollm2", "../x=smollm2", "A=smollm2", "a=m+"):
        with pytest.raises(DataError):
            arms.parse_arm(text)


def test_arms_whose_model_is_not_there_are_named(tmp_path: Path) -> None:
    make_project(tmp_path)
    chosen = recipe(
        arms=[{"name": "base", "model": "smollm2"}, {"name": "tuned", "model": "tuned"}]
    )
    jobs, skipped = arms.prepare_all(tmp_path, chosen, unheard, strict=False)
    assert [j.name for j in jobs] == ["base"] and skipped[0].name == "tuned"
    assert "curator export" in english.say(skipped[0].why)
    with pytest.raises(ModelError, match="no tuned model yet"):
        arms.prepare_all(tmp_path, chosen, unheard, strict=True)
    none = recipe(arms=[{"name": "tuned", "model": "tuned"}])
    with pytest.raises(EvaluationError, match="no arm can be evaluated: tuned: "):
        arms.prepare_all(tmp_path, none, unheard, strict=False)


def test_two_arms_that_are_one_thing_are_refused_before_any_is_asked(tmp_path: Path) -> None:
    make_project(tmp_path)
    twins = [{"name": "base", "model": "m"}, {"name": "tuned", "model": "m"}]
    with pytest.raises(EvaluationError, match="base, tuned: these arms have the same model"):
        arms.prepare_all(tmp_path, recipe(arms=twins), unheard, strict=True, tools=tools())


def test_the_tuned_model_is_the_current_one_else_the_newest(tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    with pytest.raises(ModelError, match="no tuned model yet"):
        tuned_model(tmp_path)
    for name in ("run-001-", "run-002-", "base-0123456789ab."):
        (models / f"{name}q4_k_m.gguf").write_bytes(name.encode())
    assert tuned_model(tmp_path).endswith("run-002-q4_k_m.gguf")
    promoted = models / "run-001-q4_k_m.gguf"
    named = {"file": f"models/{promoted.name}", "sha256": store.sha256_of(promoted)}
    since = {"run": "run-001", "promoted": "2026-11-27T00:00:00Z"}
    store.write_json(models / "current.json", {**named, **since})
    assert tuned_model(tmp_path) == str(promoted)
    promoted.write_bytes(b"others")
    with pytest.raises(DataError, match="gone or changed"):
        tuned_model(tmp_path)


def test_the_run_of_an_export_is_known_by_its_digest(tmp_path: Path) -> None:
    make_project(tmp_path)
    gguf = tmp_path / "models" / "run-001-q4_k_m.gguf"
    gguf.parent.mkdir()
    gguf.write_bytes(b"GGUF" + (3).to_bytes(4, "little") + bytes(24))
    export = {"run": "run-001", "artefacts": [{"sha256": store.sha256_of(gguf)}]}
    store.write_json(gguf.with_suffix(".json"), export)
    setting = arm("tuned", "models/run-001-q4_k_m.gguf")
    assert locate(tmp_path, recipe(), setting).run == "run-001"
    store.write_json(gguf.with_suffix(".json"), {**export, "artefacts": [{"sha256": "0" * 64}]})
    assert locate(tmp_path, recipe(), setting).run is None
    with pytest.raises(ModelError, match="does not go onto a GGUF"):
        locate(tmp_path, recipe(), arm("a", "models/run-001-q4_k_m.gguf", adapter="x"))
    with pytest.raises(ModelError, match="no such model"):
        locate(tmp_path, recipe(), arm("a", "models/none.gguf"))


def job(root: Path, name: str = "base", model: str = "m", **changes: Any) -> Job:
    return prepare(root, recipe(**changes), arm(name, model), tools=tools(tuned="run-001"))


def test_prompts_of_the_training_rows_leaked(tmp_path: Path) -> None:
    made = job(make_project(tmp_path), "tuned", "tuned")
    assert arms.leaks(tmp_path, made.arm, made.prompts) == {}
    rows = tmp_path / "training" / "runs" / "run-001" / "data" / "train.jsonl"
    write_rows(rows, [chat(made.prompts[1].prompt, "Avec une référence."), chat("Autre ?", "Oui.")])
    assert training_rows(tmp_path, made.arm.model) == [rows]
    found = arms.leaks(tmp_path, made.arm, made.prompts)
    assert list(found) == [made.prompts[1].id]
    assert found[made.prompts[1].id].values["row"] == 1
    assert arms.leaks(tmp_path, job(tmp_path).arm, made.prompts) == {}


def test_who_is_compared_with_whom(tmp_path: Path) -> None:
    make_project(tmp_path)
    settings = [arm("base"), arm("base+rag", rag=True), arm("tuned", "t")]
    settings += [arm("tuned+rag", "t", rag=True)]
    scored = [run(prepare(tmp_path, recipe(), s, tools=tools()), unheard) for s in settings]
    names = [(a.arm.name, b.arm.name) for a, b in arms.pairs(scored, None)]
    assert names == [
        ("base", "base+rag"),
        ("base", "tuned"),
        ("base", "tuned+rag"),
        ("tuned", "tuned+rag"),
    ]
    against = arms.pairs(scored, scored[1])
    assert [(a.arm.name, b.arm.name) for a, b in against] == [
        ("base+rag", "base"),
        ("base+rag", "tuned"),
        ("base+rag", "tuned+rag"),
    ]
    with pytest.raises(EvaluationError, match=r"no arm nobody .*base, base\+rag, tuned"):
        arms.earlier(tmp_path, "nobody")


def test_arms_that_answer_alike_are_refused(tmp_path: Path) -> None:
    make_project(tmp_path)
    scored = [run(job(tmp_path, name, name), unheard) for name in ("base", "other")]
    made, refused = arms.compare_all(arms.pairs(scored, None), {})
    assert made == []
    assert refused == [arms.ArmNotice("base -> other", Notice("same_answers"))]


def test_an_arm_that_is_another_one_is_told_without_being_asked(tmp_path: Path) -> None:
    make_project(tmp_path)
    path = tmp_path / "one.json"
    rows = [{"prompt_id": p.id, "response": f"Réponse {p.id}."} for p in make_prompts()]
    path.write_text(json.dumps(rows), "utf-8")
    names = ("one", "other", "third")
    made = [
        evaluate_recorded(
            tmp_path, Recorded(path, Known(tmp_path / PROMPTS), n), SEED, tools=tools()
        )
        for n in names
    ]
    run(job(tmp_path), unheard)
    [told] = arms.twins(tmp_path, made[:1], [arms.ArmNotice("one -> other", Notice("same_arm"))])
    assert told == arms.ArmNotice("third, one", Notice("same_arm"))
    pairs = {frozenset(t.name.split(", ")) for t in arms.twins(tmp_path, made, [])}
    assert pairs == {frozenset(p) for p in (names[:2], names[1:], (names[0], names[2]))}


def test_an_arm_alone_has_none_to_be_compared_with(tmp_path: Path) -> None:
    jobs = [job(make_project(tmp_path))]
    arms.check_others("other", jobs)
    with pytest.raises(EvaluationError, match="no other arm than base can be evaluated"):
        arms.check_others("base", jobs)


def changes_of(root: Path, made: Job, **now: str) -> Notice | None:
    def describe(where: Path, chosen: EvaluateRecipe, setting: Any) -> Any:
        model = now.get("model", setting.model)
        return prepare(where, chosen, arm(setting.name, model), tools=tools()).arm

    return stale(root, made.folder, describe)


def test_an_arm_whose_inputs_changed_is_stale_and_says_which(tmp_path: Path) -> None:
    made = job(make_project(tmp_path), samples=2)
    run(made, unheard)
    assert changes_of(tmp_path, made) is None
    model, prompts = Notice("input_model"), Notice("input_prompts")
    assert changes_of(tmp_path, made, model="n") == Notice("inputs_changed", {"inputs": (model,)})
    path = tmp_path / "pipelines" / "evaluate.yaml"
    path.write_text(path.read_text("utf-8").replace("seed: 0 ", "seed: 9 "), "utf-8")
    seed = {"input": Notice("input_seed"), "before": 0, "after": 9}
    changed = Notice("input_changed_from", seed)
    assert changes_of(tmp_path, made) == Notice("inputs_changed", {"inputs": (changed,)})
    store.write_atomic(tmp_path / PROMPTS, make_prompts(2))
    both = changes_of(tmp_path, made)
    assert both == Notice("inputs_changed", {"inputs": (prompts, changed)})
    assert english.say(both) == "changed since: the prompts, the seed (0, now 9)"
    assert french.say(both) == (
        "a changé depuis l'évaluation : les questions, la graine (0, maintenant 9)"
    )
    (tmp_path / PROMPTS).unlink()
    gone = changes_of(tmp_path, made)
    assert gone and gone.code == "not_repeatable"
    store.write_json(made.folder.path / "request.json", {"arm": {}})
    with pytest.raises(DataError, match="not a request"):
        changes_of(tmp_path, made)


def test_what_was_set_aside_is_no_arm(tmp_path: Path) -> None:
    made = job(make_project(tmp_path))
    run(made, unheard)
    run(made, unheard, again=True)
    assert [one.name for one in folders(tmp_path)] == ["base"]
    assert (made.folder.path.with_name("base.stale-1") / "scores-default.json").is_file()


def test_scores_are_made_again_for_another_profile_only_when_asked(tmp_path: Path) -> None:
    made = job(make_project(tmp_path))
    run(made, unheard)
    found = scores(made.folder, SEED, tools())
    assert found.profile == "seed" and "sections" in found.scores[0].metrics
    assert made.folder.scored("default") and made.folder.scored("seed") == found


def test_recorded_answers_are_an_arm(tmp_path: Path) -> None:
    make_project(tmp_path)
    path = tmp_path / "Autres Réponses.json"
    rows = [{"prompt_id": p.id, "response": f"Réponse {p.id}."} for p in make_prompts()]
    path.write_text(json.dumps(rows), "utf-8")
    recorded = Recorded(path, Known(tmp_path / PROMPTS))
    found = evaluate_recorded(tmp_path, recorded, SEED, tools=tools())
    assert (found.arm.model.kind, len(found.scores)) == ("recorded", 3)
    [folder] = folders(tmp_path)
    assert folder.request() == {"responses": "Autres Réponses.json"}
    assert stale(tmp_path, folder, lambda *_: found.arm) is None
    assert evaluate_recorded(tmp_path, recorded, SEED, tools=tools()).scores == found.scores
    path.write_text(json.dumps(rows[:2]), "utf-8")
    file = Notice("inputs_changed", {"inputs": (Notice("input_responses"),)})
    assert stale(tmp_path, folder, lambda *_: found.arm) == file
    with pytest.raises(EvaluationError, match="stale: changed since: the model, the prompts"):
        evaluate_recorded(tmp_path, recorded, SEED, tools=tools())
    anew = evaluate_recorded(tmp_path, recorded, SEED, again=True, tools=tools())
    assert len(anew.scores) == 2
    path.unlink()
    gone = stale(tmp_path, folder, lambda *_: found.arm)
    assert gone == Notice("responses_gone", {"path": "Autres Réponses.json"})
